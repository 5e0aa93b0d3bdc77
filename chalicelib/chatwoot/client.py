"""Chatwoot's Application API, one method a call. Seen in Chatwoot 4.15.1, swagger/ and app/controllers/api/v1."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from chalicelib.chatwoot.agent_messages import CommandNote, Reply, command_from_message, reply_from_message, with_row
from chalicelib.chatwoot.message_bodies import command_answer_id
from chalicelib.chatwoot.resources import ActiveConversation, FoundContact, FoundConversation, Message
from chalicelib.chatwoot.shown_messages import ShownMessage, show_message
from chalicelib.error_bodies import Refusals
from chalicelib.errors import BridgeError, Malformed, NotFound, OutcomeUnknown, Paused, Refused, TryAgainLater
from chalicelib.foreign_text import storable
from chalicelib.http import Answer, File, Transport
from chalicelib.paging import page_numbers

MESSAGES_PAGE_LENGTH = 20
MOST_MESSAGES_BETWEEN = 1000

# 200 a minute in one conversation, whoever writes them (app/models/message.rb); a minute more, and it takes them again.
TOO_MANY_MESSAGES = "Too many messages"
PAUSE_OF_A_MINUTE_SECONDS = 61

# Workers keep settings for five minutes.
PAUSE_FOR_INBOX_SECONDS = 60

# app/controllers/concerns/request_exception_handler.rb
REFUSALS = Refusals(keys=frozenset({"error", "errors", "attributes"}), empty=frozenset({401}))

# What is not there (yet) is told by Rails with a page of its own, or by the storage that it leads to.
REFUSALS_OF_FILES = Refusals(keys=frozenset({"error", "errors"}), pages=frozenset({404, 410, 413}))


class Written(NamedTuple):
    """What agents wrote in a conversation, oldest first."""

    replies: list[Reply]
    commands: list[CommandNote]


class Watch(Protocol):
    """Who is told of what keeps the bridge out of Chatwoot."""

    def note(self, kind: str, detail: str = "") -> None: ...


def authorized(token: str) -> dict[str, str]:
    """The headers of a call. Rails reads the token's with underscores too, which some proxies drop."""
    return {"api-access-token": token, "Accept": "application/json"}


class Chatwoot:
    """One account of a Chatwoot, called with the token of an administrator or an agent."""

    def __init__(self, transport: Transport, base_url: str, watch: Watch, *, account_id: int, token: str) -> None:
        self._transport = transport
        self._watch = watch
        self._base_url = base_url
        self._account_id = account_id
        self._account_url = f"{base_url}/api/v1/accounts/{account_id}"
        self._headers = authorized(token)

    def ask_for_inbox(self, inbox_id: int) -> None:
        """A cheap read, which says whether Chatwoot and its database answer."""
        self._call("GET", f"/inboxes/{inbox_id}")

    # Contacts

    def create_contact(
        self, *, name: str, identifier: str, inbox_id: int, source_id: str, custom_attributes: Mapping[str, str]
    ) -> int:
        """A new contact with a contact inbox, in one transaction; its id. Refused when the identifier is taken."""
        fields = {
            "name": name[:255],
            "identifier": identifier,
            "inbox_id": inbox_id,
            "source_id": source_id,
            "custom_attributes": dict(custom_attributes),
        }
        try:
            return int(self._call("POST", "/contacts", json=fields).json()["payload"]["contact"]["id"])
        except NotFound:
            self._check_inbox(inbox_id)
            raise

    def find_contact(self, identifier: str) -> FoundContact | None:
        """The contact with this identifier."""
        # The comparison ignores case.
        found = [
            contact for contact in self._filter_contacts("identifier", identifier) if contact.identifier == identifier
        ]
        return found[0] if found else None

    def find_contact_with(self, attribute: str, value: str) -> FoundContact | None:
        """The first contact with this custom attribute; None too where it is not defined."""
        try:
            found = self._filter_contacts(attribute, value)
        except Refused:
            return None
        return min(found, key=lambda contact: contact.id) if found else None

    def _filter_contacts(self, key: str, value: str) -> list[FoundContact]:
        rule = {"attribute_key": key, "filter_operator": "equal_to", "values": [value], "query_operator": None}
        answer = self._call("POST", "/contacts/filter", json={"payload": [rule]}, changes_nothing=True)
        return list(map(FoundContact.from_json, answer.json()["payload"]))

    def get_contact(self, contact_id: int) -> FoundContact:
        return FoundContact.from_json(self._call("GET", f"/contacts/{contact_id}").json()["payload"])

    def set_identifier(self, contact_id: int, identifier: str) -> None:
        """Refused when another contact has it."""
        self._call("PUT", f"/contacts/{contact_id}", json={"identifier": identifier}, repeatable=True)

    def set_name(self, contact_id: int, name: str, custom_attributes: Mapping[str, str]) -> None:
        """How a contact is called; its other custom attributes stay."""
        fields = {"name": name[:255], "custom_attributes": dict(custom_attributes)}
        self._call("PUT", f"/contacts/{contact_id}", json=fields, repeatable=True)

    def count_contacts_with(self, attribute: str) -> int | None:
        """How many contacts have a custom attribute; None where it is not defined."""
        rule: dict[str, Any] = {"attribute_key": attribute, "filter_operator": "is_present", "query_operator": None}
        try:
            answer = self._call("POST", "/contacts/filter", json={"payload": [rule]}, changes_nothing=True)
        except Refused:
            return None
        return int(answer.json()["meta"]["count"])

    # Conversations

    def create_conversation(
        self,
        *,
        inbox_id: int,
        contact_id: int,
        source_id: str,
        custom_attributes: Mapping[str, str],
        message: Mapping[str, Any] | None,
    ) -> int:
        """A new conversation, with its first message in the same transaction; its id. Repeating it makes another one.

        The contact inbox is made where it is missing (app/builders/conversation_builder.rb).
        """
        fields = {
            "inbox_id": inbox_id,
            "contact_id": contact_id,
            "source_id": source_id,
            "status": "open",
            "custom_attributes": dict(custom_attributes),
            **({"message": dict(message)} if message else {}),
        }
        try:
            return int(self._call("POST", "/conversations", json=fields).json()["id"])
        except NotFound:
            self._check_inbox(inbox_id)
            raise

    def find_conversation(self, *, inbox_id: int, source_id: str) -> FoundConversation | None:
        """The oldest conversation of a contact inbox, whatever its status."""
        params: dict[str, str | int] = {"inbox_id": inbox_id, "source_id": source_id, "status": "all"}
        found = self._call("GET", "/conversations", params=params).json()["data"]["payload"]
        conversations = [FoundConversation.from_json(fields) for fields in found]
        return min(conversations, key=lambda conversation: conversation.id) if conversations else None

    def get_conversation(self, conversation_id: int) -> FoundConversation:
        return FoundConversation.from_json(self._call("GET", f"/conversations/{conversation_id}").json())

    def link(self, conversation_id: int) -> str:
        """The page of a conversation, for agents."""
        return f"{self._base_url}/app/accounts/{self._account_id}/conversations/{conversation_id}"

    def get_active(self, conversation_id: int) -> ActiveConversation:
        """One conversation, as a listing shows it."""
        return ActiveConversation.from_json(self._call("GET", f"/conversations/{conversation_id}").json())

    def read_clock(self) -> int | None:
        """What time it is there, in epoch seconds: messages carry Chatwoot's time. None where it does not say."""
        try:
            return int(datetime.fromisoformat(self._about()["timestamp"]).replace(tzinfo=UTC).timestamp())
        except (Refused, KeyError, TypeError, ValueError):
            return None

    def read_version(self) -> str:
        """Which version it is, such as `4.15.1`; empty where it does not say."""
        try:
            return str(self._about()["version"])
        except (Refused, TryAgainLater, KeyError, TypeError):
            return ""

    def _about(self) -> Any:
        """What it says of itself to everybody. app/controllers/api_controller.rb"""
        answer = self._transport.call("GET", f"{self._base_url}/api", headers={"Accept": "application/json"})
        # A proxy may hide this address, or show a page of its own there.
        return answer.read_json()

    def find_active(
        self, *, inbox_id: int, since: int, first_page: int = 1
    ) -> Iterator[tuple[int, list[ActiveConversation]]]:
        """The conversations of an inbox in which something happened since a moment, newest first, with their page.

        What happens meanwhile comes to the front and moves others to later pages, so that going on at a page shows
        some once more and leaves none out.
        """
        for page in page_numbers(first_page):
            params: dict[str, str | int] = {"inbox_id": inbox_id, "status": "all", "page": page}
            listed = self._call("GET", "/conversations", params=params).json()["data"]["payload"]
            conversations = [ActiveConversation.from_json(fields) for fields in listed]
            yield page, [one for one in conversations if one.last_activity_at >= since]
            if not conversations or conversations[-1].last_activity_at < since:
                return

    def set_labels(self, conversation_id: int, labels: Iterable[str]) -> None:
        """Replace the labels; read and merge first where others may have set some."""
        self._call("POST", f"/conversations/{conversation_id}/labels", json={"labels": list(labels)}, repeatable=True)

    def set_custom_attributes(self, conversation_id: int, attributes: Mapping[str, Any]) -> None:
        """Replace the custom attributes; read and merge first where others may have set some."""
        path = f"/conversations/{conversation_id}/custom_attributes"
        self._call("POST", path, json={"custom_attributes": dict(attributes)}, repeatable=True)

    def set_status(self, conversation_id: int, status: str) -> None:
        """`open`, `resolved`, `pending` or `snoozed`."""
        self._call("POST", f"/conversations/{conversation_id}/toggle_status", json={"status": status}, repeatable=True)

    def set_priority(self, conversation_id: int, priority: str | None) -> None:
        """`urgent`, `high`, `medium` or `low`; None takes it off."""
        path = f"/conversations/{conversation_id}/toggle_priority"
        self._call("POST", path, json={"priority": priority}, repeatable=True)

    # Messages

    def create_message(self, conversation_id: int, message: Mapping[str, Any], files: Sequence[File] = ()) -> int:
        """Write one message, built by `incoming_message`, `echo_message` or `private_note`; its id.

        Repeating it doubles it. Raises Paused where the conversation takes no more in this minute.
        """
        path = f"/conversations/{conversation_id}/messages"
        attached = [("attachments[]", file) for file in files]
        try:
            if files:
                return int(self._call("POST", path, form=_as_form(message), files=attached).json()["id"])
            return int(self._call("POST", path, json=dict(message)).json()["id"])
        except Refused as refusal:
            if TOO_MANY_MESSAGES not in refusal.words:
                raise
            raise Paused(
                "Chatwoot takes no more messages in this minute", seconds=PAUSE_OF_A_MINUTE_SECONDS
            ) from refusal

    def download_file(self, data_url: str, *, largest_bytes: int) -> bytes:
        """A file of a message. NotFound may mean that Chatwoot is still storing it: the event comes first.

        Whatever host the address names (a wrong FRONTEND_URL, a forged event), it is Chatwoot itself that is asked.
        https://www.chatwoot.com/docs/self-hosted/configuration/environment-variables
        """
        parts, home = urlsplit(data_url), urlsplit(self._base_url)
        if (parts.scheme, parts.netloc) != (home.scheme, home.netloc):
            parts = parts._replace(scheme=home.scheme, netloc=home.netloc)
        # Anybody who has the address may have the file; the token stays at home.
        return self._transport.download_through_redirects(
            parts.geturl(), largest_bytes=largest_bytes, refusals=REFUSALS_OF_FILES
        ).body

    def find_message(self, conversation_id: int, source_id: str) -> Message | None:
        """The message with this source id, looking from the newest back to the first."""
        for page in self._pages_back(conversation_id):
            for message in map(Message.from_json, page):
                if message.source_id == source_id:
                    return message
        return None

    def source_ids_after(self, conversation_id: int, message_id: int) -> list[str]:
        """Those of the hundred messages after one; none where somebody deleted the conversation."""
        try:
            listed = self._list_messages(conversation_id, after=message_id)
        except NotFound:
            return []
        return [str(fields.get("source_id") or "") for fields in listed]

    def set_message_status(self, conversation_id: int, message_id: int, status: str, error: str = "") -> bool:
        """Show what became of a message; False where this Chatwoot cannot (before 4.2, or not an API inbox)."""
        fields = {"status": status, **({"external_error": error} if error else {})}
        path = f"/conversations/{conversation_id}/messages/{message_id}"
        try:
            self._call("PATCH", path, json=fields, repeatable=True, route_may_be_missing=True)
        except NotFound:
            return False
        except TryAgainLater as error:
            # Before 4.2 there is no such route, which a page says. It may also come from a proxy while Chatwoot
            # restarts: then the conversation is not to be had either, which raises TryAgainLater.
            if not (error.is_intercepted and error.status == 404):
                raise
            self.get_conversation(conversation_id)
            return False
        except Refused as refusal:
            if refusal.status == 403:
                return False
            raise
        return True

    def get_message(self, conversation_id: int, message_id: int) -> Message | None:
        """One message; None where it is not there, or somebody has deleted the conversation."""
        fields = self._find_fields(conversation_id, message_id)
        return Message.from_json(fields) if fields else None

    def shows_as_failed(self, conversation_id: int, message_id: int) -> bool:
        """Whether a message is painted so, with a reason or without."""
        fields = self._find_fields(conversation_id, message_id)
        return fields is not None and fields.get("status") == "failed"

    def find_written(self, conversation: ActiveConversation, *, since: int, forwards_bots: bool) -> Written:
        """What agents wrote in a conversation since a moment: to the buyer, and commands that nothing answers yet."""
        listed = self._list_since(conversation.id, since)
        source_id = conversation.source_id
        found = [
            reply_from_message(
                with_row(fields, conversation.last_message), contact_source_id=source_id, forwards_bots=forwards_bots
            )
            for fields in listed
        ]
        commands = [command_from_message(fields, contact_source_id=source_id) for fields in listed]
        answers = {fields.get("source_id") for fields in listed}
        return Written(
            replies=[reply for reply in found if reply],
            commands=[one for one in commands if one and command_answer_id(one.chatwoot_message_id) not in answers],
        )

    def get_written(
        self, conversation: ActiveConversation, message_id: int, *, is_retry: bool, forwards_bots: bool
    ) -> Reply | CommandNote | None:
        """One message that an agent wrote: a reply, or a command. None where it is something else, or is not there."""
        fields, source_id = self._find_fields(conversation.id, message_id), conversation.source_id
        if fields is None:
            return None
        known = with_row(fields, conversation.last_message)
        return command_from_message(known, contact_source_id=source_id) or reply_from_message(
            known, contact_source_id=source_id, forwards_bots=forwards_bots, is_retry=is_retry
        )

    def find_shown(self, conversation_id: int, *, since: int, forwards_bots: bool) -> list[ShownMessage]:
        """All that stands in a conversation since a moment, notes too, oldest first. NotFound when it is deleted."""
        return [
            show_message(fields, forwards_bots=forwards_bots) for fields in self._list_since(conversation_id, since)
        ]

    def get_reply(
        self, conversation_id: int, message_id: int, *, contact_source_id: str, forwards_bots: bool
    ) -> Reply | None:
        """An agent's message, to be tried again; None where it is shown to have failed, or is gone."""
        fields = self._find_fields(conversation_id, message_id)
        if fields is None or Message.from_json(fields).has_failed:
            return None
        return reply_from_message(
            fields, contact_source_id=contact_source_id, forwards_bots=forwards_bots, is_retry=True
        )

    def find_replies_between(
        self, conversation_id: int, *, after: int, before: int, contact_source_id: str
    ) -> list[Reply]:
        """What people wrote to the buyer between two messages, oldest first. One that cannot be read hides no other.

        Not what bots wrote: who began to forward them today did not want what they wrote before.
        """
        found: list[Reply] = []
        for _ in page_numbers():
            # Both together show up to a thousand, the first of them included (app/finders/message_finder.rb).
            page = self._list_messages(conversation_id, after=after + 1, before=before)
            # A Chatwoot, or a proxy, that leaves out what was asked must not name the reply itself, or one behind it.
            for fields in (one for one in page if after < int(one["id"]) < before):
                with suppress(Malformed):
                    reply = reply_from_message(fields, contact_source_id=contact_source_id, forwards_bots=False)
                    found += [reply] if reply else []
            if len(page) < MOST_MESSAGES_BETWEEN:
                break
            after = int(page[-1]["id"])
        return found

    def _list_since(self, conversation_id: int, since: int) -> list[dict[str, Any]]:
        """The messages of a conversation since a moment, oldest first; read from the newest back."""
        found: list[dict[str, Any]] = []
        for page in self._pages_back(conversation_id):
            found += [fields for fields in page if int(fields["created_at"]) >= since]
            if page and int(page[0]["created_at"]) < since:
                break
        return sorted(found, key=lambda fields: int(fields["id"]))

    def _pages_back(self, conversation_id: int) -> Iterator[list[dict[str, Any]]]:
        """The messages of a conversation, page by page from the newest back; each page oldest first."""
        before = 0
        for _ in page_numbers():
            page = self._list_messages(conversation_id, before=before)
            if before and page and int(page[-1]["id"]) >= before:
                raise TryAgainLater("Chatwoot shows the same messages on page after page")
            yield page
            if len(page) < MESSAGES_PAGE_LENGTH:
                return
            before = int(page[0]["id"])

    def _find_fields(self, conversation_id: int, message_id: int) -> dict[str, Any] | None:
        """One message as it is listed; None where it is not there. There is no call for a single one."""
        try:
            listed = self._list_messages(conversation_id, after=message_id, before=message_id + 1)
        except NotFound:
            # Somebody deleted the conversation.
            return None
        return next((fields for fields in listed if int(fields["id"]) == message_id), None)

    def _list_messages(self, conversation_id: int, **where: int) -> list[dict[str, Any]]:
        params: dict[str, str | int] = {name: value for name, value in where.items() if value}
        answer = self._call("GET", f"/conversations/{conversation_id}/messages", params=params)
        return sorted(answer.json()["payload"], key=lambda fields: int(fields["id"]))

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, File]] = (),
        changes_nothing: bool = False,
        repeatable: bool = False,
        route_may_be_missing: bool = False,
    ) -> Answer:
        try:
            return self._transport.call(
                method,
                f"{self._account_url}{path}",
                headers=self._headers,
                params=params,
                json=storable(json),
                form=storable(form),
                files=files,
                changes_nothing=changes_nothing,
                repeatable=repeatable,
                refusals=REFUSALS,
            )
        except (TryAgainLater, OutcomeUnknown) as error:
            if error.is_intercepted and not route_may_be_missing:
                self._watch.note("intercepted")
            raise
        except Refused as refusal:
            if refusal.status != 401:
                raise
            # The token, or what its owner may do, is for a person to mend; the work waits for it.
            self._watch.note(self._find_why_refused())
            raise TryAgainLater("Chatwoot refused the token: CHATWOOT_TOKEN must be an administrator's") from refusal

    def _find_why_refused(self) -> str:
        """What is wrong: the `token`, the `account`, or its owner as a `member` of it or by `role`.

        What Chatwoot says of a 401 is translated, so the owner's profile is asked.
        """
        url = f"{self._base_url}/api/v1/profile"
        try:
            profile = self._transport.call("GET", url, headers=self._headers, refusals=REFUSALS).json()
        except BridgeError:
            return "token"
        roles = {account["id"]: account.get("role") for account in profile.get("accounts") or ()}
        if self._account_id not in roles:
            return "member"
        return "account" if roles[self._account_id] == "administrator" else "role"

    def read_secret(self, inbox_id: int) -> str:
        """What an inbox signs with; empty where this Chatwoot has none, or does not show it to the token's owner."""
        return str(self._call("GET", f"/inboxes/{inbox_id}").json().get("secret") or "")

    def has_inbox(self, inbox_id: int) -> bool:
        """Whether an inbox is there; whoever watches is told where it is gone."""
        try:
            self.ask_for_inbox(inbox_id)
        except NotFound:
            self._watch.note("inbox", str(inbox_id))
            return False
        return True

    def _check_inbox(self, inbox_id: int) -> None:
        """Raises TryAgainLater where an inbox is gone: set-up makes another, for which the work waits."""
        if not self.has_inbox(inbox_id):
            message = f"the inbox {inbox_id} is not there any more"
            raise TryAgainLater(message, retry_after_seconds=PAUSE_FOR_INBOX_SECONDS)


def _as_form(message: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a message in a multipart form, where Chatwoot takes objects as JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in message.items() if value}
