"""Which threads may have seen something in a span of time, by whoever knows of it.

Mercado Livre lists its questions by date and its orders by their last change; for its messages there is no such list.
So a purchase is also looked at when something of it is unread, when a notification told of it, or when something
happened in its conversation. What all of these missed was written about a purchase that has not changed, was read on
Mercado Livre's own pages, and was announced by nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chalicelib.audit.compare import Span
from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.resources import ActiveConversation
from chalicelib.errors import PermissionMissing, Refused
from chalicelib.mercado_livre.client import PAGE_LENGTH, MercadoLivre
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.models import Thread
from chalicelib.observability import logger
from chalicelib.settings import Settings
from chalicelib.stores.desks import Desks
from chalicelib.stores.history import History

# Between our clock and Chatwoot's.
OVERLAP_SECONDS = 120

# An audit may wait for days until it is done.
LONGEST_WAIT_SECONDS = 4 * 24 * 3600


class Lead(NamedTuple):
    """A thread to be looked at, and the conversations that Chatwoot has of it as far as it listed them."""

    thread: Thread
    conversation_ids: tuple[int, ...] = ()

    def to_json(self) -> list[str | int]:
        return [str(self.thread), *self.conversation_ids]

    @classmethod
    def from_json(cls, fields: list[Any]) -> "Lead":
        name, *conversation_ids = fields
        thread = Thread.parse(name)
        assert thread, "a lead was written by us"
        return cls(thread, tuple(conversation_ids))


class Page(NamedTuple):
    """One page of the conversations of a desk: the inbox, 0 or 1, and the number of the page in it.

    `is_too_much` is whether it is left out, with what is behind it in the inbox.
    """

    inbox: int
    number: int
    leads: list[Lead]
    is_too_much: bool = False


class PlaceInLists(NamedTuple):
    """How far a seller's lists were gone through: the list, and the offset and total after the page that was last."""

    feed: int = 0
    offset: int = 0
    total: int = 0


START = PlaceInLists()

# Some threads, and the offset and the total of the page after which one goes on.
FoundThreads = tuple[list[Thread], int, int]


class Listed(NamedTuple):
    """One page of what a seller's lists hold, and where to go on after it. `is_refused` is a list that is not shown."""

    leads: list[Lead]
    place: PlaceInLists
    is_refused: bool = False


class Candidates:
    """Leads from both services and from what we wrote down. It only reads."""

    def __init__(
        self,
        meli: MercadoLivre,
        messaging: Messaging,
        history: History,
        desks: Desks,
        chatwoot_at: Callable[[str], Chatwoot],
        settings: Settings,
    ) -> None:
        self._meli = meli
        self._messaging = messaging
        self._history = history
        self._desks = desks
        self._chatwoot_at = chatwoot_at
        self._settings = settings

    def pages_at_mercado_livre(self, seller_id: int, span: Span, place: PlaceInLists = START) -> Iterator[Listed]:
        """The threads of a seller as Mercado Livre lists them, and as its notifications told of them.

        Page by page, from a place in the lists on.
        """
        finders = (self._asked, self._bought, self._unread, self._announced)
        for number, find in enumerate(finders[place.feed :], start=place.feed):
            at = place if number == place.feed else START
            try:
                for threads, offset, total in find(seller_id, span, at):
                    yield Listed(list(map(Lead, threads)), PlaceInLists(number, offset, total))
            except (Refused, PermissionMissing) as refusal:
                # The others tell of most.
                logger.warning("not listed for the audit", feed=find.__name__, reason=str(refusal))
                yield Listed([], PlaceInLists(number + 1), is_refused=True)
            else:
                yield Listed([], PlaceInLists(number + 1))

    def at_desk(self, desk: str, span: Span) -> list[Lead]:
        """The threads of a desk in whose conversations there something happened since the span began."""
        return merge(lead for page in self.pages_of_desk(desk, span) for lead in page.leads)

    def pages_of_desk(
        self, desk: str, span: Span, *, inbox: int = 0, page: int = 1, most_pages: int | None = None
    ) -> Iterator[Page]:
        """The same page by page, from a page of one of the two inboxes on; of each inbox so many at most."""
        settings, chatwoot, since = self._settings.at_desk(desk), self._chatwoot_at(desk), span.since - OVERLAP_SECONDS
        for number, inbox_id in enumerate((settings.questions_inbox_id, settings.sales_inbox_id)):
            if number < inbox:
                continue
            # One that was deleted meanwhile has moved those behind it a place to the front.
            first_page = max(1, page - 1) if number == inbox else 1
            for listed, conversations in chatwoot.find_active(inbox_id=inbox_id, since=since, first_page=first_page):
                if most_pages is not None and listed > most_pages:
                    yield Page(number, listed, [], is_too_much=bool(conversations))
                    break
                leads = [self._lead(active, desk, inbox_id) for active in conversations]
                yield Page(number, listed, [lead for lead in leads if lead])

    def _lead(self, active: ActiveConversation, desk: str, inbox_id: int) -> Lead | None:
        """What a conversation leads to: whoever makes contacts at a desk may name the threads of another in them."""
        thread = Thread.parse(active.source_id)
        if thread is None or not self._settings.at_desk(desk).takes(thread.kind, inbox_id):
            return None
        return Lead(thread, (active.id,)) if self._desks.of(thread) == desk else None

    def _asked(self, seller_id: int, span: Span, place: PlaceInLists) -> Iterator[FoundThreads]:
        # One that was deleted meanwhile has moved those behind it to the front.
        for page in self._meli.find_newest_questions(seller_id, offset=max(0, place.offset - PAGE_LENGTH)):
            threads = [
                Thread(seller_id, "question", question.id)
                for question in page.questions
                if not question.date_created or question.date_created.timestamp() >= span.since
            ]
            yield threads, page.next_offset, 0
            if len(threads) < len(page.questions):
                return

    def _bought(self, seller_id: int, span: Span, place: PlaceInLists) -> Iterator[FoundThreads]:
        # One that changed once more since then is listed under that time alone.
        until = span.until + LONGEST_WAIT_SECONDS
        for page in self._meli.find_changed_orders(
            seller_id, since=span.since, until=until, offset=place.offset, total=place.total
        ):
            threads = [Thread(seller_id, "pack", order.pack_id or order.id) for order in page.orders]
            yield threads, page.next_offset, page.total

    def _unread(self, seller_id: int, _span: Span, _place: PlaceInLists) -> Iterator[FoundThreads]:
        yield [Thread(seller_id, "pack", pack_id) for pack_id, _ in self._messaging.find_unread(seller_id)], 0, 0

    def _announced(self, seller_id: int, span: Span, _place: PlaceInLists) -> Iterator[FoundThreads]:
        for page in self._history.queued_since(seller_id, datetime.fromtimestamp(span.since, UTC)):
            yield [thread for name in dict.fromkeys(page) if (thread := Thread.parse(name))], 0, 0


def merge(leads: Iterable[Lead]) -> list[Lead]:
    """Each thread once, with all its conversations."""
    merged: dict[Thread, tuple[int, ...]] = {}
    for lead in leads:
        merged[lead.thread] = tuple(dict.fromkeys((*merged.get(lead.thread, ()), *lead.conversation_ids)))
    return [Lead(thread, ids) for thread, ids in merged.items()]
