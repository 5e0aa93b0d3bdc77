"""Webhooks that are refused show in /health by why, and strangers' tries do not."""

from tests.harness import BridgeUnderTest


def test_webhooks_that_are_refused_show_with_what_to_do(bridge: BridgeUnderTest) -> None:
    bridge.ask()
    bridge.chatwoot.state.inboxes[bridge.questions_inbox].secret = "changed"
    bridge.reply("Temos.")

    (problem,) = bridge.health().json()["problems"]

    assert problem["what"] == "webhooks are refused: the signature is wrong"
    assert f"python -m tools setup --stage {bridge.name}" in problem["do"]
    for _ in range(7):
        bridge.turn(minutes=9)
        bridge.sweep()
    assert bridge.health().json()["problems"] == []


def test_each_other_reason_has_its_name(bridge: BridgeUnderTest) -> None:
    bridge.set(STALE_NOTIFICATIONS="refuse")
    assert bridge.notify(sent="2026-11-22T11:00:00Z", received=None).status_code == 401
    assert bridge.notify(topic=None).status_code == 400

    old, unreadable = bridge.health().json()["problems"]

    assert "older than ten minutes" in old["what"]
    assert "STALE_NOTIFICATIONS" in old["do"]
    assert "topic is missing" in unreadable["what"]


def test_a_stranger_who_guesses_the_address_rings_no_alarm(bridge: BridgeUnderTest) -> None:
    assert bridge.notify(token="guess").status_code == 403
    assert bridge.post("/webhook/chatwoot/guess", {}).status_code == 403

    assert bridge.health().json() == {"status": "ok", "problems": []}
