"""How the API shows messages: in a conversation, by id (in two shapes), and as the answer to sending one.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
https://developers.mercadolivre.com.br/pt_br/mensagens-bloqueadas
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from simulators.mercado_livre.dates import site_milliseconds, utc_milliseconds
from simulators.mercado_livre.state import Attachment, Message, Sale

RECEIVER_NAME = "Test Test"  # what the published sample shows


@dataclass(frozen=True)
class MessageStyle:
    """What the application and the switches decide about the views."""

    site_id: str
    app_id: int
    user_ids_as_text: bool
    lacks_dates: bool = False
    lacks_resource_ids: bool = False

    def user(self, user_id: int) -> dict[str, Any]:
        return {"user_id": str(user_id) if self.user_ids_as_text else user_id}


def view_conversation_status(sale: Sale, claim_key: str) -> dict[str, Any]:
    """`/conversations/` in the path tells that the messaging agent stands between; the claim has two spellings."""
    path = f"/packs/{sale.id}/sellers/{sale.seller_id}"
    claim_ids = [sale.claim_id] if sale.claim_id else None
    return {
        "path": f"{path}/conversations/post_sale" if sale.migrated else path,
        "status": "blocked" if sale.substatus else "active",
        "substatus": sale.substatus or None,
        "status_date": utc_milliseconds(sale.status_date),
        "status_update_allowed": False,
        claim_key: claim_ids if claim_key == "claim_ids" else sale.claim_id,
        "shipping_id": None,
    }


def view_message(sale: Sale, message: Message, style: MessageStyle) -> dict[str, Any]:
    return {
        "id": message.id,
        "site_id": style.site_id,
        "client_id": style.app_id,
        "from": style.user(message.from_user_id),
        "to": style.user(message.to_user_id),
        "status": message.status,
        "subject": None,
        "text": message.text,
        "message_date": None
        if style.lacks_dates
        else {
            "received": utc_milliseconds(message.date_created),
            "available": _view_date(message.available),
            "notified": _view_date(message.available),
            "created": utc_milliseconds(message.date_created),
            "read": _view_date(message.read),
        },
        "message_moderation": _view_moderation(message),
        "message_attachments": [_view_attachment(attachment) for attachment in message.attachments] or None,
        "message_resources": [
            {"id": None if style.lacks_resource_ids else str(sale.id), "name": _name_resource(sale)},
            {"id": str(sale.seller_id), "name": "sellers"},
        ],
        "conversation_first_message": message.first,
    }


def view_message_flat(sale: Sale, message: Message, style: MessageStyle) -> dict[str, Any]:
    """The older shape of a message read by id; the pages do not say when it is still used."""
    available = _view_date(message.available)
    return {
        "message_id": message.id,
        "date_received": utc_milliseconds(message.date_created),
        "date": utc_milliseconds(message.date_created),
        "date_available": available,
        "date_notified": available,
        "date_read": _view_date(message.read),
        "from": style.user(message.from_user_id),
        "to": style.user(message.to_user_id),
        "subject": sale.orders[0].title,
        "text": {"plain": message.text},
        "attachments": [_view_attachment(attachment) for attachment in message.attachments],
        "attachments_validations": {
            "invalid_size": [],
            "invalid_extension": [],
            "forbidden": [],
            "internal_error": [],
        },
        "site_id": style.site_id,
        "resource": _name_resource(sale),
        "resource_id": str(sale.id),
        "status": message.status,
        "moderation": {
            "status": message.moderation,
            "date_moderated": site_milliseconds(message.moderation_date),
            "source": "online",
        },
    }


def view_sent(message: Message) -> dict[str, Any]:
    """The answer to POST: nobody was notified yet."""
    return {
        "id": message.id,
        "to": {"user_id": message.to_user_id, "name": RECEIVER_NAME},
        "status": message.status,
        "text": message.text,
        "message_date": {
            "received": utc_milliseconds(message.date_created),
            "available": _view_date(message.available),
            "notified": None,
            "created": utc_milliseconds(message.date_created),
            "read": None,
        },
        "message_moderation": _view_moderation(message),
    }


def _view_moderation(message: Message) -> dict[str, Any]:
    return {
        "status": message.moderation,
        "reason": message.moderation_reason,
        "source": "online",
        "moderation_date": utc_milliseconds(message.moderation_date),
    }


def _view_attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "filename": attachment.filename,
        "original_filename": attachment.original_filename,
        "type": attachment.content_type,
        "size": len(attachment.content),
        "potential_security_threat": attachment.threat,
        "creation_date": utc_milliseconds(attachment.date_created),
    }


def _name_resource(sale: Sale) -> str:
    return "packs" if sale.in_pack else "orders"


def _view_date(moment: datetime | None) -> str | None:
    return utc_milliseconds(moment) if moment else None
