"""The page of `python -m tools local`: first in a real browser against everything running, then its parts alone."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.test import Client

from tools.chatwoot_setup import ChatwootAccount
from tools.simulators.chatwoot import Chatwoot
from tools.simulators.mercado_livre import MercadoLivre
from tools.simulators.page import Page
from tools.simulators.page.narration import narrate, translate_activity
from tools.simulators.service import Exchange, Server

ROOT = Path(__file__).parents[2]
CHROMIUM, CHROMEDRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
CHROMIUM_OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=pt-BR"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,940"),
)
# Generous, for a small machine with all tests running at once.
START_SECONDS, STOP_SECONDS, PAGE_SECONDS = 90, 45, 60


class Browser:
    """A browser on the page. Waits look again and again until a deadline, since the page redraws itself."""

    def __init__(self, profile: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for option in (*CHROMIUM_OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # Given its driver, selenium downloads none.
        self.driver = webdriver.Chrome(options=options, service=Service(str(CHROMEDRIVER)))

    def open(self, url: str) -> None:
        self.driver.get(url)
        self.wait_for("item")

    def find(self, testid: str, text: str = "", **data: str) -> list[WebElement]:
        """The elements with this test id that show `text`; `status="failed"` asks for data-status."""
        selector = f'[data-testid="{testid}"]' + "".join(f'[data-{name}="{value}"]' for name, value in data.items())
        return [found for found in self.driver.find_elements("css selector", selector) if text in found.text]

    def wait_for(self, testid: str, text: str = "", **data: str) -> WebElement:
        found: list[WebElement] = self.wait_until(lambda: self.find(testid, text, **data), f"{testid} {data} {text!r}")
        return found[0]

    def wait_until(self, look: Callable[[], Any], what: str) -> Any:
        wait = WebDriverWait(self.driver, PAGE_SECONDS, 0.1, [StaleElementReferenceException])
        try:
            return wait.until(lambda _: look())
        except TimeoutException:
            lines = [entry.text for entry in self.find("log-entry")]
            pytest.fail("\n".join([f"the page never showed {what}; its log:", *lines[-20:]]))

    def click(self, testid: str, text: str = "") -> None:
        def try_click() -> bool:
            for element in self.find(testid, text)[:1]:
                element.click()
                return True
            return False

        self.wait_until(try_click, f"{testid} {text!r} to click")

    def ask(self, text: str) -> None:
        self.wait_for("question-input").send_keys(text)
        self.click("ask-button")
        self.wait_for("question", text)

    def reply(self, text: str) -> None:
        self.wait_for("reply-input").send_keys(text)
        self.click("reply-button")

    def complaints(self) -> list[str]:
        """What the browser's console says; nothing, when all is well."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    for program in (CHROMIUM, CHROMEDRIVER):
        if not program.exists():
            pytest.skip(f"{program} is not there; Debian: apt install chromium chromium-driver")
    browser = Browser(tmp_path / "profile")
    yield browser
    browser.driver.quit()


@pytest.fixture
def page_url(browser: Browser, tmp_path: Path) -> Iterator[str]:
    """Everything, running as a person would run it; stopping it must end well."""
    ready_file, output = tmp_path / "ready.json", tmp_path / "output.txt"
    command = [sys.executable, "-m", "tools", "local", "--port", "0", "--ready-file", str(ready_file)]
    with output.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT)
    try:
        wait_for_file(ready_file, process, output)
        yield json.loads(ready_file.read_text(encoding="utf-8"))["simulators"]["page"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) == 0, output.read_text(encoding="utf-8")
    finally:
        process.kill()
        process.wait()


def wait_for_file(path: Path, process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        assert time.monotonic() < deadline, f"not ready in {START_SECONDS} s:\n{output.read_text(encoding='utf-8')}"
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"it ended instead of starting:\n{output.read_text(encoding='utf-8')}")


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
    browser.wait_for("failure-reason", "o anúncio não está ativo")

    browser.click("listing-status-button", "Reativar")
    browser.wait_for("listing-status-button", "Pausar")
    browser.click("retry-button")

    browser.wait_for("answer", "Sim, entregamos.")
    browser.wait_for("message", "Sim, entregamos.", status="sent")
    assert [answer.text for answer in browser.find("answer")] == ["Sim, entregamos."]
    assert browser.complaints() == []


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


class Demo:
    """The page over both simulators, with no bridge between them."""

    def __init__(self) -> None:
        self.meli, self.chatwoot = MercadoLivre(), Chatwoot()
        self.page = Page(self.meli, self.chatwoot)
        self.client = Client(self.page.wsgi)
        self.meli.seed_demo()
        self.buyer_id, self.item_id = next(iter(self.meli.state.buyers)), next(iter(self.meli.state.items))

    def state(self, **after: int) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.client.get("/api/state", query_string=after).text)
        return state

    def act(self, name: str, **fields: Any) -> str:
        """Why it was not possible; empty when it was."""
        response = self.client.post(f"/api/{name}", json=fields)
        return str(json.loads(response.text).get("message", ""))


@pytest.fixture
def demo() -> Demo:
    return Demo()


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
