"""Builds what the workers need, each part once and on first use.

What belongs to one Chatwoot account stands in `desk_wiring`, and the receipt of webhooks in `process`.
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
from chalicelib.desk_wiring import Desk
from chalicelib.errors import BridgeError
from chalicelib.http import Transport
from chalicelib.mercado_livre.calls import Watch, ask_for_owner
from chalicelib.mercado_livre.catalog import Catalog
from chalicelib.mercado_livre.claims import Claims
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.oauth import TokenEndpoint, Tokens
from chalicelib.mercado_livre.thread_lookup import ThreadLookup
from chalicelib.process import Process, install, process
from chalicelib.rate_limit import BackgroundLimit, RateLimit
from chalicelib.recovery.changed_orders import ChangedOrders
from chalicelib.recovery.found import Feed
from chalicelib.recovery.gone_conversations import GoneConversations
from chalicelib.recovery.lost_replies import UnheardRetries
from chalicelib.recovery.missed_feeds import MissedFeeds
from chalicelib.recovery.open_questions import OpenQuestions
from chalicelib.recovery.refused_claims import RefusedClaimsFeed
from chalicelib.recovery.resumable import Scans
from chalicelib.recovery.sales_of_a_pause import SalesOfAPause
from chalicelib.recovery.schedule import SweepSchedule
from chalicelib.recovery.seller_scan import SellerScan
from chalicelib.recovery.set_aside import SetAsideThreads
from chalicelib.recovery.silent_topics import SilentTopics
from chalicelib.recovery.sweep import SellerNames, Sweep
from chalicelib.recovery.unread import UnreadMessages
from chalicelib.recovery.waiting_sweeps import WaitingSweeps
from chalicelib.routing.hint_gate import HintGate
from chalicelib.routing.resolve import Resolver
from chalicelib.routing.topics import Sources
from chalicelib.sentences.wording import Wording
from chalicelib.stores.audits import Audits
from chalicelib.stores.desks import Desks
from chalicelib.stores.history import History, Resolutions
from chalicelib.stores.known_threads import KnownThreads
from chalicelib.stores.outages import Outages
from chalicelib.stores.refused_claims import RefusedClaims
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.set_aside import SetAside
from chalicelib.stores.threads import Refusal, Threads
from chalicelib.stores.troubles import MERCADO_LIVRE, desk_at
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

    def desk(self, name: str) -> Desk:
        """The desk of this name; '' is the first one's."""
        if name not in self._desks:
            self._desks[name] = Desk(self, name)
        return self._desks[name]

    @cached_property
    def _desks(self) -> dict[str, Desk]:
        return {}

    def chatwoot_at(self, desk: str) -> Chatwoot:
        return self.desk(desk).chatwoot

    # Routing

    @cached_property
    def thread_lookup(self) -> ThreadLookup:
        return ThreadLookup(self.meli, Messaging(self.meli), self.claims, self.known_threads)

    @cached_property
    def claims(self) -> Claims:
        return Claims(self.meli, self.refused_claims, self.cache)

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
            RefusedClaimsFeed(Claims(meli, self.refused_claims, self.cache), self.refused_claims, self.clock),
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

    def keep_awake(self, seller_id: int) -> None:
        self.sellers.keep_awake(seller_id, now=int(self.clock().timestamp()))

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
    def refused_claims(self) -> RefusedClaims:
        return RefusedClaims(self.table("threads"))

    @cached_property
    def audits(self) -> Audits:
        return Audits(self.cache)

    @cached_property
    def outages(self) -> Outages:
        return Outages(self.cache_table, self.clock)

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
