"""What the bridge prints, answers and writes for people holds no secret, and its log nobody's words."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import requests

from chalicelib.observability import logger
from tests.harness import CHATWOOT_TOKEN, MELI_TOKEN, BridgeUnderTest

WORDS = ("Palavras da compradora", "Palavras do atendente", "Nota só nossa", "Dúvida sobre a compra", "recibo-secreto")


@pytest.fixture
def printed(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """All that was printed, every line of the log included."""
    log, level = io.StringIO(), logger.log_level
    handler = logging.StreamHandler(log)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    logger.setLevel("DEBUG")
    yield lambda: log.getvalue() + "".join(capfd.readouterr())
    logger.setLevel(level)
    logger.removeHandler(handler)


class Eavesdropper:
    """Collects the secrets that are about, what a browser or a service is answered, and what the history tells."""

    def __init__(self, bridge: BridgeUnderTest) -> None:
        self._bridge = bridge
        self.heard: list[str] = []
        self.read: list[str] = []
        chatwoot, meli = bridge.chatwoot, bridge.meli
        self.secrets = {MELI_TOKEN, CHATWOOT_TOKEN, meli.client_secret, chatwoot.admin_token, chatwoot.agent_token}
        self.secrets |= {str(inbox["secret"]) for inbox in bridge.as_administrator("GET", "/inboxes")["payload"]}
        self.listen()

    def listen(self) -> None:
        """Take down the tokens of the moment, and the history as it stands."""
        self.read.append(str(self._bridge.history()))
        state = self._bridge.meli.state
        self.secrets |= set(state.access_tokens) | {grant.refresh_token for grant in state.grants.values()}

    def get(self, path: str) -> requests.Response:
        response = self._bridge.browser.get(f"{self._bridge.url}{path}", allow_redirects=False, timeout=10)
        self.heard.append(response.text)
        return response

    def connect(self) -> None:
        """Walk a seller through the authorization, and once more with what is spent by then."""
        start = self.get("/oauth/mercado-livre/start").headers["Location"]
        back = requests.get(start, allow_redirects=False, timeout=10).headers["Location"].removeprefix(self._bridge.url)
        query = dict(pair.split("=") for pair in back.partition("?")[2].split("&"))
        self.secrets |= {query["code"], query["state"]}
        self.get(back)
        self.get(back)
        self._bridge.settle()
        self.listen()


def test_a_failure_that_nobody_foresaw_quotes_nobody(bridge: BridgeUnderTest, printed: Callable[[], str]) -> None:
    """What Python says of a value quotes it, in the log and to Lambda, which prints what a function leaves with."""
    contact = {"id": f"{WORDS[0]}\x1b\x9b"}
    bridge.chatwoot.add_fault(
        "status", status=200, body=json.dumps({"payload": {"contact": contact}}), path="/contacts", times=9
    )

    bridge.ask()

    log = printed()
    assert "job failed" in log
    assert "ValueError" in log
    assert "in create_contact" in log
    assert WORDS[0] not in log + "".join(map(str, bridge.errors))
    assert not {"\x1b", "\x9b"} & set(log)


def test_no_secret_and_nobodys_words_are_told(bridge: BridgeUnderTest, printed: Callable[[], str]) -> None:
    meli, chatwoot = bridge.meli, bridge.chatwoot
    ear = Eavesdropper(bridge)
    ear.connect()
    bridge.ask(WORDS[0])
    conversation = bridge.conversation()["id"]
    chatwoot.reply(conversation, WORDS[2], private=True)
    bridge.reply(WORDS[1])
    sale = bridge.buy()
    bridge.write(sale, WORDS[3], [(f"{WORDS[4]}.txt", "text/plain", WORDS[4].encode())])

    # Tokens that are rejected, refreshed, refused and revoked.
    token = next(iter(meli.state.access_tokens))
    for body in ('{"message": "invalid_token", "error": "not_found"}', f'{{"message": "bad {token}", "error": "x"}}'):
        for status in (400, 401, 403, 500):
            meli.add_fault("status", status=status, body=body)
            meli.add_fault("status", status=status, body=body, path="/oauth/token")
            bridge.ask(WORDS[0])
            meli.add_fault("status", status=status, body=body, times=2)
            bridge.write(sale, WORDS[3])
            ear.listen()
    meli.clear_faults()
    meli.add_fault("status", body=f'{{"messages": ["{WORDS[0]}"]}}', status=200, times=2)
    bridge.write(sale, WORDS[3])
    ear.listen()
    meli.clear_faults()
    for kind in ("malformed_token", "expired_token"):
        meli.token_error = kind
        meli.expire_tokens(bridge.seller)
        bridge.ask(WORDS[0])
        bridge.turn(minutes=20)
        ear.listen()
    meli.add_fault("status", body='{"id": null}', status=200, path="^/questions", times=20)
    chatwoot.add_fault("status", body="[]", status=200, times=20)
    bridge.ask(WORDS[0])
    bridge.wait_out(minutes=10)
    meli.clear_faults()
    chatwoot.clear_faults()
    meli.revoke_grant(bridge.seller)
    message = chatwoot.reply(conversation, f"{WORDS[1]}, outra vez")
    bridge.settle()
    ear.get("/health")
    ear.connect()
    bridge.wait_out(minutes=2)
    assert bridge.message(message["id"])["status"] == "failed"

    # What is refused at the door.
    for path in (f"/webhook/mercado-livre/{MELI_TOKEN}", f"/webhook/chatwoot/{CHATWOOT_TOKEN}", "/webhook/chatwoot/x"):
        for junk in (b"", b"{", b'{"event": "message_created"}', WORDS[0].encode()):
            ear.heard.append(bridge.post(path, junk).text)
    bridge.set(MERCADO_LIVRE_CLIENT_SECRET="not the secret", CHATWOOT_TOKEN="not the token")
    ear.secrets |= {"not the secret", "not the token"}
    bridge.ask(WORDS[0])
    ear.connect()
    ear.get("/health")
    bridge.turn(seconds=30)

    log = printed()
    assert "seller must authorise again" in log
    assert "job failed" in log
    for shown in chatwoot.conversations():
        ear.heard += [str(message) for message in chatwoot.messages(shown["id"])]
    ear.listen()
    history = "".join(ear.read)
    assert "waiting: " in history
    told = log + history + "".join(ear.heard)
    assert len(ear.secrets) > 15
    assert [secret for secret in ear.secrets if secret and secret in told] == []
    assert [words for words in (*WORDS, "COMPRADORA.TESTE") if words in log + history] == []
