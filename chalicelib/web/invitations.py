"""Invitations to connect a seller: whoever runs the bridge hands out a link, which says where the seller belongs.

One deployment serves desks that need not trust each other, and strangers know its address: without an invitation
nobody connects a shop of their own at somebody's desk.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from chalicelib.settings import Settings
from chalicelib.web.signing import is_signed, sign

VALID_FOR = timedelta(days=7)


class Invitation(NamedTuple):
    """The seller's country and desk, and until when it may be used, in epoch seconds; 0 where none was needed."""

    site: str
    desk: str
    until: int = 0


class Invitations:
    """Makes the links, and believes those that it made."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock

    def link(self, site: str = "", desk: str = "") -> str:
        """A new invitation. For whoever runs the bridge alone: it stands in no page, note or log."""
        until = int((self._clock() + VALID_FOR).timestamp())
        return self.link_of(Invitation(site or self._settings.mercado_livre_site, desk, until))

    def link_of(self, invitation: Invitation) -> str:
        """The link of an invitation, as it was handed out before."""
        query = {"site": invitation.site, "desk": invitation.desk, "until": str(invitation.until)}
        signature = sign(self._settings.signing_key, "invitation", *query.values())
        said = {name: value for name, value in query.items() if value} | {"invitation": signature}
        return f"{self._settings.connecting_link()}?{urlencode(said)}"

    def read(self, query: Mapping[str, str]) -> Invitation | None:
        """What a link says; None where it had to be an invitation, and is none of ours or none any more."""
        site, desk = query.get("site") or self._settings.mercado_livre_site, query.get("desk") or ""
        if "invitation" not in query:
            return Invitation(site, desk) if self._settings.is_open else None
        until = query.get("until") or ""
        if not is_signed(query["invitation"], self._settings.signing_key, "invitation", site, desk, until):
            return None
        return Invitation(site, desk, int(until)) if int(until) > self._clock().timestamp() else None
