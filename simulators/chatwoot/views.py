"""The JSON shapes of the Application API, but for conversations and messages. app/views/api/v1"""

from datetime import UTC, datetime
from typing import Any

from simulators.chatwoot.records import (
    AccountWebhook,
    AgentBot,
    AttributeDefinition,
    CaptainAssistant,
    Contact,
    ContactInbox,
    Inbox,
    Json,
    Label,
    Sender,
    User,
)
from simulators.chatwoot.state import State


def unix(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, as Rails writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


# Contacts


def contact(state: State, record: Contact, *, with_inboxes: bool = True) -> Json:
    """models/_contact.json.jbuilder"""
    view: Json = {
        "additional_attributes": record.additional_attributes,
        "availability_status": "offline",
        "email": record.email,
        "id": record.id,
        "name": record.name,
        "phone_number": record.phone_number,
        "blocked": record.blocked,
        "identifier": record.identifier,
        "thumbnail": "",
        "custom_attributes": record.custom_attributes,
    }
    if record.last_activity_at:
        view["last_activity_at"] = unix(record.last_activity_at)
    view["created_at"] = unix(record.created_at)
    if with_inboxes:
        found = [c for c in state.contact_inboxes.values() if c.contact is record]
        view["contact_inboxes"] = [contact_inbox(c) for c in found]
    return view


def contact_inbox(record: ContactInbox) -> Json:
    inbox = record.inbox
    return {
        "source_id": record.source_id,
        "inbox": {
            "id": inbox.id,
            "avatar_url": "",
            "channel_id": inbox.channel_id,
            "name": inbox.name,
            "channel_type": inbox.channel_type,
            "provider": None,
        },
    }


def raw_inbox(state: State, record: Inbox) -> Json:
    """The database row, which contact create lets out."""
    settings = record.settings
    return {
        "id": record.id,
        "channel_id": record.channel_id,
        "account_id": state.account_id,
        "name": record.name,
        "created_at": iso(record.created_at),
        "updated_at": iso(record.updated_at),
        "channel_type": record.channel_type,
        "enable_auto_assignment": settings["enable_auto_assignment"],
        "greeting_enabled": settings["greeting_enabled"],
        "greeting_message": settings["greeting_message"],
        "email_address": None,
        "working_hours_enabled": settings["working_hours_enabled"],
        "out_of_office_message": settings["out_of_office_message"],
        "timezone": settings["timezone"],
        "enable_email_collect": settings["enable_email_collect"],
        "csat_survey_enabled": settings["csat_survey_enabled"],
        "allow_messages_after_resolved": settings["allow_messages_after_resolved"],
        "auto_assignment_config": settings["auto_assignment_config"],
        "lock_to_single_conversation": settings["lock_to_single_conversation"],
        "portal_id": None,
        "sender_name_type": settings["sender_name_type"],
        "business_name": settings["business_name"],
        "csat_config": settings["csat_config"],
    }


# People, as they stand in messages


def sender(record: Sender) -> Json | None:
    """Their push form. app/models/{user,agent_bot,contact}.rb, push_event_data"""
    if isinstance(record, User):
        return {
            "id": record.id,
            "name": record.name,
            "available_name": record.available_name,
            "avatar_url": "",
            "type": "user",
            "availability_status": "online" if record.role == "agent" else "offline",
            "thumbnail": "",
        }
    if isinstance(record, AgentBot):
        return {"id": record.id, "name": record.name, "avatar_url": "", "type": "agent_bot"}
    if isinstance(record, CaptainAssistant):
        return {
            "id": record.id,
            "name": record.name,
            "avatar_url": "",
            "description": record.description,
            "created_at": iso(record.created_at),
            "type": "captain_assistant",
        }
    if isinstance(record, Contact):
        return {
            "additional_attributes": record.additional_attributes,
            "custom_attributes": record.custom_attributes,
            "email": record.email,
            "id": record.id,
            "identifier": record.identifier,
            "name": record.name,
            "phone_number": record.phone_number,
            "thumbnail": "",
            "blocked": record.blocked,
            "type": "contact",
        }
    return None


def agent(state: State, record: User) -> Json:
    """models/_agent.json.jbuilder"""
    return {
        "id": record.id,
        "account_id": state.account_id,
        "availability_status": "online" if record.role == "agent" else "offline",
        "auto_offline": True,
        "confirmed": True,
        "email": record.email,
        "provider": "email",
        "available_name": record.available_name,
        "name": record.name,
        "role": record.role,
        "thumbnail": "",
    }


def profile(state: State, record: User) -> Json:
    account = {
        "id": state.account_id,
        "name": state.account_name,
        "status": "suspended" if state.is_suspended else "active",
        "onboarding_step": None,
        "active_at": None,
        "role": record.role,
        "permissions": [record.role],
        "availability": "online",
        "availability_status": "offline",
        "auto_offline": True,
    }
    if state.is_at_least(4, 16, 0):
        # Seen on 4.16.2.
        account["api_and_webhooks"] = True
    return {
        "access_token": record.token,
        "account_id": state.account_id if record.role else None,
        "available_name": record.available_name,
        "avatar_url": "",
        "confirmed": True,
        "display_name": None,
        "message_signature": None,
        "email": record.email,
        "id": record.id,
        "inviter_id": None,
        "name": record.name,
        "provider": "email",
        "pubsub_token": f"pubsub-{record.id}",
        "role": record.role or None,
        "ui_settings": {},
        "uid": record.email,
        "type": None,
        "accounts": [account] if record.role else [],
    }


# Setup objects


def webhook(state: State, record: AccountWebhook) -> Json:
    view: Json = {
        "id": record.id,
        "name": record.name,
        "url": record.url,
        "account_id": state.account_id,
        "subscriptions": record.subscriptions,
    }
    return view | ({"secret": record.secret} if state.is_at_least(4, 11, 2) else {})


def label(record: Label) -> Json:
    return dict(vars(record))


def attribute_definition(record: AttributeDefinition) -> Json:
    written_at: Any = iso(record.created_at)
    view = {name: value for name, value in vars(record).items() if name != "created_at"}
    return view | {"default_value": None, "created_at": written_at, "updated_at": written_at}
