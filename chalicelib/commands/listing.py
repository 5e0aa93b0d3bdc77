"""/produto: the listings that a conversation is about, as they are now: price, stock, state."""

from chalicelib.commands import Answer, Request, command
from chalicelib.errors import Refused
from chalicelib.foreign_text import safe
from chalicelib.mercado_livre.listing_resources import Listing, SalePrice
from chalicelib.models import Thread

MOST_LISTINGS, MOST_VARIATIONS = 5, 30


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
    say, listings = request.wording.say, request.sources.listings
    listing = listings.get(thread.seller_id, item_id)
    if listing is None:
        return say("product_unreadable", number=item_id)
    price = listings.get_sale_price(thread.seller_id, item_id)
    variations = listing.variations[:MOST_VARIATIONS]
    lines = [
        f"**{safe(listing.title or item_id, 'line of markdown')}**",
        say("product_state", state=_state(request, listing)),
        _price(request, price) if price else "",
        say("product_stock", quantity=listing.available_quantity),
        *(f"- {safe(one.name, 'line of markdown')}: {one.available_quantity}" for one in variations),
        say("product_link", number=listing.id, link=listing.permalink) if listing.permalink else "",
    ]
    return "\n".join(filter(None, lines))


def _state(request: Request, listing: Listing) -> str:
    """Its state and why it is in that; what is new to us as Mercado Livre calls it."""
    why = ", ".join(request.wording.state("item_because", one) for one in listing.sub_status)
    state = request.wording.state("item", listing.status)
    return safe(f"{state} ({why})" if why else state, "line of markdown")


def _price(request: Request, price: SalePrice) -> str:
    amount = request.wording.price(price.amount, price.currency_id)
    if not price.regular_amount or price.regular_amount == price.amount:
        return request.wording.say("product_price", amount=amount)
    before = request.wording.price(price.regular_amount, price.currency_id)
    return request.wording.say("product_offer", amount=amount, before=before)
