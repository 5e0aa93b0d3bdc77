"""A refusal counts as the service's own when it is the service that speaks; else it is waited out like an outage."""

from typing import Any

import pytest

from chalicelib.chatwoot.client import authorized
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Service
from tests.harness import BridgeUnderTest

HTML = {"body": "<html><h1>Request blocked.</h1></html>", "content_type": "text/html"}

BLOCKED: dict[str, Any] = {"status": 403, **HTML}

# What firewalls, proxies, portals, gateways and maintenance pages say.
PAGES: tuple[dict[str, Any], ...] = (
    *({"status": status, **HTML} for status in (401, 403, 404, 410, 418, 428)),
    {"status": 302, "headers": {"Location": "https://login.example/"}, "body": ""},
    {"status": 403, "body": ""},
    {"status": 404, "body": ""},
    {"status": 403, "body": '{"message":"Forbidden"}'},
    {"status": 404, "body": "404 page not found", "content_type": "text/plain"},
    {"status": 200, **HTML},
    {"status": 200, "body": "We will be back soon.", "content_type": "text/plain"},
)


def stand_before(service: Service, page: dict[str, Any], **where: Any) -> None:
    service.add_fault("status", times=10_000, **where, **page)


def everything(bridge: BridgeUnderTest) -> list[dict[str, Any]]:
    chatwoot = bridge.chatwoot
    return [message for conversation in chatwoot.conversations() for message in chatwoot.messages(conversation["id"])]


def texts(bridge: BridgeUnderTest) -> list[str]:
    return sorted(message["content"].split("\n")[0] for message in everything(bridge) if not message["private"])


@pytest.mark.parametrize("before", ["meli", "chatwoot"])
def test_what_is_written_behind_any_page_comes_in_when_it_is_over(bridge: BridgeUnderTest, before: str) -> None:
    service: Service = getattr(bridge, before)
    sale, written = bridge.buy(), []

    for number, page in enumerate(PAGES):
        stand_before(service, page)
        bridge.meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}")
        bridge.meli.write(sale, f"Mensagem {number}")
        bridge.settle()
        bridge.turn(seconds=50)
        service.clear_faults()
        bridge.turn(minutes=2)
        written += [f"Pergunta {number}", f"Mensagem {number}"]
        assert texts(bridge) == sorted(written), page

    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_replies_behind_any_page_go_out_once_when_it_is_over(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, method: str
) -> None:
    bridge.bought_and_wrote()
    pack, sent = bridge.conversation()["id"], []

    for number, page in enumerate(PAGES[::3]):
        question = bridge.ask(f"Pergunta {number}")
        asked = max(conversation["id"] for conversation in chatwoot.conversations())
        stand_before(meli, page, method=method)
        replies = [chatwoot.reply(asked, f"Resposta {number}"), chatwoot.reply(pack, f"Mensagem {number}")]
        bridge.settle()
        bridge.turn(seconds=20)
        assert [bridge.message(reply["id"])["status"] for reply in replies] == ["sent", "sent"], page
        assert meli.messages_sent[number:] == [], page
        assert method == "GET" or meli.answers_published[number:] == [], page
        meli.clear_faults()
        bridge.wait_out(minutes=3)
        sent += [f"Mensagem {number}"]
        assert meli.answers_published[number:] == [(question, f"Resposta {number}")], page
        assert [message.text for message in meli.messages_sent] == sent, page

    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


def test_an_answer_that_a_page_hides_is_not_given_twice(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """A firewall that looks at answers lets the call pass, and keeps back what came of it."""
    question, sale, chatwoot = bridge.ask(), bridge.buy(), bridge.chatwoot
    asked = bridge.conversation()["id"]
    bridge.write(sale, "Quando chega?")
    for path in ("/answers", "/messages/packs/"):
        meli.add_fault("commit_then_status", method="POST", path=path, **BLOCKED)

    for conversation in chatwoot.conversations():
        chatwoot.reply(conversation["id"], "Sim" if conversation["id"] == asked else "Amanhã")
    bridge.settle()
    bridge.wait_out(minutes=4)

    assert meli.answers_published == [(question, "Sim")]
    assert [message.text for message in meli.messages_sent] == ["Amanhã"]
    assert "failed" not in {message["status"] for message in everything(bridge)}


def test_an_open_question_is_not_resolved_by_a_404_of_a_proxy(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    for page in (page for page in PAGES if page["status"] == 404):
        stand_before(meli, page, path="/questions/")
        bridge.notify(resource=f"/questions/{question}")
        bridge.settle()
        meli.clear_faults()
        bridge.turn(minutes=1)

        assert bridge.conversation()["status"] == "open"
    assert bridge.notes() == []


def test_no_page_before_the_token_endpoint_ends_a_grant(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for number, page in enumerate(PAGES[::2]):
        stand_before(meli, page, path="/oauth/token")
        bridge.turn(hours=7)
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}")
        bridge.settle()
        (seller,) = [p for p in bridge.health().json()["problems"] if p["seller"]] or [{"what": ""}]
        assert "grant" not in seller["what"], page
        assert "application" not in seller["what"], page
        meli.clear_faults()
        bridge.wait_out(minutes=3)
        assert f"Pergunta {number}" in texts(bridge), page


def test_facts_of_a_sale_behind_a_page_are_not_left_out(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    stand_before(meli, BLOCKED, path="/orders/")

    bridge.write(sale, "Quando chega?")
    bridge.turn(seconds=30)
    assert bridge.chatwoot.conversations() == []
    meli.clear_faults()
    bridge.turn(minutes=1)

    assert "Caneca azul" in "".join(bridge.notes())


def test_a_firewall_before_each_service_shows_in_health_and_goes(bridge: BridgeUnderTest) -> None:
    for service, named in ((bridge.meli, "Mercado Livre"), (bridge.chatwoot, "Chatwoot")):
        stand_before(service, BLOCKED)
        for _ in range(2):
            bridge.turn(minutes=2)
            bridge.sweep()

        (problem,) = bridge.health().json()["problems"]

        assert problem["what"].startswith(f"something before {named}")
        assert "firewall" in problem["do"]
        service.clear_faults()
        bridge.turn(minutes=11)
        bridge.sweep()
        assert bridge.health().json()["problems"] == []


def test_files_behind_a_page_arrive_when_it_is_over(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    file, sale = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff" + b"0" * 99), bridge.bought_and_wrote()
    for page in (BLOCKED, PAGES[2], PAGES[6], PAGES[7], PAGES[-2]):
        stand_before(meli, page, path="/messages/attachments/")
        stand_before(chatwoot, page, path="/rails/")
        bridge.write(sale, "Veja", [file])
        bridge.reply("Segue", attachments=[file])
        bridge.turn(seconds=20)
        meli.clear_faults()
        chatwoot.clear_faults()
        bridge.turn(minutes=1)
        written = bridge.messages()[-2:]

        assert [chatwoot.files(message["id"]) for message in written] == [[file], [file]], page
        assert meli.messages_sent[-1].files == [file], page
        assert written[-1]["status"] == "sent"


def test_no_proxy_drops_the_token_of_chatwoot_for_its_underscores() -> None:
    assert not [name for name in authorized("token") if "_" in name]
