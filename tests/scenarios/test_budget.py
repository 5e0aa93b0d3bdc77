"""Live traffic comes first: where calls are scarce, it is the sweeps that wait."""

from tests.harness import BridgeUnderTest
from tools.simulators.mercado_livre import MercadoLivre


def sweeps(meli: MercadoLivre) -> int:
    return sum(call.path == "/messages/unread" for call in meli.journal)


def test_while_mercado_livre_says_too_many_the_sweeps_wait_and_replies_do_not(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.add_fault("status", status=429, body="local_rate_limited", path="/questions")
    bridge.ask("Outra?")
    meli.journal.clear()
    bridge.sweep()
    assert sweeps(meli) == 0
    assert bridge.health().json()["problems"][0]["what"] == "Mercado Livre answers that there are too many calls"

    bridge.chatwoot.reply(bridge.chatwoot.conversations()[0]["id"], "Temos.")
    bridge.settle()
    assert meli.answers_published == [(question, "Temos.")]

    bridge.turn(minutes=2)
    bridge.sweep()
    assert sweeps(meli) == 1
    assert len(bridge.chatwoot.conversations()) == 2
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_seventy_sellers_are_swept_in_turns_within_the_budget(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for number in range(70):
        seller = meli.add_seller(f"LOJA {number}")
        bridge.connect(seller)
    bridge.settle()
    bridge.turn(minutes=2)

    rounds = []
    for _ in range(3):
        meli.journal.clear()
        bridge.sweep()
        rounds.append(sweeps(meli))
        bridge.turn(minutes=2)

    assert max(rounds) * 4 <= 250
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-sellers")
    swept = [int(seller["swept_at"]) for seller in table.scan()["Items"]]
    assert len(swept) == 71
    assert bridge.clock.now.timestamp() - min(swept) <= 6 * 60
