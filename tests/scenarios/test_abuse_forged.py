"""What only looks true is not believed: signatures, sellers whom nobody knows, addresses of pages."""

import socket
from collections import Counter
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.abusing import (
    CHATWOOT_PATH,
    MELI_PATH,
    a_notification,
    an_event,
    assert_unharmed,
    fuzzing,
    host_of,
    post,
    signed,
)
from tests.drilling import IS_DRILL
from tests.harness import BridgeUnderTest
from tests.recorded import any_text, wire

pytestmark = [pytest.mark.drill, pytest.mark.usefixtures("sockets")]

SELLERS = 500 if IS_DRILL else 50

# Signatures


def question_with_reply(bridge: BridgeUnderTest) -> tuple[bytes, dict[bytes, bytes]]:
    """The webhook of an agent's reply, as Chatwoot signed it and before anybody got it."""
    bridge.ask()
    bridge.chatwoot.reply(bridge.conversation()["id"], "Temos.")
    (webhook,) = (w for w in bridge.chatwoot.outbox if b'"message_created"' in w.body)
    body = webhook.body
    return body, signed(bridge, body)


def test_a_signature_that_is_replayed_delivers_once(bridge: BridgeUnderTest) -> None:
    body, headers = question_with_reply(bridge)

    for _ in range(4):
        assert post(bridge, CHATWOOT_PATH, body, headers)[0] == 200
        bridge.turn(seconds=74)
    bridge.chatwoot.deliver_webhooks()
    bridge.turn(minutes=10)
    assert post(bridge, CHATWOOT_PATH, body, signed(bridge, body))[0] == 200
    assert post(bridge, CHATWOOT_PATH, body, headers)[0] == 401
    bridge.settle()

    assert [text for _, text in bridge.meli.answers_published] == ["Temos."]
    assert len(bridge.messages()) == 2
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_secret_counts_for_its_own_inbox_alone(bridge: BridgeUnderTest) -> None:
    body, _ = question_with_reply(bridge)

    assert post(bridge, CHATWOOT_PATH, body, signed(bridge, body, inbox=bridge.sales_inbox))[0] == 401
    assert bridge.jobs_waiting() == 0


TIMESTAMPS = [
    "1e9",
    "+1",
    "-1",
    "0x10",
    "1_000",
    " ",
    "",
    "١٧٩٥٣٤٨٨٠٠",
    "12345678901234567890",
    "9" * 5000,
    "nan",
    "1795348800.0",
]


def test_a_time_that_is_none_is_refused(bridge: BridgeUnderTest) -> None:
    body = wire(an_event(bridge))
    for timestamp in TIMESTAMPS:
        assert post(bridge, CHATWOOT_PATH, body, signed(bridge, body, timestamp=timestamp or "x"))[0] == 401, timestamp
        headers = signed(bridge, body) | {b"X-Chatwoot-Timestamp": timestamp.encode()}
        assert post(bridge, CHATWOOT_PATH, body, headers)[0] == 401, timestamp
    assert bridge.jobs_waiting() == 0


def test_a_time_to_come_is_as_wrong_as_one_that_is_past(bridge: BridgeUnderTest) -> None:
    body, now = wire(an_event(bridge)), int(bridge.clock.now.timestamp())

    for seconds in (-301, 301, 10**9):
        assert post(bridge, CHATWOOT_PATH, body, signed(bridge, body, timestamp=str(now + seconds)))[0] == 401


def test_only_the_very_signature_is_believed(bridge: BridgeUnderTest) -> None:
    body = wire(an_event(bridge))
    headers = signed(bridge, body)
    right = headers[b"X-Chatwoot-Signature"]
    hexadecimal = right.removeprefix(b"sha256=")
    forged = [
        hexadecimal,
        b"sha1=" + hexadecimal[:40],
        b"sha512=" + hexadecimal,
        b"sha256=" + hexadecimal.upper(),
        b"SHA256=" + hexadecimal,
        right + b"," + right,
        right + b"0",
        right[:-1],
        b"sha256=",
        b"sha256=" + b"0" * 64,
        b"sha256=\xff\xfe",
        b"",
        b"'\"{}",
    ]

    for signature in forged:
        assert post(bridge, CHATWOOT_PATH, body, headers | {b"X-Chatwoot-Signature": signature})[0] == 401, signature
    twice = {b"X-Chatwoot-Signature": b"sha256=0\r\nX-Chatwoot-Signature: sha256=1"}
    assert post(bridge, CHATWOOT_PATH, body, headers | twice)[0] == 401
    changed = body.replace(b"Temos.", b"Tenho.")
    assert post(bridge, CHATWOOT_PATH, changed, headers)[0] == 401
    assert bridge.jobs_waiting() == 0
    assert post(bridge, CHATWOOT_PATH, body, headers)[0] == 200


# Sellers whom nobody knows


def test_a_crowd_of_unknown_sellers_costs_a_record_each(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    meli.journal.clear()
    chatwoot.journal.clear()
    sellers = [7, *range(10**9, 10**9 + SELLERS), *range(2**63 - SELLERS, 2**63)]
    topics = ["questions", "messages", "orders_v2", "items", "shipments", "brand_new"]

    for number, seller in enumerate(sellers):
        fields = {"user_id": seller, "topic": topics[number % 6], "_id": f"n{number}", "resource": f"/x/{number}"}
        assert post(bridge, MELI_PATH, wire(a_notification(bridge, **fields)))[0] == 200
    for _ in range(5):
        post(bridge, MELI_PATH, wire(a_notification(bridge, user_id=sellers[0], _id="again")))
    bridge.settle()

    records = bridge.history()
    told = Counter(str(record["seller_id"]) for record in records)
    assert {record["outcome"] for record in records} <= {"unknown seller", "repeated"}
    assert set(told) == {str(seller) for seller in sellers}
    assert {count for seller, count in told.items() if seller != "7"} == {1}
    assert list(meli.journal) == list(chatwoot.journal) == []
    assert_unharmed(bridge)


# Pages


@given(
    path=st.sampled_from(["/health", "/oauth/mercado-livre/start", "/oauth/mercado-livre/callback"]),
    query=st.lists(
        st.tuples(
            st.one_of(st.sampled_from(["state", "code", "error", "error_description", "site", "desk"]), any_text),
            st.one_of(
                st.sampled_from(["MLB", "by-hand", "access_denied", "<script>", "\0", "../..", "a" * 9000]), any_text
            ),
        ),
        max_size=5,
    ),
    broken=st.sampled_from(
        ["", "&&==&", "&%", "&%ff=%fe", "&a[]=1&a[b]=2", ";state=1", "#state", "&state", "&state=&state="]
    ),
)
@fuzzing
def test_any_query_is_answered(bridge: BridgeUnderTest, path: str, query: list[tuple[str, str]], broken: str) -> None:
    written = "&".join(f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in query)
    response = requests.get(f"{bridge.url}{path}?{written}{broken}", allow_redirects=False, timeout=10)

    assert response.status_code in (200, 302, 400)
    assert "<script>" not in response.text
    if response.status_code == 302:
        assert response.headers["Location"].startswith(f"{bridge.meli.base_url}/authorization?")


@pytest.mark.parametrize("field", ["error_description", "error", "code", "desk", "site"])
def test_a_page_shows_what_an_address_brings_as_words_alone(bridge: BridgeUnderTest, field: str) -> None:
    trick = "<script>alert(1)</script><a href='javascript:x'>{{7*7}}{title}\"%0d%0aSet-Cookie: a=b"
    browser = requests.Session()
    start = browser.get(f"{bridge.url}/oauth/mercado-livre/start", allow_redirects=False, timeout=10)
    state = parse_qs(urlsplit(start.headers["Location"]).query)["state"][0]
    query = {"state": state, "error": "server_error", field: trick}
    if field == "code":
        del query["error"]

    for page in ("callback", "start"):
        response = browser.get(f"{bridge.url}/oauth/mercado-livre/{page}", query, allow_redirects=False, timeout=10)
        assert "a=b" not in str(response.headers)
        assert "<script" not in response.text
        assert "<a href='javascript" not in response.text
        assert "Traceback" not in response.text


@pytest.mark.parametrize("request_line", [b"GET /health HTTP/1.1", b"GET /oauth/mercado-livre/start?desk=x HTTP/1.1"])
def test_an_injected_host_stands_in_no_page(bridge: BridgeUnderTest, request_line: bytes) -> None:
    where = urlsplit(bridge.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        host = host_of(bridge)
        connection.sendall(request_line + b"\r\nHost: " + host + b"\r\nX-Forwarded-Host: evil.test\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.split()[1] in (b"200", b"400")
    assert b"evil.test" not in answer
