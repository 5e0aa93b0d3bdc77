"""What plays on the page: a browser, and the page over both simulators with no bridge between them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    ElementNotInteractableException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from werkzeug.test import Client

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.page import Page

CHROMIUM, CHROMEDRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
CHROMIUM_OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--lang=pt-BR"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,940"),
)
# Generous, for a small machine with all tests running at once.
PAGE_SECONDS = 60

# What is being redrawn, or is not shown yet.
NOT_READY = (StaleElementReferenceException, ElementNotInteractableException)


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
        wait = WebDriverWait(self.driver, PAGE_SECONDS, 0.1, NOT_READY)
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

    def type(self, testid: str, text: str) -> None:
        def try_typing() -> bool:
            for element in self.find(testid)[:1]:
                element.send_keys(text)
                return True
            return False

        self.wait_until(try_typing, f"{testid} to type into")

    def ask(self, text: str) -> None:
        self.type("question-input", text)
        self.click("ask-button")
        self.wait_for("question", text)

    def reply(self, text: str, *files: Path) -> None:
        self._send("reply", "reply-button", text, files)

    def write(self, text: str, *files: Path) -> None:
        """In the purchase that is open."""
        self._send("sale", "write-button", text, files)

    def _send(self, name: str, button: str, text: str, files: Sequence[Path]) -> None:
        self.type(f"{name}-input", text)
        if files:
            self.wait_for(f"{name}-files").send_keys("\n".join(map(str, files)))
            self.wait_for("chosen-file", files[-1].name)
        self.click(button)

    def wait_for_pictures(self, count: int) -> None:
        """Pictures of messages that have truly come."""

        def look() -> bool:
            widths = [picture.get_property("naturalWidth") for picture in self.find("picture")]
            return len(widths) == count and all(widths)

        self.wait_until(look, f"{count} pictures")

    def complaints(self) -> list[str]:
        """What the browser's console says; nothing, when all is well."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


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
