"""What a running Chatwoot does by itself: bots, rules, deletions in the background, webhooks that are lost or late."""

from datetime import timedelta
from typing import Any

import pytest

from simulators.chatwoot import Chatwoot
from tests.simulators.test_chatwoot import API, Clock

PLACE = {"source_id": "4/pack/2"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chatwoot(clock: Clock) -> Chatwoot:
    return Chatwoot(clock=clock)


@pytest.fixture
def api(chatwoot: Chatwoot) -> API:
    return API(chatwoot)


def make_inbox(api: API) -> int:
    channel = {"type": "api", "webhook_url": "http://127.0.0.1:1/i"}
    return int(api.post("/inboxes", {"name": "Vendas", "channel": channel})["id"])


def open_conversation(api: API, inbox: int, content: str = "Chega amanhã?") -> int:
    contact = api.post("/contacts", {"name": "Marina"})["payload"]["contact"]["id"]
    message = {"content": content, "message_type": "incoming"}
    body = {"inbox_id": inbox, "contact_id": contact, "source_id": f"4/pack/{contact}", "message": message}
    return int(api.post("/conversations", body)["id"])


def make_rule(api: API, word: str, *actions: dict[str, Any]) -> None:
    condition = {"attribute_key": "content", "filter_operator": "contains", "values": [word], "query_operator": None}
    rule = {"name": word, "event_name": "message_created", "conditions": [condition], "actions": list(actions)}
    api.post("/automation_rules", rule)


def test_an_inbox_with_a_bot_lets_conversations_wait_for_it(chatwoot: Chatwoot, api: API) -> None:
    inbox = make_inbox(api)
    bot = api.post("/agent_bots", {"name": "Robô"})["id"]
    api.call("POST", f"/inboxes/{inbox}/set_agent_bot", {"agent_bot": bot})

    number = open_conversation(api, inbox)
    assert chatwoot.conversation(number)["status"] == "pending"
    chatwoot.resolve(number)
    api.post(f"/conversations/{number}/messages", {"content": "Oi", "message_type": "incoming"})
    assert chatwoot.conversation(number)["status"] == "pending"

    api.call("DELETE", f"/agent_bots/{bot}")
    assert chatwoot.conversation(open_conversation(api, inbox))["status"] == "open"


def test_a_rule_writes_labels_and_resolves_once(chatwoot: Chatwoot, api: API) -> None:
    answer = {"action_name": "send_message", "action_params": ["Não mandamos BOLETO."]}
    label = {"action_name": "add_label", "action_params": ["boleto"]}
    make_rule(api, "boleto", answer, label, {"action_name": "resolve_conversation", "action_params": []})
    inbox = make_inbox(api)

    other, number = open_conversation(api, inbox), open_conversation(api, inbox, "Tem boleto?")

    assert len(chatwoot.messages(other)) == 1
    _, reply = chatwoot.messages(number)
    assert (reply["sender_type"], list(reply["content_attributes"])) == (None, ["automation_rule_id"])
    shown = chatwoot.conversation(number)
    assert (shown["labels"], shown["status"]) == (["boleto"], "resolved")


def test_a_deleted_inbox_takes_conversations_until_it_is_gone(chatwoot: Chatwoot, api: API, clock: Clock) -> None:
    inbox = make_inbox(api)

    assert api.call("DELETE", f"/inboxes/{inbox}").status_code == 200
    number = open_conversation(api, inbox)
    clock.turn(seconds=10)

    assert api.refuse("GET", f"/conversations/{number}")[0] == 404
    assert api.refuse("GET", f"/inboxes/{inbox}")[0] == 404
    assert chatwoot.conversations() == []


def test_a_suspended_account_and_a_lost_role_are_refused_with_401(chatwoot: Chatwoot, api: API) -> None:
    for wrong, right in (
        (lambda: chatwoot.suspend_account(), lambda: chatwoot.suspend_account(is_suspended=False)),
        (lambda: chatwoot.set_role("admin", ""), lambda: chatwoot.set_role("admin", "administrator")),
    ):
        wrong()
        assert api.refuse("GET", "/inboxes")[0] == 401
        right()
        assert api.call("GET", "/inboxes").status_code == 200
    chatwoot.set_role("admin", "agent")
    assert api.refuse("POST", "/labels", {"label": {"title": "x"}})[0] == 401


def test_webhooks_are_lost_and_late_on_demand(chatwoot: Chatwoot, api: API, clock: Clock) -> None:
    number = open_conversation(api, make_inbox(api))
    chatwoot.outbox.clear()
    switches = {"webhooks_to_lose": 1, "webhook_delay_seconds": 90}

    api.client.post("/_control/switches", json=switches)
    chatwoot.reply(number, "Sim.")
    clock_of_due = [webhook.due for webhook in chatwoot.outbox]

    assert len(clock_of_due) == 1
    assert clock_of_due == [clock.now + timedelta(seconds=90)]
    assert api.client.post("/_control/switches", json={"nonsense": 1}).status_code == 422


def test_a_macro_writes_as_whoever_runs_it(chatwoot: Chatwoot, api: API) -> None:
    number = open_conversation(api, make_inbox(api))

    written = chatwoot.run_macro(number, "# Olá\n- um")

    assert (written["sender_name"], written["content"]) == (chatwoot.state.agent.name, "# Olá\n- um")
