"""What is known of the webhooks of one desk: whether they are believed, and whether they arrive at all.

Chatwoot tells nobody that a webhook was taken off, or that its address is wrong: the sweeps find what agents write.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from chalicelib.models import ThreadKind
from chalicelib.stores.cache import Cache
from chalicelib.stores.troubles import DeskTroubles

# As many replies that were found, with none heard meanwhile, are no accident.
ENOUGH = 3
SILENT_AFTER_SECONDS = 30 * 60
TOLD_FOR = timedelta(days=1)
REMEMBERED = timedelta(days=30)
READ_EVERY_SECONDS = 60


class DeskWebhooks:
    """By inbox: that of questions and that of sales. `began` is when the first reply was found that was not heard."""

    def __init__(self, cache: Cache, troubles: DeskTroubles, clock: Callable[[], datetime], desk: str) -> None:
        self._cache = cache
        self._troubles = troubles
        self._clock = clock
        self._key = f"unheard-replies/{desk}"
        self._read_at = 0
        self._is_any_silent = False

    @property
    def are_believed(self) -> bool:
        return not self._troubles.is_door_shut

    def note_unheard(self, kind: ThreadKind, chatwoot_message_id: int) -> None:
        """A sweep has found a reply."""
        now, inboxes = self._now(), self._cache.get(self._key) or {}
        inbox = inboxes.setdefault(kind, {"began": now, "first_id": chatwoot_message_id, "number": 0})
        inbox["number"] += 1
        self._cache.put(self._key, inboxes, keep=REMEMBERED)
        self._is_any_silent = True
        if inbox["number"] >= ENOUGH and now - inbox["began"] >= SILENT_AFTER_SECONDS:
            self._troubles.note(_trouble(kind), kind, keep=TOLD_FOR)

    def note_known(self, kind: ThreadKind, known_ids: Iterable[int], was_found: Callable[[int], bool]) -> None:
        """Replies are known already: one that no sweep found, and that is newer than what one did, was heard."""
        if not self._has_silent():
            return
        inboxes = self._cache.get(self._key) or {}
        inbox = inboxes.get(kind)
        if inbox and any(one > inbox["first_id"] and not was_found(one) for one in known_ids):
            # First: whoever is cut off between the two comes here again.
            self._troubles.forget(_trouble(kind))
            del inboxes[kind]
            self._cache.put(self._key, inboxes, keep=REMEMBERED)

    def _has_silent(self) -> bool:
        """Asked for each conversation, so that it is read once a minute."""
        if self._now() - self._read_at >= READ_EVERY_SECONDS:
            self._read_at, self._is_any_silent = self._now(), bool(self._cache.get(self._key))
        return self._is_any_silent

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _trouble(kind: ThreadKind) -> str:
    return f"silent-{kind}"
