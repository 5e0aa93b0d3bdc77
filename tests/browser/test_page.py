"""The page of `python -m tools local`: first in a real browser against everything running, then its parts alone."""

from typing import Any

import pytest
from werkzeug.test import Client

from simulators.page.narration import narrate, translate_activity
from simulators.service import Exchange, Server
from tests.browser.playing import Browser, Demo
from tools.chatwoot_setup import ChatwootAccount


def test_a_buyer_asks_and_reads_what_the_agent_answers(browser: Browser, page_url: str) -> None:
    browser.open(page_url)

    browser.ask("A cafeteira é 110v ou 220v?")
    browser.click("conversation", "A cafeteira é 110v ou 220v?")
    browser.wait_for("message", "A cafeteira é 110v ou 220v?", type="incoming")
    browser.reply("Boa tarde! Ela é 220v.")

    browser.wait_for("answer", "Boa tarde! Ela é 220v.")
    browser.wait_for("message", "Boa tarde! Ela é 220v.", type="outgoing", status="sent")
    browser.wait_for("conversation", status="resolved")
    for line in ("Mercado Livre avisou a ponte", "A ponte criou a conversa", "A ponte publicou a resposta"):
        browser.wait_for("log-entry", line)
    assert browser.complaints() == []


@pytest.mark.apart
def test_an_answer_that_cannot_be_published_says_why_and_goes_out_on_retry(browser: Browser, page_url: str) -> None:
    browser.open(page_url)

    browser.ask("Entrega até sexta?")
    browser.click("conversation", "Entrega até sexta?")
    browser.click("listing-controls")
    browser.click("listing-status-button", "Pausar")
    browser.wait_for("item", "pausado")
    browser.click("note-tab")
    browser.reply("Só entre nós: confirmar com a transportadora.")
    browser.wait_for("message", "Só entre nós", type="note")
    browser.click("reply-tab")
    browser.reply("Sim, entregamos.")
    browser.wait_for("message", "Sim, entregamos.", status="failed")
    browser.wait_for("failure-reason", "Anúncio não ativo")

    browser.click("listing-status-button", "Reativar")
    browser.wait_for("listing-status-button", "Pausar")
    browser.click("retry-button")

    browser.wait_for("answer", "Sim, entregamos.")
    browser.wait_for("message", "Sim, entregamos.", status="sent")
    assert [answer.text for answer in browser.find("answer")] == ["Sim, entregamos."]
    assert browser.complaints() == []


@pytest.mark.apart
def test_a_question_asked_while_chatwoot_is_away_arrives_once_it_is_back(browser: Browser, page_url: str) -> None:
    browser.open(page_url)

    browser.click("outage-chatwoot")
    browser.wait_for("log-entry", "O Chatwoot saiu do ar")
    browser.ask("Ainda tem?")
    browser.wait_for("log-entry", "A ponte tentou", tone="failure")
    assert browser.find("conversation") == []
    browser.click("outage-chatwoot")

    browser.wait_for("conversation", "Ainda tem?")
    assert len(browser.find("conversation")) == 1


@pytest.mark.apart
def test_what_is_half_typed_and_open_survives_the_redrawing(browser: Browser, demo: Demo) -> None:
    demo.meli.ask(demo.buyer_id, demo.item_id, "Tem garantia?")
    server = Server(demo.page.wsgi)
    demo.meli.base_url = server.url
    try:
        browser.open(server.url)
        browser.click("question-controls")
        browser.wait_for("native-answer").send_keys("Sim, de um")
        demo.meli.ask(demo.buyer_id, demo.item_id, "E nota fiscal?")
        browser.wait_for("question", "E nota fiscal?")

        assert browser.driver.switch_to.active_element.get_attribute("value") == "Sim, de um"
    finally:
        server.stop()


def test_an_impossible_act_is_refused_in_portuguese(demo: Demo) -> None:
    demo.meli.set_item_status(demo.item_id, "paused")

    refusal = demo.act("ask", buyer_id=demo.buyer_id, item_id=demo.item_id, text="Tem?")

    assert refusal == "Este anúncio não está ativo e não recebe perguntas."
    assert demo.meli.questions() == []


@pytest.mark.parametrize(
    ("name", "fields", "refusal"),
    [
        ("reply", {"conversation_id": 1, "text": " "}, "Escreva o texto primeiro."),
        ("reply", {"conversation_id": 1, "text": "Oi"}, "Isso não existe mais."),
        ("release_question", {"question_id": 1}, "Isso não existe mais."),
        ("reply", {"conversation_id": "1", "text": "Oi"}, "A página pediu algo que o simulador não entende."),
        ("no_such_act", {}, "A página pediu algo que o simulador não entende."),
    ],
)
def test_what_makes_no_sense_is_refused(demo: Demo, name: str, fields: dict[str, Any], refusal: str) -> None:
    assert demo.act(name, **fields).startswith(refusal)


def test_the_log_is_told_once(demo: Demo) -> None:
    demo.act("ask", buyer_id=demo.buyer_id, item_id=demo.item_id, text="Tem?")

    first = demo.state()
    again = demo.state(**first["marks"])

    assert [line["text"] for line in first["log"]] == ["MARIANA.SOUZA fez uma pergunta no Mercado Livre"]
    assert again["log"] == []


def test_an_outage_answers_503_until_it_is_over(demo: Demo) -> None:
    api = Client(demo.meli.wsgi)

    demo.act("outage", service="mercado_livre", is_away=True)

    assert api.get("/questions/1").status_code == 503
    assert demo.state()["outages"] == {"mercado_livre": True, "chatwoot": False}
    demo.act("outage", service="mercado_livre", is_away=False)
    assert api.get("/questions/1").status_code == 401
    assert demo.state()["outages"] == {"mercado_livre": False, "chatwoot": False}


def test_the_page_is_told_no_secret(demo: Demo) -> None:
    server = Server(demo.chatwoot.wsgi)
    try:
        account = ChatwootAccount(server.url, 1, demo.chatwoot.admin_token)
        secrets = account.set_up("http://127.0.0.1:9/webhook/chatwoot/path-token").secrets
    finally:
        server.stop()

    shown = demo.client.get("/api/state").text

    assert "Mercado Livre - Perguntas" in shown
    assert not [secret for secret in (*secrets.values(), "path-token", demo.chatwoot.admin_token) if secret in shown]


def make_exchange(
    service: str, method: str, path: str, status: int = 200, *, direction: str = "in", milliseconds: float = 12.3
) -> Exchange:
    return Exchange(1, "2026-01-02T03:04:05+00:00", service, direction, method, path, status, milliseconds)


@pytest.mark.parametrize(
    ("exchange", "sentence"),
    [
        (
            make_exchange("mercado_livre", "GET", "/questions/13000000001"),
            "A ponte leu a pergunta 13000000001 no Mercado Livre → 200 em 12 ms",
        ),
        (
            make_exchange("mercado_livre", "POST", "/answers", 503),
            "A ponte tentou publicar a resposta no Mercado Livre → 503 em 12 ms",
        ),
        (
            make_exchange("chatwoot", "POST", "/api/v1/accounts/1/conversations", 0),
            "A ponte tentou criar a conversa no Chatwoot → sem resposta em 12 ms",
        ),
        (
            make_exchange("chatwoot", "DELETE", "/api/v1/accounts/1/labels/3", 404),
            "DELETE /api/v1/accounts/1/labels/3 → 404 em 12 ms",
        ),
        (
            make_exchange("mercado_livre", "POST", "http://x/token questions /questions/1", direction="out"),
            "Mercado Livre avisou a ponte: nova notificação de questions → 200 em 12 ms",
        ),
        (
            make_exchange("chatwoot", "POST", "http://x/token message_created", direction="out"),
            "Chatwoot avisou a ponte: message_created → 200 em 12 ms",
        ),
        (
            make_exchange("chatwoot", "POST", "http://x/token", 0, direction="out"),
            "Chatwoot não conseguiu avisar a ponte → sem resposta em 12 ms",
        ),
    ],
)
def test_the_log_speaks_plainly(exchange: Exchange, sentence: str) -> None:
    told = narrate(exchange)

    assert f"{told.text} {told.outcome}" == sentence


def test_activities_are_shown_in_portuguese() -> None:
    assert translate_activity("Conversation was marked resolved by Ana") == "Conversa resolvida por Ana"
    assert translate_activity("Something new") == "Something new"
