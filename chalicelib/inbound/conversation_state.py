"""The states that the conversation of a purchase shows. A new one is a function here.

A function gets what is known of the purchase and answers how its state is shown, or None where that cannot be known.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from chalicelib.inbound.shown_states import Shown, StateWriter
from chalicelib.mercado_livre.catalog import Catalog, Sale
from chalicelib.mercado_livre.messages import LONG_AGO, REJECTED, Exchange, Message
from chalicelib.mercado_livre.sites import add_business_hours, time_zone
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread

# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
HOURS_TO_RESOLVE = 48


class Purchase:
    """What is known of a purchase when its states are told; `changed` is what its job says that changed."""

    def __init__(
        self, record: ThreadRecord, exchange: Exchange, changed: str, wording: Wording, catalog: Catalog
    ) -> None:
        self.record = record
        self.exchange = exchange
        self.changed = changed
        self.wording = wording
        self._catalog = catalog

    @cached_property
    def sale(self) -> Sale:
        """The order and its shipment, read when a state asks for them."""
        return self._catalog.sale(self.record.thread)


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


@state("state", changes_with=("messages", "order", "shipment"), attribute="meli_conversation_state")
def block(purchase: Purchase) -> Shown | None:
    """That nobody may write any more, and why; and that it is over."""
    exchange, wording = purchase.exchange, purchase.wording
    if not exchange.status:
        return None
    reason = exchange.substatus or exchange.status if exchange.is_blocked else ""
    told = purchase.record.opened.told_of("state") or ""
    if reason == told:
        return Shown(told)
    note = wording.blocked(reason) if reason else wording.say("blocked/released")
    # Mercado Livre spells one reason in two ways.
    is_same = bool(reason and told) and note == wording.blocked(told)
    return Shown(reason, note="" if is_same else note, attribute=reason)


@state("deadline", changes_with=("messages", "order", "shipment"), attribute="meli_reply_deadline", is_noted_once=True)
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
    return Shown(moment.isoformat(), note=note, attribute=written)


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

    def __init__(self, writer: StateWriter, catalog: Catalog, wording: Wording) -> None:
        self._writer = writer
        self._catalog = catalog
        self._wording = wording

    def tell(self, record: ThreadRecord, exchange: Exchange, job: SyncThread) -> None:
        """Tell of what changed, or of everything, what was not told yet. Repeating it is safe."""
        purchase = Purchase(record, exchange, job.changed, self._wording, self._catalog)
        for one in STATES:
            is_touched = not job.changed or job.changed_noun in one.changes_with
            is_new = record.opened.told_of(one.name) is None
            if (is_touched or is_new) and (shown := one.show(purchase)):
                self._writer.tell(record, one.name, shown, attribute=one.attribute, is_noted_once=one.is_noted_once)
