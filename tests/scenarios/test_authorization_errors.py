"""Whatever goes wrong while a seller connects, a page says what to do, and no grant is overwritten by it."""

import re
from collections.abc import Callable

import pytest
import requests

from chalicelib.sentences.wording import Wording
from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def walk_to_the_callback(bridge: BridgeUnderTest) -> str:
    """The address to which Mercado Livre sends the seller's browser back."""
    start = bridge.browser.get(f"{bridge.url}/oauth/mercado-livre/start", allow_redirects=False, timeout=10)
    consent = requests.get(start.headers["Location"], allow_redirects=False, timeout=10)
    return consent.headers["Location"]


def wait_too_long(bridge: BridgeUnderTest) -> None:
    bridge.turn(minutes=11)


def use_a_wrong_secret(bridge: BridgeUnderTest) -> None:
    bridge.set(MERCADO_LIVRE_CLIENT_SECRET="wrong-secret")


def block_the_application(bridge: BridgeUnderTest) -> None:
    bridge.meli.block_application()


def go_away(bridge: BridgeUnderTest) -> None:
    bridge.meli.add_fault("drop", path="/oauth/token")


def be_busy(bridge: BridgeUnderTest) -> None:
    bridge.meli.add_fault("status", path="/oauth/token", status=429, body="local_rate_limited")


def stop_between(bridge: BridgeUnderTest) -> None:
    bridge.meli.add_fault("status", path="/users/me", status=500)


def move_elsewhere(bridge: BridgeUnderTest) -> None:
    bridge.set(PUBLIC_URL=f"{bridge.url}/moved")


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (wait_too_long, "dez minutos"),
        (move_elsewhere, "/moved/oauth/mercado-livre/callback"),
        (use_a_wrong_secret, "App ID ou a chave secreta"),
        (block_the_application, "está bloqueada ou sem permissão"),
        (go_away, "não respondeu"),
        (be_busy, "não respondeu"),
    ],
)
def test_a_code_that_cannot_be_exchanged_says_what_to_do_and_changes_nothing(
    bridge: BridgeUnderTest, trouble: Callable[[BridgeUnderTest], None], words: str
) -> None:
    address = walk_to_the_callback(bridge)
    trouble(bridge)

    page = bridge.browser.get(address, timeout=10)

    assert page.status_code == 502
    assert words in page.text
    assert "/oauth/mercado-livre/start" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    if trouble in (wait_too_long, go_away, be_busy):
        bridge.meli.clear_faults()
        bridge.ask("Ainda serve?")
        assert bridge.conversation()


def test_a_grant_is_kept_though_nobody_tells_whose_it_is(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """The pair before it is dead once a code is exchanged, so that a call that fails afterwards must not lose it."""
    stop_between(bridge)

    page = bridge.connect(bridge.seller)
    bridge.settle()
    meli.expire_tokens(bridge.seller)
    bridge.ask("Ainda serve?")
    bridge.turn(minutes=1)

    assert page.status_code == 200
    assert "LOJA TESTE" in page.text
    assert bridge.conversation()
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_who_could_not_be_asked_for_his_name_is_asked_by_the_next_sweep(bridge: BridgeUnderTest) -> None:
    other = bridge.meli.add_seller("LOJA PLATENSE")
    bridge.meli.add_fault("status", path="/users", status=500, times=2)
    bridge.connect(other)
    bridge.settle()
    unnamed = current_bridge().sellers.get(other)
    bridge.turn(minutes=2)

    bridge.sweep()

    assert unnamed
    assert unnamed.nickname == str(other)
    seller = current_bridge().sellers.get(other)
    assert seller
    assert seller.nickname == "LOJA PLATENSE"
    bridge.meli.journal.clear()
    bridge.turn(minutes=2)
    bridge.sweep()
    assert not [call for call in bridge.meli.journal if call.path.startswith("/users/")]


def test_only_our_own_links_can_be_clicked(bridge: BridgeUnderTest) -> None:
    address, _, query = walk_to_the_callback(bridge).partition("?")
    state = dict(pair.split("=") for pair in query.split("&"))["state"]
    said = {"error": "x", "error_description": "Go to https://evil.example/login now.", "state": state}

    page = bridge.browser.get(address, params=said, timeout=10)

    assert re.findall(r'href="([^"]*)"', page.text) == [f"{bridge.url}/oauth/mercado-livre/start"]


def test_the_links_of_a_sentence_end_where_they_should(bridge: BridgeUnderTest) -> None:
    address = walk_to_the_callback(bridge)
    wait_too_long(bridge)

    page = bridge.browser.get(address, timeout=10)

    assert set(re.findall(r'href="([^"]*)"', page.text)) == {
        f"{bridge.url}/oauth/mercado-livre/start",
        f"{bridge.url}/oauth/mercado-livre/callback",
    }


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("access_denied", "authorization_denied"),
        ("invalid_operator_user_id", "operator_not_allowed"),
        ("server_error", "authorization_failed"),
        ("", "authorization_denied"),
    ],
)
@pytest.mark.parametrize("language", ["pt-BR", "es", "en"])
def test_an_authorization_that_was_not_given_says_what_to_do(
    bridge: BridgeUnderTest, error: str, sentence: str, language: str
) -> None:
    bridge.set(AGENT_LANGUAGE=language)
    address, _, query = walk_to_the_callback(bridge).partition("?")
    state = dict(pair.split("=") for pair in query.split("&"))["state"]

    page = bridge.browser.get(
        address, params={"error": error, "state": state} if error else {"state": state}, timeout=10
    )

    assert page.status_code == 400
    assert Wording(language).say(sentence, link="{", words="{").partition("{")[0].replace("'", "&#x27;") in page.text
    assert f'lang="{language}"' in page.text


def test_what_mercado_livre_says_is_shown_and_does_no_harm(bridge: BridgeUnderTest) -> None:
    address, _, query = walk_to_the_callback(bridge).partition("?")
    state = dict(pair.split("=") for pair in query.split("&"))["state"]
    said = {"error": "x", "error_description": "<script>alert(1)</script>" + "a" * 5000, "state": state}

    page = bridge.browser.get(address, params=said, timeout=10)

    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text
    assert len(page.text) < 3000


def test_a_grant_without_a_scope_is_connected_with_a_warning(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.scopes = "read write"

    page = bridge.connect(bridge.seller)
    bridge.settle()

    assert page.status_code == 200
    assert "sem offline_access" in page.text
    (problem,) = bridge.health().json()["problems"]
    assert (problem["what"], problem["seller"]) == ("the grant came without offline_access", bridge.seller)
    assert "DevCenter" in problem["do"]


def test_a_code_for_somebody_elses_terminal_is_not_exchanged_here(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.journal.clear()

    page = requests.get(f"{bridge.url}/oauth/mercado-livre/callback?state=by-hand&code=TG-1", timeout=10)

    assert page.status_code == 400
    assert "<h1>Falta um passo</h1>" in page.text
    assert "cole-o no terminal" in page.text
    assert not meli.journal


def test_a_state_of_another_deployment_is_not_taken(machine: object, bridge: BridgeUnderTest) -> None:
    address = walk_to_the_callback(bridge)
    # The same application, deployed again beside the first: another stage with tables of its own.
    other = BridgeUnderTest(machine)  # type: ignore[arg-type]
    other.set(SIGNING_KEY="signing-key-of-the-other")

    page = bridge.browser.get(address.replace(bridge.url, other.url), timeout=10)

    assert page.status_code == 400


@pytest.mark.parametrize(
    ("site", "host"),
    [("MLB", "auth.mercadolivre.com.br"), ("MLA", "auth.mercadolibre.com.ar"), ("MLC", "auth.mercadolibre.cl")],
)
def test_each_country_has_its_own_page(bridge: BridgeUnderTest, site: str, host: str) -> None:
    bridge.set(MERCADO_LIVRE_AUTH_URL="")

    start = requests.get(f"{bridge.url}/oauth/mercado-livre/start?site={site}", allow_redirects=False, timeout=10)

    assert start.headers["Location"].startswith(f"https://{host}/authorization?")


def test_a_link_without_a_country_leads_to_that_of_the_setting(bridge: BridgeUnderTest) -> None:
    bridge.set(MERCADO_LIVRE_AUTH_URL="", MERCADO_LIVRE_SITE="MCO")

    start = requests.get(f"{bridge.url}/oauth/mercado-livre/start", allow_redirects=False, timeout=10)

    assert start.headers["Location"].startswith("https://auth.mercadolibre.com.co/authorization?")
