"""Chatwoot's JSON as frozen dataclasses; fields keep the vendor's names. Seen in Chatwoot 4.15.1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """A message of a conversation, as REST shows it."""

    id: int
    source_id: str
    content: str
    status: str
    private: bool
    message_type: int

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Message":
        return cls(
            id=int(fields["id"]),
            source_id=str(fields.get("source_id") or ""),
            content=str(fields.get("content") or ""),
            status=str(fields.get("status") or ""),
            private=bool(fields.get("private")),
            message_type=int(fields["message_type"]),
        )


@dataclass(frozen=True)
class FoundConversation:
    """A conversation, as far as the bridge looks at it. `id` is the display id, the only one that REST knows."""

    id: int
    status: str
    labels: tuple[str, ...]
    custom_attributes: Mapping[str, Any]

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "FoundConversation":
        return cls(
            id=int(fields["id"]),
            status=str(fields.get("status") or ""),
            labels=tuple(fields.get("labels") or ()),
            custom_attributes=dict(fields.get("custom_attributes") or {}),
        )
