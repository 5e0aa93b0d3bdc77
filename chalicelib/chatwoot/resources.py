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

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Message":
        attributes = fields.get("content_attributes") or {}
        return cls(
            id=int(fields["id"]),
            source_id=str(fields.get("source_id") or ""),
            is_deleted=bool(attributes.get("deleted")),
            has_failed=fields.get("status") == "failed" and bool(attributes.get("external_error")),
        )


@dataclass(frozen=True)
class FoundConversation:
    """A conversation, as far as the bridge looks at it. `id` is the display id, the only one that REST knows."""

    id: int
    labels: tuple[str, ...]
    custom_attributes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "FoundConversation":
        return cls(
            id=int(fields["id"]),
            labels=tuple(fields.get("labels") or ()),
            custom_attributes=dict(fields.get("custom_attributes") or {}),
        )
