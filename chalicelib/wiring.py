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
from chalicelib.work.jobs import SweepSeller, SyncThread
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
    from chalicelib.recovery.allowance import Allowance, Tally
    from chalicelib.recovery.desk_scan import DeskScan
    from chalicelib.recovery.lost_replies import LostReplies
    from chalicelib.recovery.silent_topics import SilentTopics
    from chalicelib.recovery.sweep import Sweep
    from chalicelib.routing.resolve import Resolver
    from chalicelib.routing.thread_lookup import ThreadLookup
    from chalicelib.sentences.wording import Wording
    from chalicelib.stores.audits import Audits
    from chalicelib.stores.budget import Budget
    from chalicelib.stores.cache import Cache
    from chalicelib.stores.desks import Desks
    from chalicelib.stores.history import History
    from chalicelib.stores.known_threads import KnownThreads
    from chalicelib.stores.sellers import Sellers
    from chalicelib.stores.tables import Table
    from chalicelib.stores.threads import Threads
    from chalicelib.web.connect_seller import SellerConnection
    from chalicelib.web.health import Health
    from chalicelib.work.consumer import Worker
    from chalicelib.work.dispatch import Inbound, NotificationDuty, ThreadDuty
    from chalicelib.work.jobs import ThreadJob
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
        *,
        is_background: bool = False,
    ) -> None:
        self._environ = environ
        self.clock = clock
        self.settings = Settings(environ, read_parameters, desk)
        self._built_at = clock()
        self._at_desks: dict[str, Container] = {}
        self._is_background = is_background
        self._background: Container | None = None

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

    def in_background(self, reads: int) -> "Container":
        """The same bridge for a job that can wait, and for which so many reads were taken out of the budget."""
        if self._background is None:
            self._background = self._another(self.settings.desk, is_background=True)
        self._background.tally.begin(reads)
        return self._background

    def _another(self, desk: str, *, is_background: bool = False) -> "Container":
        other = Container(self._environ, self.clock, desk, is_background=is_background)
        kept = ("sqs", "dynamodb", "transport", "notifications_queue", "threads_queue")
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
        from chalicelib.work.dispatch import NotificationDuty

        return NotificationDuty(
            self.worker,
            lambda: self.resolver,
            lambda reads: self.in_background(reads).resolver,
            lambda: self.recovery,
            lambda desk: self.at(desk).desk_scan,
            lambda: self.daily_audit,
            self.budget,
            self.notifications_queue,
            self.history,
        )

    @cached_property
    def thread_duty(self) -> "ThreadDuty":
        from chalicelib.work.dispatch import ThreadDuty

        return ThreadDuty(self.worker, self._flows_for, self.threads_queue.url)

    def _flows_for(self, job: "ThreadJob") -> "Container":
        # What an agent wrote says where; whether that is its thread's desk is for the flow to judge.
        return self.at(self.desks.of(job.thread) if isinstance(job, SyncThread) else job.desk)

    @cached_property
    def desks(self) -> "Desks":
        from chalicelib.stores.desks import Desks

        return Desks(self.threads, self.sellers)

    @cached_property
    def resolver(self) -> "Resolver":
        from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

        from chalicelib.routing.resolve import Resolver
        from chalicelib.routing.topics import Sources

        sources = Sources(self.thread_lookup, self.threads, self.sellers, self.catalog, self.clock)
        resolved = DynamoDBPersistenceLayer(table_name=self._table_name("idempotency"), boto3_client=self.dynamodb)
        return Resolver(self.notifications_queue, self.threads_queue, sources, self.history, self.settings, resolved)

    def inbound(self, kind: ThreadKind) -> "Inbound":
        return self.inbound_questions if kind == "question" else self.inbound_packs

    @cached_property
    def inbound_questions(self) -> "QuestionSync":
        from chalicelib.inbound.shown_states import StateWriter
        from chalicelib.inbound.sync_question import QuestionSync

        return QuestionSync(
            self.meli,
            self.conversations,
            self.threads,
            self.sellers,
            self.catalog,
            StateWriter(self.conversations, self.threads),
            self.wording,
            self.settings,
        )

    @cached_property
    def inbound_packs(self) -> "PurchaseSync":
        from chalicelib.inbound.attachments import Files
        from chalicelib.inbound.conversation_state import ConversationState
        from chalicelib.inbound.exchange_reader import ExchangeReader
        from chalicelib.inbound.messages import MessageWriter
        from chalicelib.inbound.reply_outcomes import ReplyOutcomes
        from chalicelib.inbound.sale_note import SaleNotes
        from chalicelib.inbound.shown_states import StateWriter
        from chalicelib.inbound.sync_purchase import PurchaseSync

        sale_notes = SaleNotes(self.catalog, self.sellers, self.conversations, self.wording, self.settings)
        files = Files(self.messaging, self.threads, self.wording, self.clock)
        return PurchaseSync(
            ExchangeReader(self.messaging, self.thread_lookup, self.read_back),
            self.conversations,
            self.threads,
            sale_notes,
            MessageWriter(self.conversations, self.threads, files, sale_notes, self.wording, self.clock),
            ReplyOutcomes(self.conversations, self.threads, self.read_back, self.wording, self.clock),
            ConversationState(StateWriter(self.conversations, self.threads), sale_notes, self.wording),
            self.settings,
            self.clock,
        )

    @cached_property
    def outbound(self) -> "Outbound":
        from chalicelib.outbound.answers import Answers
        from chalicelib.outbound.attachments import ReplyFiles
        from chalicelib.outbound.messages import Messages
        from chalicelib.outbound.parts import Parts
        from chalicelib.outbound.replies import Outbound

        answers = Answers(self.meli, self.conversations, self.threads, self.wording, self.settings, self.clock)
        messages = Messages(
            self.messaging,
            self.conversations,
            Parts(self.messaging, self.threads, self.wording, self.clock),
            self.sellers,
            self.known_threads,
            ReplyFiles(self.messaging, self.conversations, self.threads, self.wording, self.clock),
            self.read_back,
            self.wording,
            self.clock,
        )
        carriers: dict[ThreadKind, Carrier] = {"question": answers, "pack": messages}
        return Outbound(
            carriers, self.conversations, self.threads, self.sellers, self.desks, self.wording, self.settings
        )

    @cached_property
    def commands(self) -> "Commands":
        from chalicelib.commands.answering import Commands

        return Commands(self.conversations, self.threads, self.wording)

    @cached_property
    def read_back(self) -> "ReadBack":
        from chalicelib.work.read_back import ReadBack

        return ReadBack(self.notifications_queue)

    @cached_property
    def recovery(self) -> "Sweep":
        from chalicelib.mercado_livre.messages import Messaging
        from chalicelib.recovery.allowance import Allowance
        from chalicelib.recovery.feeds import Feeds
        from chalicelib.recovery.open_questions import OpenQuestions
        from chalicelib.recovery.sweep import Sweep

        allowance = Allowance(self.budget, "sweep", self.clock)
        meli = self._meli(allowance)
        feeds = Feeds(
            meli,
            Messaging(meli),
            self.threads,
            self.notifications_queue,
            self.cache,
            self.settings,
            self.clock,
        )
        open_questions = OpenQuestions(
            meli, self.threads, self.notifications_queue, self.cache, self.clock, allowance.check_time
        )
        return Sweep(
            feeds,
            open_questions,
            lambda refusal: self.at(self.desks.of(refusal.thread)).lost_replies.queue_retry(refusal),
            lambda seller_id: meli.get_user(seller_id, seller_id),
            self.tokens,
            self.sellers,
            self.threads,
            self.silent_topics,
            allowance,
            self.cache,
            self.worker,
            self.notifications_queue,
            self.settings,
            self.clock,
        )

    @cached_property
    def daily_audit(self) -> "DailyAudit":
        from chalicelib.audit.daily import DailyAudit

        return DailyAudit(
            self.candidates,
            self.examiner,
            self.sellers,
            self.audits,
            self.cache,
            self.audit_allowance,
            self.notifications_queue,
            self.clock,
        )

    @cached_property
    def audit_allowance(self) -> "Allowance":
        from chalicelib.recovery.allowance import Allowance

        return Allowance(self.budget, "audit", self.clock)

    @cached_property
    def candidates(self) -> "Candidates":
        from chalicelib.audit.candidates import Candidates
        from chalicelib.mercado_livre.messages import Messaging

        meli = self._meli(self.audit_allowance)
        return Candidates(meli, Messaging(meli), self.history, self._chatwoot_at, self.settings)

    @cached_property
    def examiner(self) -> "Examiner":
        from chalicelib.audit.examine import Examiner
        from chalicelib.mercado_livre.messages import Messaging

        meli = self._meli(self.audit_allowance)
        return Examiner(meli, Messaging(meli), self.threads, self._chatwoot_at, self.settings)

    def _chatwoot_at(self, desk: str) -> "Chatwoot":
        return self.at(desk).chatwoot

    @cached_property
    def silent_topics(self) -> "SilentTopics":
        from chalicelib.recovery.silent_topics import SilentTopics

        return SilentTopics(self.cache, self.history, self.clock)

    @cached_property
    def lost_replies(self) -> "LostReplies":
        from chalicelib.recovery.lost_replies import LostReplies

        return LostReplies(self.chatwoot, self.threads, self.threads_queue, self.cache, self.settings, self.clock)

    @cached_property
    def desk_scan(self) -> "DeskScan":
        from chalicelib.recovery.desk_scan import DeskScan

        def look(conversation: "ActiveConversation", since: int) -> int:
            return self.lost_replies.queue_replies(conversation, since=since)

        return DeskScan(self.chatwoot, look, self.cache, self.settings, self.clock)

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
        self.sqs.send_message(QueueUrl=self.notifications_queue.url, MessageBody=job.to_json())

    @cached_property
    def health(self) -> "Health":
        from chalicelib.web.health import Health

        return Health(self)

    @property
    def table_names(self) -> list[str]:
        return [*map(self._table_name, TABLES)]

    # Services

    @cached_property
    def chatwoot(self) -> "Chatwoot":
        from chalicelib.chatwoot.client import Chatwoot
        from chalicelib.stores.refused_tokens import RefusedTokens

        return Chatwoot(
            self.transport,
            self.settings.chatwoot_url,
            RefusedTokens(self.cache, self.settings.desk),
            account_id=self.settings.chatwoot_account_id,
            token=self.settings.chatwoot_token,
        )

    @cached_property
    def conversations(self) -> "Conversations":
        from chalicelib.chatwoot.conversations import Conversations

        return Conversations(self.chatwoot, self.threads, self.wording, desk=self.settings.desk)

    @cached_property
    def meli(self) -> "MercadoLivre":
        return self._meli(self.tally if self._is_background else self.budget)

    def _meli(self, watch: "Watch") -> "MercadoLivre":
        from chalicelib.mercado_livre.client import MercadoLivre

        return MercadoLivre(self.transport, self.settings.mercado_livre_url, self.tokens, watch)

    @cached_property
    def tally(self) -> "Tally":
        from chalicelib.recovery.allowance import Tally

        return Tally(self.budget, "history")

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
            self.budget,
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
    def budget(self) -> "Budget":
        from chalicelib.stores.budget import Budget

        return Budget(self._table("cache"), self.clock, lambda: self.settings.mercado_livre_reads_a_minute)

    @cached_property
    def audits(self) -> "Audits":
        from chalicelib.stores.audits import Audits

        return Audits(self.cache)

    @cached_property
    def cache(self) -> "Cache":
        from chalicelib.stores.cache import Cache

        return Cache(self._table("cache"), self.clock)

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
