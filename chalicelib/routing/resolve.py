"""Finds out which thread a hint is about, and puts a job for it on the queue of threads; hints of no thread end here.

What a topic leads to stands in the table of topics.
"""

import hashlib
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.idempotency import BasePersistenceLayer, IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError

from chalicelib.errors import TryAgainLater
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.observability import count, logger
from chalicelib.routing.topics import Sources, find_topic
from chalicelib.settings import Settings
from chalicelib.stores.history import History
from chalicelib.work.jobs import SyncThread, ThreadJob
from chalicelib.work.queue import Queue

if TYPE_CHECKING:
    from typing import Any


# Missed feeds bring a notification back for two days.
REMEMBERED_SECONDS = 3 * 24 * 3600


class Resolver:
    """Notification → job for a thread."""

    def __init__(
        self,
        background_queue: Queue,
        threads_queue: Queue,
        sources: Sources,
        history: History,
        settings: Settings,
        resolved: BasePersistenceLayer,
    ) -> None:
        self._background_queue = background_queue
        self._threads_queue = threads_queue
        self._sources = sources
        self._history = history
        self._settings = settings
        self._idempotency = IdempotencyConfig(expires_after_seconds=REMEMBERED_SECONDS)
        self._resolve_once = idempotent_function(
            self._resolve, data_keyword_argument="key", persistence_store=resolved, config=self._idempotency
        )

    def resolve_notification(self, notification: Notification, *, context: "Any" = None) -> None:
        """Queue the work that a notification asks for and record how it ended. Repeating it is safe.

        The same notification, told by its delivery id or else its content, does its work once. One that cannot be
        told from others of its kind does it each time.
        """
        if context:
            self._idempotency.register_lambda_context(context)
        if not notification.content_key:
            self._resolve(notification=notification, key="", resolved=[])
            return
        resolved: list[str] = []
        try:
            self._resolve_once(notification=notification, key=notification.content_key, resolved=resolved)
        except IdempotencyAlreadyInProgressError as error:
            raise TryAgainLater("the same notification is being resolved") from error
        if not resolved:
            self._history.record_repeated(notification)
            count("Notification", outcome="repeated")

    def _resolve(self, *, notification: Notification, key: str, resolved: list[str]) -> str:
        outcome = self._outcome(notification)
        # Powertools does not say whether it called us: this does.
        resolved.append(key)
        self._history.record(notification, outcome)
        # The topic and the resource are the sender's words; in a dimension each would make a metric to pay for.
        count("Notification", outcome=outcome.split(":")[0])
        if notification.is_stale:
            count("NotificationStale")
        logger.info(
            "notification resolved",
            outcome=outcome,
            meli_topic=notification.topic,
            meli_resource=notification.resource,
            age_seconds=notification.age_seconds,
        )
        return outcome

    def _outcome(self, notification: Notification) -> str:
        if notification.application_id not in (None, self._settings.mercado_livre_app_id):
            return "another application"
        if self._sources.sellers.get(notification.seller_id) is None:
            return "unknown seller"
        topic = find_topic(notification.topic)
        if topic is None:
            return "unknown topic"
        found = topic.follow(self._sources, notification)
        return self._queue(notification, found) if isinstance(found, SyncThread) else found

    def _queue(self, notification: Notification, job: SyncThread) -> str:
        if notification.can_wait:
            # By the queue of notifications, where it waits while there is much to do for live traffic.
            self._background_queue.send(job._replace(can_wait=True).to_json())
            return f"queued: {job.thread}"
        self.pass_on(job, wish=notification.content_key or f"{notification.arrived_at}/{notification.correlation_id}")
        return f"queued: {job.thread}"

    def pass_on(self, job: ThreadJob, *, wish: str) -> None:
        """Put a job on the queue of threads; the same wish twice makes one job."""
        # Hashed, since a delivery id is a stranger's and may be long or hold what SQS does not take.
        self._threads_queue.send(
            job.to_json(), group=job.group, deduplication_id=hashlib.sha256(f"sync/{wish}".encode()).hexdigest()
        )
