"""/produto: the listings that a conversation is about, as they are now: price, stock, state."""

from chalicelib.commands import Answer, Request, command
from chalicelib.errors import Refused
from chalicelib.foreign_text import safe
from chalicelib.mercado_livre.resources import Item
from chalicelib.models import Thread

MOST_LISTINGS, MOST_CHOICES = 5, 30


@command("produto", es="producto", en="product")
def tell_listings(request: Request) -> Answer:
    thread = request.record.thread if request.record else None
    item_ids = _find_listings(request, thread)[:MOST_LISTINGS] if thread else []
    if thread is None or not item_ids:
        return Answer(request.wording.say("command_needs_listing"))
    return Answer("\n\n".join(_describe(request, thread, item_id) for item_id in item_ids))


def _find_listings(request: Request, thread: Thread) -> list[str]:
    """The listings that were bought, or the one that was asked about."""
    if thread.kind == "pack":
        sale = request.sources.catalog.sale(thread)
        return list(dict.fromkeys(item.id for order in sale.orders for item in order.items if item.id))
    try:
        question = request.sources.meli.get_question(thread.seller_id, thread.meli_id)
    except Refused:
        return []
    return [question.item_id] if question.item_id else []


def _describe(request: Request, thread: Thread, item_id: str) -> str:
    say = request.wording.say
    try:
        item = request.sources.meli.get_item(thread.seller_id, item_id)
    except Refused:
        return say("product_unreadable", number=item_id)
    price, choices = _price(request, item), item.choices[:MOST_CHOICES]
    lines = [
        f"**{safe(item.title or item_id, 'line of markdown')}**",
        say("product_state", state=_state(request, item)),
        say("product_price", price=price) if price else "",
        say("product_stock", quantity=item.available_quantity) if item.available_quantity is not None else "",
        *(f"- {safe(words, 'line of markdown')}: {count}" for words, count in choices),
        say("product_link", number=item.id, link=item.permalink) if item.permalink else "",
    ]
    return "\n".join(filter(None, lines))


def _state(request: Request, item: Item) -> str:
    """Its state and why it is in that; what is new to us as Mercado Livre calls it."""
    why = ", ".join(request.wording.state("item_because", one) for one in item.sub_status)
    state = request.wording.state("item", item.status)
    return safe(f"{state} ({why})" if why else state, "line of markdown")


def _price(request: Request, item: Item) -> str:
    """What buyers pay now and, in an offer, what they would without it."""
    if item.shown_price is None:
        return ""
    price = request.wording.price(item.shown_price, item.currency_id)
    if item.regular_amount is None or item.regular_amount == item.shown_price:
        return price
    regular = request.wording.price(item.regular_amount, item.currency_id)
    return request.wording.say("item_offer", price=price, regular=regular)
