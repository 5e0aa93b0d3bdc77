"""`python -m tools sellers erase-buyer`: nothing about one buyer is left, and everything about the others."""

from typing import Any

import pytest

from chalicelib.stores.tables import Table
from tests.tools.conftest import Deployed
from tools.stage_access import open_stage

TABLES = ("threads", "cache", "sellers", "idempotency", "history")


def stored(deployed: Deployed, table: str) -> list[dict[str, Any]]:
    items = Table(deployed.session.client("dynamodb"), f"ponte-{deployed.name}-{table}").scan()
    # But for what is noted of the desk.
    return [item for item in items if not str(item.get("thread")).startswith("contacts/")]


def run(deployed: Deployed, *options: str, buyer: object = "", **details: Any) -> Any:
    buyer = str(buyer or deployed.bridge.buyer)
    return deployed.run("sellers", "erase-buyer", str(deployed.seller), buyer, *options, **details)


@pytest.fixture
def deployed_with_two(deployed: Deployed) -> Deployed:
    """Two buyers have asked; the first has also bought, written, and been answered."""
    bridge = deployed.bridge
    bridge.ask("Tem na cor verde?")
    bridge.reply("Temos.")
    sale = bridge.bought_and_wrote("Quando chega?")
    (conversation,) = [found for found in deployed.chatwoot.conversations() if found["inbox_id"] == bridge.sales_inbox]
    deployed.chatwoot.reply(conversation["id"], "Amanhã.")
    bridge.settle()
    bridge.write(sale, "Obrigada!")
    other = bridge.meli.add_buyer("OUTRO.COMPRADOR")
    bridge.meli.ask(other, bridge.item, "Serve no forno?")
    bridge.settle()
    return deployed


def test_nothing_of_the_buyer_is_left_but_that_it_was_erased(deployed_with_two: Deployed) -> None:
    deployed = deployed_with_two
    before = {item["thread"] for item in stored(deployed, "threads")}

    result = run(deployed, input="y\n")

    assert result.exit_code == 0, result.output
    assert "1 questions, 1 purchases" in result.stdout
    assert "1 contacts" in result.stdout
    left = stored(deployed, "threads")
    erased = [item for item in left if item["item"] == "erased"]
    assert [sorted(item) for item in erased] == [["erased_at", "item", "replies", "thread"]] * 2
    others = [item["thread"] for item in left if item["item"] == "conversation"]
    assert len(others) == 1
    assert {item["thread"] for item in left} < before
    for table in TABLES:
        text = str(stored(deployed, table))
        assert str(deployed.bridge.buyer) not in text, table
        assert "COMPRADORA.TESTE" not in text, table
    remembered = str(stored(deployed, "cache"))
    assert not any(item["thread"] in remembered for item in erased if "/pack/" in item["thread"])
    assert "OUTRO.COMPRADOR" in remembered


def test_what_remains_and_how_chatwoot_is_cleared_is_said(deployed_with_two: Deployed) -> None:
    result = run(deployed_with_two, "--yes")

    buyer = str(deployed_with_two.bridge.buyer)
    (contact,) = [
        found for found in deployed_with_two.chatwoot.contacts() if found["identifier"] == f"mercado-livre:{buyer}"
    ]
    assert f"{deployed_with_two.chatwoot.base_url}/app/accounts/1/contacts/{contact['id']}" in result.stdout
    assert "30 days" in result.stdout
    assert "35 days" in result.stdout


def test_neither_chatwoot_nor_mercado_livre_is_touched(deployed_with_two: Deployed) -> None:
    deployed = deployed_with_two
    before = len(deployed.chatwoot.journal), len(deployed.meli.journal)

    run(deployed, "--yes")

    assert (len(deployed.chatwoot.journal), len(deployed.meli.journal)) == before


def test_it_asks_first(deployed_with_two: Deployed) -> None:
    before = stored(deployed_with_two, "threads")

    result = run(deployed_with_two, input="n\n")

    assert result.exit_code == 2
    assert "Nothing was changed" in result.stderr
    assert stored(deployed_with_two, "threads") == before


def test_erasing_again_finds_nothing(deployed_with_two: Deployed) -> None:
    run(deployed_with_two, "--yes")

    result = run(deployed_with_two)

    assert result.exit_code == 0
    assert "Nothing is stored about buyer" in result.stdout


def test_an_erasure_that_was_cut_short_is_finished_by_the_next(deployed_with_two: Deployed) -> None:
    deployed = deployed_with_two
    (pack,) = [
        item for item in stored(deployed, "threads") if item["item"] == "conversation" and "/pack/" in item["thread"]
    ]
    table = Table(deployed.session.client("dynamodb"), f"ponte-{deployed.name}-threads")
    for item in stored(deployed, "threads"):
        if item["thread"] == pack["thread"] and item["item"] != "conversation":
            table.take({"thread": item["thread"], "item": item["item"]})

    run(deployed, "--yes")

    assert str(deployed.bridge.buyer) not in str(stored(deployed, "threads"))


def test_a_nickname_names_no_buyer(deployed_with_two: Deployed) -> None:
    result = run(deployed_with_two, buyer="COMPRADORA.TESTE")

    assert result.exit_code == 2
    assert "meli_user_id" in result.stderr


def test_a_seller_who_has_left_is_named_by_his_id(deployed_with_two: Deployed) -> None:
    deployed_with_two.run("sellers", "disconnect", str(deployed_with_two.seller), "--yes")

    result = run(deployed_with_two, "--yes")

    assert result.exit_code == 0, result.output
    assert str(deployed_with_two.bridge.buyer) not in str(stored(deployed_with_two, "threads"))


def test_a_reply_under_way_forbids_it_unless_forced(deployed: Deployed) -> None:
    deployed.bridge.ask()
    deployed.meli.add_fault("drop", method="POST", path="/answers", times=3)
    deployed.bridge.reply("Temos.")

    result = run(deployed, "--yes")

    assert result.exit_code == 2
    assert "Replies under way to them: 1." in result.stderr
    assert any(item["item"] == "conversation" for item in stored(deployed, "threads"))

    result = run(deployed, "--yes", "--force")

    assert result.exit_code == 0, result.output
    assert [item["item"] for item in stored(deployed, "threads")] == ["erased"]


def test_an_agents_words_among_the_dead_letters_go_too(deployed: Deployed) -> None:
    question = deployed.bridge.ask()
    deployed.meli.add_fault("drop", method="POST", path="/answers")
    deployed.meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=6)
    deployed.bridge.reply("Temos.")
    deployed.bridge.wait_out(minutes=5)
    assert deployed.bridge.dead_letters() == 1

    result = run(deployed, "--yes", "--force")

    assert result.exit_code == 0, result.output
    assert "1 dead letters." in result.stdout
    assert deployed.bridge.dead_letters() == 0


def test_an_unanswered_question_is_not_searched_for_again(deployed: Deployed) -> None:
    deployed.bridge.ask()
    run(deployed, "--yes")

    deployed.bridge.turn(hours=2)
    deployed.bridge.sweep()

    assert [item["item"] for item in stored(deployed, "threads")] == ["erased"]


def test_a_purchase_whose_buyer_is_not_shown_is_mentioned(deployed: Deployed) -> None:
    deployed.bridge.ask()
    bridge = open_stage(deployed.name)
    (thread,) = bridge.threads.find_of_buyer(deployed.seller, deployed.bridge.buyer)
    conversation = bridge.threads.load(thread).opened
    bridge.threads.save_conversation(thread._replace(kind="pack"), conversation._replace(buyer_id=0))

    result = run(deployed, "--yes")

    assert "Of 1 conversations of this seller Mercado Livre did not show the buyer" in result.stdout
    assert bridge.threads.find_without_buyer(deployed.seller)
