"""The Chatwoot simulator answers in the shapes in which a real Chatwoot 4.16.2 did, key by key and type by type."""

import json
import re
from collections import defaultdict
from typing import Any

from werkzeug.test import Client

from simulators.chatwoot import Chatwoot
from tests.recorded import names_in, recorded
from tests.shapes import Shape, find_differences, learn

FOLDER = "chatwoot/recorded-4.16.2"
PDF = ("a.pdf", "application/pdf", b"%PDF-1.4")
PNG = ("a.png", "image/png", b"\x89PNG\r\n\x1a\n")
RULE = {
    "conditions": [
        {
            "attribute_key": "content",
            "filter_operator": "contains",
            "values": ["boleto"],
            "query_operator": None,
            "custom_attribute_type": "",
        }
    ],
    "actions": [{"action_name": "send_message", "action_params": ["Só pelo Mercado Livre."]}],
}
VOICE = ("a.ogg", "audio/ogg", b"OggS")


class Witness:
    """Calls the API as the administrator, and compares each answer and each webhook with what was recorded."""

    def __init__(self) -> None:
        self.chatwoot = Chatwoot(version="4.16.2", frontend_url="https://chat.example.com")
        self.differences: dict[str, None] = {}
        self.seen: set[str] = set()
        self._client = Client(self.chatwoot.wsgi)
        self._answers = learn_by_name(
            "api", lambda record: name_call(record["method"], record["path"], record["status"])
        )
        self._events = learn_by_name("webhooks", lambda record: record["body"]["event"])

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"api_access_token": self.chatwoot.admin_token}
        where = path if path.startswith("/api") else f"/api/v1/accounts/1{path}"
        response = self._client.open(where, method=method, headers=headers, json=body)
        answer = response.get_json(silent=True)
        self._compare(name_call(method, path, response.status_code), answer, self._answers)
        return answer

    def hear(self) -> None:
        """Look at the webhooks that wait."""
        while self.chatwoot.outbox:
            body = json.loads(self.chatwoot.outbox.popleft().body)
            self._compare(body["event"], body, self._events)

    def _compare(self, name: str, body: Any, shapes: dict[str, Shape]) -> None:
        if name in shapes:
            self.seen.add(name)
            self.differences |= {f"{name} {found}": None for found in find_differences(body, shapes[name])}

    @property
    def unseen(self) -> set[str]:
        return {*self._answers, *self._events} - self.seen


def learn_by_name(folder: str, name: Any) -> dict[str, Shape]:
    bodies: dict[str, list[Any]] = defaultdict(list)
    for found in names_in(f"{FOLDER}/{folder}"):
        record = recorded(found)
        bodies[name(record)].append(record["body"])
    return {each: learn(values) for each, values in bodies.items()}


def name_call(method: str, path: str, status: int) -> str:
    return f"{method} {re.sub(r'/[0-9]+', '/id', path.partition('?')[0]).lstrip('/')} {status}"


def test_every_answer_and_webhook_has_the_shape_that_was_recorded() -> None:
    witness = Witness()

    inbox = set_up_account(witness)
    conversation, contact = open_conversation(witness, inbox)
    write_in_it(witness, conversation)
    change_it(witness, conversation)
    take_all_away(witness, conversation, contact)
    witness.hear()

    assert list(witness.differences) == []
    assert witness.unseen == set()


def set_up_account(witness: Witness) -> int:
    call = witness.call
    call("GET", "/api")
    call("GET", "/api/v1/profile")
    channel = {"type": "api", "webhook_url": "http://x.example/i"}
    inbox = int(call("POST", "/inboxes", {"name": "Vendas", "channel": channel})["id"])
    call("PATCH", f"/inboxes/{inbox}", {"lock_to_single_conversation": True})
    call("GET", f"/inboxes/{inbox}")
    call("POST", f"/inboxes/{inbox}/reset_secret")
    webhook = {"url": "http://x.example/a", "name": "Ponte"}
    call("POST", "/webhooks", {"webhook": webhook})
    return inbox


def open_conversation(witness: Witness, inbox: int) -> tuple[int, int]:
    """The numbers of a conversation and of its contact."""
    call = witness.call
    buyer = {"name": "MARINA", "identifier": "mercado-livre:5", "inbox_id": inbox, "source_id": "4/pack/2"}
    contact = call("POST", "/contacts", buyer)["payload"]["contact"]["id"]
    place = {"inbox_id": inbox, "contact_id": contact, "source_id": "4/pack/2"}
    first = {"content": "Chega amanhã?", "message_type": "incoming", "source_id": "meli:message/1"}
    conversation = call("POST", "/conversations", {**place, "message": first})["id"]
    call("PUT", f"/contacts/{contact}", {"custom_attributes": {"meli_user_id": "5"}})
    call("GET", f"/conversations/{conversation}")
    call("GET", "/conversations/999")
    return conversation, contact


def write_in_it(witness: Witness, number: int) -> None:
    """All that may be written in a conversation, by people, rules and Chatwoot itself."""
    chatwoot, call, path = witness.chatwoot, witness.call, f"/conversations/{number}/messages"
    for act in (chatwoot.bot_reply, chatwoot.automation_reply, chatwoot.greeting, chatwoot.csat):
        act(number, "Olá")
    chatwoot.slack_reply(number, "Do Slack")
    chatwoot.start_video_call(number)
    chatwoot.reply(number, "Nota", private=True)
    call("POST", path, {"content": "nota", "private": True})
    call("POST", path, {"content": "eco", "content_attributes": {"external_echo": True}})
    call("POST", path, {"content": "e", "message_type": "incoming", "source_id": "meli:message/2"})
    chatwoot.reply(number, "Chega.", attachments=[PDF, PNG, VOICE])
    reply = chatwoot.reply(number, "Sim.")["id"]
    call("PATCH", f"{path}/{reply}", {"status": "failed", "external_error": "Arquivo .ogg"})
    call("GET", path)
    call("POST", f"{path}/{reply}/retry")
    call("DELETE", f"{path}/{reply}")
    call("GET", f"{path}?after=1")


def change_it(witness: Witness, number: int) -> None:
    call, conversation = witness.call, f"/conversations/{number}"
    call("POST", f"{conversation}/labels", {"labels": ["venda"]})
    call("POST", f"{conversation}/custom_attributes", {"custom_attributes": {"vip": "sim"}})
    for status in ("resolved", "open"):
        call("POST", f"{conversation}/toggle_status", {"status": status})
        call("GET", conversation)
        call("GET", "/conversations?status=all")


def take_all_away(witness: Witness, number: int, contact: int) -> None:
    call, inbox = witness.call, witness.chatwoot.inboxes()[0]["id"]
    bot = call("POST", "/agent_bots", {"name": "Robô", "description": "d"})["id"]
    for wanted in (bot, None):
        call("POST", f"/inboxes/{inbox}/set_agent_bot", {"agent_bot": wanted})
    call("DELETE", f"/agent_bots/{bot}")
    rule = {"name": "r", "description": "d", "event_name": "message_created", **RULE}
    call("DELETE", f"/automation_rules/{call('POST', '/automation_rules', rule)['id']}")
    namesake = call("POST", "/contacts", {"name": "Marina"})["payload"]["contact"]["id"]
    call("POST", "/actions/contact_merge", {"base_contact_id": namesake, "mergee_contact_id": contact})
    call("DELETE", f"/conversations/{number}")
    (webhook,) = witness.chatwoot.state.webhooks
    call("DELETE", f"/webhooks/{webhook}")
