"""What a worker Lambda does with one record of its queue: read the job, name it in the log, hand it to its flow.

A flow is built when a job needs it, so that a setting that is missing makes the job wait, not the Lambda fail.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chalicelib.jobs import DeliverReply, job_from_json
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.observability import logger
from chalicelib.worker import Worker

if TYPE_CHECKING:
    from chalicelib.inbound import Inbound
    from chalicelib.outbound import Outbound
    from chalicelib.resolving import Resolving


class NotificationDuty:
    """Records of the queue of notifications."""

    def __init__(self, worker: Worker, resolving: "Callable[[], Resolving]", queue_url: str) -> None:
        self._worker = worker
        self._resolving = resolving
        self._queue_url = queue_url

    def run(self, record: Mapping[str, Any], context: Any) -> None:
        self._worker.run(record, self._queue_url, lambda body: self._resolve(body, context))

    def _resolve(self, body: str, context: Any) -> None:
        notification = Notification.from_json(body)
        with _log_keys(notification.correlation_id, meli_seller_id=notification.seller_id):
            self._resolving().resolve_notification(notification, context=context)


class ThreadDuty:
    """Records of the queue of threads."""

    def __init__(
        self, worker: Worker, inbound: "Callable[[], Inbound]", outbound: "Callable[[], Outbound]", queue_url: str
    ) -> None:
        self._worker = worker
        self._inbound = inbound
        self._outbound = outbound
        self._queue_url = queue_url

    def run(self, record: Mapping[str, Any]) -> None:
        self._worker.run(
            record, self._queue_url, self._work, when_waiting=self._tell_waiting, when_given_up=self._tell_given_up
        )

    def _work(self, body: str) -> None:
        job = job_from_json(body)
        with _log_keys(job.correlation_id, meli_thread=job.group):
            if isinstance(job, DeliverReply):
                self._outbound().deliver_reply(job)
            else:
                self._inbound().sync_thread(job.thread)

    def _tell_waiting(self, body: str) -> None:
        job = job_from_json(body)
        if isinstance(job, DeliverReply):
            self._outbound().tell_waiting(job)

    def _tell_given_up(self, body: str) -> None:
        try:
            job = job_from_json(body)
            if isinstance(job, DeliverReply):
                self._outbound().tell_given_up(job)
        except Exception:  # noqa: BLE001 - what made the job fail may fail this; it is safe in the dead-letter queue
            logger.exception("the agent could not be told")


@contextmanager
def _log_keys(correlation_id: str, **keys: Any) -> Iterator[None]:
    """Names the job in each of its log lines; a warm container must not carry the names into the next."""
    logger.thread_safe_append_keys(correlation_id=correlation_id, **keys)
    try:
        yield
    finally:
        logger.thread_safe_clear_keys()
