"""The note that tells a sale in short, for agents only: what one needs to prepare it."""

from chalicelib.foreign_text import safe
from chalicelib.inbound.sales import Sales
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.shipment_phases import OVER, phase_of
from chalicelib.models import Thread
from chalicelib.sale_words import SaleWords, is_cancelled, is_fraud_risk


class SaleNotes:
    """Sales in short."""

    def __init__(self, sales: Sales) -> None:
        self._sales = sales

    def link(self, thread: Thread) -> str:
        """The page of the sale on Mercado Livre, as its seller sees it."""
        return self._sales.page(thread)

    def write(self, thread: Thread, sale: Sale, origin: Thread | None = None) -> str:
        """A sale in short; `origin` is the one that it was split from."""
        say, words = self._sales.wording.say, self._sales.words(thread)
        link = self.link(thread)
        if not sale.orders:
            return say("sale_unreadable", link=link)
        lines = [
            f"**{say('sale_note_title')}**",
            say("sale_fraud_risk") if is_fraud_risk(sale) else "",
            say("sale_pack", number=thread.meli_id) if sale.pack and len(sale.pack.order_ids) > 1 else "",
            *(say("sale_order", number=order.id) for order in sale.orders),
            *(
                say("sale_items_line", quantity=quantity, title=safe(title, "line of markdown"))
                for quantity, title in sale.items
            ),
            say("sale_more_orders", count=sale.hidden_orders) if sale.hidden_orders else "",
            say("sale_total", amount=total) if (total := words.total(sale)) else "",
            say("sale_state", state=self._state(sale, words)),
            say("sale_payment", state=safe(payment, "line of markdown")) if (payment := words.payment(sale)) else "",
            *self._parcel(sale, words),
            say("sale_origin", link=self._sales.link(origin)) if origin else "",
            say("sale_link", link=link),
        ]
        return "\n".join(filter(None, lines))

    def _state(self, sale: Sale, words: SaleWords) -> str:
        states = ", ".join(dict.fromkeys(self._sales.wording.state("order", order.status) for order in sale.orders))
        cancelled = words.cancelled_by(sale.orders[-1].cancel_detail) if is_cancelled(sale) else ""
        return " ".join(filter(None, (states, safe(cancelled, "line of markdown"))))

    def _parcel(self, sale: Sale, words: SaleWords) -> list[str]:
        """Where its parcel is, and what is to be done with it."""
        say, shipment = self._sales.wording.say, sale.shipment
        if shipment is None:
            return [say("sale_shipment", state=say("shipment_none"))]
        state = " · ".join(filter(None, (words.parcel(shipment), words.logistics(shipment))))
        deadline, arrival = words.dispatch_until(sale), words.arrival(shipment)
        return [
            say("sale_shipment", state=safe(state, "line of markdown")),
            say("sale_dispatch", deadline=deadline) if deadline else "",
            say("sale_arrival", day=arrival) if arrival and phase_of(shipment) not in OVER else "",
            say("sale_tracking", number=safe(shipment.tracking_number, "line of markdown"))
            if shipment.tracking_number
            else "",
            say("sale_tracking_link", link=link) if (link := words.tracking_link(sale)) else "",
            self._sales.offer_label(sale),
        ]
