"""Sales in words: what stands beside their conversations and in notes. Pure.

Moments are told in the time of the seller's country.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.sale_resources import Cancellation, Order, Payment
from chalicelib.mercado_livre.shipment_phases import OVER, has_deadline, phase_of
from chalicelib.mercado_livre.shipment_resources import FULL, Shipment
from chalicelib.mercado_livre.sites import time_zone
from chalicelib.models import read_moment
from chalicelib.sentences.wording import Wording

HowFarPaid = Literal["waiting", "paid", "refunded in part", "refunded"]

UNPAID = frozenset({"confirmed", "payment_required", "payment_in_process", "partially_paid"})
# Payments that were tried, and of which no money came.
NOT_MADE = frozenset({"rejected", "cancelled", "pending", "in_process"})
FRAUD_RISK, UNFULFILLED = "fraud_risk_detected", "unfulfilled"
INVALID = "invalid"

# Nothing is left of such an order, or nothing will be.
ENDED = frozenset({"cancelled", "pending_cancel", INVALID})

# Who cancelled, as Mercado Livre writes it.
PARTIES = frozenset({"buyer", "seller"})

# The steps of packing are the seller's own, and tell an agent nothing.
TOLD_BY_ITS_PHASE = frozenset({"ready", "none", "cancelled"})


class SaleWords:
    """Says things of sales in one language, for the sellers of one country."""

    def __init__(self, wording: Wording, site_id: str) -> None:
        self._wording = wording
        self._zone = time_zone(site_id)

    # Money

    def total(self, sale: Sale) -> str:
        """Of all orders; empty where one does not show its own."""
        amounts = [order.total_amount for order in sale.orders]
        if sale.hidden_orders or not amounts or None in amounts:
            return ""
        return self.price(sum(filter(None, amounts)), sale)

    def price(self, amount: float, sale: Sale) -> str:
        return self._wording.price(amount, sale.orders[0].currency_id)

    def payment(self, sale: Sale) -> str:
        """How far it is paid, and how; and what was given back."""
        if not sale.orders:
            return ""
        states = _once(
            self._wording.state("payment", order.payment_status) or self._wording.state("order", order.status)
            for order in sale.orders
        )
        facts = [", ".join(states), self._how_paid(sale.orders)]
        if refunded := refunded_of(sale):
            facts.append(self._wording.say("payment_refunded_amount", amount=self.price(refunded, sale)))
        return " · ".join(filter(None, facts))

    def paid(self, sale: Sale) -> str:
        """How much was paid, and how; of what shows neither, how far it is paid."""
        facts = [self.total(sale), self._how_paid(sale.orders)]
        return " · ".join(filter(None, facts)) or self.payment(sale)

    def _how_paid(self, orders: Iterable[Order]) -> str:
        def tell(payment: Payment) -> str:
            how = self._wording.state("payment_type", payment.payment_type)
            if payment.installments < 2:
                return how
            return self._wording.say("payment_installments", how=how, count=payment.installments)

        return ", ".join(_once(tell(order.payments[-1]) for order in orders if order.payments))

    # The parcel

    def shipment(self, sale: Sale) -> str:
        """Where it is, until when it must be dispatched, who carries it, its number, and when it is to arrive."""
        if sale.shipment is None:
            return self._wording.say("shipment_none")
        shipment, say = sale.shipment, self._wording.say
        dispatch, arrival = self.dispatch_until(sale), self.arrival(shipment)
        facts = [
            self.parcel(shipment),
            say("dispatch_until", moment=dispatch) if dispatch else "",
            self.logistics(shipment),
            shipment.tracking_number,
            say("arrives_until", moment=arrival) if arrival and phase_of(shipment) not in OVER else "",
        ]
        return " · ".join(filter(None, facts))

    def parcel(self, shipment: Shipment) -> str:
        """How far a parcel is; of what is new to us, as Mercado Livre calls it."""
        phase = phase_of(shipment)
        name = {"on its way": "shipped", "returned": "returned", "not delivered": "not_delivered"}.get(phase)
        is_in_full = phase == "preparing" and shipment.logistic_type == FULL
        told = self._wording.state("shipment", "handling" if is_in_full else name or shipment.status)
        if phase in TOLD_BY_ITS_PHASE or not shipment.substatus or phase == "returned":
            return told
        if is_in_full and not self._wording.knows(f"parcel/{shipment.substatus}"):
            # Packing there is told as little as it is of others.
            return told
        return f"{told} ({self._wording.parcel(shipment.substatus)})"

    def what_happened(self, shipment: Shipment) -> str:
        """What became of a parcel on its way, in brackets behind a sentence that says the rest."""
        substatus = shipment.substatus
        return f" ({self._wording.parcel(substatus)})" if substatus and substatus != "delayed" else ""

    def logistics(self, shipment: Shipment) -> str:
        """By which way of Mercado Livre's a parcel goes, as sellers call it."""
        kind = "turbo" if "turbo" in shipment.tags else shipment.logistic_type
        return self._wording.logistics(kind)

    def dispatch_until(self, sale: Sale) -> str:
        """Until when its seller must dispatch it; empty where that is not known, or over."""
        if sale.shipment is None or sale.sla is None or not has_deadline(sale.shipment) or not is_to_be_sent(sale):
            return ""
        return self.deadline(sale.sla.expected_date)

    def arrival(self, shipment: Shipment) -> str:
        """The day on which its buyer is to have it."""
        return self.day(shipment.promised)

    def tracking_link(self, sale: Sale) -> str:
        """Where anybody may follow the parcel; empty where that is not known."""
        return sale.carrier.url if sale.carrier else ""

    # Who ended it

    def cancelled_by(self, cancelled: Cancellation | None) -> str:
        """By whom a sale was cancelled, and why."""
        if cancelled is None:
            return ""
        party = cancelled.requested_by if cancelled.requested_by in PARTIES else "mercado_livre"
        why = cancelled.description or cancelled.code
        told = self._wording.say(f"cancelled_by/{party}")
        return f"{told}: {why}" if why else told

    # Moments

    def moment(self, moment: datetime | None) -> str:
        return self._wording.moment(moment.astimezone(self._zone)) if moment else ""

    def deadline(self, moment: datetime | None) -> str:
        return self._wording.deadline(moment.astimezone(self._zone)) if moment else ""

    def day_of(self, moment: str) -> str:
        """The day of a moment in ISO 8601."""
        return self.day(read_moment(moment))

    def day(self, moment: datetime | None) -> str:
        return self._wording.day(moment.astimezone(self._zone)) if moment else ""


def refunded_of(sale: Sale) -> float:
    """How much was given back of all its orders."""
    return round(sum(order.refunded for order in sale.orders), 2)


def payment_of(sale: Sale) -> HowFarPaid:
    """How far a sale is paid. One that is refunded to an account may stay paid in name.

    https://developers.mercadolivre.com.br/pt_br/gestao-packs
    """
    if not sale.orders or any(order.status in UNPAID for order in sale.orders):
        return "waiting"
    payments = [payment for order in sale.orders for payment in order.payments if payment.status not in NOT_MADE]
    refunded, paid = refunded_of(sale), sum(payment.transaction_amount for payment in payments)
    if any(UNFULFILLED in order.tags for order in sale.orders) or (refunded and refunded >= round(paid, 2)):
        return "refunded"
    return "refunded in part" if refunded else "paid"


def is_cancelled(sale: Sale) -> bool:
    """Whether nothing of it is left."""
    return bool(sale.orders) and all(order.status == "cancelled" for order in sale.orders)


def is_split(sale: Sale) -> bool:
    """Whether others took its place, since its seller sent it in two.

    https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
    """
    return any(order.cancel_detail and order.cancel_detail.code == "pack_splitted" for order in sale.orders)


def is_fraud_risk(sale: Sale) -> bool:
    """Whether Mercado Livre warns of it, or has found its buyer to be malicious."""
    return any(FRAUD_RISK in order.tags or order.status == INVALID for order in sale.orders)


def is_to_be_sent(sale: Sale) -> bool:
    """Whether its seller is to dispatch a parcel that has not left.

    One that is ready is paid, even where its order is older. Mercado Livre itself dispatches what is in Full.
    """
    if is_fraud_risk(sale) or payment_of(sale) == "refunded" or all(order.status in ENDED for order in sale.orders):
        return False
    if sale.shipment is not None and sale.shipment.logistic_type == FULL:
        return False
    is_ready = sale.shipment is not None and phase_of(sale.shipment) == "ready"
    return is_ready or payment_of(sale) != "waiting"


def _once(words: Iterable[str]) -> list[str]:
    """Each once, without the empty ones."""
    return list(dict.fromkeys(filter(None, words)))
