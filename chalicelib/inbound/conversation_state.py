"""The states that the conversation of a purchase shows, each told once. A new one is a function here.

A function answers how its state is shown, or None where that cannot be known. Three rules:

- It computes the state from `exchange`, `sale` or `shipment`, never from `changed` alone: what was set aside comes
  back without it.
- None stores nothing, so that the function is asked again at every job, at the cost of what it reads. What is known
  to be nothing is `Shown("")`.
- Its attribute has a row in `tools.chatwoot_panel.ATTRIBUTES`, which makes it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from chalicelib.chatwoot.conversations import SITUATION, Conversations
from chalicelib.chatwoot.message_bodies import private_note
from chalicelib.mercado_livre.catalog import Catalog, Sale
from chalicelib.mercado_livre.messages import LONG_AGO, REJECTED, Exchange, Message
from chalicelib.mercado_livre.shipment_resources import Shipment
from chalicelib.mercado_livre.sites import add_business_hours, time_zone
from chalicelib.models import Post
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread

# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
HOURS_TO_RESOLVE = 48


class Purchase:
    """What is known of a purchase when its states are told; what is not is read once, when a state asks for it.

    `changed` is what the job says that changed: `messages`, `order`, `shipment/45`; empty where that is not known.
    `sale` is the one that was read already.
    """

    def __init__(
        self,
        record: ThreadRecord,
        exchange: Exchange,
        changed: str,
        wording: Wording,
        catalog: Catalog,
        sale: Sale | None = None,
    ) -> None:
        self.record = record
        self.exchange = exchange
        self.changed = changed
        self.wording = wording
        self._catalog = catalog
        self._sale = sale

    @property
    def sale(self) -> Sale:
        """The orders and their shipment: three reads of a purchase of one order."""
        if self._sale is None:
            self._sale = self._catalog.sale(self.record.thread)
        return self._sale

    @cached_property
    def shipment(self) -> Shipment | None:
        """The shipment alone: one read where the job names it. None where Mercado Livre does not show it."""
        noun, _, shipment_id = self.changed.partition("/")
        if self._sale or noun != "shipment" or not shipment_id:
            return self.sale.shipment
        return self._catalog.shipment(self.record.thread.seller_id, shipment_id)


class Shown(NamedTuple):
    """How a conversation is to show a state, in words. `value` names what it is: while that stays, nothing is written.

    An empty attribute is taken off; an empty note or status is none.
    """

    value: str
    note: str = ""
    attribute: str = ""
    status: str = ""


class State(NamedTuple):
    """A state: what of a purchase may change it, and the attribute that shows it."""

    name: str
    changes_with: tuple[str, ...]
    show: "Show"
    attribute: str = ""
    is_noted_once: bool = False


Show = Callable[[Purchase], Shown | None]

STATES: list[State] = []


def state(
    name: str, *, changes_with: tuple[str, ...], attribute: str = "", is_noted_once: bool = False
) -> Callable[[Show], Show]:
    """Put a function into the table; `changes_with` are nouns of what a job says that changed."""

    def add(show: Show) -> Show:
        STATES.append(State(name, changes_with, show, attribute, is_noted_once))
        return show

    return add


@state("situation", changes_with=("messages", "order", "shipment"), attribute=SITUATION)
def situation(purchase: Purchase) -> Shown | None:
    """Whether the seller may write now, and until when."""
    return show_situation(purchase.exchange, purchase.record.thread.seller_id, purchase.wording)


def show_situation(exchange: Exchange, seller_id: int, wording: Wording) -> Shown | None:
    """The same of an exchange whose conversation is still to be opened."""
    if not exchange.status:
        return None
    if exchange.is_blocked:
        reason = exchange.substatus or exchange.status
        return Shown(reason, attribute=wording.say("situation/blocked", reason=wording.blocked(reason)))
    if exchange.goes_through_agent and not exchange.is_whole:
        return None
    if moment := find_deadline(exchange, seller_id):
        return Shown(moment.isoformat(), attribute=wording.say("situation/until", deadline=wording.deadline(moment)))
    return Shown("open", attribute=wording.say("situation/open"))


@state("state", changes_with=("messages", "order", "shipment"))
def block(purchase: Purchase) -> Shown | None:
    """That nobody may write any more, and why; and that it is over."""
    exchange, wording = purchase.exchange, purchase.wording
    if not exchange.status:
        return None
    reason = exchange.substatus or exchange.status if exchange.is_blocked else ""
    told = purchase.record.opened.told_of("state") or ""
    if reason == told:
        return Shown(told)
    note = (
        wording.say("conversation_blocked", reason=wording.blocked(reason))
        if reason
        else wording.say("blocked/released")
    )
    # Mercado Livre spells one reason in two ways.
    is_same = bool(reason and told) and wording.blocked(reason) == wording.blocked(told)
    return Shown(reason, note="" if is_same else note)


@state("deadline", changes_with=("messages", "order", "shipment"), is_noted_once=True)
def deadline(purchase: Purchase) -> Shown | None:
    """Until when a conversation that goes through the messaging agent must be resolved."""
    exchange, wording = purchase.exchange, purchase.wording
    if not exchange.status or not (exchange.is_whole or exchange.is_blocked):
        return None
    moment = find_deadline(exchange, purchase.record.thread.seller_id)
    if moment is None:
        return Shown("")
    written = wording.deadline(moment)
    note = wording.say("agent_thread_deadline", deadline=written, limit=exchange.longest_message)
    return Shown(moment.isoformat(), note=note)


def find_deadline(exchange: Exchange, seller_id: int) -> datetime | None:
    """48 business hours after the first message that was not answered; None where nothing waits, or may be written.

    None too where Mercado Livre does not say when that message was written.
    """
    waiting: Message | None = None
    for message in exchange.messages if exchange.goes_through_agent and not exchange.is_blocked else ():
        is_answer = message.from_user_id == seller_id and message.state != REJECTED
        waiting = None if is_answer else waiting or message
    if waiting is None or waiting.created == LONG_AGO:
        return None
    return add_business_hours(waiting.created, HOURS_TO_RESOLVE, time_zone(waiting.site_id))


class ConversationState:
    """Keeps agents told of the states of purchases."""

    def __init__(self, writer: "StateWriter", catalog: Catalog, wording: Wording) -> None:
        self._writer = writer
        self._catalog = catalog
        self._wording = wording

    def tell(self, record: ThreadRecord, exchange: Exchange, job: SyncThread, sale: Sale | None = None) -> None:
        """Tell of what changed, or of everything, what was not told yet. Repeating it is safe.

        `sale` is the one that was read for this job already.
        """
        purchase = Purchase(record, exchange, job.changed, self._wording, self._catalog, sale)
        for one in STATES:
            is_touched = not job.changed or job.changed_noun in one.changes_with
            is_new = record.opened.told_of(one.name) is None
            if (is_touched or is_new) and (shown := one.show(purchase)):
                self._writer.tell(record, one.name, shown, attribute=one.attribute, is_noted_once=one.is_noted_once)


class StateWriter:
    """Makes conversations show what they do not show yet. Repeating it is safe."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def tell(
        self, record: ThreadRecord, state: str, shown: Shown, *, attribute: str = "", is_noted_once: bool = False
    ) -> None:
        """Show a state, where it is another one than was told last.

        `attribute` is the name of the custom attribute that shows it. Of what is noted once later changes get no note.
        """
        conversation = record.opened
        if shown.value == conversation.told_of(state):
            return
        changed = conversation.with_told(state, shown.value)
        if shown.note:
            self._note(record, state if is_noted_once else f"{changed.changes}/{shown.value or 'none'}", shown.note)
        if attribute:
            self._conversations.add_attributes(conversation, {attribute: shown.attribute})
        if shown.status:
            self._conversations.set_status(conversation, shown.status)
        # Last, so that whatever is cut short before is done again.
        record.save_conversation(changed)

    def _note(self, record: ThreadRecord, occasion: str, content: str) -> None:
        source_id = record.note_id(occasion)
        self._conversations.post(record, Post(source_id), private_note(content, source_id=source_id))
