"""The simulator itself: what a person at the dashboard or Chatwoot's own robots do, and what a test may look at."""

import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flask import Response, request

from simulators.chatwoot import (
    contacts,
    control,
    conversation_routes,
    inboxes,
    message_routes,
    robots,
    setup_objects,
    storage,
)
from simulators.chatwoot.access import Router
from simulators.chatwoot.contacts import Contacts
from simulators.chatwoot.conversations import Conversations
from simulators.chatwoot.errors import Refused
from simulators.chatwoot.inboxes import Inboxes
from simulators.chatwoot.messages import Draft, Messages
from simulators.chatwoot.records import AgentBot, CaptainAssistant, Conversation, Json, Message, Upload, User
from simulators.chatwoot.robots import Rules
from simulators.chatwoot.state import State
from simulators.chatwoot.timeline import Timeline
from simulators.chatwoot.webhooks import Events, Settle
from simulators.service import Clock, Service, Webhook

# What Rails answers when no route matches (public/404.html, shortened).
NOT_FOUND_PAGE = """<!DOCTYPE html>
<html><head><title>The page you were looking for doesn't exist (404)</title></head>
<body><h1>The page you were looking for doesn't exist.</h1></body></html>
"""

# What nginx in front of Chatwoot answers to a body above its client_max_body_size.
TOO_LARGE_PAGE = """<html>\r
<head><title>413 Request Entity Too Large</title></head>\r
<body>\r
<center><h1>413 Request Entity Too Large</h1></center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
"""


class Chatwoot(Service):
    """One account with an administrator (the bridge's user), an agent and a bot.

    Acts and queries take and return plain values; a conversation is named by its display id. What does not exist
    raises `errors.NotFound`, what Chatwoot refuses raises another `errors.ApiError`.

    What may be wrong with files and with the machine in front, all off at first and after a reset:
    `files_not_there`: so many more fetches of a file where it is stored answer 404, as before its upload is done.
    `redirect_files_to`: a data_url redirects there instead of to the file.
    `data_url_base`: stands in data_urls for the true base, as with a wrong FRONTEND_URL.
    `lies_about_size`: the file_size of every file in webhooks.
    `max_body_bytes`: a request with a larger body gets a 413 of nginx and never reaches Chatwoot.
    `webhooks_to_lose`: so many more webhooks never leave, as when the queue store dies.
    `webhook_delay_seconds`: how much later than what they tell of webhooks leave.
    """

    name = "chatwoot"

    def __init__(
        self,
        *,
        clock: Clock = lambda: datetime.now(UTC),
        account_id: int = 1,
        frontend_url: str = "",
        version: str = "4.16.2",
        admin_token: str = "chatwoot-admin-token",
    ) -> None:
        super().__init__(clock=clock)
        self.admin_token = admin_token
        self.agent_token = "chatwoot-agent-token"
        self.outsider_token = "chatwoot-outsider-token"
        self.bot_token = "chatwoot-bot-token"
        self._set_right()
        self.state = State(
            clock=lambda: self.clock(),
            account_id=account_id,
            account_name="Loja Exemplo",
            version=_read_version(version),
            find_frontend_url=lambda: self.data_url_base or frontend_url or self.base_url,
            find_false_size=lambda: self.lies_about_size,
            admin=User(
                9, "Ponte Mercado Livre", "Ponte Mercado Livre", "ponte@example.com", "administrator", self.admin_token
            ),
            agent=User(5, "Ana Souza", "Ana", "ana@example.com", "agent", self.agent_token),
            outsider=User(6, "Fora da Conta", "Fora da Conta", "fora@example.com", "", self.outsider_token),
            bot=AgentBot(3, "Robo Perguntas", self.bot_token),
            captain=CaptainAssistant(2, "Capitã", "Responde pela loja", self.clock()),
        )
        self._events = Events(self.state, self._put_in_outbox, self._fail_message)
        timeline = Timeline(self.state, self._events)
        self._contacts = Contacts(self.state, self._events)
        self._messages = Messages(self.state, self._events, timeline, self._contacts)
        self._conversations = Conversations(self.state, self._events, timeline, self._contacts, self._messages)
        self._inboxes = Inboxes(self.state)
        self._messages.followers.append(Rules(self.state, self._messages, timeline).follow)
        self._add_routes()

    # Acts: what people do

    def reply(
        self,
        conversation_id: int,
        content: str | None = None,
        *,
        private: bool = False,
        attachments: Iterable[Upload | tuple[str, str, bytes]] = (),
        sender: User | None = None,
        as_user: str = "agent",
        in_reply_to: int | None = None,
        content_type: str = "text",
        items: Iterable[Json] = (),
    ) -> Json:
        """Write in the dashboard as the agent, as the administrator (`as_user="admin"`) or as `sender`.

        Files are (filename, content type, content); a reply may be of files only. Another `content_type`, with its
        `items`, is written through the API in the agent's name.
        """
        with self.lock:
            author = sender or self._find_user(as_user)
            conversation = self.state.find_conversation(conversation_id, author)
            conversation.agent_last_seen_at = self.clock()
            attributes: Json = {"in_reply_to": in_reply_to} if in_reply_to else {}
            params: Json = {
                "content": content,
                "private": private,
                "attachments": [Upload(*item) for item in attachments],
                "content_type": content_type,
                "content_attributes": attributes | ({"items": list(items)} if items else {}),
            }
            message = self._messages.create(self._messages.draft(conversation, author, params))
            return control.view_message(self.state, message)

    def slack_reply(self, conversation_id: int, content: str, *, as_user: str = "") -> Json:
        """Answer from Slack; with a mail there that no user here has, it has no sender.

        lib/integrations/slack/slack_message_helper.rb
        """
        with self.lock:
            sender = self._find_user(as_user) if as_user else None
            ids = {"slack": f"{self.clock().timestamp():.6f}"}
            conversation = self._find_conversation(conversation_id)
            return self._write(Draft(conversation, sender, content, external_source_ids=ids))

    def start_video_call(self, conversation_id: int) -> Json:
        """Press the button for a video call. lib/integrations/dyte/processor_service.rb"""
        with self.lock:
            author, attributes = self.state.agent, {"type": "dyte", "data": {"meeting_id": str(uuid.uuid4())}}
            content = f"{author.available_name} has started a meeting"
            conversation = self._find_conversation(conversation_id)
            return self._write(Draft(conversation, author, content, "outgoing", "integrations", attributes))

    def press_retry(self, message_id: int) -> Json:
        """Press «retry»: the dashboard shows it on a failure with a reason that is at most a day old. Message.vue"""
        with self.lock:
            message = self._find_message(message_id)
            has_button = message.status == "failed" and bool(message.content_attributes.get("external_error"))
            if not has_button or self.clock() - message.created_at > timedelta(days=1):
                raise Refused(f"the dashboard shows no retry button on message {message_id}")
            self._messages.retry(message)
            return control.view_message(self.state, message)

    def delete_message(self, message_id: int) -> Json:
        with self.lock:
            message = self._find_message(message_id)
            self._messages.delete(message)
            return control.view_message(self.state, message)

    def typing(self, conversation_id: int, *, is_on: bool = True, is_private: bool = False) -> None:
        with self.lock:
            conversation = self._find_conversation(conversation_id)
            self._events.typing(conversation, self.state.agent, is_on=is_on, is_private=is_private)

    def resolve(self, conversation_id: int, *, as_user: str = "agent") -> Json:
        return self.set_status(conversation_id, "resolved", as_user=as_user)

    def set_status(self, conversation_id: int, status: str, *, as_user: str = "agent") -> Json:
        with self.lock:
            conversation = self._find_conversation(conversation_id)
            self._conversations.set_status(conversation, self._find_user(as_user), status)
            return control.view_conversation(self.state, conversation)

    def new_conversation(self, contact_id: int, inbox_id: int, *, as_user: str = "agent") -> Json:
        """Start one in the dashboard.

        It offers the source_id of the contact's latest contact inbox, and a random UUID to a contact without one.
        app/services/contacts/contactable_inboxes_service.rb
        """
        with self.lock:
            params: Json = {"contact_id": contact_id, "inbox_id": inbox_id}
            known = [
                conversation.contact_inbox.source_id
                for conversation in self.state.conversations.values()
                if conversation.contact.id == contact_id and conversation.inbox.id == inbox_id
            ]
            params |= {"source_id": known[-1]} if known else {}
            conversation = self._conversations.create(self._find_user(as_user), params)
            return control.view_conversation(self.state, conversation)

    def create_other_inbox(self, name: str, *, channel_type: str = "api", webhook_url: str | None = None) -> Json:
        """An inbox that is not the bridge's; `channel_type` is `api` or `web_widget`."""
        with self.lock:
            channel = {"type": channel_type, "webhook_url": webhook_url}
            inbox = self._inboxes.create({"name": name, "channel": channel})
            return control.view_inbox(inbox)

    def remove_agent_from_inbox(self, inbox_id: int) -> None:
        with self.lock:
            self.state.find_inbox(inbox_id, self.state.admin).member_ids.discard(self.state.agent.id)

    def run_macro(self, conversation_id: int, content: str, *, as_user: str = "agent") -> Json:
        """A macro writes in the name of whoever runs it, and what it writes went through no editor."""
        return self.reply(conversation_id, content, as_user=as_user)

    def suspend_account(self, *, is_suspended: bool = True) -> None:
        with self.lock:
            self.state.is_suspended = is_suspended

    def set_role(self, as_user: str, role: str) -> None:
        """Make somebody an `administrator` or an `agent`, or no member any more with an empty role."""
        if role not in ("administrator", "agent", ""):
            raise Refused("there is no such role")
        with self.lock:
            self._find_user(as_user).role = role

    # Acts: what Chatwoot does by itself

    def bot_reply(self, conversation_id: int, content: str) -> Json:
        with self.lock:
            return self._write(Draft(self._find_conversation(conversation_id), self.state.bot, content))

    def bot_choices(self, conversation_id: int, content: str, choices: Iterable[str]) -> Json:
        """A bot's question with buttons; outside the website widget Chatwoot leaves them to the channel."""
        with self.lock:
            items = [{"title": choice, "value": choice} for choice in choices]
            conversation = self._find_conversation(conversation_id)
            draft = Draft(conversation, self.state.bot, content, "outgoing", "input_select", {"items": items})
            return self._write(draft)

    def captain_reply(self, conversation_id: int, content: str) -> Json:
        """What Chatwoot's own assistant writes. enterprise/app/models/captain/assistant.rb"""
        with self.lock:
            return self._write(Draft(self._find_conversation(conversation_id), self.state.captain, content))

    def nameless_reply(self, conversation_id: int, content: str) -> Json:
        """A public message of nobody, as integrations write it. lib/integrations/dialogflow/processor_service.rb"""
        with self.lock:
            return self._write(Draft(self._find_conversation(conversation_id), None, content))

    def automation_reply(self, conversation_id: int, content: str, *, automation_rule_id: int = 12) -> Json:
        with self.lock:
            attributes = {"automation_rule_id": automation_rule_id}
            conversation = self._find_conversation(conversation_id)
            return self._write(Draft(conversation, None, content, content_attributes=attributes))

    def greeting(self, conversation_id: int, content: str = "Olá! Já já respondemos.") -> Json:
        with self.lock:
            return self._write(Draft(self._find_conversation(conversation_id), None, content, "template"))

    def out_of_office(self, conversation_id: int, content: str = "Estamos fora do horário de atendimento.") -> Json:
        return self.greeting(conversation_id, content)

    def csat(self, conversation_id: int, content: str = "Como foi o atendimento?") -> Json:
        """A survey; in webhooks its content ends in a link."""
        with self.lock:
            conversation, attributes = self._find_conversation(conversation_id), {"display_type": "emoji"}
            return self._write(Draft(conversation, None, content, "template", "input_csat", attributes))

    # Queries

    def inboxes(self) -> list[Json]:
        with self.lock:
            return [control.view_inbox(inbox) for inbox in self.state.inboxes.values()]

    def contacts(self) -> list[Json]:
        with self.lock:
            return [control.view_contact(self.state, contact) for contact in self.state.contacts.values()]

    def conversations(self, inbox_id: int | None = None) -> list[Json]:
        with self.lock:
            found = self.state.conversations.values()
            return [control.view_conversation(self.state, c) for c in found if inbox_id in (None, c.inbox.id)]

    def conversation(self, conversation_id: int) -> Json:
        with self.lock:
            return control.view_conversation(self.state, self._find_conversation(conversation_id))

    def messages(self, conversation_id: int, *, with_activities: bool = False) -> list[Json]:
        """In the order in which they stand; activities («marked resolved by …») only on demand."""
        with self.lock:
            found = self._find_conversation(conversation_id).messages
            shown = [m for m in found if with_activities or m.message_type != "activity"]
            return [control.view_message(self.state, message) for message in shown]

    def files(self, message_id: int) -> list[tuple[str, str, bytes]]:
        """A message's files as (filename, content type, content)."""
        with self.lock:
            blobs = [attachment.blob for attachment in self._find_message(message_id).attachments]
            return [(blob.filename, blob.content_type, blob.content) for blob in blobs]

    # What the base asks for

    def reset(self) -> None:
        with self.lock:
            super().reset()
            self.state.forget()
            self._set_right()

    def _next_webhook(self) -> Webhook | None:
        with self.lock:
            webhook = super()._next_webhook()
            if webhook:
                self._events.sign_again(webhook.headers, webhook.body)
            return webhook

    def _describe_webhook(self, webhook: Webhook) -> str:
        return f"{webhook.url} {json.loads(webhook.body)['event']}"

    def _put_in_outbox(self, url: str, body: bytes, headers: dict[str, str], settle: Settle) -> None:
        if self.webhooks_to_lose > 0:
            self.webhooks_to_lose -= 1
            return
        self.send_webhook(url, body, headers, settle, self.clock() + timedelta(seconds=self.webhook_delay_seconds))

    def _fail_message(self, message_id: int, error: str) -> None:
        with self.lock:
            self._messages.fail_delivery(message_id, error)

    def _write(self, draft: Draft) -> Json:
        self._messages.check(draft)
        return control.view_message(self.state, self._messages.create(draft))

    def _find_user(self, as_user: str) -> User:
        users = {"agent": self.state.agent, "admin": self.state.admin}
        if as_user not in users:
            raise Refused(f"there is no user {as_user}")
        return users[as_user]

    def _find_conversation(self, conversation_id: int) -> Conversation:
        return self.state.find_conversation(conversation_id, self.state.admin)

    def _find_message(self, message_id: int) -> Message:
        return self.state.find_any_message(message_id)

    def _set_right(self) -> None:
        self.files_not_there = 0
        self.redirect_files_to = ""
        self.data_url_base = ""
        self.lies_about_size: int | None = None
        self.max_body_bytes: int | None = None
        self.webhooks_to_lose = 0
        self.webhook_delay_seconds = 0

    def _add_routes(self) -> None:
        router = Router(self.flask, self.state, self.lock)
        contacts.add_routes(router, self.state, self._contacts)
        conversation_routes.add_routes(router, self.state, self._events, self._conversations)
        message_routes.add_routes(router, self.state, self._messages)
        inboxes.add_routes(router, self.state, self._inboxes)
        setup_objects.add_routes(router, self.state)
        robots.add_routes(router, self.state)
        storage.add_routes(router, self.state, self)
        control.add_routes(router, self.flask, self)

        @self.flask.before_request
        def refuse_large_body() -> Response | None:
            """The body is read to its end, so that the caller gets to see the answer."""
            if self.max_body_bytes is None or request.path.startswith("/_control/"):
                return None
            if len(request.get_data()) <= self.max_body_bytes:
                return None
            return Response(TOO_LARGE_PAGE, 413, {"Server": "nginx"}, content_type="text/html")

        @self.flask.errorhandler(404)
        @self.flask.errorhandler(405)
        def no_route(error: Exception) -> Response:
            return Response(NOT_FOUND_PAGE, 404, content_type="text/html; charset=UTF-8")


def _read_version(text: str) -> tuple[int, ...]:
    parts = [int(part) for part in text.split(".")]
    return (*parts, 0, 0)[:3]
