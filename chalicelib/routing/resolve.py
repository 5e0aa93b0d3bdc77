"""Finds out which thread a hint is about, and puts a job for it on the queue of threads; hints of no thread end here.

What a topic leads to stands in the table of topics.
"""

import hashlib
from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import PutOff, TryAgainLater
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.observability import logger
from chalicelib.routing.hint_gate import HintGate
from chalicelib.routing.topics import NOT_WRITTEN_ABOUT, Sources, find_topic
from chalicelib.settings import Settings
from chalicelib.stores.history import Known, Resolutions
from chalicelib.work.jobs import SyncThread, ThreadJob
from chalicelib.work.queue import Queue


class Resolver:
    """Notification → job for a thread."""

    def __init__(
        self,
        background_queue: Queue,
        threads_queue: Queue,
        sources: Sources,
        resolutions: Resolutions,
        gate: HintGate,
        settings: Settings,
    ) -> None:
        self._background_queue = background_queue
        self._threads_queue = threads_queue
        self._sources = sources
        self._resolutions = resolutions
        self._gate = gate
        self._settings = settings

    def resolve_notification(self, notification: Notification) -> None:
        """Queue the work that a notification asks for and record how it ended. Repeating it is safe.

        The same notification, told by its delivery id or else its content, does its work once. One that cannot be
        told from others of its kind does it each time.
        """
        known = self._resolutions.look_up(notification)
        if known.was_resolved:
            self._resolutions.save_repeated(notification)
            return
        try:
            outcome = self._outcome(notification, known)
        except Exception:
            # It only spares the next try a read.
            with suppress(BotoCoreError, ClientError, TryAgainLater):
                self._resolutions.save_learnt(notification, known)
            raise
        self._resolutions.save(notification, outcome, known)
        logger.info(
            "notification resolved",
            outcome=outcome,
            meli_topic=notification.topic,
            meli_resource=notification.resource,
            age_seconds=notification.age_seconds,
        )

    def _outcome(self, notification: Notification, known: Known) -> str:
        if notification.application_id not in (None, self._settings.mercado_livre_app_id):
            return "another application"
        if not known.is_connected:
            return "unknown seller"
        topic = find_topic(notification.topic)
        if topic is None:
            return "unknown topic"
        if known.thread is None and not notification.can_wait:
            # What is announced of a message alone may be anything.
            self._gate.admit(topic.reads)
        sources = self._sources._replace(known=known.thread, learn=known.learnt.append)
        found = topic.follow(sources, notification)
        if found == NOT_WRITTEN_ABOUT:
            # Whoever has just bought may write next.
            self._sources.sellers.keep_awake(notification.seller_id, now=int(self._sources.clock().timestamp()))
        if isinstance(found, str):
            return found
        outcomes = [self._queue(notification, job, is_alone=len(found) == 1) for job in found]
        return outcomes[0]

    def _queue(self, notification: Notification, job: SyncThread, *, is_alone: bool) -> str:
        if notification.can_wait:
            # By the queue of notifications, where it waits while there is much to do for live traffic.
            self._background_queue.send(job._replace(can_wait=True).to_json())
            return f"queued: {job.thread}"
        try:
            if not self._gate.admit_job(job):
                return f"merged: {job.thread}"
        except PutOff as put_off:
            if is_alone:
                raise
            # Of many each waits for itself: told anew together, the first of them would use up every minute's share.
            seconds = round(put_off.retry_after_seconds or 0)
            self._background_queue.send(job._replace(can_wait=True).to_json(), delay_seconds=seconds)
            return f"queued: {job.thread}"
        wish = notification.content_key or f"{notification.arrived_at}/{notification.correlation_id}"
        self.pass_on(job, wish=f"{wish}/{job.thread}")
        return f"queued: {job.thread}"

    def pass_on(self, job: ThreadJob, *, wish: str) -> None:
        """Put a job on the queue of threads; the same wish twice makes one job."""
        if isinstance(job, SyncThread):
            # As far as it is known here; where the conversation is at another desk, the job goes on there.
            seller = self._sources.sellers.recent(job.thread.seller_id)
            job = job._replace(desk=seller.desk if seller else "")
        # Hashed, since a delivery id is a stranger's and may be long or hold what SQS does not take.
        self._threads_queue.send(
            job.to_json(), group=job.group, deduplication_id=hashlib.sha256(f"sync/{wish}".encode()).hexdigest()
        )
