"""Reads what Mercado Livre posts to our webhook. Pure: no input, no output, no clock of its own.

This module is on the receipt path, so it imports next to nothing; that is why `Notification` is a named tuple.
The facts come from https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes and its samples.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chalicelib.errors import Malformed

STALE_AFTER_SECONDS = 600
LONGEST_RESOURCE = 1000
LONGEST_TOPIC = 100
LARGEST_ID = 2**63 - 1

# Two are the most that any sample has; whatever comes must still fit into a queue.
MOST_ACTIONS = 10
LONGEST_ACTION = 100

# The correlation id of what was found in the missed feeds begins so.
MISSED_FEEDS = "missed-feeds"


class Notification(NamedTuple):
    """A hint that something of a seller's changed; what it is now must be read from Mercado Livre.

    `can_wait` marks one that was found among the missed, which comes after live traffic.
    """

    topic: str
    resource: str
    seller_id: int
    arrived_at: str
    correlation_id: str
    application_id: int | None = None
    notification_id: str = ""
    delivery_id: str = ""
    attempts: int | None = None
    sent: str = ""
    received: str = ""
    actions: tuple[str, ...] = ()
    age_seconds: float | None = None
    can_wait: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether this attempt took longer than ten minutes to reach us; recorded, refused only when so set."""
        return self.age_seconds is not None and self.age_seconds > STALE_AFTER_SECONDS

    @property
    def resource_id(self) -> str:
        """The last path segment: resources come with, without and as nothing but their last segment."""
        return self.resource.split("?")[0].rstrip("/").rpartition("/")[2]

    @property
    def content_key(self) -> str:
        """Names the event, the same for each delivery of it; empty where the body does not tell events apart."""
        if self.delivery_id:
            return f"delivery/{self.delivery_id}"
        if not (self.notification_id or self.received or self.sent):
            return ""
        told = (
            self.seller_id,
            self.topic,
            self.resource,
            self.actions,
            self.notification_id,
            self.received or self.sent,
        )
        return "content/" + hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def to_json(self) -> str:
        return json.dumps(self._asdict(), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Notification":
        # One that a newer version queued may say more.
        fields = {name: value for name, value in json.loads(text).items() if name in cls._fields}
        return cls(**{**fields, "actions": tuple(fields["actions"])})


def parse_notification(
    body: bytes, headers: Mapping[str, str], *, now: datetime, correlation_id: str = ""
) -> Notification:
    """The notification in a webhook's body; raises Malformed, naming the field that is missing or wrong.

    `headers` are looked up in lower case. The X-MELI headers are in the user's own documents only: they are used when
    present and never required.
    """
    fields = _read_object(body)
    delivery_id = _storable(headers.get("x-meli-delivery-id") or "")[:200]
    return read_notification(
        fields,
        now=now,
        correlation_id=correlation_id or delivery_id,
        delivery_id=delivery_id,
        received_at=headers.get("x-meli-received-at"),
    )


def read_notification(
    fields: Mapping[str, Any],
    *,
    now: datetime,
    correlation_id: str,
    delivery_id: str = "",
    received_at: str | None = None,
) -> Notification:
    """The notification in a decoded body, from the webhook or from missed feeds; raises Malformed."""
    # `recieved` is how the samples of public_offers, public_candidates and catalog_suggestions spell it.
    sent, received = (_moment(fields.get("sent")), _moment(fields.get("received", fields.get("recieved"))))
    moments = [moment for moment in (sent, received, _moment(received_at)) if moment]
    return Notification(
        topic=_text(fields, "topic", LONGEST_TOPIC),
        resource=_text(fields, "resource", LONGEST_RESOURCE),
        seller_id=_required_id(fields, "user_id"),
        arrived_at=now.isoformat(),
        correlation_id=correlation_id,
        application_id=_optional_id(fields, "application_id"),
        # General topics carry `_id`, most typed ones `id`, and some samples neither.
        notification_id=_storable(str(fields.get("_id") or fields.get("id") or ""))[:200],
        delivery_id=delivery_id,
        attempts=_count(fields.get("attempts")),
        sent=sent.isoformat() if sent else "",
        received=received.isoformat() if received else "",
        actions=_actions(fields.get("actions")),
        age_seconds=(now - max(moments)).total_seconds() if moments else None,
    )


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON in UTF-8") from error
    if not isinstance(fields, dict):
        raise Malformed("the body is not a JSON object")
    return fields


def _text(fields: Mapping[str, Any], name: str, longest: int) -> str:
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        raise Malformed(f"{name} is missing")
    if not isinstance(value, str):
        raise Malformed(f"{name} must be text")
    if len(value) > longest:
        raise Malformed(f"{name} is longer than {longest} characters")
    if _storable(value) != value:
        raise Malformed(f"{name} has characters that are not text")
    return value


def _required_id(fields: Mapping[str, Any], name: str) -> int:
    number = _optional_id(fields, name)
    if number is None:
        raise Malformed(f"{name} is missing")
    return number


def _optional_id(fields: Mapping[str, Any], name: str) -> int | None:
    # A number in some official samples and a string in others.
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,19}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST_ID:
        raise Malformed(f"{name} must be a whole number")
    return value


def _actions(value: object) -> tuple[str, ...]:
    """What happened, by the names that are names."""
    names = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    return tuple(_storable(name)[:LONGEST_ACTION] for name in names[:MOST_ACTIONS])


def _count(value: object) -> int | None:
    """A number that is only recorded: what cannot be one is left out."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= LARGEST_ID else None  # type: ignore[operator,return-value]


def _moment(value: object) -> datetime | None:
    """A time from ISO 8601 (any number of fraction digits) or epoch milliseconds; None when it cannot be read."""
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{10,16}", value):
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _storable(text: str) -> str:
    """Without lone surrogates, which JSON can carry and no queue or table can."""
    return text.encode("utf-8", "ignore").decode()
