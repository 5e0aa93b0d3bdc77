"""What keeps the workers out of a Chatwoot shows in /health, with what to do, and goes when it is mended."""

from chalicelib.wiring import bridge as current_bridge
from tests.harness import BridgeUnderTest


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
