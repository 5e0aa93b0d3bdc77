"""When a reply that the buyer seems not to have is left to people, since sending it now might do harm. Pure."""

from collections.abc import Iterable

from chalicelib.audit.evidence import Evidence
from chalicelib.chatwoot.shown_messages import ShownMessage

# Later than this an answer may no longer make sense; its agent decides.
LATEST_REPLY_SECONDS = 48 * 3600


def why_not_to_resend(message: ShownMessage, later: Iterable[ShownMessage], truth: Evidence, *, now: int) -> str:
    """Why a reply must not be sent by itself: it might reach the buyer twice, or too late. Empty where it may be.

    `later` is what stands below it in Chatwoot; what failed of that, the buyer does not have either.
    """
    if message.digests & truth.words:
        return "but its words stand there"
    if any(other.is_reply and not other.has_failed and other.digests & message.digests for other in later):
        return "and was written once more"
    if not truth.is_whole:
        return "and not all is shown"
    if now - message.created_at > LATEST_REPLY_SECONDS:
        return "and is too old to be sent now"
    return ""
