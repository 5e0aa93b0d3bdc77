"""Who a buyer is in Chatwoot: one contact at a desk, found again by an identifier with our own prefix.

Contacts belong to the whole account, and other programs number theirs too. Before 0.2.0 ours were identified by the
buyer's bare number: those are recognised by the attribute that we gave them, and get the prefix when they are met.
"""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.resources import FoundContact
from chalicelib.errors import NotFound, Refused
from chalicelib.models import Thread, text_digest
from chalicelib.stores.threads import KnownContact, Threads, UnsavedContact

PREFIX = "mercado-livre:"

# The buyer's number, which we give to each contact of ours.
USER_ID_ATTRIBUTE = "meli_user_id"
NICKNAME_ATTRIBUTE = "meli_nickname"


class Buyer(NamedTuple):
    """Who a conversation is with. `user_id` is 0 where Mercado Livre shows nobody."""

    user_id: int
    name: str
    custom_attributes: Mapping[str, str]

    @classmethod
    def shown(cls, user_id: int, nickname: str, profile: str) -> "Buyer":
        """One of whom Mercado Livre shows at least the number; `profile` is the page that it has of them."""
        known = {USER_ID_ATTRIBUTE: str(user_id), NICKNAME_ATTRIBUTE: nickname, "meli_profile": profile}
        name = nickname or f"Mercado Livre {user_id}"
        return cls(user_id, name, {attribute: value for attribute, value in known.items() if value})

    @classmethod
    def hidden(cls, thread: Thread) -> "Buyer":
        """One whom Mercado Livre does not show: known by the thread alone."""
        return cls(0, f"Mercado Livre {thread.meli_id}", {})


class Contact(NamedTuple):
    """A buyer's contact. `is_found` is whether it was met in Chatwoot: then conversations of before may be, too.

    `unsaved` is what is still to be stored of it, together with the conversation that it is for.
    """

    id: int
    is_found: bool
    unsaved: UnsavedContact | None = None


class Contacts:
    """The buyers of one desk as Chatwoot's contacts. Every method may be repeated."""

    def __init__(self, chatwoot: Chatwoot, threads: Threads, *, desk: str = "") -> None:
        self._chatwoot = chatwoot
        self._threads = threads
        self._desk = desk
        self._may_have_old: bool | None = None

    def ensure(self, thread: Thread, buyer: Buyer, *, inbox_id: int) -> Contact:
        """The buyer's contact, made where it is missing."""
        known = self._threads.contact_of(thread.seller_id, _key(thread, buyer), desk=self._desk)
        if known and known.identifier:
            return self._with_name(thread, buyer, known)
        if known and (contact_id := self._adopt_known(thread, buyer, known)):
            return Contact(contact_id, is_found=False)
        return self._make(thread, buyer, inbox_id)

    def _with_name(self, thread: Thread, buyer: Buyer, known: KnownContact) -> Contact:
        """A contact that is known, with the buyer's present nickname where it has the one that we gave it before."""
        unsaved = _unsaved(thread, buyer, known.id)
        digest = unsaved.contact.name_digest
        if not digest or digest == known.name_digest:
            return Contact(known.id, is_found=False)
        if known.name_digest:
            self._rename_person(buyer, known)
        return Contact(known.id, is_found=False, unsaved=unsaved)

    def _rename_person(self, buyer: Buyer, known: KnownContact) -> None:
        try:
            if text_digest(self._chatwoot.get_contact(known.id).name) == known.name_digest:
                self._chatwoot.set_name(known.id, buyer.name, buyer.custom_attributes)
        except NotFound:
            # Somebody deleted it, which shows when a conversation with it is made.
            pass

    def replace_gone(self, thread: Thread, buyer: Buyer, *, inbox_id: int) -> Contact:
        """The same, where the contact that was known is gone: whoever an agent merged it with, or a new one."""
        merged = self._chatwoot.find_contact_with(USER_ID_ATTRIBUTE, str(buyer.user_id)) if buyer.user_id else None
        if merged is None:
            return self._make(thread, buyer, inbox_id)
        return Contact(merged.id, is_found=True, unsaved=_unsaved(thread, buyer, merged.id))

    def _make(self, thread: Thread, buyer: Buyer, inbox_id: int) -> Contact:
        old_id = self._find_old(thread, buyer)
        contact = Contact(old_id, is_found=True) if old_id else self._create(thread, buyer, inbox_id)
        return contact._replace(unsaved=_unsaved(thread, buyer, contact.id))

    def _create(self, thread: Thread, buyer: Buyer, inbox_id: int) -> Contact:
        identifier = _identifier(thread, buyer)
        try:
            contact_id = self._chatwoot.create_contact(
                name=buyer.name,
                identifier=identifier,
                inbox_id=inbox_id,
                source_id=str(thread),
                custom_attributes=buyer.custom_attributes,
            )
        except Refused:
            # Most likely the identifier is taken; what Chatwoot says of it is translated, so look instead of reading.
            found = self._chatwoot.find_contact(identifier)
            if found is None:
                raise
            return Contact(found.id, is_found=True)
        return Contact(contact_id, is_found=False)

    # Contacts of before

    def _adopt_known(self, thread: Thread, buyer: Buyer, known: KnownContact) -> int | None:
        """The contact that an earlier version noted; None where it is gone, or is another program's customer."""
        try:
            contact = self._chatwoot.get_contact(known.id)
        except NotFound:
            return None
        if not _is_ours(contact, thread, buyer):
            return None
        contact_id = self._rename(contact, thread, buyer)
        self._threads.save_contact(thread.seller_id, _unsaved(thread, buyer, contact_id), desk=self._desk)
        return contact_id

    def _find_old(self, thread: Thread, buyer: Buyer) -> int | None:
        """A contact of ours that still has the identifier of before; it has its new one afterwards."""
        if not self._looks_for_old():
            return None
        contact = self._chatwoot.find_contact(_old_identifier(thread, buyer))
        if contact is None or not _is_ours(contact, thread, buyer):
            return None
        return self._rename(contact, thread, buyer)

    def _looks_for_old(self) -> bool:
        """Whether there may be contacts of before at this desk; once there are none, none can come."""
        if self._may_have_old is None:
            self._may_have_old = not self._threads.has_no_old_contacts(self._desk)
            if self._may_have_old and self._chatwoot.count_contacts_with(USER_ID_ATTRIBUTE) == 0:
                self._threads.note_no_old_contacts(self._desk)
                self._may_have_old = False
        return self._may_have_old

    def _rename(self, contact: FoundContact, thread: Thread, buyer: Buyer) -> int:
        """Give a contact of ours its new identifier; the id of whoever has it."""
        identifier = _identifier(thread, buyer)
        if contact.identifier not in ("", _old_identifier(thread, buyer)):
            # It has the new one, or one that somebody else gave it.
            return contact.id
        try:
            self._chatwoot.set_identifier(contact.id, identifier)
        except Refused:
            taken = self._chatwoot.find_contact(identifier)
            return taken.id if taken else contact.id
        return contact.id


def _unsaved(thread: Thread, buyer: Buyer, contact_id: int) -> UnsavedContact:
    nickname = buyer.custom_attributes.get(NICKNAME_ATTRIBUTE, "")
    digest = text_digest(nickname) if nickname else ""
    return UnsavedContact(_key(thread, buyer), KnownContact(contact_id, _identifier(thread, buyer), digest))


def _identifier(thread: Thread, buyer: Buyer) -> str:
    """What names the contact in Chatwoot: the buyer or, where none is shown, the only thread they are known by."""
    return f"{PREFIX}{buyer.user_id or thread}"


def _old_identifier(thread: Thread, buyer: Buyer) -> str:
    return str(buyer.user_id) if buyer.user_id else f"sale/{thread}"


def _key(thread: Thread, buyer: Buyer) -> str:
    """What names the buyer in our table: the same as before, so that contacts of before are known there."""
    return _old_identifier(thread, buyer)


def _is_ours(contact: FoundContact, thread: Thread, buyer: Buyer) -> bool:
    """Whether we made a contact: any program may number its own, and nobody else says that it is this buyer."""
    if not buyer.user_id:
        return contact.identifier in (_old_identifier(thread, buyer), _identifier(thread, buyer))
    return contact.custom_attributes.get(USER_ID_ATTRIBUTE) == str(buyer.user_id)
