"""Chatwoot's JSON as frozen dataclasses; fields keep the vendor's names. Seen in Chatwoot 4.15.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """A message of a conversation, as far as the bridge looks at it."""

    id: int
    source_id: str
    is_deleted: bool
    has_failed: bool = False
    content: str = ""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Message":
        attributes = fields.get("content_attributes") or {}
        return cls(
            id=int(fields["id"]),
            source_id=str(fields.get("source_id") or ""),
            is_deleted=bool(attributes.get("deleted")),
            has_failed=fields.get("status") == "failed" and bool(attributes.get("external_error")),
            content=str(fields.get("content") or ""),
        )


@dataclass(frozen=True)
class ActiveConversation:
    """A conversation in a listing. `source_id` is that of its contact inbox, as far as a message tells it.

    `last_message` is the row of its last message, which says more than a listing of messages does.
    """

    id: int
    source_id: str
    last_activity_at: int
    last_message: Mapping[str, Any] = field(default_factory=dict)
    inbox_id: int = 0

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "ActiveConversation":
        shown = fields.get("last_non_activity_message") or next(iter(fields.get("messages") or ()), None) or {}
        contact_inbox = (shown.get("conversation") or {}).get("contact_inbox") or {}
        return cls(
            id=int(fields["id"]),
            source_id=str(contact_inbox.get("source_id") or ""),
            last_activity_at=int(fields.get("last_activity_at") or 0),
            last_message=shown,
            inbox_id=int(fields.get("inbox_id") or 0),
        )


@dataclass(frozen=True)
class FoundContact:
    """A contact, as far as the bridge looks at it."""

    id: int
    identifier: str
    custom_attributes: Mapping[str, Any]
    name: str = ""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "FoundContact":
        return cls(
            int(fields["id"]),
            str(fields.get("identifier") or ""),
            dict(fields.get("custom_attributes") or {}),
            str(fields.get("name") or ""),
        )


@dataclass(frozen=True)
class FoundConversation:
    """A conversation, as far as the bridge looks at it. `id` is the display id, the only one that REST knows."""

    id: int
    labels: tuple[str, ...]
    custom_attributes: Mapping[str, Any] = field(default_factory=dict)
    status: str = ""
    priority: str = ""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "FoundConversation":
        return cls(
            id=int(fields["id"]),
            labels=tuple(fields.get("labels") or ()),
            custom_attributes=dict(fields.get("custom_attributes") or {}),
            status=str(fields.get("status") or ""),
            priority=str(fields.get("priority") or ""),
        )
