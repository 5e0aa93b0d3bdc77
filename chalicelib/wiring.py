"""Builds the objects, once per container and only on first use. The one place that wires everything.

What a cold receipt needs is imported at the top; all else is imported where it is built, since boto3, requests and
Powertools together cost a cold start ten times what the receipt does.
"""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.errors import TryAgainLater
from chalicelib.models import ThreadKind
from chalicelib.settings import PARAMETERS_MAX_AGE_SECONDS, Settings
from chalicelib.web.webhooks import WebhookReceipt
from chalicelib.work.jobs import SweepSeller
from chalicelib.work.queue import Queue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from chalicelib.audit.candidates import Candidates
    from chalicelib.audit.daily import DailyAudit
    from chalicelib.audit.examine import Examiner
    from chalicelib.chatwoot.client import Chatwoot
    from chalicelib.chatwoot.conversations import Conversations
    from chalicelib.chatwoot.resources import ActiveConversation
    from chalicelib.commands.answering import Commands
    from chalicelib.http import Transport
    from chalicelib.inbound.sync_purchase import PurchaseSync
    from chalicelib.inbound.sync_question import QuestionSync
    from chalicelib.mercado_livre.catalog import Catalog
    from chalicelib.mercado_livre.client import MercadoLivre, TokenEndpoint, Watch
    from chalicelib.mercado_livre.messages import Messaging
    from chalicelib.mercado_livre.oauth import Tokens
    from chalicelib.outbound.replies import Carrier, Outbound
    from chalicelib.rate_limit import BackgroundLimit, RateLimit
    from chalicelib.recovery.desk_scan import DeskScan
    from chalicelib.recovery.lost_replies import LostReplies
    from chalicelib.recovery.resumable import Scans
    from chalicelib.recovery.schedule import SweepSchedule
    from chalicelib.recovery.sweep import Sweep
    from chalicelib.recovery.waiting_sweeps import WaitingSweeps
    from chalicelib.routing.resolve import Resolver
    from chalicelib.routing.thread_lookup import ThreadLookup
    from chalicelib.sentences.wording import Wording
    from chalicelib.stores.audits import Audits
    from chalicelib.stores.cache import Cache
    from chalicelib.stores.desks import Desks
    from chalicelib.stores.history import History
    from chalicelib.stores.known_threads import KnownThreads
    from chalicelib.stores.sellers import Sellers
    from chalicelib.stores.set_aside import SetAside
    from chalicelib.stores.tables import Table
    from chalicelib.stores.threads import Threads
    from chalicelib.web.connect_seller import SellerConnection
    from chalicelib.web.health import Health
    from chalicelib.work.consumer import Worker
    from chalicelib.work.dispatch import Inbound, NotificationDuty, ThreadDuty
    from chalicelib.work.parked_jobs import ParkedJobs
    from chalicelib.work.read_back import ReadBack

TABLES = ("threads", "sellers", "idempotency", "history", "cache")


def read_parameters(stage: str) -> Mapping[str, str]:
    """The stage's parameters in SSM by name, remembered for some minutes. Raises TryAgainLater."""
    from aws_lambda_powertools.utilities import parameters

    path = f"/ponte/{stage}"
    try:
        return parameters.get_parameters(path, decrypt=True, max_age=PARAMETERS_MAX_AGE_SECONDS)
    except parameters.GetParameterError as error:
        raise TryAgainLater(f"the settings in Parameter Store under {path} cannot be read") from error


class Container:
    """Everything that an entry point may need, built from the environment and a clock."""

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        desk: str = "",
    ) -> None:
        self._environ = environ
        self.clock = clock
        self.settings = Settings(environ, read_parameters, desk)
        self._built_at = clock()
        self._at_desks: dict[str, Container] = {}

    def has_old_settings(self) -> bool:
        return (self.clock() - self._built_at).total_seconds() > PARAMETERS_MAX_AGE_SECONDS

    def renew(self) -> "Container":
        """The same bridge with its settings read anew; connections are kept."""
        return self._another("")

    def at(self, desk: str) -> "Container":
        """The same bridge as it serves a desk."""
        if desk == self.settings.desk:
            return self
        if desk not in self._at_desks:
            self._at_desks[desk] = self._another(desk)
        return self._at_desks[desk]

    def _another(self, desk: str) -> "Container":
        other = Container(self._environ, self.clock, desk)
        kept = ("sqs", "dynamodb", "transport", "notifications_queue", "threads_queue", "background_queue")
        other.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        return other

    # Receipt

    @cached_property
    def receipt(self) -> WebhookReceipt:
        return WebhookReceipt(self.settings, self.notifications_queue, self.threads_queue, self.clock)

    @cached_property
    def notifications_queue(self) -> Queue:
        return Queue(self._queue_url("NOTIFICATIONS_QUEUE_URL", "notifications"), self._environ, self.clock)

    @cached_property
    def threads_queue(self) -> Queue:
        return Queue(self._queue_url("THREADS_QUEUE_URL", "threads.fifo"), self._environ, self.clock)

    @cached_property
    def background_queue(self) -> Queue:
        return Queue(self._queue_url("BACKGROUND_QUEUE_URL", "background"), self._environ, self.clock)

    @property
    def queue_urls(self) -> tuple[str, ...]:
        return self.notifications_queue.url, self.threads_queue.url, self.background_queue.url

    def _queue_url(self, name: str, queue: str) -> str:
        configured = self._environ.get(name)
        return configured or self.sqs.get_queue_url(QueueName=f"ponte-{self.settings.stage}-{queue}")["QueueUrl"]

    # Flows

    @cached_property
    def worker(self) -> "Worker":
        from chalicelib.work.consumer import Worker
        from chalicelib.work.failures import Failures

        return Worker(self.sqs, Failures(self._table("idempotency"), self.clock), self.waiting, self.clock)

    @cached_property
    def notification_duty(self) -> "NotificationDuty":
        return self._duty(self.notifications_queue)

    @cached_property
    def background_duty(self) -> "NotificationDuty":
        return self._duty(self.background_queue)

    def _duty(self, queue: Queue) -> "NotificationDuty":
        from chalicelib.work.dispatch import NotificationDuty

        return NotificationDuty(
            self.worker,
            lambda: self.resolver,
            lambda: self.sweep,
            lambda: self.waiting_sweeps,
            lambda desk: self.at(desk).desk_scan,
            lambda: self.daily_audit,
            self.rate_limit,
            queue,
            self.background_queue,
            self.history,
        )

    @cached_property
    def thread_duty(self) -> "ThreadDuty":
        from chalicelib.work.dispatch import ThreadDuty

        return ThreadDuty(
            self.worker, self.threads, self.desks, self.at, self.set_aside, self.threads_queue.url, self.clock
        )

    @cached_property
    def desks(self) -> "Desks":
        from chalicelib.stores.desks import Desks

        return Desks(self.threads, self.sellers)

    @cached_property
    def resolver(self) -> "Resolver":
        from chalicelib.routing.resolve import Resolver
        from chalicelib.routing.topics import Sources
        from chalicelib.stores.history import Resolutions

        sources = Sources(self.thread_lookup, self.threads, self.sellers, self.catalog, self.clock)
        resolutions = Resolutions(
            self._table("idempotency"), self.history, self.sellers, self.known_threads, self.clock
        )
        return Resolver(self.background_queue, self.threads_queue, sources, resolutions, self.settings)

    def inbound(self, kind: ThreadKind) -> "Inbound":
        return self.inbound_questions if kind == "question" else self.inbound_packs

    @cached_property
    def inbound_questions(self) -> "QuestionSync":
        from chalicelib.inbound.question_opening import QuestionOpenings
        from chalicelib.inbound.shown_states import StateWriter
        from chalicelib.inbound.sync_question import QuestionSync

        return QuestionSync(
            self.meli,
            self.conversations,
            QuestionOpenings(self.catalog, self.sellers, self.wording, self.settings),
            StateWriter(self.conversations),
            self.wording,
            self.settings,
        )

    @cached_property
    def inbound_packs(self) -> "PurchaseSync":
        from chalicelib.inbound.attachments import Files
        from chalicelib.inbound.conversation_state import ConversationState
        from chalicelib.inbound.messages import MessageWriter
        from chalicelib.inbound.reply_outcomes import ReplyOutcomes
        from chalicelib.inbound.sale_note import SaleNotes
        from chalicelib.inbound.shown_states import StateWriter
        from chalicelib.inbound.sync_purchase import PurchaseSync

        sale_notes = SaleNotes(self.catalog, self.sellers, self.conversations, self.wording, self.settings, self.clock)
        files = Files(self.messaging, self.wording, self.clock)
        return PurchaseSync(
            self.messaging,
            self.conversations,
            sale_notes,
            MessageWriter(self.conversations, files, sale_notes, self.wording, self.settings, self.clock),
            ReplyOutcomes(self.conversations, self.read_back, self.wording, self.clock),
            ConversationState(StateWriter(self.conversations), sale_notes, self.wording),
        )

    @cached_property
    def outbound(self) -> "Outbound":
        from chalicelib.outbound.answers import Answers
        from chalicelib.outbound.attachments import ReplyFiles
        from chalicelib.outbound.messages import Messages
        from chalicelib.outbound.parts import Parts
        from chalicelib.outbound.refusals import Refusals
        from chalicelib.outbound.replies import Outbound

        answers = Answers(self.meli, self.conversations, self.wording, self.settings, self.clock)
        messages = Messages(
            self.messaging,
            self.conversations,
            Parts(self.messaging, self.known_threads, self.read_back, self.wording, self.clock),
            ReplyFiles(self.messaging, self.conversations, self.sellers, self.wording, self.clock),
            Refusals(self.messaging, self.sellers, self.read_back, self.wording, self.clock),
            self.clock,
        )
        carriers: dict[ThreadKind, Carrier] = {"question": answers, "pack": messages}
        return Outbound(carriers, self.conversations, self.threads, self.sellers, self.wording, self.settings)

    @cached_property
    def commands(self) -> "Commands":
        from chalicelib.commands.answering import Commands

        return Commands(self.conversations, self.threads, self.wording)

    @cached_property
    def read_back(self) -> "ReadBack":
        from chalicelib.work.read_back import ReadBack

        return ReadBack(self.notifications_queue)

    @cached_property
    def sweep_schedule(self) -> "SweepSchedule":
        from chalicelib.recovery.schedule import SweepSchedule

        return SweepSchedule(
            self.sellers, self.waiting_sweeps, self.background_queue, self.rate_limit, self.settings, self.clock
        )

    @cached_property
    def sweep(self) -> "Sweep":
        from chalicelib.mercado_livre.messages import Messaging
        from chalicelib.recovery.changed_orders import ChangedOrders
        from chalicelib.recovery.lost_replies import UnheardRetries
        from chalicelib.recovery.missed_feeds import MissedFeeds
        from chalicelib.recovery.open_questions import OpenQuestions
        from chalicelib.recovery.sales_of_a_pause import SalesOfAPause
        from chalicelib.recovery.seller_scan import SellerScan
        from chalicelib.recovery.set_aside import SetAsideThreads
        from chalicelib.recovery.silent_topics import SilentTopics
        from chalicelib.recovery.sweep import SellerNames, Sweep
        from chalicelib.recovery.unread import UnreadMessages

        meli, scans = self.background_meli, self.scans
        messaging = Messaging(meli)
        sales_of_a_pause = SalesOfAPause(messaging, self.threads, scans)
        feeds = (
            SellerNames(meli, self.sellers),
            MissedFeeds(meli, scans, self.cache, self.settings, self.clock),
            OpenQuestions(meli, self.threads, scans, self.cache, self.clock),
            UnreadMessages(messaging, scans, self.clock),
            ChangedOrders(meli, self.threads, sales_of_a_pause, scans, self.clock),
            sales_of_a_pause,
            SetAsideThreads(self.set_aside, self.clock),
        )
        return Sweep(
            self.sellers,
            SellerScan(feeds, self.tokens, scans, self.background_queue),
            UnheardRetries(
                self.threads,
                scans,
                lambda refusal: self.at(self.desks.of(refusal.thread)).lost_replies.queue_retry(refusal),
                self.clock,
            ),
            SilentTopics(scans, self.history, self.clock),
            self.worker,
            self.clock,
        )

    @cached_property
    def waiting_sweeps(self) -> "WaitingSweeps":
        from chalicelib.recovery.waiting_sweeps import WaitingSweeps

        return WaitingSweeps(self.cache, self.clock)

    @cached_property
    def scans(self) -> "Scans":
        from chalicelib.recovery.resumable import Scans

        return Scans(self.cache, self.clock)

    @cached_property
    def background_limit(self) -> "BackgroundLimit":
        from chalicelib.rate_limit import BackgroundLimit

        return BackgroundLimit(self.cache_table, self.clock, self.reads_a_minute, self.scans)

    @cached_property
    def background_meli(self) -> "MercadoLivre":
        return self._meli(self.background_limit)

    @cached_property
    def daily_audit(self) -> "DailyAudit":
        from chalicelib.audit.daily import DailyAudit

        return DailyAudit(
            self.candidates,
            self.examiner,
            self.sellers,
            self.audits,
            self.cache,
            self.scans,
            self.background_queue,
            self.clock,
        )

    @cached_property
    def candidates(self) -> "Candidates":
        from chalicelib.audit.candidates import Candidates
        from chalicelib.mercado_livre.messages import Messaging

        meli = self.background_meli
        return Candidates(meli, Messaging(meli), self.history, self._chatwoot_at, self.settings)

    @cached_property
    def examiner(self) -> "Examiner":
        from chalicelib.audit.examine import Examiner
        from chalicelib.mercado_livre.messages import Messaging

        meli = self.background_meli
        return Examiner(meli, Messaging(meli), self.threads, self._chatwoot_at, self.settings)

    def _chatwoot_at(self, desk: str) -> "Chatwoot":
        return self.at(desk).chatwoot

    @cached_property
    def lost_replies(self) -> "LostReplies":
        from chalicelib.recovery.lost_replies import LostReplies

        return LostReplies(self.chatwoot, self.threads, self.threads_queue, self.cache, self.settings, self.clock)

    @cached_property
    def desk_scan(self) -> "DeskScan":
        from chalicelib.recovery.desk_scan import DeskScan

        def queue_lost(conversation: "ActiveConversation", since: int) -> int:
            return self.lost_replies.queue_replies(conversation, since=since)

        return DeskScan(self.chatwoot, queue_lost, self.scans, self.cache, self.settings, self.clock)

    @cached_property
    def waiting(self) -> "ParkedJobs":
        from chalicelib.work.parked_jobs import ParkedJobs

        return ParkedJobs(self._table("threads"))

    @cached_property
    def seller_connection(self) -> "SellerConnection":
        from chalicelib.web.connect_seller import SellerConnection

        return SellerConnection(
            self.token_endpoint, self.sellers, self.cache, self.settings, self.wording, self.clock, self._ask_for_sweep
        )

    def _ask_for_sweep(self, seller_id: int) -> None:
        job = SweepSeller(seller_id, int(self.clock().timestamp()))
        # By boto3, which finds the credentials of a terminal too.
        self.sqs.send_message(QueueUrl=self.background_queue.url, MessageBody=job.to_json())

    @cached_property
    def health(self) -> "Health":
        from chalicelib.web.health import Health

        return Health(
            self.settings,
            self.sellers,
            self.cache,
            self.rate_limit,
            self.sqs,
            self.dynamodb,
            clock=self.clock,
            queue_urls=self.queue_urls,
            table_names=tuple(map(self._table_name, TABLES)),
        )

    # Services

    @cached_property
    def chatwoot(self) -> "Chatwoot":
        from chalicelib.chatwoot.client import Chatwoot

        return Chatwoot(
            self.transport,
            self.settings.chatwoot_url,
            account_id=self.settings.chatwoot_account_id,
            token=self.settings.chatwoot_token,
        )

    @cached_property
    def conversations(self) -> "Conversations":
        from chalicelib.chatwoot.conversations import Conversations

        return Conversations(self.chatwoot, self.threads, self.wording, desk=self.settings.desk)

    @cached_property
    def meli(self) -> "MercadoLivre":
        return self._meli(self.rate_limit)

    def _meli(self, watch: "Watch") -> "MercadoLivre":
        from chalicelib.mercado_livre.client import MercadoLivre

        return MercadoLivre(self.transport, self.settings.mercado_livre_url, self.tokens, watch)

    @cached_property
    def messaging(self) -> "Messaging":
        from chalicelib.mercado_livre.messages import Messaging

        return Messaging(self.meli)

    @cached_property
    def tokens(self) -> "Tokens":
        from chalicelib.mercado_livre.oauth import Tokens

        return Tokens(
            self.sellers,
            self.token_endpoint,
            self.clock,
            link_for=lambda seller: self.settings.connecting_link(seller.site_id, seller.desk),
        )

    @cached_property
    def token_endpoint(self) -> "TokenEndpoint":
        from chalicelib.mercado_livre.client import TokenEndpoint

        return TokenEndpoint(
            self.transport,
            self.settings.mercado_livre_url,
            self.rate_limit,
            app_id=self.settings.mercado_livre_app_id,
            client_secret=self.settings.mercado_livre_client_secret,
        )

    @cached_property
    def catalog(self) -> "Catalog":
        from chalicelib.mercado_livre.catalog import Catalog

        return Catalog(self.meli, self.known_threads, self.cache)

    @cached_property
    def thread_lookup(self) -> "ThreadLookup":
        from chalicelib.routing.thread_lookup import ThreadLookup

        return ThreadLookup(self.meli, self.messaging, self.known_threads)

    @cached_property
    def transport(self) -> "Transport":
        from chalicelib.http import Transport

        return Transport()

    @cached_property
    def wording(self) -> "Wording":
        from chalicelib.sentences.wording import Wording

        return Wording(self.settings.language)

    # Stores

    @cached_property
    def threads(self) -> "Threads":
        from chalicelib.stores.threads import Threads

        return Threads(self._table("threads"), self.clock)

    @cached_property
    def known_threads(self) -> "KnownThreads":
        from chalicelib.stores.known_threads import KnownThreads

        return KnownThreads(self.cache)

    @cached_property
    def sellers(self) -> "Sellers":
        from chalicelib.stores.sellers import Sellers

        return Sellers(self._table("sellers"))

    @cached_property
    def history(self) -> "History":
        from chalicelib.stores.history import History

        return History(self._table("history"), self.clock)

    @cached_property
    def rate_limit(self) -> "RateLimit":
        from chalicelib.rate_limit import RateLimit

        return RateLimit(self.cache_table, self.clock, self.reads_a_minute)

    def reads_a_minute(self) -> int:
        return self.settings.mercado_livre_reads_a_minute

    @cached_property
    def set_aside(self) -> "SetAside":
        from chalicelib.stores.set_aside import SetAside

        return SetAside(self._table("threads"))

    @cached_property
    def audits(self) -> "Audits":
        from chalicelib.stores.audits import Audits

        return Audits(self.cache)

    @cached_property
    def cache(self) -> "Cache":
        from chalicelib.stores.cache import Cache

        return Cache(self.cache_table, self.clock)

    @property
    def cache_table(self) -> "Table":
        return self._table("cache")

    def _table(self, name: str) -> "Table":
        from chalicelib.stores.tables import Table

        return Table(self.dynamodb, self._table_name(name))

    def _table_name(self, name: str) -> str:
        return f"ponte-{self.settings.stage}-{name}"

    # AWS

    @cached_property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self._client("sqs")
        return client

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._client("dynamodb")
        return client

    def _client(self, service: str) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})
        return boto3.client(service, config=config)


_bridge: Container | None = None


def bridge() -> Container:
    """The container's bridge, built anew now and then so that a changed setting takes effect."""
    global _bridge
    if _bridge is None:
        _bridge = Container()
    elif _bridge.has_old_settings():
        _bridge = _bridge.renew()
    return _bridge


def install(other: Container | None) -> None:
    """Use another bridge from now on: one with a clock that can be turned, or None for a fresh one."""
    global _bridge
    _bridge = other
