"""Messages after a sale as frozen dataclasses, and to whom a reply goes; fields keep the vendor's names.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chalicelib.mercado_livre.entries import UNREADABLE
from chalicelib.models import read_id, read_moment, read_number
from chalicelib.observability import logger

AVAILABLE, PENDING, PENDING_TRANSLATION, REJECTED = "available", "pending", "pending_translation", "rejected"
STATUSES_PENDING = frozenset({"pending", "in_moderation", "pending_moderation"})
STATUSES_REJECTED = frozenset({"moderated", "rejected"})
BLOCKED = "blocked"

# What the page names as the limit today, for answers that leave it out.
SELLER_MAX_MESSAGE_LENGTH = 350

# Since February 2026 more and more conversations go through Mercado Livre's own messaging agent, one a site.
MESSAGING_AGENTS = {
    "MLB": 3037675074,
    "MLC": 3020819166,
    "MLA": 3037674934,
    "MLM": 3037204279,
    "MCO": 3037204123,
    "MLU": 3037204685,
}
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class MessageAttachment:
    """A file of a message. `filename` is the key to it, `original_filename` what its sender called it."""

    filename: str
    original_filename: str
    type: str
    size: int
    is_threat: bool

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "MessageAttachment":
        size = fields.get("size")
        return cls(
            filename=_text(fields.get("filename")),
            original_filename=_text(fields.get("original_filename") or fields.get("filename")),
            type=_text(fields.get("type")),
            size=size if isinstance(size, int) and size > 0 else 0,
            is_threat=fields.get("potential_security_threat") is True,
        )


@dataclass(frozen=True)
class Message:
    """One message of a pack. `state` brings its status and its moderation together."""

    id: str
    site_id: str
    from_user_id: int
    text: str
    state: str
    reason: str
    created: datetime
    is_read: bool
    attachments: tuple[MessageAttachment, ...]
    pack_id: str
    order_id: str
    available: datetime = LONG_AGO

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Message":
        """Reads both shapes: that of the pack, and the flat one that is still documented for a message by its id."""
        if "message_id" in fields:
            return _read_flat(fields)
        dates = fields.get("message_date") or {}
        moderation = fields.get("message_moderation") or {}
        resources = {
            str(entry.get("name")): read_id(entry.get("id")) for entry in fields.get("message_resources") or ()
        }
        return cls(
            id=_message_id(fields.get("id"), fields),
            site_id=str(fields.get("site_id") or ""),
            from_user_id=_user_id(fields.get("from")),
            text=_text(fields.get("text")),
            state=_state(fields.get("status"), moderation.get("status")),
            reason=_reason(moderation.get("reason")),
            created=_first_moment(dates, "created", "received", "available"),
            is_read=bool(dates.get("read")),
            attachments=tuple(map(MessageAttachment.from_json, fields.get("message_attachments") or ())),
            pack_id=resources.get("packs", ""),
            order_id=resources.get("orders", ""),
            available=_first_moment(dates, "available", "created", "received"),
        )


@dataclass(frozen=True)
class Receipt:
    """What Mercado Livre says of a message that it took. The id may be missing; accepted is not delivered."""

    id: str
    state: str
    reason: str

    @classmethod
    def from_json(cls, fields: object) -> "Receipt":
        if not isinstance(fields, dict):
            return cls("", AVAILABLE, "")
        moderation = fields.get("message_moderation") or {}
        return cls(
            id=str(fields.get("id") or fields.get("message_id") or ""),
            state=_state(fields.get("status"), moderation.get("status")),
            reason=_reason(moderation.get("reason")),
        )


@dataclass(frozen=True)
class Exchange:
    """All that was written about one purchase, oldest first, and whether more may be written.

    `total` is how many messages Mercado Livre says there are; it may show fewer. `is_whole` is False where not all
    pages were read: then only its state is to be believed.
    """

    messages: tuple[Message, ...]
    status: str
    substatus: str
    path: str
    longest_message: int
    total: int
    is_whole: bool = True

    @property
    def is_blocked(self) -> bool:
        return self.status == BLOCKED

    @property
    def goes_through_agent(self) -> bool:
        """Whether Mercado Livre's messaging agent stands between buyer and seller. Only this part of the path tells."""
        return "/conversations/" in self.path

    @property
    def site_id(self) -> str:
        """The country of the purchase, as far as its messages tell."""
        return next((message.site_id for message in reversed(self.messages) if message.site_id), "")

    def has_answered_unread(self, seller_id: int) -> bool:
        """Whether the seller wrote last, and what was written to them before still counts as unread."""
        if not self.messages or (self.messages[-1].from_user_id, self.messages[-1].state) != (seller_id, AVAILABLE):
            return False
        return any(message.from_user_id != seller_id and not message.is_read for message in self.messages)

    @property
    def newest_created(self) -> str:
        return self.messages[-1].created.isoformat() if self.messages else LONG_AGO.isoformat()

    @property
    def newest_ids(self) -> tuple[str, ...]:
        """The messages of the very time of the newest."""
        return tuple(message.id for message in self.messages if message.created == self.messages[-1].created)


def read_message(fields: Any) -> Message:
    """A message; one that cannot be read is shown as such, and in its place where that can be known."""
    try:
        return Message.from_json(fields)
    except UNREADABLE as error:
        if not isinstance(fields, dict):
            raise
        logger.warning("a message cannot be read", reason=type(error).__name__)
    dates = fields.get("message_date")
    return Message(
        id=_message_id(fields.get("id") or fields.get("message_id"), fields),
        site_id="",
        from_user_id=_user_id(fields.get("from")),
        text="",
        state="unreadable",
        reason="",
        created=_first_moment(dates if isinstance(dates, dict) else {}, "created", "received", "available"),
        is_read=False,
        attachments=(),
        pack_id="",
        order_id="",
    )


def put_in_order(messages: list[Message]) -> tuple[Message, ...]:
    """Oldest first, each once, from a listing of whichever direction: the order of a listing is not documented."""
    once = list({message.id: message for message in messages}.values())
    if once and once[0].created >= once[-1].created:
        once.reverse()
    return tuple(sorted(once, key=lambda message: message.created))


def find_recipient(exchange: Exchange, seller_id: int, buyer_id: int) -> int | None:
    """To whom a reply must go; None when that cannot be known. `buyer_id` is 0 where the order does not show it.

    That is whoever wrote last and is not the seller. On a conversation that has moved behind the messaging agent it
    is never the buyer: a message to the buyer is accepted there and reaches nobody, while one to the agent where the
    buyer is meant is refused. So the path decides, and the site's agent stands in until the agent has written.
    """
    authors = [message.from_user_id for message in exchange.messages if message.from_user_id not in (0, seller_id)]
    newest = authors[-1] if authors else None
    if not exchange.goes_through_agent:
        return newest
    if newest in MESSAGING_AGENTS.values() or (newest and buyer_id and newest != buyer_id):
        return newest
    return MESSAGING_AGENTS.get(exchange.site_id)


def _read_flat(fields: Mapping[str, Any]) -> Message:
    moderation = fields.get("moderation") or {}
    text = fields.get("text")
    resource, resource_id = str(fields.get("resource") or ""), read_id(fields.get("resource_id"))
    return Message(
        id=_message_id(fields["message_id"], fields),
        site_id=str(fields.get("site_id") or ""),
        from_user_id=_user_id(fields.get("from")),
        text=_text(text.get("plain") if isinstance(text, dict) else text),
        state=_state(fields.get("status"), moderation.get("status")),
        reason=_reason(moderation.get("reason")),
        created=_first_moment(fields, "date", "date_received", "date_available"),
        is_read=bool(fields.get("date_read")),
        attachments=tuple(map(MessageAttachment.from_json, fields.get("attachments") or ())),
        pack_id=resource_id if resource == "packs" else "",
        order_id=resource_id if resource == "orders" else "",
        available=_first_moment(fields, "date_available", "date", "date_received"),
    )


def _message_id(message_id: object, fields: Mapping[str, Any]) -> str:
    """One without an id is named by what it holds, so that two are not taken for one."""
    if message_id:
        return str(message_id)
    told = [fields.get(name) for name in ("from", "text", "message_date", "date", "message_attachments", "attachments")]
    return "unnamed-" + hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _state(status: object, moderation: object) -> str:
    """One of ours, or Mercado Livre's own word in lower case where it is a new one."""
    of_message, of_moderation = str(status or "").lower(), str(moderation or "").lower()
    if of_message in STATUSES_REJECTED or of_moderation == "rejected":
        return REJECTED
    if of_message in STATUSES_PENDING or of_moderation == "pending":
        return PENDING
    return of_message or AVAILABLE


def _text(text: object) -> str:
    """Without lone surrogates, which JSON can carry and no other text can."""
    return str(text or "").encode("utf-8", "replace").decode()


def _reason(reason: object) -> str:
    """In upper case, as the page lists them; samples also write `none` and lower case."""
    text = str(reason or "").upper()
    return "" if text == "NONE" else text


def _user_id(user: object) -> int:
    # A number in most samples, a text in some.
    value = user.get("user_id") if isinstance(user, dict) else None
    return read_number(value)


def _first_moment(fields: Mapping[str, Any], *names: str) -> datetime:
    moments = [moment for name in names if (moment := read_moment(fields.get(name)))]
    return moments[0] if moments else LONG_AGO
