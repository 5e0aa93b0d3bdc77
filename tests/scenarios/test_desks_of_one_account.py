"""Two desks that are pairs of inboxes in one Chatwoot account: another token each, and numbers of one sequence."""

from typing import Any

import pytest
import requests

from chalicelib.audit.compare import Span
from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.second_desk import set_up_second_desk
from tools.chatwoot_setup import ChatwootSetup

OTHER_TOKEN = "path-token-of-the-second-pair"


@pytest.fixture
def other(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> ChatwootSetup:
    """The inboxes of the second desk."""
    return set_up_second_desk(bridge, chatwoot, OTHER_TOKEN, desk="loja2")


@pytest.fixture
def second(bridge: BridgeUnderTest, meli: MercadoLivre, other: ChatwootSetup) -> int:
    meli.logged_in_seller = seller = meli.add_seller("SEGUNDA")
    assert requests.get(f"{bridge.url}/oauth/mercado-livre/start?desk=loja2", timeout=10).status_code == 200
    bridge.settle()
    return seller


def in_inbox(chatwoot: Chatwoot, inbox_id: int) -> dict[str, Any]:
    (conversation,) = [one for one in chatwoot.conversations() if one["inbox_id"] == inbox_id]
    return conversation


def test_one_buyer_of_both_is_answered_at_each(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, second: int, other: ChatwootSetup
) -> None:
    item = meli.add_item(second, "Prato", 19.9)
    asked = bridge.ask("Para a primeira?"), meli.ask(bridge.buyer, item, "Para a segunda?")
    sale = meli.buy(bridge.buyer, item)
    meli.write(sale, "Quando chega?")
    bridge.settle()
    bridge.sweep()
    first, second_one = (in_inbox(chatwoot, one) for one in (bridge.questions_inbox, other.questions_inbox_id))
    of_sale = in_inbox(chatwoot, other.sales_inbox_id)

    chatwoot.reply(first["id"], "Da primeira.")
    chatwoot.reply(of_sale["id"], "Amanhã.")
    chatwoot.reply(of_sale["id"], "/pedido", private=True)
    bridge.settle()
    # Of this one no webhook tells.
    chatwoot.reply(second_one["id"], "Da segunda.")
    chatwoot.outbox.clear()
    bridge.turn(minutes=2)
    bridge.sweep()

    assert meli.answers_published == [*zip(asked, ("Da primeira.", "Da segunda."), strict=True)]
    assert [message.text for message in meli.messages_sent] == ["Amanhã."]
    contacts = {one["contact_id"] for one in (first, second_one, of_sale)}
    assert len(contacts) == 1
    for desk in ("", "loja2"):
        current_bridge().daily_audit.ask_daily(desk)
    bridge.turn(hours=1)
    bridge.sweep()
    assert bridge.health().json() == {"status": "ok", "problems": []}
    until = int(bridge.clock.now.timestamp())
    leads = {desk: current_bridge().candidates.at_desk(desk, Span(until - 86400, until)) for desk in ("", "loja2")}
    assert {str(one.thread).partition("/")[0] for one in leads[""]} <= {str(bridge.seller)}
    assert {str(one.thread).partition("/")[0] for one in leads["loja2"]} <= {str(second)}


def test_an_inbox_of_one_desk_answers_nothing_of_the_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, second: int, other: ChatwootSetup
) -> None:
    question = meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Tem?")
    bridge.settle()
    bridge.sweep()
    where = {"inbox_id": bridge.questions_inbox, "source_id": f"{second}/question/{question}"}
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Intruso", **where})["payload"]["contact"]
    forged = bridge.as_administrator("POST", "/conversations", {"contact_id": contact["id"], **where})["id"]
    true = in_inbox(chatwoot, other.questions_inbox_id)["id"]

    said = [chatwoot.reply(forged, "Em nome da segunda.")]
    bridge.settle()
    said.append(chatwoot.reply(forged, "E mais uma vez."))
    chatwoot.outbox.clear()
    bridge.turn(minutes=2)
    bridge.sweep()
    bridge.wait_out(minutes=10, step_seconds=120)

    assert meli.answers_published == []
    assert {bridge.message(one["id"])["status"] for one in said} == {"failed"}

    # The event of the true conversation, handed in at the other desk's door as it was signed.
    chatwoot.reply(true, "Temos.")
    event = chatwoot.outbox[-1]
    answer = requests.post(bridge.chatwoot_webhook_url, data=event.body, headers=event.headers, timeout=10)
    assert answer.status_code == 200
    assert bridge.jobs_waiting() == 0
    bridge.settle()
    assert meli.answers_published == [(question, "Temos.")]
