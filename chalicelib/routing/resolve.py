"""Finds out which thread a hint is about, and puts a job for it on the queue of threads.

Hints that concern no thread end here: recorded, and what was remembered of a listing dropped.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError

from chalicelib.errors import NotFound, Refused, TryAgainLater
from chalicelib.mercado_livre.catalog import Catalog
from chalicelib.mercado_livre.messages import USABLE_MESSAGE_ID
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import Thread
from chalicelib.observability import count, logger
from chalicelib.routing.thread_lookup import ThreadLookup
from chalicelib.settings import Settings
from chalicelib.stores.history import History
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Threads
from chalicelib.work.jobs import DeliverReply, SyncThread
from chalicelib.work.queue import Queue

if TYPE_CHECKING:
    from typing import Any

    from mypy_boto3_dynamodb import DynamoDBClient

# What bringing a thread up to date takes: one read where it is known, and what is to be known of a new one else. Files,
# and pages after the first, come on top.
READS_OF_A_KNOWN_THREAD = 1
READS_OF_A_NEW_THREAD = {"question": 3, "pack": 5}

# Missed feeds bring a notification back for two days.
REMEMBERED_SECONDS = 3 * 24 * 3600

# How long a message may be announced and not be there.
TIME_TO_APPEAR = timedelta(minutes=10)

ITEM_TOPICS = frozenset({"items", "items_prices"})

# https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes, and names that other documents use.
TOPICS_WITHOUT_THREAD = frozenset(
    {
        "orders_feedback",
        "payments",
        "post_purchase",
        "invoices",
        "catalog_item_competition_status",
        "catalog_suggestions",
        "price_suggestion",
        "public_offers",
        "public_candidates",
        "stock-location",
        "stock-locations",
        "user-products-families",
        "fbm_stock_operations",
        "flex-handshakes",
        "vis_leads",
        "leads-credits",
        "quotations",
        "catalog",
        "catalogs",
        "promotions",
    }
)


class Resolver:
    """Notification → job for a thread."""

    def __init__(
        self,
        notifications_queue: Queue,
        threads_queue: Queue,
        threads: Threads,
        sellers: Sellers,
        catalog: Catalog,
        thread_lookup: ThreadLookup,
        history: History,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        client: "DynamoDBClient",
        table_name: str,
    ) -> None:
        self._notifications_queue = notifications_queue
        self._threads_queue = threads_queue
        self._threads = threads
        self._sellers = sellers
        self._catalog = catalog
        self._thread_lookup = thread_lookup
        self._history = history
        self._settings = settings
        self._clock = clock
        self._idempotency = IdempotencyConfig(expires_after_seconds=REMEMBERED_SECONDS)
        self._resolve_once = idempotent_function(
            self._resolve,
            data_keyword_argument="key",
            persistence_store=DynamoDBPersistenceLayer(table_name=table_name, boto3_client=client),
            config=self._idempotency,
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
        if self._sellers.get(notification.seller_id) is None:
            return "unknown seller"
        topic = notification.known_topic
        if topic == "questions":
            return self._queue_question(notification)
        if topic == "messages":
            return self._queue_message(notification)
        if topic == "orders_v2":
            return self._queue_sale(notification, self._thread_lookup.of_order)
        if topic == "shipments":
            return self._queue_sale(notification, self._thread_lookup.of_shipment)
        if topic in ITEM_TOPICS:
            return self._forget_item(notification)
        return "no work for this topic" if topic in TOPICS_WITHOUT_THREAD else "unknown topic"

    def _queue_question(self, notification: Notification) -> str:
        thread = Thread.parse(f"{notification.seller_id}/question/{notification.resource_id}")
        if thread is None:
            return "unusable resource"
        return self._queue(notification, SyncThread(thread, notification.correlation_id))

    def _queue_message(self, notification: Notification) -> str:
        """A message hint names a message alone: its purchase is looked up."""
        message_id = notification.resource_id
        if not USABLE_MESSAGE_ID.fullmatch(message_id):
            return "unusable resource"
        is_fresh = self._clock() - datetime.fromisoformat(notification.arrived_at) < TIME_TO_APPEAR
        try:
            thread = self._thread_lookup.of_message(notification.seller_id, message_id, may_guess=not is_fresh)
        except NotFound as error:
            if is_fresh:
                # The page speaks of a delay of some seconds.
                raise TryAgainLater("the message is not to be had yet") from error
            return "message not found"
        except Refused as refusal:
            return f"message refused: {refusal.status}"
        if thread is None:
            return "message of no purchase"
        return self._queue(notification, SyncThread(thread, notification.correlation_id, expects=message_id))

    def _queue_sale(self, notification: Notification, find: "Callable[[int, str], Thread | None]") -> str:
        """An order or a shipment changed: whether its buyer may be written to may have changed with it.

        Where nothing was written about the sale there is nothing to keep up to date, and nothing is read.
        """
        if not re.fullmatch(r"[1-9][0-9]{0,18}", notification.resource_id):
            return "unusable resource"
        thread = find(notification.seller_id, notification.resource_id)
        if thread is None or not self._threads.has_conversation(thread):
            return "nothing written about this sale"
        return self._queue(notification, SyncThread(thread, notification.correlation_id))

    def _queue(self, notification: Notification, job: SyncThread) -> str:
        if notification.can_wait:
            # By the queue of notifications, where it waits while there is much to do for live traffic.
            self._notifications_queue.send(job._replace(can_wait=True).to_json())
            return f"queued: {job.thread}"
        self.pass_on(job, wish=notification.content_key or f"{notification.arrived_at}/{notification.correlation_id}")
        return f"queued: {job.thread}"

    def reads_of(self, thread: Thread) -> int:
        """How many reads bringing a thread up to date takes, as far as can be told before."""
        is_known = self._threads.has_conversation(thread)
        return READS_OF_A_KNOWN_THREAD if is_known else READS_OF_A_NEW_THREAD[thread.kind]

    def pass_on(self, job: SyncThread | DeliverReply, *, wish: str) -> None:
        """Put a job on the queue of threads; the same wish twice makes one job."""
        # Hashed, since a delivery id is a stranger's and may be long or hold what SQS does not take.
        self._threads_queue.send(
            job.to_json(), group=job.group, deduplication_id=hashlib.sha256(f"sync/{wish}".encode()).hexdigest()
        )

    def _forget_item(self, notification: Notification) -> str:
        found = re.search(r"(?:^|/)(M[A-Z]{2}[0-9]{1,15})(?:/|$)", notification.resource)
        if not found:
            return "unusable resource"
        self._catalog.forget_item(notification.seller_id, found.group(1))
        return "listing forgotten"
