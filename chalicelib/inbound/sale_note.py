"""The note that tells a sale in short, for agents only."""

from chalicelib.foreign_text import safe
from chalicelib.inbound.conversation_state import Shown, show_situation
from chalicelib.mercado_livre.catalog import Sale
from chalicelib.mercado_livre.messages import Exchange
from chalicelib.mercado_livre.sale_resources import Order
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Thread
from chalicelib.sentences.wording import Wording
from chalicelib.stores.sellers import Sellers


class SaleNotes:
    """Sales in words."""

    def __init__(self, sellers: Sellers, wording: Wording) -> None:
        self._sellers = sellers
        self._wording = wording

    def link(self, thread: Thread) -> str:
        """The page of the sale on Mercado Livre, as its seller sees it."""
        return sale_page(self._sellers.site_of(thread.seller_id), thread.meli_id)

    def write(self, thread: Thread, sale: Sale) -> str:
        """A sale in short."""
        say = self._wording.say
        link = self.link(thread)
        if not sale.orders:
            return say("sale_unreadable", link=link)
        lines = [
            f"**{say('sale_note_title')}**",
            say("sale_pack", number=thread.meli_id) if sale.pack and len(sale.pack.order_ids) > 1 else "",
            *(say("sale_order", number=order.id) for order in sale.orders),
            *(
                say("sale_items_line", quantity=quantity, title=safe(title, "line of markdown"))
                for quantity, title in items(sale)
            ),
            say("sale_more_orders", count=sale.hidden_orders) if sale.hidden_orders else "",
            say("sale_total", amount=total) if (total := self.total(sale)) else "",
            say("sale_state", state=self._order_state(sale.orders)),
            say("sale_payment", state=payment) if (payment := self._payment_state(sale.orders)) else "",
            say("sale_shipment", state=self.shipment(sale)),
            say("sale_tracking", number=sale.shipment.tracking_number)
            if sale.shipment and sale.shipment.tracking_number
            else "",
            say("sale_link", link=link),
        ]
        return "\n".join(filter(None, lines))

    def total(self, sale: Sale) -> str:
        """Of all orders; empty where one does not show its own."""
        amounts = [order.total_amount for order in sale.orders]
        if sale.hidden_orders or not amounts or None in amounts:
            return ""
        return self._wording.price(sum(filter(None, amounts)), sale.orders[0].currency_id)

    def shipment(self, sale: Sale) -> str:
        """The state of its shipment."""
        if sale.shipment is None:
            return self._wording.say("shipment_none")
        return self._wording.state("shipment", sale.shipment.status)

    def situation(self, thread: Thread, exchange: Exchange) -> Shown | None:
        """Whether the seller may write to the buyer; None where that is not known."""
        return show_situation(exchange, thread.seller_id, self._wording)

    def _order_state(self, orders: tuple[Order, ...]) -> str:
        return ", ".join(dict.fromkeys(self._wording.state("order", order.status) for order in orders))

    def _payment_state(self, orders: tuple[Order, ...]) -> str:
        states = [
            self._wording.state("payment", order.payment_status) or self._wording.state("order", order.status)
            for order in orders
        ]
        return ", ".join(dict.fromkeys(filter(None, states)))


def items(sale: Sale) -> list[tuple[int, str]]:
    """How many of what."""
    return [(item.quantity, item.described) for order in sale.orders for item in order.items]
