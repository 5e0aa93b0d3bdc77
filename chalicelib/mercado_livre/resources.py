"""Mercado Livre's JSON as frozen dataclasses; fields keep the vendor's names."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.models import read_id, read_link, read_moment, read_number

# https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
UNANSWERED, ANSWERED, UNDER_REVIEW = "UNANSWERED", "ANSWERED", "UNDER_REVIEW"
GONE_STATES = frozenset({"BANNED", "DELETED", "DISABLED", "CLOSED_UNANSWERED"})
ANSWER_ACTIVE = "ACTIVE"

# https://developers.mercadolivre.com.br/pt_br/itens-e-buscas
OUT_OF_STOCK = "out_of_stock"


@dataclass(frozen=True)
class AnswerToQuestion:
    """The one answer of a question. Its text is empty when moderation removed it."""

    text: str
    status: str
    date_created: datetime | None


@dataclass(frozen=True)
class Question:
    """A buyer's question on a listing. Its text is empty when moderation removed it.

    `id` is empty, and `buyer_id` 0, where none is shown.
    """

    id: str
    seller_id: int
    buyer_id: int
    item_id: str
    status: str
    text: str
    date_created: datetime | None
    answer: AnswerToQuestion | None

    @property
    def state(self) -> str:
        """Status of the question and, once answered, of the answer when that is not simply active."""
        if self.answer and self.status == ANSWERED and self.answer.status not in ("", ANSWER_ACTIVE):
            return f"{ANSWERED}/{self.answer.status}"
        return self.status

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Question":
        # By id with api_version=4 the asker is `buyer_id`; in search, and without it, `from.id`.
        buyer_id = read_number(fields.get("buyer_id")) or read_number((fields.get("from") or {}).get("id"))
        answer = fields.get("answer")
        # `hold` is not documented beyond its name; code treats it as not answerable yet.
        on_hold = fields.get("hold") is True and fields["status"] == UNANSWERED
        return cls(
            id=read_id(fields.get("id")),
            seller_id=read_number(fields.get("seller_id")),
            buyer_id=buyer_id,
            item_id=str(fields.get("item_id") or ""),
            status=UNDER_REVIEW if on_hold else str(fields["status"]),
            text=str(fields.get("text") or ""),
            date_created=read_moment(fields.get("date_created")),
            answer=AnswerToQuestion(
                text=str(answer.get("text") or ""),
                status=str(answer.get("status") or ""),
                date_created=read_moment(answer.get("date_created")),
            )
            if answer
            else None,
        )


@dataclass(frozen=True)
class Item:
    """A listing, as far as an agent needs it beside a question.

    `amount` is what buyers pay now and `regular_amount` what they would without an offer, where those were read.
    `choices` are its variations, each with how many of it there are.
    """

    id: str
    title: str
    permalink: str
    price: float | None
    currency_id: str
    status: str
    picture_url: str
    sub_status: tuple[str, ...] = ()
    available_quantity: int | None = None
    choices: tuple[tuple[str, int], ...] = ()
    amount: float | None = None
    regular_amount: float | None = None

    @property
    def shown_price(self) -> float | None:
        """What buyers see. https://developers.mercadolivre.com.br/pt_br/api-de-precos"""
        return self.price if self.amount is None else self.amount

    @property
    def state(self) -> str:
        """Whether it is on sale; one without stock is paused by Mercado Livre itself."""
        is_empty = OUT_OF_STOCK in self.sub_status or (self.status == "active" and self.available_quantity == 0)
        return OUT_OF_STOCK if is_empty else self.status

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Item":
        quantity = fields.get("available_quantity")
        return cls(
            id=str(fields.get("id") or ""),
            title=str(fields.get("title") or ""),
            permalink=read_link(fields.get("permalink")),
            price=_amount(fields.get("price")),
            currency_id=str(fields.get("currency_id") or ""),
            status=str(fields.get("status") or ""),
            picture_url=read_link(fields.get("secure_thumbnail") or fields.get("thumbnail")),
            sub_status=tuple(map(str, fields.get("sub_status") or ())),
            available_quantity=quantity if isinstance(quantity, int) else None,
            choices=tuple(filter(None, map(_read_choice, fields.get("variations") or ()))),
        )

    @classmethod
    def from_stored(cls, fields: Mapping[str, Any]) -> "Item":
        """One that was taken apart by `asdict`, in this version or another."""
        names = {field.name for field in dataclasses.fields(cls)}
        known = {name: value for name, value in fields.items() if name in names}
        choices = tuple((str(words), int(count)) for words, count in known.get("choices", ()))
        return cls(**known | {"sub_status": tuple(known.get("sub_status", ())), "choices": choices})

    def with_price(self, fields: Mapping[str, Any]) -> "Item":
        """The same with what buyers pay."""
        return replace(self, amount=_amount(fields.get("amount")), regular_amount=_amount(fields.get("regular_amount")))


@dataclass(frozen=True)
class User:
    """A user's public data: the nickname is all that is known of a buyer by name."""

    id: int
    nickname: str
    site_id: str
    permalink: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "User":
        return cls(
            id=read_number(fields.get("id")),
            nickname=str(fields.get("nickname") or ""),
            site_id=str(fields.get("site_id") or ""),
            permalink=read_link(fields.get("permalink")),
        )

    @classmethod
    def from_stored(cls, fields: Mapping[str, Any]) -> "User":
        """One that was taken apart by `asdict`, in this version or another."""
        return cls.from_json(fields)


@dataclass(frozen=True)
class Grant:
    """What the token endpoint gives. Without `offline_access` there is no refresh token."""

    seller_id: int
    access_token: str
    refresh_token: str
    expires_in: int
    scopes: str = ""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Grant":
        return cls(
            seller_id=int(fields["user_id"]),
            access_token=str(fields["access_token"]),
            refresh_token=str(fields.get("refresh_token") or ""),
            # The documentation says six hours and prints three; the value returned is what counts.
            expires_in=int(fields["expires_in"]),
            scopes=str(fields.get("scope") or ""),
        )


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _read_choice(fields: Mapping[str, Any]) -> tuple[str, int] | None:
    """A variation in words, and how many of it there are; None for one that says nothing."""
    names = [str(one.get("value_name") or "") for one in fields.get("attribute_combinations") or ()]
    words, quantity = ", ".join(filter(None, names)), fields.get("available_quantity")
    return (words, quantity) if words and isinstance(quantity, int) else None
