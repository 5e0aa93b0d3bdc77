"""A seller connects, the token stays alive, and when the grant dies a person is told what to do."""

import pytest
import requests

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def refreshes(meli: MercadoLivre) -> int:
    return sum(call.path == "/oauth/token" for call in meli.journal)


def test_the_start_leads_to_the_authorization_page_with_state_and_pkce(bridge: BridgeUnderTest) -> None:
    response = requests.get(f"{bridge.url}/oauth/mercado-livre/start", allow_redirects=False, timeout=10)

    assert response.status_code == 302
    address, _, query = response.headers["Location"].partition("?")
    assert address == f"{bridge.meli.base_url}/authorization"
    fields = dict(requests.utils.unquote(pair).split("=", 1) for pair in query.split("&"))
    assert fields["response_type"] == "code"
    assert fields["client_id"] == str(bridge.meli.app_id)
    assert fields["redirect_uri"] == f"{bridge.url}/oauth/mercado-livre/callback"
    assert fields["code_challenge_method"] == "S256"
    assert len(fields["code_challenge"]) == 43
    assert len(fields["state"]) >= 32


def test_the_page_after_connecting_names_the_seller(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    seller = meli.add_seller("SEGUNDA <LOJA>")

    page = bridge.connect(seller)

    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert f"SEGUNDA &lt;LOJA&gt; ({seller})" in page.text


def test_where_anybody_may_connect_a_program_that_keeps_no_cookies_may_too(bridge: BridgeUnderTest) -> None:
    start = requests.get(f"{bridge.url}/oauth/mercado-livre/start", allow_redirects=False, timeout=10)
    callback = requests.get(start.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]

    assert "Set-Cookie" not in start.headers
    assert requests.get(callback, timeout=10).status_code == 200


def test_a_state_works_once(bridge: BridgeUnderTest) -> None:
    page = bridge.browser.get(f"{bridge.url}/oauth/mercado-livre/start", timeout=10)

    again = bridge.browser.get(page.url, timeout=10)

    assert page.status_code == 200
    assert again.status_code == 400
    assert "/oauth/mercado-livre/start" in again.text


@pytest.mark.parametrize("query", ["", "?code=TG-1", "?code=TG-1&state=guess", "?error=access_denied&state=guess"])
def test_a_callback_without_our_state_is_refused(bridge: BridgeUnderTest, query: str) -> None:
    page = requests.get(f"{bridge.url}/oauth/mercado-livre/callback{query}", timeout=10)

    assert page.status_code == 400
    assert "expirou" in page.text


def test_a_state_expires(bridge: BridgeUnderTest) -> None:
    start = bridge.browser.get(f"{bridge.url}/oauth/mercado-livre/start", allow_redirects=False, timeout=10)
    bridge.turn(minutes=16)

    page = bridge.browser.get(start.headers["Location"], timeout=10)

    assert page.status_code == 400


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "não foi concedida"), ("invalid_operator_user_id", "administrador")]
)
def test_an_authorization_that_was_not_granted_says_what_to_do(
    bridge: BridgeUnderTest, meli: MercadoLivre, error: str, words: str
) -> None:
    meli.fail_next_authorization(error)

    page = bridge.connect(bridge.seller)

    assert page.status_code == 400
    assert words in page.text


def test_a_code_that_mercado_livre_refuses_is_its_fault(bridge: BridgeUnderTest) -> None:
    bridge.set(MERCADO_LIVRE_CLIENT_SECRET="wrong")

    page = bridge.connect(bridge.seller)

    assert page.status_code == 502
    assert "chave secreta" in page.text


def test_the_token_is_refreshed_before_it_expires(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.turn(hours=5, minutes=55)
    meli.journal.clear()

    bridge.ask("Uma?")
    bridge.ask("Duas?")

    assert refreshes(meli) == 1
    assert len(bridge.chatwoot.conversations()) == 2


def test_the_sweep_refreshes_ahead_so_that_no_reply_waits(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for _ in range(8):
        bridge.turn(hours=4)
        bridge.sweep()
    meli.journal.clear()

    bridge.ask()

    assert refreshes(meli) == 0


@pytest.mark.parametrize("kind", ["invalid_token", "expired_token", "invalid_access_token", "malformed_token"])
def test_a_rejected_token_is_refreshed_once_and_the_call_repeated(
    bridge: BridgeUnderTest, meli: MercadoLivre, kind: str
) -> None:
    question = bridge.ask()
    meli.token_error = kind
    meli.expire_tokens(bridge.seller)
    meli.journal.clear()

    message = bridge.reply("Temos.")

    assert meli.answers_published == [(question, "Temos.")]
    assert message["status"] == "sent"
    assert refreshes(meli) == 1
    assert bridge.errors == []


def test_a_dead_grant_is_told_and_its_jobs_flow_again_after_reconnecting(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.revoke_grant(bridge.seller)

    message = bridge.reply("Temos.")
    bridge.wait_out(minutes=5)

    (note,) = bridge.notes()
    assert f"{bridge.url}/oauth/mercado-livre/start" in note
    health = bridge.health()
    assert health.status_code == 200
    assert health.json()["status"] == "degraded"
    assert health.json()["problems"][0]["seller"] == bridge.seller
    meli.journal.clear()
    bridge.sweep()
    assert not [call for call in meli.journal if call.direction == "in"]

    bridge.connect(bridge.seller)
    bridge.wait_out(minutes=22)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    # Its agent was told that it waits, and is told that it does no more.
    late = [note for note in bridge.notes() if note.startswith("Sua mensagem “Temos.”, que estava na fila")]
    assert len(late) == 1
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_a_blocked_application_kills_no_grant(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    meli.block_application()
    bridge.reply("Temos.")
    bridge.wait_out(minutes=2)

    meli.block_application(False)
    bridge.wait_out(minutes=22)

    assert meli.answers_published == [(question, "Temos.")]


def test_one_sellers_dead_grant_delays_no_other(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    second = meli.add_seller("SEGUNDA LOJA")
    bridge.connect(second)
    item = meli.add_item(second, "Prato fundo", 19.9)
    meli.revoke_grant(bridge.seller)
    bridge.ask("Para a primeira?")

    meli.ask(bridge.buyer, item, "Para a segunda?")
    bridge.settle()

    (conversation,) = bridge.chatwoot.conversations()
    assert conversation["custom_attributes"]["meli_seller"] == f"SEGUNDA LOJA ({second})"


def test_health_is_down_without_a_queue_and_shows_no_secret(bridge: BridgeUnderTest) -> None:
    bridge.set(
        THREADS_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/nowhere.fifo", CHATWOOT_URL="not a url"
    )

    health = bridge.health()

    assert health.status_code == 503
    report = health.json()
    assert report["status"] == "down"
    assert {problem["what"].split()[0] for problem in report["problems"]} == {"CHATWOOT_URL", "queue"}
    assert all(problem["do"] for problem in report["problems"])
    secrets = [bridge.meli.client_secret, bridge.chatwoot.admin_token]
    assert not any(secret in health.text for secret in secrets)
