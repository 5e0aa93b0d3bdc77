"""What the simulator remembers: users, items, questions, sales, grants and missed notifications."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class User:
    id: int
    nickname: str
    date_created: datetime


@dataclass
class ItemVariation:
    """One choice of a listing: {"Cor": "Azul"}, and how many of it there are."""

    id: int
    choice: dict[str, str]
    available_quantity: int


@dataclass
class Item:
    """A listing. A forbidden one is refused to everyone but its seller.

    `price` is what buyers see; one in an offer has a higher `regular_price`.
    """

    id: str
    seller_id: int
    title: str
    price: float
    status: str
    picture: bool
    forbidden: bool
    date_created: datetime
    last_updated: datetime
    sub_status: tuple[str, ...] = ()
    available_quantity: int = 8
    regular_price: float | None = None
    variations: tuple[ItemVariation, ...] = ()


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
    hides_buyer: bool = False

    @property
    def shown_buyer_id(self) -> int | None:
        return None if self.hides_buyer else self.buyer_id


@dataclass
class Order:
    """One item of a sale; title and price are those of the day. `variation` is what was chosen, by its name."""

    id: int
    item_id: str
    title: str
    quantity: int
    unit_price: float
    payment_id: int
    status: str
    date_created: datetime
    last_updated: datetime
    variation: dict[str, str] = field(default_factory=dict)
    sku: str = "SKU-1"
    installments: int = 1
    payment_type: str = "account_money"
    refunded: float = 0.0
    is_fraud_risk: bool = False
    is_unfulfilled: bool = False
    cancellation: "Cancellation | None" = None

    @property
    def total(self) -> float:
        return round(self.unit_price * self.quantity, 2)


@dataclass(frozen=True)
class Cancellation:
    """Who cancelled an order, and why; groups and codes are open sets."""

    group: str
    code: str
    description: str
    requested_by: str


@dataclass
class Shipment:
    """`handling_limit` is until when it must be dispatched, `promised` when its buyer is to have it."""

    id: int
    logistic_type: str
    status: str
    substatus: str
    date_created: datetime
    last_updated: datetime
    handling_limit: datetime
    promised: datetime
    tags: tuple[str, ...] = ()
    is_late: bool = False
    sibling_id: int | None = None
    history: "list[ShipmentState]" = field(default_factory=list)


@dataclass(frozen=True)
class ShipmentState:
    status: str
    substatus: str
    date: datetime


@dataclass
class Claim:
    """A buyer's claim. `stage` dispute means that Mercado Livre mediates; a `type` of mediations does not."""

    id: int
    seller_id: int
    buyer_id: int
    resource: str
    resource_id: int
    order_ids: list[int]
    type: str
    reason_id: str
    date_created: datetime
    last_updated: datetime
    due_date: datetime
    stage: str = "claim"
    status: str = "opened"
    action: str = "send_message_to_complainant"
    affects_reputation: str = "affected"
    has_incentive: bool = True
    resolution: "ClaimResolution | None" = None


@dataclass(frozen=True)
class ClaimResolution:
    reason: str
    closed_by: str
    benefited: tuple[str, ...]
    date: datetime


@dataclass
class Attachment:
    """A file that was uploaded or came with a message. An upload that no message took has an end (`expires`)."""

    filename: str
    original_filename: str
    content_type: str
    content: bytes
    seller_id: int
    date_created: datetime
    threat: bool = False
    expires: datetime | None = None
    failure: str = "ok"


@dataclass
class Message:
    """`available` is when its receiver could see it first; a lost message went to nobody."""

    id: str
    thread_id: int
    from_user_id: int
    to_user_id: int
    text: str
    date_created: datetime
    status: str
    moderation: str
    moderation_date: datetime
    first: bool
    attachments: list[Attachment]
    available: datetime | None = None
    moderation_reason: str | None = None
    read: datetime | None = None
    hidden_from_pack: bool = False
    lost: bool = False

    @property
    def is_rejected(self) -> bool:
        return self.status.lower() in ("moderated", "rejected") or self.moderation.lower() == "rejected"

    @property
    def is_held(self) -> bool:
        return (self.status, self.moderation) != ("available", "clean") and not self.is_rejected


@dataclass(frozen=True)
class SentMessage:
    """A message that POST accepted, as it came; files are name, content type and bytes."""

    thread_id: int
    message_id: str
    to_user_id: int
    text: str
    files: list[tuple[str, str, bytes]]


@dataclass
class Sale:
    """A purchase and its conversation. Its id is the pack's, or that of its only order, which then has no pack."""

    id: int
    in_pack: bool
    seller_id: int
    buyer_id: int
    orders: list[Order]
    shipment: Shipment
    date_created: datetime
    last_updated: datetime
    status_date: datetime
    migrated: bool = False
    blocked: str = ""
    claim_id: int | None = None
    was_split: bool = False
    messages: list[Message] = field(default_factory=list)
    marked_as_read_by_api: int = 0

    @property
    def waits_for_fulfillment(self) -> bool:
        """Mercado Envios Full opens the conversation on delivery."""
        return self.shipment.logistic_type == "fulfillment" and self.shipment.status != "delivered"

    @property
    def substatus(self) -> str:
        """Why the seller cannot write, or nothing."""
        return self.blocked or ("blocked_by_fulfillment" if self.waits_for_fulfillment else "")


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
class Numbers(Iterator[int]):
    """Ids in their order. From Python 3.14 on `itertools.count` cannot be copied with the state that it is of."""

    following: int

    def __next__(self) -> int:
        self.following += 1
        return self.following - 1


@dataclass
class State:
    sellers: dict[int, User] = field(default_factory=dict)
    buyers: dict[int, User] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    questions: dict[int, Question] = field(default_factory=dict)
    answers_published: list[tuple[int, str]] = field(default_factory=list)
    sales: dict[int, Sale] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    messages_sent: list[SentMessage] = field(default_factory=list)
    last_message_date: datetime = LONG_AGO
    codes: dict[str, AuthorizationCode] = field(default_factory=dict)
    grants: dict[int, Grant] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    missed_feeds: list[MissedFeed] = field(default_factory=list)
    claims: dict[int, Claim] = field(default_factory=dict)
    # User ids exceed 32 bits: https://developers.mercadolibre.com.ar/es_ar/producto-consulta-usuarios
    seller_ids: Numbers = field(default_factory=lambda: Numbers(4_700_000_001))
    buyer_ids: Numbers = field(default_factory=lambda: Numbers(5_100_000_001))
    item_numbers: Numbers = field(default_factory=lambda: Numbers(9_000_000_001))
    question_ids: Numbers = field(default_factory=lambda: Numbers(13_000_000_001))
    moderation_ids: Numbers = field(default_factory=lambda: Numbers(7_123_400_001))
    pack_ids: Numbers = field(default_factory=lambda: Numbers(2_000_007_000_000_001))
    order_ids: Numbers = field(default_factory=lambda: Numbers(2_000_011_000_000_001))
    shipment_ids: Numbers = field(default_factory=lambda: Numbers(44_900_000_001))
    payment_ids: Numbers = field(default_factory=lambda: Numbers(91_700_000_001))
    variation_ids: Numbers = field(default_factory=lambda: Numbers(180_000_000_001))
    claim_ids: Numbers = field(default_factory=lambda: Numbers(5_300_000_001))

    def find_user(self, user_id: int) -> User | None:
        return self.sellers.get(user_id) or self.buyers.get(user_id)
