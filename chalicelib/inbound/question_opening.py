"""How a question is shown: who asks, what, about which listing; and the answer typed on Mercado Livre's own pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.chatwoot.contacts import Buyer
from chalicelib.chatwoot.conversations import SITUATION, Opening
from chalicelib.chatwoot.message_bodies import echo_message, incoming_message, picture, with_remarks
from chalicelib.foreign_text import safe
from chalicelib.inbound.listing_states import describe_price, values_of
from chalicelib.inbound.written_when import say_when_written
from chalicelib.mercado_livre.catalog import Catalog
from chalicelib.mercado_livre.resources import UNANSWERED, UNDER_REVIEW, AnswerToQuestion, Item, Question, User
from chalicelib.models import SOURCE_ID_PREFIX, Thread
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers

QUESTION_LABELS = ("mercado-livre", "pergunta")


class QuestionOpenings:
    """Questions as agents see them first."""

    def __init__(
        self,
        catalog: Catalog,
        sellers: Sellers,
        wording: Wording,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog = catalog
        self._sellers = sellers
        self._wording = wording
        self._settings = settings
        self._clock = clock

    def describe(self, thread: Thread, question: Question) -> Opening:
        """What the conversation of a question begins with."""
        item, user = self._catalog.item_and_user(thread.seller_id, question.item_id, question.buyer_id)
        return Opening(
            inbox_id=self._settings.questions_inbox_id,
            buyer=_buyer(thread, question.buyer_id, user),
            message=incoming_message(
                self._first_message(thread, question, item),
                source_id=f"{SOURCE_ID_PREFIX}question/{question.id}",
                external_created_at=_epoch(question.date_created),
            ),
            custom_attributes=self._attributes(thread, question, item),
            labels=QUESTION_LABELS,
            told_state=UNANSWERED if question.state == UNANSWERED else "",
            told=values_of(item, self._wording) if item else {},
            listing=question.item_id if question.state in (UNANSWERED, UNDER_REVIEW) else "",
        )

    def listing(self, thread: Thread, item_id: str) -> Item | None:
        """The listing as it is now."""
        return self._catalog.item(thread.seller_id, item_id)

    def describe_answer(self, thread: Thread, question: Question, answer: AnswerToQuestion) -> dict[str, Any]:
        """An answer that no agent gave, as an echo."""
        return echo_message(
            with_remarks(safe(answer.text, "markdown"), [self._written(thread, answer.date_created)]),
            source_id=f"{SOURCE_ID_PREFIX}answer/{question.id}",
            external_created_at=_epoch(answer.date_created),
        )

    def _written(self, thread: Thread, moment: datetime | None) -> str:
        site_id = self._sellers.site_of(thread.seller_id)
        return say_when_written(self._wording, moment, now=self._clock(), site_id=site_id)

    def _attributes(self, thread: Thread, question: Question, item: Item | None) -> dict[str, str]:
        # Custom attributes are text: Chatwoot refuses integers as long as Mercado Livre's ids.
        attributes = {
            # Another state is shown, like each that comes later, once the conversation is there.
            SITUATION: self._wording.situation(UNANSWERED) if question.state == UNANSWERED else "",
            # The names are those of sales: the panel beside a conversation has one list for both.
            "meli_items": (item and item.title) or question.item_id,
            "meli_total": describe_price(item, self._wording) if item else "",
            "meli_sale_link": item.permalink if item else "",
            "meli_question_id": question.id,
            "meli_item_id": question.item_id,
            "meli_seller": self._sellers.name_of(thread.seller_id),
        }
        return {name: value for name, value in attributes.items() if value}

    def _first_message(self, thread: Thread, question: Question, item: Item | None) -> str:
        """The question in the buyer's own words and, below a line, the listing in one more."""
        words = safe(question.text, "markdown") or self._wording.say("question_text_removed")
        return with_remarks(words, [self._written(thread, question.date_created), self._listing(question, item)])

    def _listing(self, question: Question, item: Item | None) -> str:
        if item is None:
            return self._wording.say("listing", title=question.item_id) if question.item_id else ""
        title = safe(item.title or item.id, "line of markdown")
        linked = f"[{title}]({item.permalink})" if item.permalink else title
        stock = item.available_quantity
        facts = [
            self._wording.say("listing", title=linked),
            self._offer(item),
            self._wording.state("item", item.state),
            self._wording.say("item_stock", count=stock) if stock else "",
            ", ".join(f"{safe(words, 'line of markdown')}: {count}" for words, count in item.choices),
        ]
        shown = f"\n\n{picture(title, item.picture_url)}" if item.picture_url else ""
        return " · ".join(fact for fact in facts if fact) + shown

    def _offer(self, item: Item) -> str:
        """What buyers pay and, in an offer, what they would without it."""
        price = describe_price(item, self._wording)
        if not price or item.regular_amount is None:
            return price
        regular = self._wording.price(item.regular_amount, item.currency_id)
        return self._wording.say("item_offer", price=price, regular=regular)


def _epoch(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _buyer(thread: Thread, buyer_id: int, user: User | None) -> Buyer:
    """Who asked; a question of nobody is a contact of its own, since nobody can tell whose others are."""
    if not buyer_id:
        return Buyer.hidden(thread)
    return Buyer.shown(buyer_id, user.nickname if user else "", user.permalink if user else "")
