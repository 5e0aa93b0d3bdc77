"""Looks through everything that Mercado Livre lists of one seller, for what nothing told of."""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.errors import BridgeError, LoginNeeded, OperatorNeeded, PermissionMissing, PutOff, TryAgainLater
from chalicelib.mercado_livre.oauth import Tokens
from chalicelib.models import Seller
from chalicelib.observability import count, logger
from chalicelib.recovery.found import Feed, Found, ends_sweep
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.troubles import Troubles, seller_place
from chalicelib.work.queue import Queue


class SellerScan:
    """One scan after the other. What is broken off, for want of reads or of time, goes on at its place in the next."""

    def __init__(self, feeds: Sequence[Feed], tokens: Tokens, scans: Scans, troubles: Troubles, queue: Queue) -> None:
        self._feeds = feeds
        self._tokens = tokens
        self._scans = scans
        self._troubles = troubles
        self._queue = queue

    def begin(self, seller: Seller, site_ids: Iterable[str] | None, *, keys: Iterable[str]) -> Found:
        """Start a job; all that is stored of the scans is read at once, and what is under `keys` with it."""
        found = Found(seller, site_ids, self._queue)
        places = [key for feed in self._feeds for key in feed.keys(found)]
        self._scans.begin([*keys, _turn_key(seller), *places])
        return found

    def run(self, found: Found) -> bool:
        """Whether there were reads and time for everything. What one feed cannot show hides nothing of the others."""
        seller_id = found.seller.seller_id
        try:
            self._tokens.remember(found.seller)
            self._tokens.refresh_ahead(seller_id)
            self._queue_in_turn(found)
        except TryAgainLater as error:
            if not ends_sweep(error):
                raise
            logger.info("sweep put off", meli_seller_id=seller_id, reason=str(error))
            found.was_turned_down = not isinstance(error, PutOff)
            return False
        except (LoginNeeded, OperatorNeeded) as error:
            # Said loudly when it was found out; here only once in each round.
            found.needs_login = isinstance(error, LoginNeeded)
            logger.warning("seller was not swept", meli_seller_id=seller_id, reason=str(error))
            return False
        finally:
            if found.queued:
                logger.info("queued what was missed", meli_seller_id=seller_id, found=found.queued)
        return True

    def _queue_in_turn(self, found: Found) -> None:
        with self._scans.resume(_turn_key(found.seller), {"first": 0, "lacking": []}) as turn:
            first, length = turn["first"], len(self._feeds)
            for number in range(first, first + length):
                # Where this one breaks off, the next sweep begins behind it, so that it hides no other for ever.
                turn["first"] = (number + 1) % length
                self._queue_feed(self._feeds[number % length], found)
                self._note_shown(found, turn)
            turn["first"] = first

    def _note_shown(self, found: Found, turn: dict[str, Any]) -> None:
        """Remember which kinds are not shown, and forget it of those that are shown now."""
        for kind in found.shown.intersection(turn["lacking"]):
            self._troubles.forget(seller_place(found.seller.seller_id), kind)
            found.was_mended = True
        turn["lacking"] = sorted({*turn["lacking"], *found.lacking} - found.shown)

    def _queue_feed(self, feed: Feed, found: Found) -> None:
        try:
            feed.queue(found)
        except PermissionMissing as error:
            # It is told in /health, and hides nothing of the others.
            logger.warning("a feed is not shown", meli_seller_id=error.seller_id, reason=str(error))
            found.has_failed = True
            found.lacking.add(error.kind)
        except (LoginNeeded, OperatorNeeded):
            raise
        except Exception as error:
            if ends_sweep(error):
                raise
            # What has a name says what it is; only of what has none is it told where it happened.
            is_named = isinstance(error, BridgeError)
            reason = str(error) if is_named else type(error).__name__
            seller_id = found.seller.seller_id
            logger.error(
                "a feed was not swept", meli_seller_id=seller_id, feed=feed.name, reason=reason, exc_info=not is_named
            )
            count("SweepFailed")
            found.has_failed = found.was_disturbed = True


def _turn_key(seller: Seller) -> str:
    return f"sweep-turn/{seller.seller_id}"
