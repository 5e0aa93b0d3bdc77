"""What an operator sees of the connected sellers, and how one is told from others by what is typed."""

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.checks.moments import from_epoch
from chalicelib.errors import (
    BadSettings,
    BridgeError,
    LoginNeeded,
    OperatorNeeded,
    OutcomeUnknown,
    Refused,
    TryAgainLater,
)
from chalicelib.models import Seller
from chalicelib.wiring import Container

FIRST_DESK = "first"


class SellerUnknown(Exception):
    """No connected seller is meant, or more than one; the message lists those who are connected."""


class Report(NamedTuple):
    """One seller as things stand. `state` is for a script, `words` are for a person."""

    seller: Seller
    state: str
    words: str
    link: str
    last_traffic: datetime | None
    last_topic: str
    last_outcome: str

    @property
    def expires(self) -> datetime | None:
        return from_epoch(self.seller.expires_at)

    @property
    def refreshed(self) -> datetime | None:
        return from_epoch(self.seller.refreshed_at)

    @property
    def swept(self) -> datetime | None:
        return from_epoch(self.seller.swept_at)

    def to_json(self) -> dict[str, Any]:
        """Nothing secret: the tokens are left out."""
        return {
            "seller_id": self.seller.seller_id,
            "nickname": self.seller.nickname,
            "site_id": self.seller.site_id,
            "desk": self.seller.desk,
            "state": self.state,
            "reason": self.seller.dead_reason or self.seller.trouble or " ".join(self.seller.missing_scopes),
            "words": self.words,
            "authorise_at": self.link,
            "expires_at": _iso(self.expires),
            "refreshed_at": _iso(self.refreshed),
            "last_traffic_at": _iso(self.last_traffic),
            "last_topic": self.last_topic,
            "last_outcome": self.last_outcome,
            "swept_at": _iso(self.swept),
        }


def report_sellers(bridge: Container) -> list[Report]:
    """Every connected seller, by nickname."""
    return [_report(bridge, seller) for seller in sorted(bridge.sellers.all(), key=lambda seller: seller.nickname)]


def _report(bridge: Container, seller: Seller) -> Report:
    state, words = state_of(seller)
    record = bridge.history.last_of(seller.seller_id) or {}
    moment = str(record.get("time", "")).partition("#")[0]
    needs_seller = bool(seller.dead_reason or seller.missing_scopes)
    return Report(
        seller,
        state,
        words,
        bridge.invitations.link(seller.site_id, seller.desk) if needs_seller else "",
        datetime.fromisoformat(moment) if moment else None,
        str(record.get("topic", "")),
        str(record.get("outcome", "")),
    )


def state_of(seller: Seller) -> tuple[str, str]:
    """For a script and in words: whether a seller's grant works and, where not, who can mend it."""
    if seller.dead_reason:
        return "must_authorise", f"must authorise again: {seller.dead_reason}"
    if seller.trouble:
        return "operator_must_mend", f"an operator must mend: {seller.trouble}"
    if "offline_access" in seller.missing_scopes:
        return "no_offline_access", "no offline_access: ends with its token"
    if seller.missing_scopes:
        return "missing_scopes", f"granted without {', '.join(seller.missing_scopes)}"
    return "connected", "connected"


def find_seller(bridge: Container, text: str) -> Seller:
    """The connected seller with this id or, in any case of letters, this nickname."""
    connected = bridge.sellers.all()
    if text.isdecimal() and (found := [seller for seller in connected if seller.seller_id == int(text)]):
        return found[0]
    named = [seller for seller in connected if seller.nickname.casefold() == text.casefold()]
    if len(named) == 1:
        return named[0]
    names = ", ".join(f"{seller.nickname} ({seller.seller_id})" for seller in named or connected)
    if named:
        raise SellerUnknown(f"More than one seller is called {text}: name the id. They are {names}.")
    raise SellerUnknown(f"No seller {text} is connected. " + (f"Connected: {names}." if names else "None is."))


def revoke(bridge: Container, seller: Seller) -> str:
    """Take the seller's grant back at Mercado Livre; empty when that was done, else why it was not."""
    try:
        bridge.meli.revoke(seller.seller_id, bridge.settings.mercado_livre_app_id)
    except LoginNeeded as error:
        return (
            f"the grant is dead already ({error}), so that nothing can be revoked in the seller's name. After a "
            "disconnect a moment ago, or where the seller has withdrawn the access, there is nothing left to revoke"
        )
    except OperatorNeeded as error:
        return f"Mercado Livre refuses the application: {error}"
    except Refused as refusal:
        return f"Mercado Livre refused to revoke it: {refusal.status} {refusal.brief}"
    except TryAgainLater as error:
        return f"Mercado Livre cannot be asked now, and nothing was revoked: {error}"
    except OutcomeUnknown as error:
        return f"Mercado Livre did not answer, so whether it was revoked is not known: {error}"
    except BridgeError as error:
        return str(error)
    return ""


def link_back(bridge: Container, seller: Seller) -> str:
    """Where a seller who left connects again, to the same desk as before; '' where the stage has no address for it."""
    try:
        return bridge.invitations.link(seller.site_id, seller.desk)
    except BadSettings:
        # Somebody takes the stage down: that must not keep a seller in it.
        return ""


def find_desk(bridge: Container, text: str) -> str | None:
    """The desk of this name; the first one is called `first`, and has the empty name. None for one that is not there.

    A further desk that is itself called `first` goes before.
    """
    known = bridge.settings.desk_names()
    if text in known:
        return text
    return "" if text in ("", FIRST_DESK) else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
