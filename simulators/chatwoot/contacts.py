"""Contacts and their place in each inbox. contacts_controller.rb, contact_inboxes_controller.rb, models/contact.rb"""

import re
import uuid
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Response, request

from simulators.chatwoot import views
from simulators.chatwoot.access import Router, as_boolean, as_object, read_page, read_params
from simulators.chatwoot.errors import ApiError, Crash, RecordInvalid, Refused
from simulators.chatwoot.filters import Filter
from simulators.chatwoot.records import WEB_WIDGET_CHANNEL, AgentBot, Contact, ContactInbox, Inbox, Json, User
from simulators.chatwoot.state import State, make_token
from simulators.chatwoot.webhooks import Events

PER_PAGE = 15
FILTER_KEYS = (
    *("name", "phone_number", "email", "identifier", "country_code", "city", "company_name"),
    *("labels", "created_at", "last_activity_at", "blocked"),
)
E164 = re.compile(r"\+[1-9]\d{1,14}")
UUID = re.compile(r"[0-9a-f-]{36}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class SourceIdTaken(Exception):
    """Another contact has this source_id in this inbox: a unique index, not a validation."""


class Contacts:
    def __init__(self, state: State, events: Events) -> None:
        self._state = state
        self._events = events

    def create(self, params: Json) -> tuple[Contact, ContactInbox | None]:
        """The contact and, when an inbox is named, its place there: both or neither."""
        now = self._state.clock()
        contact = Contact(0, "", None, None, None, False, {}, {}, now, now)
        contact = self._with_params(contact, params)
        inbox = self._state.find_inbox(params["inbox_id"], self._state.admin) if params.get("inbox_id") else None
        source_id = params.get("source_id")
        if inbox and source_id:
            _validate_source_id(inbox, str(source_id))
            if self._state.find_contact_inbox(inbox, str(source_id)):
                raise Crash("PG::UniqueViolation on contact_inboxes")
        contact.id = self._state.next_id("contact")
        self._state.contacts[contact.id] = contact
        contact_inbox = self.join_inbox(contact, inbox, source_id) if inbox else None
        self._events.contact_created(contact)
        return contact, contact_inbox

    def update(self, contact: Contact, params: Json) -> None:
        """Both kinds of attributes are merged, not replaced."""
        changed = self._with_params(contact, params)
        names = ("name", "identifier", "email", "phone_number", "blocked", "additional_attributes", "custom_attributes")
        changes = {
            name: (getattr(contact, name), getattr(changed, name))
            for name in names
            if getattr(contact, name) != getattr(changed, name)
        }
        self._apply(contact, changes)

    def merge(self, base: Contact, mergee: Contact) -> None:
        """One contact of two: `base` stays, takes over what it lacks, and whatever hangs on the other.

        app/actions/contact_merge_action.rb
        """
        del self._state.contacts[mergee.id]
        for contact_inbox in self._state.contact_inboxes.values():
            if contact_inbox.contact is mergee:
                contact_inbox.contact = base
        names = ("identifier", "email", "phone_number")
        lacking = {name: getattr(mergee, name) for name in names if not getattr(base, name) and getattr(mergee, name)}
        attributes = {
            name: getattr(mergee, name) | getattr(base, name) for name in ("additional_attributes", "custom_attributes")
        }
        self.update(base, lacking | attributes)

    def note_activity(self, contact: Contact) -> None:
        """The contact wrote just now."""
        self._apply(contact, {"last_activity_at": (contact.last_activity_at, self._state.clock())})

    def join_inbox(self, contact: Contact, inbox: Inbox, source_id: object) -> ContactInbox | None:
        """Find or create; None for an empty source_id. app/builders/contact_inbox_builder.rb"""
        wanted = str(uuid.uuid4()) if source_id is None else str(source_id)
        if not wanted:
            return None
        _validate_source_id(inbox, wanted)
        if found := self._state.find_contact_inbox(inbox, wanted):
            if found.contact is contact:
                return found
            raise SourceIdTaken
        record = ContactInbox(
            self._state.next_id("contact_inbox"), contact, inbox, wanted, make_token(), self._state.clock()
        )
        self._state.contact_inboxes[record.id] = record
        return record

    def search(self, text: str) -> list[Contact]:
        """Substring; the identifier minds upper and lower case, the others do not."""

        def matches(contact: Contact) -> bool:
            texts = (contact.name, contact.email or "", contact.phone_number or "")
            return any(text.lower() in t.lower() for t in texts) or text in (contact.identifier or "")

        return [contact for contact in self._state.contacts.values() if matches(contact)]

    def filter(self, conditions: object) -> list[Contact]:
        """Contacts with no email, phone or identifier are never found. app/services/contacts/filter_service.rb"""
        definitions = self._state.attribute_definitions.values()
        custom_keys = {d.attribute_key for d in definitions if d.attribute_model == "contact_attribute"}
        wanted = Filter(
            conditions,
            standard_keys=FILTER_KEYS,
            custom_keys=custom_keys,
            strict_keys=("identifier", "email", "phone_number"),
        )

        def find_value(contact: Contact, key: str) -> Any:
            if key in custom_keys:
                return contact.custom_attributes.get(key)
            return getattr(contact, key, None) or contact.additional_attributes.get(key)

        known = [c for c in self._state.contacts.values() if c.email or c.phone_number or c.identifier]
        return [contact for contact in known if wanted.matches(partial(find_value, contact))]

    def _apply(self, contact: Contact, changes: dict[str, tuple[Any, Any]]) -> None:
        if not changes:
            return
        changes["updated_at"] = (contact.updated_at, self._state.clock())
        for name, (_, value) in changes.items():
            setattr(contact, name, value)
        self._events.contact_updated(contact, changes)

    def _with_params(self, contact: Contact, params: Json) -> Contact:
        """A changed and valid copy of the contact."""
        texts: dict[str, Any] = {
            name: None if params[name] is None else str(params[name])
            for name in ("name", "identifier", "email", "phone_number")
            if name in params
        }
        changed = replace(contact, **texts)
        changed.name = changed.name or ""
        changed.email = changed.email.lower() if changed.email else None
        changed.phone_number = changed.phone_number or None
        if "blocked" in params:
            changed.blocked = as_boolean(params["blocked"])
        for name in ("additional_attributes", "custom_attributes"):
            setattr(changed, name, getattr(contact, name) | as_object(params.get(name)))
        self._validate(changed)
        return changed

    def _validate(self, contact: Contact) -> None:
        problems: list[tuple[str, str]] = []
        others = [other for other in self._state.contacts.values() if other.id != contact.id]
        for name in ("email", "identifier", "phone_number"):
            value, label = getattr(contact, name), name.replace("_", " ").capitalize()
            if value and any(getattr(other, name) == value for other in others):
                problems.append((name, f"{label} has already been taken"))
        problems += [
            (name, f"{name.capitalize()} is too long (maximum is 255 characters)")
            for name in ("name", "identifier")
            if len(getattr(contact, name) or "") > 255
        ]
        if contact.email and not EMAIL.fullmatch(contact.email):
            problems.append(("email", "Email Invalid email"))
        if contact.phone_number and not E164.fullmatch(contact.phone_number):
            problems.append(("phone_number", "Phone number should be in e164 format"))
        if problems:
            raise RecordInvalid(*problems)


def _validate_source_id(inbox: Inbox, source_id: str) -> None:
    """app/models/contact_inbox.rb"""
    if len(source_id) > 20_000:
        raise RecordInvalid(("source_id", "Source is too long (maximum is 20000 characters)"))
    if inbox.channel_type == WEB_WIDGET_CHANNEL and not UUID.fullmatch(source_id):
        raise RecordInvalid(("source_id", "Source invalid source id for website inbox"))


def add_routes(router: Router, state: State, contacts: Contacts) -> None:
    def shape(found: list[Contact]) -> list[Json]:
        with_inboxes = request.args.get("include_contact_inboxes", "true") == "true"
        return [views.contact(state, contact, with_inboxes=with_inboxes) for contact in found]

    @router.account("POST", "/contacts")
    def create(user: User) -> Json:
        contact, contact_inbox = contacts.create(read_params())
        return {
            "payload": {
                "contact": views.contact(state, contact),
                "contact_inbox": {
                    "inbox": views.raw_inbox(state, contact_inbox.inbox) if contact_inbox else None,
                    "source_id": contact_inbox.source_id if contact_inbox else None,
                },
            }
        }

    @router.account("GET", "/contacts/<contact_id>")
    def show(user: User, contact_id: str) -> Json:
        return {"payload": shape([state.find_contact(contact_id)])[0]}

    @router.account("PUT", "/contacts/<contact_id>")
    @router.account("PATCH", "/contacts/<contact_id>")
    def update(user: User, contact_id: str) -> Json:
        contact = state.find_contact(contact_id)
        contacts.update(contact, read_params())
        return {"payload": shape([contact])[0]}

    @router.account("DELETE", "/contacts/<contact_id>", role="administrator")
    def destroy(user: User, contact_id: str) -> Response:
        """Its conversations go with it. contacts_controller.rb"""
        contact = state.find_contact(contact_id)
        del state.contacts[contact.id]
        state.leave(lambda contact_inbox: contact_inbox.contact is contact)
        return Response(status=200)

    @router.account("POST", "/actions/contact_merge")
    def merge(user: User) -> Json:
        params = read_params()
        base = state.find_contact(params.get("base_contact_id"))
        contacts.merge(base, state.find_contact(params.get("mergee_contact_id")))
        return views.contact(state, base, with_inboxes=False)

    @router.account("GET", "/contacts/search")
    def search(user: User) -> Json:
        text = str(read_params().get("q") or "").strip()
        if not text:
            raise Refused("Specify search string with parameter q")
        found, page = contacts.search(text), read_page()
        shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
        meta: Json = {"count": len(shown), "current_page": page, "has_more": len(found) > page * PER_PAGE}
        if not state.is_at_least(4, 11, 0):
            meta = {"count": len(found), "current_page": page}
        return {"meta": meta, "payload": shape(shown)}

    @router.account("POST", "/contacts/filter")
    def filter_contacts(user: User) -> Json:
        found, page = contacts.filter(read_params().get("payload")), read_page()
        shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
        return {"meta": {"count": len(found), "current_page": page}, "payload": shape(shown)}

    @router.account("POST", "/contacts/<contact_id>/contact_inboxes")
    def create_contact_inbox(user: User, contact_id: str) -> Json:
        params = read_params()
        contact = state.find_contact(contact_id)
        inbox = state.find_inbox(params.get("inbox_id"), user)
        try:
            contact_inbox = contacts.join_inbox(contact, inbox, params.get("source_id"))
        except SourceIdTaken:
            raise Crash("PG::UniqueViolation on contact_inboxes") from None
        if not contact_inbox:
            raise Crash("the view has no contact_inbox to show")
        return views.contact_inbox(contact_inbox)

    @router.account("POST", "/contact_inboxes/filter")
    def filter_contact_inboxes(user: User | AgentBot) -> Json | Response:
        params = read_params()
        inbox = state.find_inbox(params.get("inbox_id"), user)
        contact_inbox = state.find_contact_inbox(inbox, str(params.get("source_id")))
        if not contact_inbox:
            raise ApiError(404, None)
        return views.contact(state, contact_inbox.contact)
