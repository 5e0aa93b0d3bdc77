"""Looks at a purchase again some time after a reply: accepted is not delivered, and moderation takes its time.

The queue of threads cannot hold one job back without those behind it, so the wish waits on the other one.
"""

from chalicelib.models import Thread
from chalicelib.work.jobs import SyncThread
from chalicelib.work.queue import Queue

FIRST_SECONDS = 60

# The longest that SQS delays a message.
AGAIN_SECONDS = 900


class ReadBack:
    """Asks for a later look. Asking twice only looks twice."""

    def __init__(self, notifications: Queue) -> None:
        self._notifications = notifications

    def now(self, thread: Thread) -> None:
        self._ask(thread, 0)

    def soon(self, thread: Thread) -> None:
        self._ask(thread, FIRST_SECONDS)

    def again(self, thread: Thread) -> None:
        self._ask(thread, AGAIN_SECONDS)

    def elsewhere(self, job: SyncThread) -> None:
        """Do a job on the thread that it names now: the one where it was done has nothing to do with it."""
        self._notifications.send(job.to_json())

    def _ask(self, thread: Thread, seconds: int) -> None:
        job = SyncThread(thread, "read-back", is_read_back=True, changed="messages")
        self._notifications.send(job.to_json(), delay_seconds=seconds)
