"""The table of topics: what a notification on each may mean for a conversation. A new topic is a function here.

A function gets what the notification tells and answers with the job that it leads to, or with the outcome in words
where it leads to none. https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes has the official names;
the aliases are those of older pages and of other documents.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from chalicelib.errors import NotFound, Refused, TryAgainLater
from chalicelib.mercado_livre.catalog import Catalog
from chalicelib.mercado_livre.messages import USABLE_MESSAGE_ID
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.mercado_livre.thread_lookup import ThreadLookup
from chalicelib.models import Thread
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import Threads
from chalicelib.work.jobs import SyncThread

UNUSABLE = "unusable resource"
NOT_WRITTEN_ABOUT = "nothing written about this sale"

# A listing in a resource, where its own number is: `/items/MLB1/prices`, `/seller-promotions/offers/OFFER-MLB1-2`.
LISTING = re.compile(r"(?:^|[/-])(M[A-Z]{2}[0-9]{1,15})(?:[/-]|$)")

# How long a message may be announced and not be there; the page speaks of some seconds. Asked for after each of these,
# since each time that it is not there is one more refusal.
TIME_TO_APPEAR = timedelta(minutes=10)
TRIES_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=3), TIME_TO_APPEAR)


class Sources(NamedTuple):
    """What is asked for a thread; `known` is that of the message which a notification names, where it was learnt
    before, and `learn` is told where it was asked for.

    `opens_on_sale` is whether a purchase has its conversation before anybody writes about it, and `admit` lets a hint
    cost so many reads beyond those of its topic; it raises PutOff.
    """

    lookup: ThreadLookup
    threads: Threads
    sellers: Sellers
    catalog: Catalog
    clock: Callable[[], datetime]
    opens_on_sale: Callable[[], bool]
    admit: Callable[[int], None]
    known: Thread | None = None
    learn: Callable[[Thread], None] = lambda _: None


# One job, several, or the outcome in words where there is none.
Found = SyncThread | list[SyncThread] | str
Resolve = Callable[[Sources, Notification], Found]


class Topic(NamedTuple):
    """A topic: `changes` names what changed, as a `SyncThread` carries it, with `{id}` for which one of it.

    It is for jobs that do not say so themselves, as those of listings do; `{id}` is the last part of the resource.
    `about` says what it does here. `reads` is what finding its thread may cost in calls. `in_devcenter` says whether an
    application must have it ticked there, or should.
    """

    name: str
    about: str
    changes: str
    resolve: Resolve
    aliases: tuple[str, ...] = ()
    reads: int = 0
    in_devcenter: Literal["required", "recommended", ""] = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    def follow(self, sources: Sources, notification: Notification) -> list[SyncThread] | str:
        """The jobs that a notification leads to, with what changed; or its outcome in words."""
        found = self.resolve(sources, notification)
        if isinstance(found, str):
            return found
        changed = self.changes.format(id=notification.resource_id)
        jobs = found if isinstance(found, list) else [found]
        return [job if job.changed else job._replace(changed=changed) for job in jobs]


TOPICS: list[Topic] = []


def topic(
    name: str,
    about: str,
    *,
    changes: str = "",
    aliases: tuple[str, ...] = (),
    reads: int = 0,
    in_devcenter: Literal["required", "recommended", ""] = "",
) -> Callable[[Resolve], Resolve]:
    """Put a function into the table."""

    def add(resolve: Resolve) -> Resolve:
        TOPICS.append(Topic(name, about, changes, resolve, aliases, reads, in_devcenter))
        return resolve

    return add


def find_topic(name: str) -> Topic | None:
    """The topic that a notification names by its present name or by another one."""
    return _BY_NAME.get(name) or (CROSS_BORDER if name.startswith(CROSS_BORDER.name) else None)


def topics_to_tick(how: Literal["required", "recommended"]) -> tuple[str, ...]:
    """The topics that an application must, or should, have ticked in the DevCenter."""
    return tuple(one.name for one in TOPICS if one.in_devcenter == how)


# What leads to a thread


@topic("questions", "a question is brought in, or shows what became of it", changes="question", in_devcenter="required")
def question_changed(_: Sources, notification: Notification) -> SyncThread | str:
    thread = Thread.parse(f"{notification.seller_id}/question/{notification.resource_id}")
    return SyncThread(thread, notification.correlation_id) if thread else UNUSABLE


@topic(
    "messages",
    "messages of a purchase are brought in, and show what became of them",
    changes="messages",
    aliases=("seller_messages",),
    reads=1,
    in_devcenter="required",
)
def message_changed(sources: Sources, notification: Notification) -> SyncThread | str:
    """A message hint names a message alone: its purchase is looked up."""
    message_id = notification.resource_id
    if not USABLE_MESSAGE_ID.fullmatch(message_id):
        return UNUSABLE
    age = sources.clock() - datetime.fromisoformat(notification.arrived_at)
    is_fresh = age < TIME_TO_APPEAR
    thread = sources.known
    try:
        if thread is None:
            thread, is_sure = sources.lookup.of_message(notification.seller_id, message_id, may_guess=not is_fresh)
            if thread and is_sure:
                sources.learn(thread)
    except NotFound as error:
        if is_fresh:
            next_try = next(moment for moment in TRIES_AFTER if moment > age)
            seconds = (next_try - age).total_seconds()
            raise TryAgainLater("the message is not to be had yet", retry_after_seconds=seconds) from error
        return "message not found"
    except Refused as refusal:
        return f"message refused: {refusal.status}"
    return SyncThread(thread, notification.correlation_id, expects=message_id) if thread else "message of no purchase"


@topic(
    "items",
    "open questions on a listing tell that it cannot be answered, or can again; what is remembered of it is dropped",
    changes="item",
    aliases=("item",),
    in_devcenter="required",
)
@topic(
    "items_prices",
    "open questions on a listing tell that its price changed",
    changes="item",
    in_devcenter="recommended",
)
@topic(
    "public_offers",
    "open questions on a listing tell that its price changed with a promotion",
    changes="item",
    aliases=("promotions",),
    in_devcenter="recommended",
)
@topic("public_candidates", "what is remembered of the listing is dropped", changes="item")
@topic(
    "catalog_item_competition_status",
    "what is remembered of the listing is dropped",
    changes="item",
    aliases=("catalogs", "catalog"),
)
def item_changed(sources: Sources, notification: Notification) -> list[SyncThread] | str:
    """A listing changed; which of it, is for the conversations of its open questions to find out."""
    found = LISTING.search(notification.resource)
    if not found:
        return UNUSABLE
    item_id = found.group(1)
    sources.catalog.forget_item(notification.seller_id, item_id)
    asked = sources.threads.find_about(notification.seller_id, item_id)
    jobs = [SyncThread(thread, notification.correlation_id, changed=f"item/{item_id}") for thread in asked]
    return jobs or "listing forgotten"


@topic(
    "orders_v2",
    "the facts of a sale are kept current beside its conversation, and what matters of it is told",
    changes="order/{id}",
    aliases=("order", "orders", "created_orders"),
    in_devcenter="recommended",
)
def order_changed(sources: Sources, notification: Notification) -> SyncThread | str:
    found = _sale_changed(sources, notification, sources.lookup.of_order)
    if found != NOT_WRITTEN_ABOUT or not sources.opens_on_sale():
        return found
    if not notification.can_wait:
        sources.admit(1)
    thread = sources.lookup.of_sold(notification.seller_id, notification.resource_id, now=sources.clock())
    return SyncThread(thread, notification.correlation_id) if thread else NOT_WRITTEN_ABOUT


@topic(
    "shipments",
    "the parcel of a sale is kept current beside its conversation, and what matters of it is told",
    changes="shipment/{id}",
    aliases=("shipments_milestone",),
    in_devcenter="recommended",
)
def shipment_changed(sources: Sources, notification: Notification) -> SyncThread | str:
    return _sale_changed(sources, notification, sources.lookup.of_shipment)


@topic(
    "post_purchase",
    "a claim on a sale is told, with its deadline",
    changes="claim/{id}",
    aliases=("claims",),
    reads=2,
    in_devcenter="recommended",
)
def claim_changed(sources: Sources, notification: Notification) -> SyncThread | str:
    """A claim names an order or a shipment. Also where nothing was written about the sale: it is work with a deadline.

    https://developers.mercadolivre.com.br/pt_br/gerenciar-reclamacoes
    """
    if not re.search(r"(^|/)claims/[1-9][0-9]{0,18}/?$", notification.resource):
        return UNUSABLE
    try:
        thread = sources.lookup.of_claim(notification.seller_id, notification.resource_id)
    except Refused as refusal:
        return f"claim refused: {refusal.status}"
    return SyncThread(thread, notification.correlation_id) if thread else "claim of no purchase"


def _sale_changed(
    sources: Sources, notification: Notification, find: Callable[[int, str], Thread | None]
) -> SyncThread | str:
    """An order or a shipment changed: whether its buyer may be written to may have changed with it.

    Where nothing was written about the sale there is nothing to keep up to date, and nothing is read.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,18}", notification.resource_id):
        return UNUSABLE
    thread = find(notification.seller_id, notification.resource_id)
    if thread is None or not sources.threads.has_conversation(thread):
        return NOT_WRITTEN_ABOUT
    return SyncThread(thread, notification.correlation_id)


# What does not, with the reason

_OF_LISTINGS = "nothing: about listings, and no conversation shows it"
_OF_STOCK = "nothing: about stock, and what of it matters is announced by items too"
_OF_CLASSIFIEDS = "nothing: about classifieds, whose questions are announced by questions too"

# The names of a topic, the present one first.
NO_WORK: dict[tuple[str, ...], str] = {
    ("orders_feedback",): "nothing: feedback on a sale is shown nowhere",
    ("payments",): "nothing: a payment that changes a sale is announced by orders_v2 too",
    ("invoices",): "nothing: invoices are Mercado Livre's own; a label that waited for one is announced by shipments",
    ("catalog_suggestions",): _OF_LISTINGS,
    ("price_suggestion",): _OF_LISTINGS,
    ("pictures",): _OF_LISTINGS,
    ("user-products-families",): _OF_LISTINGS,
    ("user_products",): _OF_LISTINGS,
    ("user_products_families",): _OF_LISTINGS,
    ("stock-location", "stock-locations"): _OF_STOCK,
    ("fbm_stock_operations",): _OF_STOCK,
    ("flex-handshakes",): "nothing: who carries a Flex parcel is shown nowhere",
    ("vis_leads",): _OF_CLASSIFIEDS,
    ("leads-credits",): _OF_CLASSIFIEDS,
    ("quotations",): _OF_CLASSIFIEDS,
}


def no_work(_: Sources, __: Notification) -> str:
    return "no work for this topic"


def not_supported(_: Sources, __: Notification) -> str:
    return "not supported: cross-border selling (Global Selling)"


# All topics of it begin so. https://global-selling.mercadolibre.com/devsite/
CROSS_BORDER = Topic("marketplace_", "nothing: cross-border selling is not supported", "", not_supported)

for (_name, *_others), _about in NO_WORK.items():
    topic(_name, _about, aliases=tuple(_others))(no_work)

_BY_NAME = {name: one for one in TOPICS for name in one.names}

assert len(_BY_NAME) == sum(len(one.names) for one in TOPICS), "two topics have the same name"
