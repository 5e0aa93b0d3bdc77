"""What the simulator remembers: users, items, questions, grants and missed notifications."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any


@dataclass
class User:
    id: int
    nickname: str
    date_created: datetime


@dataclass
class Item:
    """A listing. A forbidden one is refused to everyone but its seller."""

    id: str
    seller_id: int
    title: str
    price: float
    status: str
    picture: bool
    forbidden: bool
    date_created: datetime
    last_updated: datetime


@dataclass
class Answer:
    text: str
    status: str
    date_created: datetime


@dataclass
class Moderation:
    id: int
    reason: str
    date_created: datetime


@dataclass
class Question:
    """Texts are kept here even when banned; the API's answers leave them empty."""

    id: int
    seller_id: int
    buyer_id: int
    item_id: str
    text: str
    date_created: datetime
    last_updated: datetime
    status: str = "UNANSWERED"
    hold: bool = False
    deleted_from_listing: bool = False
    answer: Answer | None = None
    moderation: Moderation | None = None


@dataclass
class AuthorizationCode:
    seller_id: int
    redirect_uri: str
    code_challenge: str
    code_challenge_method: str
    expires: datetime


@dataclass
class Grant:
    """A seller's permission to the application; only its newest refresh token works."""

    seller_id: int
    scopes: list[str]
    date_created: datetime
    last_call: datetime
    refresh_token: str
    refresh_token_expires: datetime


@dataclass
class AccessToken:
    seller_id: int
    expires: datetime


@dataclass
class MissedFeed:
    notification: dict[str, Any]
    request_url: str
    request_body: str
    http_code: int
    kept_until: datetime


@dataclass
class State:
    sellers: dict[int, User] = field(default_factory=dict)
    buyers: dict[int, User] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    questions: dict[int, Question] = field(default_factory=dict)
    answers_published: list[tuple[int, str]] = field(default_factory=list)
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    grants: dict[int, Grant] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    missed_feeds: list[MissedFeed] = field(default_factory=list)
    # User ids exceed 32 bits: https://developers.mercadolibre.com.ar/es_ar/producto-consulta-usuarios
    seller_ids: Iterator[int] = field(default_factory=lambda: count(4_700_000_001))
    buyer_ids: Iterator[int] = field(default_factory=lambda: count(5_100_000_001))
    item_numbers: Iterator[int] = field(default_factory=lambda: count(9_000_000_001))
    question_ids: Iterator[int] = field(default_factory=lambda: count(13_000_000_001))
    moderation_ids: Iterator[int] = field(default_factory=lambda: count(7_123_400_001))

    def find_user(self, user_id: int) -> User | None:
        return self.sellers.get(user_id) or self.buyers.get(user_id)
