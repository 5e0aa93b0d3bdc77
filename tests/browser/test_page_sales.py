"""Purchases on the page of `python -m tools local`: first in a real browser against everything running."""

import base64
from pathlib import Path
from typing import Any

import pytest

from simulators.page.happenings import HAPPENINGS
from simulators.page.narration import narrate
from simulators.service import Exchange, Server
from tests.browser.playing import Browser, Demo

# Eight by eight blue dots.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mPQzDiBFTEMLQkAi/dWQQbFMdgAAAAASUVORK5CYII="
)
PDF = b"%PDF-1.4\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# Were it ever taken for HTML, the page would lose its title.
MARKUP = "<img src=x onerror=\"document.title=''\">"


@pytest.mark.apart
def test_buyer_and_agent_write_to_each_other_with_files(browser: Browser, page_url: str, tmp_path: Path) -> None:
    picture, manual = tmp_path / "jarra.png", tmp_path / "Manual da cafeteira.pdf"
    picture.write_bytes(PNG)
    manual.write_bytes(PDF)
    browser.open(page_url)

    browser.click("sales-tab")
    browser.click("buy-button")
    browser.write(f"A jarra veio trincada {MARKUP}", picture)
    browser.click("conversation", "A jarra veio trincada")
    # Chatwoot sets quotation marks as a printer would.
    browser.wait_for("message", "A jarra veio trincada <img src=x onerror=“document", type="incoming")
    browser.wait_for_pictures(2)
    assert browser.find("attribute", "Pode responder")
    browser.click("all-attributes")
    assert browser.find("attribute", "Pacote")
    browser.reply("Veja a página 3.", manual)

    browser.wait_for("sale-message", "Veja a página 3.", **{"from": "seller", "status": "available"})
    browser.wait_for("message", "Veja a página 3.", type="outgoing", status="sent")
    assert [file.text for file in browser.find("file")] == ["Manual da cafeteira.pdf 38 B"] * 2
    assert browser.find("chosen-file") == []

    browser.click("more-button")
    browser.click("block")
    browser.wait_for("blocked", "O vendedor não pode escrever: mediação em andamento.")
    browser.reply("Já resolvemos.")
    browser.wait_for("message", "Já resolvemos.", status="failed")
    browser.wait_for("failure-reason", "Mediação em andamento")
    browser.click("more-button")
    browser.click("unblock")
    browser.wait_for("log-entry", "desbloqueou a conversa")
    browser.click("retry-button")

    browser.wait_for("sale-message", "Já resolvemos.")
    browser.wait_for("message", "Já resolvemos.", status="sent")
    assert len(browser.find("sale-message")) == 3
    assert browser.driver.title.startswith("Ponte")
    assert browser.complaints() == []


@pytest.mark.apart
def test_the_life_of_a_sale_is_shown_to_the_agent(browser: Browser, page_url: str) -> None:
    browser.open(page_url)
    browser.click("sales-tab")
    browser.click("buy-button")
    browser.write("Quando chega?")
    browser.click("conversation", "Quando chega?")
    browser.wait_for("message", "Quando chega?", type="incoming")
    browser.click("note-tab")
    browser.reply("/etiqueta")
    browser.wait_for("message", "Etiqueta do envio", type="note")
    browser.wait_for("file", "etiqueta-")

    browser.click("happenings-button")
    for name, words, told in (
        ("hand_over", "recebe o pacote", "O pacote está a caminho"),
        ("claim", "é aberta", "Responda à reclamação no Mercado Livre"),
        ("close_claim", "é encerrada", "foi encerrada"),
        ("deliver", "entrega", "O pacote foi entregue"),
    ):
        browser.click(name, words)
        browser.wait_for("message", told, type="note")
        browser.wait_until(lambda name=name: not browser.wait_for(name).is_enabled(), f"{name} to be over")  # type: ignore[misc]
    browser.wait_for("attribute", "entregue")

    assert browser.complaints() == []


def test_what_others_do_with_messages_shows_beside_them(browser: Browser, demo: Demo) -> None:
    thread_id = next(iter(demo.meli.state.sales))
    demo.meli.write(thread_id, MARKUP, [(f"{MARKUP}.png", "image/png", PNG), (f"{MARKUP}.pdf", "application/pdf", PDF)])
    demo.meli.write_natively(thread_id, "Meu telefone é 99999-0000.")
    server, files = Server(demo.page.wsgi), Server(demo.meli.wsgi)
    demo.meli.base_url = files.url
    try:
        browser.open(server.url)
        browser.click("sales-tab")
        browser.click("purchase", "Vendedor: Meu telefone")
        browser.wait_for("sale-message", MARKUP)
        browser.wait_for("file", f"{MARKUP}.pdf 38 B")
        browser.wait_for_pictures(1)
        browser.click("more-button")
        browser.click("read_messages")
        browser.wait_for("sale-message", "lida por você")
        browser.click("moderate")
        browser.wait_for("moderated", "recusada pela moderação (dados pessoais)")
        browser.click("migrate")
        browser.wait_for("migrated", "passa pelo assistente de mensagens")
        browser.click("happenings-button")
        browser.click("hand_over")
        browser.wait_until(lambda: browser.wait_for("deliver").is_enabled(), "the parcel on its way")
        browser.click("deliver")
        browser.wait_for("log-entry", "O pacote foi entregue")

        assert browser.driver.find_elements("css selector", "img[src='x'], img[onerror]") == []
        assert browser.driver.title.startswith("Ponte")
        assert browser.complaints() == []
    finally:
        files.stop()
        server.stop()


def as_json(name: str, content: bytes, kind: str = "") -> dict[str, str]:
    return {"name": name, "type": kind, "content": base64.b64encode(content).decode()}


def test_a_purchase_is_named_so_that_it_can_be_shown(demo: Demo) -> None:
    fields = {"buyer_id": demo.buyer_id, "item_id": demo.item_id, "quantity": 2}

    bought = demo.client.post("/api/buy", json=fields).get_json()

    newest = demo.state()["mercado_livre"]["sales"][0]
    assert bought == {"id": newest["thread_id"]}
    assert newest["items"][0]["quantity"] == 2
    assert [line["text"] for line in demo.state()["log"]] == ["MARIANA.SOUZA fez uma compra no Mercado Livre"]


def test_a_purchase_may_be_paid_later(demo: Demo) -> None:
    fields = {"buyer_id": demo.buyer_id, "item_id": demo.item_id, "quantity": 1}

    bought = demo.client.post("/api/order", json=fields).get_json()
    assert demo.state()["mercado_livre"]["sales"][0]["order_status"] == "payment_in_process"

    assert demo.act("happen", thread_id=bought["id"], happening="pay") == ""
    assert demo.state()["mercado_livre"]["sales"][0]["order_status"] == "paid"


def test_a_message_may_be_of_files_only(demo: Demo) -> None:
    thread_id = next(iter(demo.meli.state.sales))

    refusal = demo.act("write", thread_id=thread_id, text=" ", files=[as_json("nota.xyz", b"1")])

    assert refusal == ""
    [message] = demo.meli.thread(thread_id).messages
    assert message.text == ""
    [file] = message.attachments
    assert (file.original_filename, file.content_type, file.content) == ("nota.xyz", "application/octet-stream", b"1")
    assert demo.state()["log"][0]["text"] == f"O comprador escreveu, com um arquivo, na venda {thread_id}"


LIVES = (
    "pay hold_back release wait_for_invoice issue_invoice print be_late hand_over reach_hub ship go_out miss_receiver "
    "wait_for_buyer delay deliver claim expect mediate close_claim refund_in_part refund",
    "pay issue_invoice hand_over ship turn_back bring_back",
    "pay issue_invoice hand_over lose",
    "pay split",
    "pay flag_fraud cancel",
)


def test_what_is_possible_with_a_sale_is_played_on_the_page_and_nothing_else(demo: Demo) -> None:
    assert {name for life in LIVES for name in life.split()} == {*HAPPENINGS}

    for life in LIVES:
        sale = demo.meli.buy(demo.buyer_id, demo.item_id, is_paid=False, quantity=2)
        for name in life.split():
            shown = next(each for each in demo.state()["mercado_livre"]["sales"] if each["thread_id"] == sale)
            offered = {each["name"]: each["is_possible"] for each in shown["happenings"]}
            assert offered[name], (life, name)
            for other in [other for other, is_possible in offered.items() if not is_possible]:
                told = demo.act("happen", thread_id=sale, happening=other)
                assert told.startswith("Isso não pode acontecer"), (life, name, other)
            assert demo.act("happen", thread_id=sale, happening=name) == "", (life, name)
            assert demo.state()["log"][-1]["text"].startswith(HAPPENINGS[name].story)
    assert demo.act("happen", thread_id=sale, happening="other").startswith("Isso não pode acontecer")


@pytest.mark.parametrize(
    ("name", "fields", "refusal"),
    [
        ("write", {"text": " "}, "Escreva o texto primeiro."),
        ("write", {"text": "a" * 3501}, "O Mercado Livre aceita até 3500 caracteres do comprador."),
        ("write", {"text": "Oi", "files": [{"name": "a"}]}, "A página pediu algo que o simulador não entende."),
        ("write", {"text": "Oi", "files": 1}, "A página pediu algo que o simulador não entende."),
        ("write_natively", {"text": "a" * 351}, "A conversa está bloqueada para o vendedor, ou o texto passa de 350"),
        ("block", {}, "A página pediu algo que o simulador não entende."),
        ("read_messages", {"thread_id": 1}, "Isso não existe mais."),
    ],
)
def test_what_cannot_be_done_with_a_sale_is_refused(
    demo: Demo, name: str, fields: dict[str, Any], refusal: str
) -> None:
    sale = {"thread_id": next(iter(demo.meli.state.sales))}

    assert demo.act(name, **{**sale, **fields}).startswith(refusal)


def test_the_page_serves_its_own_scripts_and_no_other_file(demo: Demo) -> None:
    with demo.client.get("/main.js") as script:
        assert (script.status_code, script.mimetype) == (200, "text/javascript")

    for path in ("/other.js", "/acts.py", "/../acts.js"):
        with demo.client.get(path) as refusal:
            assert refusal.status_code == 404


@pytest.mark.parametrize(
    ("service", "method", "path", "sentence"),
    [
        (
            "mercado_livre",
            "GET",
            "/messages/packs/20/sellers/47",
            "A ponte leu a conversa da venda 20 no Mercado Livre",
        ),
        (
            "mercado_livre",
            "POST",
            "/messages/packs/20/sellers/47",
            "A ponte enviou a mensagem ao comprador, na venda 20 do Mercado Livre",
        ),
        ("mercado_livre", "POST", "/messages/attachments", "A ponte entregou um anexo ao Mercado Livre"),
        ("mercado_livre", "GET", "/messages/attachments/47_a.png", "A ponte baixou um anexo do Mercado Livre"),
        ("mercado_livre", "GET", "/messages/unread", "A ponte procurou mensagens não lidas no Mercado Livre"),
        ("mercado_livre", "GET", "/messages/0a1b", "A ponte viu de que venda é uma mensagem no Mercado Livre"),
        ("mercado_livre", "GET", "/orders/20", "A ponte leu o pedido 20 no Mercado Livre"),
        ("mercado_livre", "GET", "/packs/20", "A ponte leu o carrinho 20 no Mercado Livre"),
        ("mercado_livre", "GET", "/shipments/44", "A ponte leu o envio 44 no Mercado Livre"),
        ("mercado_livre", "GET", "/shipment_labels", "A ponte baixou uma etiqueta do Mercado Livre"),
        (
            "mercado_livre",
            "GET",
            "/post-purchase/v1/claims/53/detail",
            "A ponte leu a reclamação 53 no Mercado Livre",
        ),
        ("chatwoot", "GET", "/rails/active_storage/disk/key/a.png", "O Chatwoot entregou um anexo"),
        ("chatwoot", "GET", "/rails/active_storage/blobs/redirect/id/a.png", "O Chatwoot disse onde está um anexo"),
    ],
)
def test_the_log_tells_of_sales(service: str, method: str, path: str, sentence: str) -> None:
    assert narrate(Exchange(1, "2026-01-02T03:04:05+00:00", service, "in", method, path, 200, 1)).text == sentence


def test_a_file_that_chatwoot_lost_is_told_as_a_failure() -> None:
    path = "/rails/active_storage/disk/key/a.png"

    told = narrate(Exchange(1, "2026-01-02T03:04:05+00:00", "chatwoot", "in", "GET", path, 404, 1))

    assert (told.text, told.tone) == ("O Chatwoot não conseguiu entregar um anexo", "failure")


@pytest.mark.parametrize(("topic", "tone"), [("messages", "key"), ("orders_v2", "detail"), ("shipments", "detail")])
def test_of_the_notifications_those_that_move_the_bridge_stand_out(topic: str, tone: str) -> None:
    path = f"http://x/token {topic} /{topic}/1"

    told = narrate(Exchange(1, "2026-01-02T03:04:05+00:00", "mercado_livre", "out", "POST", path, 200, 1))

    assert (told.text, told.tone) == (f"Mercado Livre avisou a ponte: nova notificação de {topic}", tone)
