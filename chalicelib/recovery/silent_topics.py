"""Notices when notifications of a topic no longer arrive: the sweeps then find what none of them told of.

Mercado Livre disables the topics of an application that answers too late too often, and says so to nobody; what does
not reach the address it lists among the missed feeds.
https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.models import Seller
from chalicelib.observability import count, logger
from chalicelib.recovery.found import Found
from chalicelib.recovery.resumable import Scans
from chalicelib.routing.topics import find_topic
from chalicelib.stores.cache import Cache
from chalicelib.stores.history import History

# As many that happened and were not announced, with nothing of their topic announced meanwhile, are no accident.
ENOUGH = 3
REMEMBERED = timedelta(days=30)

# What is announced may wait to be resolved, while Mercado Livre is slow or away.
SILENT_AFTER_SECONDS = 30 * 60
HEARD_WITHIN_SECONDS = 3600

# What happened while nothing of ours ran, and so no sweep either, could not be announced.
SWEPT_LATELY_SECONDS = 30 * 60

# Mercado Livre's clock may differ from ours.
OVERLAP_SECONDS = 60


class SilentTopics:
    """What the sweeps of each seller found unannounced, by topic.

    What a sweep finds may be announced later, or its announcement be waiting, so it counts only after half an hour in
    which nothing was heard of its topic; and only where the sweep before it was not long ago.
    """

    def __init__(self, scans: Scans, history: History, clock: Callable[[], datetime]) -> None:
        self._scans = scans
        self._history = history
        self._clock = clock

    def note(self, found: Found) -> bool:
        """Take down, by topic, what happened since the seller's last sweep and was found by this one.

        Forgets the topics that were heard of meanwhile. Answers whether one of the others is silent.
        """
        seller, now = found.seller, int(self._clock().timestamp())
        with self._scans.resume(silence_key(seller.seller_id), {}, keep=REMEMBERED) as topics:
            for topic in [topic for topic, state in topics.items() if self._was_heard(seller.seller_id, topic, state)]:
                del topics[topic]
            for topic, state in topics.items():
                # What was announced before is recorded within the hour, or is news by itself.
                state["since"] = max(state["since"], now - HEARD_WITHIN_SECONDS)
                self._tell_if_silent(seller, topic, state, now)
            was_swept_lately = now - seller.swept_at <= SWEPT_LATELY_SECONDS
            for topic, threads in found.unannounced.items() if was_swept_lately else ():
                since = seller.swept_at - OVERLAP_SECONDS
                state = topics.setdefault(topic, {"began": now, "since": since, "threads": [], "is_silent": False})
                state["threads"] = list(dict.fromkeys([*state["threads"], *map(str, threads)]))[-ENOUGH:]
            return any(state["is_silent"] for state in topics.values())

    def _tell_if_silent(self, seller: Seller, topic: str, state: dict[str, Any], now: int) -> None:
        is_long_ago = now - state["began"] >= SILENT_AFTER_SECONDS
        if is_long_ago and len(state["threads"]) >= ENOUGH and not state["is_silent"]:
            state["is_silent"] = True
            count("TopicSilent")
            logger.error("a topic is not announced any more", meli_seller_id=seller.seller_id, meli_topic=topic)

    def _was_heard(self, seller_id: int, topic: str, state: Mapping[str, Any]) -> bool:
        known = find_topic(topic)
        names = known.names if known else (topic,)
        return self._history.was_announced(seller_id, names, since=datetime.fromtimestamp(state["since"], UTC))


def silent_topics(cache: Cache, seller_id: int) -> list[str]:
    """The topics of which a seller's notifications no longer arrive."""
    states = cache.get(silence_key(seller_id)) or {}
    return [topic for topic, state in states.items() if state["is_silent"]]


def silence_key(seller_id: int) -> str:
    return f"unannounced/{seller_id}"
