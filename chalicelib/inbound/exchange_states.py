"""What the conversation of a purchase shows of the exchange: whether its seller may write, and until when."""

from datetime import datetime

from chalicelib.chatwoot.conversations import SITUATION
from chalicelib.inbound.states import Purchase, Shown, state
from chalicelib.mercado_livre.message_resources import LONG_AGO, REJECTED, Exchange, Message
from chalicelib.mercado_livre.sites import add_business_hours, time_zone

# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
HOURS_TO_RESOLVE = 48


@state("situation", changes_with=("messages", "order", "shipment", "claim"), attribute=SITUATION)
def situation(purchase: Purchase) -> Shown | None:
    """Whether the seller may write now, and until when."""
    exchange, wording = purchase.exchange, purchase.wording
    if not exchange.status:
        return None
    if exchange.is_blocked:
        reason = exchange.substatus or exchange.status
        return Shown(reason, attribute=wording.say("situation/blocked", reason=wording.blocked(reason)))
    if exchange.goes_through_agent and not exchange.is_whole:
        return None
    if exchange.is_whole and not exchange.messages:
        # Mercado Livre lets a seller answer, and begin nothing.
        return Shown("not written", attribute=wording.say("situation/not_written"))
    if moment := find_deadline(exchange, purchase.record.thread.seller_id):
        return Shown(moment.isoformat(), attribute=wording.say("situation/until", deadline=wording.deadline(moment)))
    return Shown("open", attribute=wording.say("situation/open"))


@state("state", changes_with=("messages", "order", "shipment", "claim"))
def block(purchase: Purchase) -> Shown | None:
    """That nobody may write any more, and why; and that it is over."""
    exchange, wording = purchase.exchange, purchase.wording
    if not exchange.status:
        return None
    reason = exchange.substatus or exchange.status if exchange.is_blocked else ""
    told = purchase.told("state") or ""
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


@state("deadline", changes_with=("messages", "order", "shipment", "claim"), is_noted_once=True)
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
