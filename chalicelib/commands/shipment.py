"""/envio: where a parcel is, where it was, and until when it must be dispatched."""

from dataclasses import replace
from itertools import groupby

from chalicelib.commands import Answer, Request, command
from chalicelib.foreign_text import safe
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.shipment_resources import Shipment, ShipmentState
from chalicelib.models import Thread
from chalicelib.sale_words import SaleWords

MOST_STATES = 12


@command("envio", en="shipment")
def tell_shipment(request: Request) -> Answer:
    thread, sources, say = request.sale_thread, request.sources, request.wording.say
    if thread is None:
        return Answer(say("command_needs_sale"))
    sale, link = sources.catalog.sale(thread), sources.link(thread)
    if not sale.orders:
        return Answer(say("sale_unreadable", link=link))
    words = sources.words(thread, request.wording)
    lines = [
        f"**{say('shipment_title', number=sale.shipment.id if sale.shipment else '')}**",
        safe(words.shipment(sale), "line of markdown"),
        *_list_places(request, words, sale),
        *(_list_history(request, thread, words, sale.shipment) if sale.shipment else ()),
        say("sale_link", link=link),
    ]
    return Answer("\n".join(filter(None, lines)))


def _list_places(request: Request, words: SaleWords, sale: Sale) -> list[str]:
    """Where it goes, by town and state alone, and where it can be followed."""
    say, shipment = request.wording.say, sale.shipment
    town = ", ".join(filter(None, (shipment.city, shipment.state))) if shipment else ""
    return [
        say("shipment_town", town=safe(town, "line of markdown")) if town else "",
        say("shipment_follow", link=link) if (link := words.tracking_link(sale)) else "",
    ]


def _list_history(request: Request, thread: Thread, words: SaleWords, shipment: Shipment) -> list[str]:
    """Where it was, newest first; of what reads the same, since when."""
    states = request.sources.shipments.list_history(thread.seller_id, shipment.id)
    alike = groupby(states, lambda state: _name(words, shipment, state))
    lines = [f"- {_when(words, [*several][-1])}{name}" for name, several in alike][:MOST_STATES]
    return [request.wording.say("shipment_history"), *lines, ""] if lines else []


def _when(words: SaleWords, state: ShipmentState) -> str:
    return f"{words.moment(state.date)}: " if state.date else ""


def _name(words: SaleWords, shipment: Shipment, state: ShipmentState) -> str:
    return safe(words.parcel(replace(shipment, status=state.status, substatus=state.substatus)), "line of markdown")
