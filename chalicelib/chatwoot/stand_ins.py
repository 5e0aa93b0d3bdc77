"""What stands for words that Chatwoot, or something before it, does not take, so that no later ones wait for them.

It is these words, and not the service, when another write to the same place passes meanwhile. What stands for them is
that write: where it is not taken either, all of it waits.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.errors import NotFound, OutcomeUnknown, Refused, TryAgainLater, is_unanswered
from chalicelib.foreign_text import safe
from chalicelib.models import Post, Thread
from chalicelib.observability import count, logger
from chalicelib.sentences.wording import Wording

if TYPE_CHECKING:
    from chalicelib.stores.threads import ThreadRecord

# A firewall may come and go, and Chatwoot refuses all that comes too fast.
REFUSALS_BORNE = 3
SECONDS_BORNE = 5 * 60

# A write that is not answered, or with an error, while all that is read is: that may be the words too, or the load.
FAILURES_BORNE = 5
SECONDS_OF_FAILURES_BORNE = 15 * 60

# For whoever looks after the firewall; nothing announces that it lets the words pass.
TOLD_FOR = timedelta(hours=6)

# What a write that was not taken raises.
NOT_TAKEN = (Refused, TryAgainLater, OutcomeUnknown)


class Watch(Protocol):
    """Who is told of what is not taken."""

    def note(self, kind: str, detail: str = "", *, keep: timedelta = ...) -> None: ...


class StandIns:
    """Knows when to give up words, and what to write instead. `link_to` is Mercado Livre's page that shows them."""

    def __init__(
        self, link_to: Callable[[Thread], str], wording: Wording, watch: Watch, clock: Callable[[], datetime]
    ) -> None:
        self._link_to = link_to
        self._wording = wording
        self._watch = watch
        self._clock = clock

    def bear(self, record: "ThreadRecord", post: Post, error: Exception) -> None:
        """Count a refusal of what a post stands for; returns when it has lasted, and else raises what is to come.

        Raises the error itself where it cannot be about these words: the service is known to be away, say.
        """
        if not (is_refusal(error) or is_unanswered(error)):
            raise error
        now = int(self._clock().timestamp())
        post = post._replace(state="posting", refusals=post.refusals + 1, begun_at=post.begun_at or now)
        record.save_post(post)
        if not self._has_lasted(record, post, error, now=now):
            if isinstance(error, Refused):
                raise TryAgainLater(f"{error}: it may take it later") from error
            raise error

    def _has_lasted(self, record: "ThreadRecord", post: Post, error: Exception, *, now: int) -> bool:
        lasted_seconds = now - post.begun_at
        if not is_refusal(error):
            return post.refusals > FAILURES_BORNE and lasted_seconds >= SECONDS_OF_FAILURES_BORNE
        has_lasted = post.refusals > REFUSALS_BORNE and lasted_seconds >= SECONDS_BORNE
        # Where words were given up before, whatever looks at them is known.
        return has_lasted or any(map(is_stand_in, record.posts.values()))

    def note(self, record: "ThreadRecord", post: Post) -> None:
        """Something was written in the place of a post."""
        count("NotAllShown")
        logger.error("Chatwoot, or something before it, does not take these words", source_id=post.source_id)
        self._watch.note("words", str(record.thread), keep=TOLD_FOR)

    def for_message(self, thread: Thread, message: Mapping[str, Any]) -> dict[str, Any]:
        """A message in the place of one."""
        line = self._wording.say("words_not_taken", link=self._link_to(thread))
        return {**message, "content": safe(line, "liquid")}

    def for_note(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """A note in the place of one that may not be about a thread."""
        return {**message, "content": self._wording.say("note_not_taken")}

    def for_reason(self) -> str:
        """In the place of the reason why a reply was not sent."""
        return self._wording.say("reason_not_taken")


def is_stand_in(post: Post) -> bool:
    """Whether something stands in the place of what was to be posted."""
    return post.state == "posted" and post.refusals > 0


def is_refusal(error: Exception) -> bool:
    """Whether what was to be written may be the reason, and not that the service is away or the place is gone."""
    return (isinstance(error, Refused) and not isinstance(error, NotFound)) or getattr(error, "is_intercepted", False)


def only_ids(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes that hold numbers and codes, and no words."""
    return {name: value for name, value in attributes.items() if value.replace(", ", "").isalnum()}
