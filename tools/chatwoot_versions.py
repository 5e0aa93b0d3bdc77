"""What each version of Chatwoot can do for the bridge. Pure.

Found by comparing the release tags of https://github.com/chatwoot/chatwoot file by file.
"""

import re
from typing import NamedTuple


class Version(NamedTuple):
    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


class Ability(NamedTuple):
    """What works from a version on, and what is done instead before it."""

    since: Version
    what: str
    otherwise: str


# A message takes a `source_id` since then, by which the bridge knows again what it has posted.
# app/controllers/api/v1/accounts/conversations/messages_controller.rb
OLDEST = Version(3, 4, 0)

ABILITIES = (
    Ability(
        Version(4, 2, 0),
        "a reply shows what became of it: sent, or failed with the reason and a Retry button",
        "what became of a reply is told in a private note, without a Retry button",
    ),
    Ability(
        Version(4, 13, 0),
        "webhooks are signed",
        "webhooks are not signed; Chatwoot itself is asked for each reply before that is sent",
    ),
)

# lib/safe_fetch: hosts that resolve to private addresses only are refused.
REFUSES_PRIVATE_TARGETS = Version(4, 14, 0)


def parse_version(text: str) -> Version | None:
    """`4.15.1`, `v4.2.0-fazer-ai`, `4.2`; None for what is no version."""
    found = re.match(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?", text)
    return Version(*(int(number or 0) for number in found.groups())) if found else None


def missing_in(version: Version) -> list[Ability]:
    """What this version cannot do."""
    return [ability for ability in ABILITIES if version < ability.since]
