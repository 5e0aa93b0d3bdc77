"""What the conversation of a purchase shows of the sale: what was bought, how it is paid, where its parcel is."""

from chalicelib.foreign_text import safe
from chalicelib.inbound.states import Purchase, Shown, state
from chalicelib.mercado_livre.shipment_phases import AT_SELLER, OVER, Phase, is_late, phase_of
from chalicelib.models import text_digest
from chalicelib.sale_words import (
    ENDED,
    is_cancelled,
    is_fraud_risk,
    is_split,
    is_to_be_sent,
    payment_of,
    refunded_of,
)

# How far a sale is; one of them at a time, and none of them an agent's own.
TO_SEND, SENT, DELIVERED, CANCELLED = LABELS = ("a-enviar", "enviado", "entregue", "cancelado")

LABEL_OF_PHASE: dict[Phase, str] = {
    "none": TO_SEND,
    "preparing": TO_SEND,
    "ready": TO_SEND,
    "on its way": SENT,
    "delivered": DELIVERED,
}

# Chatwoot refuses longer ones (4.15.1, app/models/jsonb_attributes_length_validator.rb).
LONGEST_ATTRIBUTE = 1500


# What stands beside the conversation


@state("items", changes_with=("order",), attribute="meli_items")
def items(purchase: Purchase) -> Shown | None:
    return _in_words("; ".join(f"{quantity} × {title}" for quantity, title in purchase.sale.items))


@state("total", changes_with=("order",), attribute="meli_total")
def total(purchase: Purchase) -> Shown | None:
    return _in_words(purchase.words.total(purchase.sale))


@state("how_paid", changes_with=("order",), attribute="meli_payment")
def how_paid(purchase: Purchase) -> Shown | None:
    return _in_words(purchase.words.payment(purchase.sale))


@state("shipment", changes_with=("order", "shipment"), attribute="meli_shipment")
def shipment(purchase: Purchase) -> Shown | None:
    return _in_words(purchase.words.shipment(purchase.sale)) if purchase.sale.orders else None


@state("tracking", changes_with=("shipment",), attribute="meli_tracking")
def tracking(purchase: Purchase) -> Shown | None:
    """Where anybody may follow the parcel."""
    return _in_words(purchase.words.tracking_link(purchase.sale))


@state("label", changes_with=("order", "shipment"), labels=LABELS)
def label(purchase: Purchase) -> Shown | None:
    """How far the sale is, in one word."""
    sale = purchase.sale
    if not sale.orders:
        return None
    if is_cancelled(sale):
        return Shown(CANCELLED, label=CANCELLED)
    found = LABEL_OF_PHASE.get(phase_of(sale.shipment) if sale.shipment else "none", "")
    if payment_of(sale) == "waiting" or (found == TO_SEND and not is_to_be_sent(sale)):
        found = ""
    return Shown(found, label=found)


# What is told in a note


@state("payment", changes_with=("order",), noted_when_it_changes=True)
def payment(purchase: Purchase) -> Shown | None:
    """That it is paid, and what was given back; of one that is cancelled, that is told with it."""
    sale, say, words = purchase.sale, purchase.wording.say, purchase.words
    if not sale.orders:
        return None
    how_far, told = payment_of(sale), purchase.told("payment") or ""
    if any(order.status in ENDED for order in sale.orders):
        return Shown(told)
    if how_far == "waiting":
        return Shown("waiting")
    if how_far == "paid":
        # Nobody is told that one is paid again.
        is_news = told == "waiting"
        note = say("note_paid", payment=safe(words.paid(sale), "line of markdown")) if is_news else ""
        return Shown("paid", note=note, occasion="payment/paid")
    amount = words.price(refunded_of(sale), sale)
    sentence = "note_refunded" if how_far == "refunded" else "note_refunded_in_part"
    value = f"{how_far} {refunded_of(sale)}"
    return Shown(value, note=say(sentence, amount=amount), occasion=f"payment/{value}")


@state("cancellation", changes_with=("order",), noted_when_it_changes=True)
def cancellation(purchase: Purchase) -> Shown | None:
    """By whom it was cancelled, and why: a parcel that has not left must not leave."""
    sale, say, words = purchase.sale, purchase.wording.say, purchase.words
    cancelled = [order for order in sale.orders if order.status == "cancelled"]
    if not cancelled or is_split(sale):
        return Shown("")
    why = safe(words.cancelled_by(cancelled[-1].cancel_detail), "line of markdown")
    is_whole = is_cancelled(sale)
    note = (
        say("note_cancelled", why=why)
        if is_whole
        else say("note_cancelled_in_part", orders=", ".join(order.id for order in cancelled), why=why)
    )
    had_left = sale.shipment is not None and phase_of(sale.shipment) in ("on its way", "delivered")
    value = " ".join(order.id for order in cancelled)
    return Shown(value, note=note, occasion=f"cancelled/{value}", reopens=not had_left)


@state("fraud", changes_with=("order",), noted_when_it_changes=True)
def fraud(purchase: Purchase) -> Shown | None:
    """That it must not be dispatched. https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas"""
    if not is_fraud_risk(purchase.sale) or is_cancelled(purchase.sale):
        return Shown("")
    return Shown("risk", note=purchase.wording.say("note_fraud_risk"), occasion="fraud", reopens=True)


@state("parcel", changes_with=("order", "shipment"), noted_when_it_changes=True)
def parcel(purchase: Purchase) -> Shown | None:
    """How far the parcel is, each step once, in whatever order it is announced."""
    sale, say, words = purchase.sale, purchase.wording.say, purchase.words
    if sale.shipment is None:
        return Shown("") if sale.orders else None
    phase = phase_of(sale.shipment)
    facts = {
        "what": safe(words.what_happened(sale.shipment), "line of markdown"),
        "by": f" ({by})" if (by := words.logistics(sale.shipment)) else "",
        "deadline": words.dispatch_until(sale),
        "number": safe(sale.shipment.tracking_number, "line of markdown"),
        "link": words.tracking_link(sale),
    }
    ready = say("note_ready_until" if facts["deadline"] else "note_ready", **facts)
    notes: dict[Phase, str] = {
        "ready": " ".join(filter(None, (ready, purchase.offer_label()))),
        "on its way": say("note_on_its_way_link" if facts["link"] else "note_on_its_way", **facts),
        "delivered": say("note_delivered"),
        "not delivered": say("note_not_delivered", **facts),
        "returned": say("note_returned"),
    }
    # What is cancelled or split is told by that, and so is what must not be sent.
    note = "" if phase in AT_SELLER and not is_to_be_sent(sale) else notes.get(phase, "")
    shipment_id = sale.shipment.id
    return Shown(
        f"{shipment_id} {phase}",
        note=note,
        occasion=f"parcel/{shipment_id}/{phase}",
        reopens=phase == "not delivered",
    )


@state("lateness", changes_with=("shipment",), noted_when_it_changes=True)
def lateness(purchase: Purchase) -> Shown | None:
    """That it is late: with its seller, or on its way."""
    sale, say = purchase.sale, purchase.wording.say
    if sale.shipment is None or is_cancelled(sale):
        return Shown("")
    phase = phase_of(sale.shipment)
    if phase in AT_SELLER and sale.sla and sale.sla.is_late and is_to_be_sent(sale):
        note = say("note_dispatch_late", deadline=purchase.words.deadline(sale.sla.expected_date))
        return Shown("dispatch", note=note, occasion=f"late/{sale.shipment.id}/dispatch")
    if phase == "on its way" and is_late(sale.shipment):
        what = safe(purchase.words.what_happened(sale.shipment), "line of markdown")
        note = say("note_carrier_late", what=what)
        return Shown("carrier", note=note, occasion=f"late/{sale.shipment.id}/carrier")
    return Shown("")


@state("promise", changes_with=("shipment",), noted_when_it_changes=True)
def promise(purchase: Purchase) -> Shown | None:
    """The day on which the buyer is to have it, and that it was put off."""
    sale, words = purchase.sale, purchase.words
    if sale.shipment is None or sale.shipment.promised is None:
        return None
    told = purchase.told("promise") or ""
    if phase_of(sale.shipment) in OVER:
        return Shown(told)
    promised = sale.shipment.promised.isoformat()
    is_later = bool(told) and promised > told and words.arrival(sale.shipment) != words.day_of(told)
    facts = {"day": words.arrival(sale.shipment), "before": words.day_of(told) if told else ""}
    note = purchase.wording.say("note_put_off", **facts) if is_later else ""
    return Shown(promised, note=note, occasion=f"promise/{promised}")


@state("split", changes_with=("order", "shipment"), noted_when_it_changes=True)
def split(purchase: Purchase) -> Shown | None:
    """That others took its place, and where they are."""
    if not is_split(purchase.sale):
        return Shown("")
    if purchase.told("split") != "":
        # It was told, or was so when the conversation began.
        return Shown("split")
    say = purchase.wording.say
    parts = (f"- {say('note_split_part', number=number, link=link)}" for number, link in purchase.link_parts())
    note = "\n".join([say("note_split"), *parts])
    return Shown("split", note=note, occasion="split")


def _in_words(words: str) -> Shown:
    """Words in an attribute, known by their digest."""
    cut = words if len(words) <= LONGEST_ATTRIBUTE else words[: LONGEST_ATTRIBUTE - 1] + "…"
    return Shown(text_digest(cut)[:16] if cut else "", attribute=cut)
