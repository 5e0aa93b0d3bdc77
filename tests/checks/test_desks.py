"""What keeps the workers out of a Chatwoot shows in /health, with what to do, and goes when it is mended."""

from chalicelib.wiring import bridge as current_bridge
from tests.harness import BridgeUnderTest
from tests.scenarios.test_gone_conversations import set_up_anew


def test_a_token_that_chatwoot_refuses_shows_until_it_is_mended(bridge: BridgeUnderTest) -> None:
    right = bridge.settings["CHATWOOT_TOKEN"]
    bridge.set(CHATWOOT_TOKEN="withdrawn")
    bridge.ask()

    (problem,) = bridge.health().json()["problems"]

    assert (problem["what"], problem["seller"]) == ("Chatwoot refuses the token", None)
    assert f"python -m tools setup --stage {bridge.name}" in problem["do"]
    assert "withdrawn" not in str(problem)

    bridge.set(CHATWOOT_TOKEN=right)
    bridge.turn(minutes=5)
    bridge.sweep()
    assert bridge.messages()
    bridge.turn(minutes=6)
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_a_seller_whose_desk_is_gone_is_told_of(bridge: BridgeUnderTest) -> None:
    sellers = current_bridge().sellers
    seller = sellers.get(bridge.seller)
    assert seller
    sellers.move(seller, "loja9")

    (problem,) = bridge.health().json()["problems"]

    assert (problem["what"], problem["seller"]) == (
        "there is no desk loja9, so that the conversations go nowhere",
        bridge.seller,
    )
    assert "--desk loja9" in problem["do"]


def test_what_keeps_the_bridge_out_of_chatwoot_is_told_by_its_name(bridge: BridgeUnderTest) -> None:
    chatwoot = bridge.chatwoot
    (administrator,) = (user for user in chatwoot.state.users if user.token == chatwoot.admin_token)
    for trouble, mended, words in (
        (
            lambda: setattr(administrator, "role", ""),
            lambda: setattr(administrator, "role", "administrator"),
            "no member",
        ),
        (
            lambda: setattr(chatwoot.state, "is_suspended", True),
            lambda: setattr(chatwoot.state, "is_suspended", False),
            "may be suspended",
        ),
    ):
        trouble()
        bridge.ask(f"Tem? {words}")
        (problem,) = bridge.health().json()["problems"]
        assert words in problem["what"]
        mended()
        bridge.turn(minutes=11)
        bridge.sweep()
        assert bridge.health().json()["problems"] == []
        assert bridge.dead_letters() == bridge.jobs_waiting() == 0


def test_what_comes_while_its_inbox_is_gone_comes_in_when_there_is_another(bridge: BridgeUnderTest) -> None:
    del bridge.chatwoot.state.inboxes[bridge.questions_inbox]
    bridge.ask("Tem verde?")
    bridge.wait_out(minutes=4)

    (problem,) = bridge.health().json()["problems"]
    assert f"the inbox {bridge.questions_inbox} is not in Chatwoot" in problem["what"]
    assert "python -m tools setup" in problem["do"]
    assert bridge.dead_letters() == 0
    inbox = bridge.as_administrator(
        "POST", "/inboxes", {"name": "Perguntas", "channel": {"type": "api", "webhook_url": ""}}
    )
    bridge.set(CHATWOOT_QUESTIONS_INBOX_ID=str(inbox["id"]))
    bridge.add_secret(str(inbox["id"]), "s3cret")
    bridge.turn(minutes=20)

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem verde?"]
    assert bridge.health().json()["problems"] == []


def test_an_inbox_that_is_gone_is_told_of_where_nothing_comes(bridge: BridgeUnderTest) -> None:
    """Of one that was deleted Chatwoot lists nothing, and nothing else is asked for."""
    bridge.sweep()
    for name in ("CHATWOOT_SALES_INBOX_ID", "CHATWOOT_QUESTIONS_INBOX_ID"):
        inbox_id = bridge.settings[name]
        bridge.as_administrator("DELETE", f"/inboxes/{inbox_id}")
        for _ in range(7):
            bridge.turn(minutes=10)
            bridge.sweep()

        (problem,) = bridge.health().json()["problems"]
        assert f"the inbox {inbox_id} is not in Chatwoot" in problem["what"]
        assert "tools setup" in problem["do"]
        set_up_anew(bridge)
        bridge.turn(minutes=11)
        bridge.sweep()
        assert bridge.health().json()["problems"] == []
