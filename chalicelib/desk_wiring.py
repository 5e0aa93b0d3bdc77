"""Builds what the workers need of one Chatwoot account, each part once and on first use; `wiring` builds the rest."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.breaker import Breaker, GuardedTransport
from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.conversations import Conversations
from chalicelib.chatwoot.editor import Editor
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.chatwoot.stand_ins import StandIns
from chalicelib.commands import Sources as CommandSources
from chalicelib.commands.answering import Commands
from chalicelib.http import Transport
from chalicelib.inbound.attachments import Files
from chalicelib.inbound.claim_reader import ClaimReader
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
from chalicelib.mercado_livre.labels import Labels
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.sites import questions_page, sale_page
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
from chalicelib.outbound.reply_notes import ReplyNotes
from chalicelib.parcel_labels import LabelPrinter
from chalicelib.recovery.desk_scan import DeskScan
from chalicelib.recovery.desk_webhooks import DeskWebhooks
from chalicelib.recovery.lost_replies import LostReplies, QueuedOnce
from chalicelib.recovery.unsigned_events import UnsignedEvents
from chalicelib.sentences.wording import Wording
from chalicelib.stores.troubles import DeskTroubles, desk_place

if TYPE_CHECKING:
    from chalicelib.wiring import Container


class Desk:
    """A Chatwoot account with its two inboxes, and what goes on between it and Mercado Livre."""

    def __init__(self, container: "Container", name: str) -> None:
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
                ClaimNotes(self._claim_reader, self.conversations, self.sales),
                self.label_notes,
            ),
        )

    @property
    def _claim_reader(self) -> ClaimReader:
        return ClaimReader(self._container.claims, self._container.known_threads, self._container.cache)

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
        threads, notes = self._container.threads, ReplyNotes(self.conversations, self._wording, self._clock)
        return Outbound(carriers, self.conversations, threads, origin, self._earlier_replies, notes)

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
