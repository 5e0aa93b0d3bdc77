"""Builds what the workers need, each part once and on first use: a container for the process, a desk for each Chatwoot.

The one place that wires everything, but for the receipt of webhooks, which stands in `process`.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.audit.candidates import Candidates
from chalicelib.audit.daily import DailyAudit
from chalicelib.audit.examine import Examiner
from chalicelib.audit.seller_audit import SellerAudit
from chalicelib.breaker import Breaker, GuardedTransport
from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.conversations import Conversations
from chalicelib.chatwoot.editor import Editor
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.chatwoot.stand_ins import StandIns
from chalicelib.commands import Sources as CommandSources
from chalicelib.commands.answering import Commands
from chalicelib.errors import BridgeError
from chalicelib.http import Transport
from chalicelib.inbound.attachments import Files
from chalicelib.inbound.claims import ClaimNotes
from chalicelib.inbound.conversation_state import ConversationState, StateWriter
from chalicelib.inbound.exchange_reader import ExchangeReader
from chalicelib.inbound.hidden_threads import HiddenThreads
from chalicelib.inbound.labels import LabelNotes
from chalicelib.inbound.messages import MessageWriter
from chalicelib.inbound.purchase_opening import PurchaseOpenings
from chalicelib.inbound.question_opening import QuestionOpenings
from chalicelib.inbound.reply_outcomes import ReplyOutcomes
from chalicelib.inbound.sale_note import SaleNotes
from chalicelib.inbound.sales import Sales
from chalicelib.inbound.sync_purchase import PurchaseSync
from chalicelib.inbound.sync_question import QuestionSync
from chalicelib.mercado_livre.calls import Watch, ask_for_owner
from chalicelib.mercado_livre.catalog import Catalog
from chalicelib.mercado_livre.claims import Claims
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.labels import Labels
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.oauth import TokenEndpoint, Tokens
from chalicelib.mercado_livre.sites import questions_page, sale_page
from chalicelib.mercado_livre.thread_lookup import ThreadLookup
from chalicelib.models import Thread, ThreadKind
from chalicelib.outbound.answers import Answers
from chalicelib.outbound.attachments import ReplyFiles
from chalicelib.outbound.earlier_replies import EarlierReplies
from chalicelib.outbound.login_note import LoginNote
from chalicelib.outbound.messages import Messages
from chalicelib.outbound.origin import Origin
from chalicelib.outbound.parts import Parts
from chalicelib.outbound.refusals import Refusals
from chalicelib.outbound.replies import Carrier, Outbound
from chalicelib.parcel_labels import LabelPrinter
from chalicelib.process import Process, install, process
from chalicelib.rate_limit import BackgroundLimit, RateLimit
from chalicelib.recovery.changed_orders import ChangedOrders
from chalicelib.recovery.desk_scan import DeskScan
from chalicelib.recovery.desk_webhooks import DeskWebhooks
from chalicelib.recovery.found import Feed
from chalicelib.recovery.gone_conversations import GoneConversations
from chalicelib.recovery.lost_replies import LostReplies, QueuedOnce, UnheardRetries
from chalicelib.recovery.missed_feeds import MissedFeeds
from chalicelib.recovery.open_questions import OpenQuestions
from chalicelib.recovery.resumable import Scans
from chalicelib.recovery.sales_of_a_pause import SalesOfAPause
from chalicelib.recovery.schedule import SweepSchedule
from chalicelib.recovery.seller_scan import SellerScan
from chalicelib.recovery.set_aside import SetAsideThreads
from chalicelib.recovery.silent_topics import SilentTopics
from chalicelib.recovery.sweep import SellerNames, Sweep
from chalicelib.recovery.unread import UnreadMessages
from chalicelib.recovery.unsigned_events import UnsignedEvents
from chalicelib.recovery.waiting_sweeps import WaitingSweeps
from chalicelib.routing.hint_gate import HintGate
from chalicelib.routing.resolve import Resolver
from chalicelib.routing.topics import Sources
from chalicelib.sentences.wording import Wording
from chalicelib.stores.audits import Audits
from chalicelib.stores.cache import Cache
from chalicelib.stores.desks import Desks
from chalicelib.stores.history import History, Resolutions
from chalicelib.stores.known_threads import KnownThreads
from chalicelib.stores.outages import Outages
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.set_aside import SetAside
from chalicelib.stores.threads import Refusal, Threads
from chalicelib.stores.troubles import MERCADO_LIVRE, DeskTroubles, desk_at, desk_place
from chalicelib.web.authorizations import Authorizations
from chalicelib.web.connect_seller import SellerConnection
from chalicelib.web.health import Health
from chalicelib.web.invitations import Invitations
from chalicelib.work.consumer import Consumer
from chalicelib.work.failures import Failures
from chalicelib.work.handlers import JobHandlers
from chalicelib.work.jobs import SweepSeller
from chalicelib.work.parked_jobs import ParkedJobs
from chalicelib.work.read_back import ReadBack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

TABLES = ("threads", "sellers", "idempotency", "history", "cache")


class Container(Process):
    """A process that works on jobs, or looks at how all is."""

    # Work

    @cached_property
    def consumer(self) -> Consumer:
        failures = Failures(self.table("idempotency"), self.clock)
        return Consumer(self.sqs, JobHandlers(self), failures, self.parked_jobs, self.clock)

    @cached_property
    def parked_jobs(self) -> ParkedJobs:
        return ParkedJobs(self.table("threads"), self.sqs, self.outages)

    @cached_property
    def read_back(self) -> ReadBack:
        return ReadBack(self.notifications_queue)

    # Desks

    @cached_property
    def desks(self) -> Desks:
        return Desks(self.threads, self.sellers)

    def desk(self, name: str) -> "Desk":
        """The desk of this name; '' is the first one's."""
        if name not in self._desks:
            self._desks[name] = Desk(self, name)
        return self._desks[name]

    @cached_property
    def _desks(self) -> "dict[str, Desk]":
        return {}

    def chatwoot_at(self, desk: str) -> Chatwoot:
        return self.desk(desk).chatwoot

    # Routing

    @cached_property
    def thread_lookup(self) -> ThreadLookup:
        return ThreadLookup(self.meli, Messaging(self.meli), self.known_threads)

    @cached_property
    def resolver(self) -> Resolver:
        gate = HintGate(self.rate_limit, self.threads, self.cache, self.clock)
        sources = Sources(
            self.thread_lookup,
            self.threads,
            self.sellers,
            self.catalog,
            self.clock,
            opens_on_sale=lambda: self.settings.opens_on_sale,
            admit=gate.admit,
        )
        resolutions = Resolutions(self.table("idempotency"), self.history, self.sellers, self.known_threads, self.clock)
        return Resolver(self.background_queue, self.threads_queue, sources, resolutions, gate, self.settings)

    # Recovery

    @cached_property
    def sweep_schedule(self) -> SweepSchedule:
        return SweepSchedule(
            self.sellers, self.waiting_sweeps, self.background_queue, self.rate_limit, self.settings, self.clock
        )

    @cached_property
    def waiting_sweeps(self) -> WaitingSweeps:
        return WaitingSweeps(self.cache, self.clock)

    @cached_property
    def sweep(self) -> Sweep:
        return Sweep(
            self.sellers,
            SellerScan(self._feeds, self.tokens, self.scans, self.troubles, self.background_queue),
            UnheardRetries(self.threads, self.scans, self._queue_retry, self.clock),
            SilentTopics(self.scans, self.history, self.clock),
            self.parked_jobs,
            self.clock,
        )

    @cached_property
    def _feeds(self) -> tuple[Feed, ...]:
        meli, scans = self.background_meli, self.scans
        messaging = Messaging(meli)
        gone = GoneConversations(self.chatwoot_at, self.settings)
        sales_of_a_pause = SalesOfAPause(messaging, self.threads, scans)
        return (
            SellerNames(meli, self.sellers, scans),
            MissedFeeds(meli, scans, self.cache, self.settings, self.clock),
            OpenQuestions(meli, self.threads, self.set_aside, gone, scans),
            UnreadMessages(messaging, self.set_aside, scans),
            ChangedOrders(
                meli, self.threads, sales_of_a_pause, scans, opens_on_sale=lambda: self.settings.opens_on_sale
            ),
            sales_of_a_pause,
            SetAsideThreads(self.set_aside, scans),
        )

    def _queue_retry(self, refusal: Refusal) -> bool:
        return self.desk(self.desks.of(refusal.thread)).lost_replies.queue_retry(refusal)

    @cached_property
    def scans(self) -> Scans:
        return Scans(self.cache, self.clock)

    # Audit

    @cached_property
    def daily_audit(self) -> DailyAudit:
        return DailyAudit(self.candidates, self.sellers, self.seller_audit, self.scans, self.background_queue)

    @cached_property
    def seller_audit(self) -> SellerAudit:
        return SellerAudit(self.candidates, self.examiner, self.audits, self.scans, self.background_queue)

    @cached_property
    def candidates(self) -> Candidates:
        meli = self.background_meli
        return Candidates(meli, Messaging(meli), self.history, self.desks, self.chatwoot_at, self.settings)

    @cached_property
    def examiner(self) -> Examiner:
        meli = self.background_meli
        return Examiner(meli, Messaging(meli), self.threads, self.chatwoot_at, self.settings)

    # Web

    @cached_property
    def seller_connection(self) -> SellerConnection:
        authorizations = Authorizations(self.settings, self.cache, self.clock)
        return SellerConnection(
            self.token_endpoint, self.sellers, authorizations, self.settings, self.clock, self._ask_for_sweep
        )

    @cached_property
    def invitations(self) -> Invitations:
        return Invitations(self.settings, self.clock)

    def _ask_for_sweep(self, seller_id: int) -> None:
        job = SweepSeller(seller_id, int(self.clock().timestamp()))
        # By boto3, which finds the credentials of a terminal too.
        self.sqs.send_message(QueueUrl=self.background_queue.url, MessageBody=job.to_json())

    @cached_property
    def health(self) -> Health:
        return Health(self)

    @property
    def table_names(self) -> list[str]:
        return [*map(self.table_name, TABLES)]

    @property
    def queue_urls(self) -> tuple[str, ...]:
        return self.notifications_queue.url, self.threads_queue.url, self.background_queue.url

    # Services

    @cached_property
    def meli(self) -> MercadoLivre:
        """Mercado Livre for live traffic, and for threads that sweeps found."""
        return self._meli(self.rate_limit)

    @cached_property
    def background_meli(self) -> MercadoLivre:
        """Mercado Livre for sweeps and audits."""
        return self._meli(self.background_limit)

    def _meli(self, watch: Watch) -> MercadoLivre:
        return MercadoLivre(self._meli_transport, self.settings.mercado_livre_url, self.tokens, watch)

    @cached_property
    def _meli_transport(self) -> Transport:
        return GuardedTransport(self.transport, self._meli_breaker)

    @cached_property
    def _meli_breaker(self) -> Breaker:
        return self.make_breaker(MERCADO_LIVRE, self._ask_mercado_livre)

    def _ask_mercado_livre(self) -> None:
        living = (seller.access_token for seller in self.sellers.all() if not seller.dead_reason)
        ask_for_owner(self.transport, self.settings.mercado_livre_url, next(living, ""), self.rate_limit)

    def make_breaker(self, place: str, ask: Callable[[], object]) -> Breaker:
        return Breaker(place, ask, self.outages, self.parked_jobs, self.notifications_queue, self.clock)

    def breaker_at(self, place: str) -> Breaker:
        """The breaker of a service: of Mercado Livre, or of a desk's Chatwoot."""
        return self._meli_breaker if place == MERCADO_LIVRE else self.desk(desk_at(place)).breaker

    @cached_property
    def catalog(self) -> Catalog:
        return Catalog(self.meli, self.known_threads, self.cache)

    @cached_property
    def rate_limit(self) -> RateLimit:
        return RateLimit(self.cache_table, self.clock, self.reads_a_minute)

    @cached_property
    def background_limit(self) -> BackgroundLimit:
        return BackgroundLimit(self.cache_table, self.clock, self.reads_a_minute, self.scans)

    def reads_a_minute(self) -> int:
        return self.settings.mercado_livre_reads_a_minute

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(
            self.sellers,
            self.token_endpoint,
            self.clock,
            link_for=lambda seller: self.settings.connecting_link(seller.site_id, seller.desk),
        )

    @cached_property
    def token_endpoint(self) -> TokenEndpoint:
        return TokenEndpoint(
            self._meli_transport,
            self.settings.mercado_livre_url,
            self.rate_limit,
            app_id=self.settings.mercado_livre_app_id,
            client_secret=self.settings.mercado_livre_client_secret,
        )

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.settings.language)

    # Stores

    @cached_property
    def threads(self) -> Threads:
        return Threads(self.table("threads"), self.clock)

    @cached_property
    def known_threads(self) -> KnownThreads:
        return KnownThreads(self.cache)

    @cached_property
    def sellers(self) -> Sellers:
        return Sellers(self.table("sellers"))

    @cached_property
    def history(self) -> History:
        return History(self.table("history"), self.clock)

    @cached_property
    def set_aside(self) -> SetAside:
        return SetAside(self.table("threads"))

    @cached_property
    def audits(self) -> Audits:
        return Audits(self.cache)

    @cached_property
    def outages(self) -> Outages:
        return Outages(self.cache_table, self.clock)

    @cached_property
    def cache(self) -> Cache:
        return Cache(self.cache_table, self.clock)

    # Connections

    @property
    def sqs(self) -> "SQSClient":
        return self.connections.sqs

    @property
    def dynamodb(self) -> "DynamoDBClient":
        return self.connections.dynamodb

    @property
    def transport(self) -> Transport:
        return self.connections.transport


class Desk:
    """A Chatwoot account with its two inboxes, and what goes on between it and Mercado Livre."""

    def __init__(self, container: Container, name: str) -> None:
        self._container = container
        self._settings = container.settings.at_desk(name)
        self._clock = container.clock

    @property
    def _wording(self) -> Wording:
        return self._container.wording

    @cached_property
    def chatwoot(self) -> Chatwoot:
        return self._chatwoot(GuardedTransport(self._container.transport, self.breaker))

    @cached_property
    def breaker(self) -> Breaker:
        """Keeps calls from this Chatwoot while it is away."""
        return self._container.make_breaker(desk_place(self._settings.desk), self._ask_chatwoot)

    def _ask_chatwoot(self) -> None:
        self._chatwoot(self._container.transport).ask_for_inbox(self._settings.questions_inbox_id)

    def _chatwoot(self, transport: Transport) -> Chatwoot:
        return Chatwoot(
            transport,
            self._settings.chatwoot_url,
            self._troubles,
            account_id=self._settings.chatwoot_account_id,
            token=self._settings.chatwoot_token,
        )

    @cached_property
    def conversations(self) -> Conversations:
        desk = self._settings.desk
        editor = Editor(self.chatwoot, self._container.cache, self._clock, desk=desk)
        stand_ins = StandIns(self._page_of, self._wording, self._troubles, self._clock)
        return Conversations(self.chatwoot, self._container.threads, editor, stand_ins, self._wording, desk=desk)

    def _page_of(self, thread: Thread) -> str:
        """Where Mercado Livre shows its seller a thread."""
        site_id = self._container.sellers.site_of(thread.seller_id)
        return sale_page(site_id, thread.meli_id) if thread.kind == "pack" else questions_page(site_id)

    @property
    def _troubles(self) -> DeskTroubles:
        return DeskTroubles(self._container.troubles, self._settings.desk)

    @property
    def parts(self) -> tuple[object, ...]:
        """All that jobs on threads need; to look at it builds it."""
        return self._question_sync, self._purchase_sync, self.hidden_threads, self.outbound, self.commands

    # Inbound

    def inbound(self, kind: ThreadKind) -> QuestionSync | PurchaseSync:
        return self._question_sync if kind == "question" else self._purchase_sync

    @cached_property
    def _question_sync(self) -> QuestionSync:
        container = self._container
        return QuestionSync(
            container.meli,
            self.conversations,
            QuestionOpenings(container.catalog, container.sellers, self._wording, self._settings, self._clock),
            StateWriter(self.conversations),
            self._wording,
            self._settings,
        )

    @cached_property
    def _purchase_sync(self) -> PurchaseSync:
        sale_notes = SaleNotes(self.sales)
        files = Files(self._messaging, self._wording, self._clock)
        return PurchaseSync(
            ExchangeReader(self._messaging, self._container.thread_lookup, self._container.read_back, self._settings),
            self.conversations,
            PurchaseOpenings(
                self.sales, self._container.sellers, self.conversations, sale_notes, self._settings, self._clock
            ),
            MessageWriter(self.conversations, files, sale_notes, self._wording, self._settings, self._clock),
            ReplyOutcomes(self.conversations, self._container.read_back, self._wording, self._clock),
            ConversationState(
                StateWriter(self.conversations),
                self.sales,
                ClaimNotes(Claims(self._container.meli), self.conversations, self.sales),
                self.label_notes,
            ),
        )

    @cached_property
    def sales(self) -> Sales:
        container = self._container
        link = self.conversations.link
        return Sales(container.catalog, container.threads, container.sellers, self._wording, link, self._settings)

    @cached_property
    def _messaging(self) -> Messaging:
        return Messaging(self._container.meli)

    @cached_property
    def hidden_threads(self) -> HiddenThreads:
        container = self._container
        states = StateWriter(self.conversations)
        return HiddenThreads(
            states, container.set_aside, container.troubles, container.sellers, self._wording, self._clock
        )

    # Outbound

    @cached_property
    def outbound(self) -> Outbound:
        carriers: dict[ThreadKind, Carrier] = {"question": self._answers, "pack": self._messages}
        origin = Origin(self._container.sellers, self._settings)
        threads = self._container.threads
        return Outbound(carriers, self.conversations, threads, origin, self._earlier_replies, self._wording)

    @cached_property
    def _earlier_replies(self) -> EarlierReplies:
        queue, found_since = self._container.threads_queue, self.desk_scan.finds_since
        return EarlierReplies(self.chatwoot, queue, found_since, self._clock)

    @cached_property
    def login_note(self) -> LoginNote:
        threads, sellers = self._container.threads, self._container.sellers
        return LoginNote(self.conversations, threads, sellers, self._wording, self._settings)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self._container.meli, self.conversations, self._wording, self._settings, self._clock)

    @cached_property
    def _messages(self) -> Messages:
        known_threads, sellers = self._container.known_threads, self._container.sellers
        read_back = self._container.read_back
        return Messages(
            self._messaging,
            self.conversations,
            Parts(self._messaging, known_threads, read_back, self._wording, self._clock),
            ReplyFiles(self._messaging, self.conversations, sellers, self._wording, self._clock),
            Refusals(self._messaging, sellers, read_back, self._wording, self._clock),
            self._clock,
        )

    @cached_property
    def commands(self) -> Commands:
        container = self._container
        sources = CommandSources(
            container.meli,
            container.catalog,
            container.sellers,
            self._label_printer,
            SaleNotes(self.sales).write,
        )
        return Commands(self.conversations, container.threads, sources, self._wording, self._settings)

    @cached_property
    def label_notes(self) -> LabelNotes:
        queue = self._container.threads_queue
        return LabelNotes(self._label_printer, self.conversations, self.sales, queue, self._settings)

    @cached_property
    def _label_printer(self) -> LabelPrinter:
        return LabelPrinter(Labels(self._container.meli), self._container.sellers, self._wording, self._settings)

    # Recovery

    @cached_property
    def lost_replies(self) -> LostReplies:
        queue = QueuedOnce(self._container.threads_queue, self._container.cache)
        threads = self._container.threads
        webhooks = DeskWebhooks(self._container.cache, self._troubles, self._clock, self._settings.desk)
        return LostReplies(self.chatwoot, threads, queue, webhooks, self._settings, self._clock)

    @cached_property
    def desk_scan(self) -> DeskScan:
        scans, cache = self._container.scans, self._container.cache
        return DeskScan(self.chatwoot, self._queue_lost, scans, cache, self._settings, self._clock)

    @cached_property
    def unsigned_events(self) -> UnsignedEvents:
        return UnsignedEvents(self.chatwoot, self._container.threads_queue, self._settings)

    def _queue_lost(self, conversation: ActiveConversation, since: int) -> int:
        return self.lost_replies.queue_replies(conversation, since=since)


# By the function, what its jobs need. To look at a thing builds it.
NEEDS: "Mapping[str, Callable[[Container], object]]" = {
    "resolve_notification": lambda container: (container.consumer, container.resolver, container.meli),
    "work_on_thread": lambda container: (container.consumer, *container.desk("").parts),
    "work_in_background": lambda container: (
        container.consumer,
        container.sweep,
        container.daily_audit,
        container.seller_audit,
        container.desk("").desk_scan,
    ),
    "sweep": lambda container: container.sweep_schedule,
}


def prepare(function: str) -> None:
    """Build what the jobs of a function need, while Lambda initialises it; what fails is left to its first job."""
    with suppress(BridgeError, BotoCoreError, ClientError):
        container = bridge()
        NEEDS[function](container)
        # The first read of the settings, and of a table, takes ten times as long as others.
        container.settings.desk_names()
        container.cache.get("nothing")


def bridge() -> Container:
    """The process that runs, with all that workers need."""
    current = process()
    if not isinstance(current, Container):
        current = Container(current.environ, current.clock, current.connections)
        install(current)
    return current
