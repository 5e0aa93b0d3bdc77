"""Whoever knows the address of a bridge connects no shop there, and reads nothing about those that are connected."""

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from chalicelib.checks.deployment import Deployment
from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tools.doctor.front_door import look_at_front_door


@pytest.fixture(autouse=True)
def _in_the_cloud(bridge: BridgeUnderTest) -> None:
    """As a deployed stage is: nobody connects who is not invited."""
    settings = {name: value for name, value in bridge.settings.items() if name.startswith("CHATWOOT_")}
    bridge.set(ACCESS="invited", CHATWOOT_DESK_LOJA2=json.dumps(settings | {"CHATWOOT_WEBHOOK_TOKEN": "of-loja2"}))


def invite(site: str = "", desk: str = "") -> str:
    """The link that `authorize` prints."""
    return current_bridge().invitations.link(site, desk)


def changed(link: str, **fields: str) -> str:
    """The link with something else in its query; an empty value leaves the field out."""
    address, _, query = link.partition("?")
    said = {name: value for name, value in ({**dict(parse_qsl(query)), **fields}).items() if value}
    return f"{address}?{urlencode(said)}"


def open_link(link: str, browser: requests.Session | None = None) -> requests.Response:
    return (browser or requests.Session()).get(link, allow_redirects=False, timeout=10)


def consent(start: requests.Response) -> str:
    """Where Mercado Livre sends a browser that came from there."""
    return open_link(start.headers["Location"]).headers["Location"]


# Invitations


def test_a_stranger_connects_no_shop_of_their_own_at_somebodys_desk(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    meli.logged_in_seller = meli.add_seller("LOJA DE UM ESTRANHO")
    link, start = invite(), f"{bridge.url}/oauth/mercado-livre/start"
    until = str(int(dict(parse_qsl(urlsplit(link).query))["until"]) + 1)
    tries = [
        start,
        f"{start}?desk=loja2",
        f"{start}?site=MLB&desk=loja2&invitation=",
        changed(link, desk="loja2"),
        changed(link, site="MLA"),
        changed(link, until=until),
        changed(link, until=""),
        changed(link, until="9" * 30),
        changed(link, invitation="x" * 43),
        changed(link, invitation="ação\ud800".encode("utf-8", "surrogatepass").decode("latin-1")),
        link.replace("invitation=", "invitation=A"),
    ]

    pages = [requests.get(one, timeout=10) for one in tries]

    assert [page.status_code for page in pages] == [403] * len(tries)
    assert all("Peça um link novo a quem cuida da instalação" in page.text for page in pages)
    assert not [page for page in pages if "<a " in page.text]
    assert [seller.seller_id for seller in current_bridge().sellers.all()] == [bridge.seller]


def test_an_invitation_says_where_the_seller_belongs_until_it_is_over(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    meli.logged_in_seller = seller = meli.add_seller("CONVIDADA")
    link = invite("MLB", "loja2")

    page = requests.get(link, timeout=10)

    assert page.status_code == 200
    connected = current_bridge().sellers.get(seller)
    assert connected
    assert connected.desk == "loja2"
    bridge.turn(days=7, seconds=-1)
    assert open_link(link).status_code == 302
    bridge.turn(seconds=2)
    assert open_link(link).status_code == 403
    assert open_link(changed(link, desk="")).status_code == 403


def test_a_new_signing_key_makes_every_invitation_void(bridge: BridgeUnderTest) -> None:
    link = invite()

    bridge.set(SIGNING_KEY="another")

    assert open_link(link).status_code == 403
    assert open_link(invite()).status_code == 302


def test_what_strangers_and_agents_read_carries_no_invitation(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.ask()
    meli.revoke_grant(bridge.seller)
    bridge.reply("Temos.")
    key = {"X-Ponte-Key": key_of(bridge)}
    told = [*bridge.notes(), requests.get(f"{bridge.url}/health", headers=key, timeout=10).text]

    assert "quem cuida da instalação" in told[0]
    assert "python -m tools authorize --stage" in told[1]
    assert not [text for text in told if "invitation" in text or "/oauth/mercado-livre/start" in text]


def test_who_was_invited_goes_on_with_the_same_invitation(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.fail_next_authorization("access_denied")
    link, browser = invite(desk="loja2"), requests.Session()
    bridge.turn(hours=1)

    page = browser.get(link, timeout=10)
    again = re.findall(r'href="([^"]*)"', page.text)[0].replace("&amp;", "&")
    unknown = browser.get(f"{bridge.url}/oauth/mercado-livre/callback?code=TG-1&state=x.y", timeout=10)

    assert dict(parse_qsl(urlsplit(again).query)) == dict(parse_qsl(urlsplit(link).query))
    assert (unknown.status_code, "<a " in unknown.text) == (400, False)
    assert "quem cuida da instalação" in unknown.text


# The state


def test_nobodys_consent_is_slipped_into_another_browser(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """Whoever begins and consents, and gives the way back to somebody else, connects nothing by that hand."""
    meli.logged_in_seller = seller = meli.add_seller("DO ATACANTE")
    attacker, victim = requests.Session(), requests.Session()
    address = consent(open_link(invite(), attacker))
    assert open_link(address).status_code == 400
    assert open_link(address, victim).status_code == 400
    open_link(invite(), victim)
    assert open_link(address, victim).status_code == 400
    forged = {"Cookie": f"ponte=; ponte={'x' * 43}; xponte={attacker.cookies['ponte']}"}
    assert requests.get(address, headers=forged, timeout=10).status_code == 400
    assert current_bridge().sellers.get(seller) is None

    assert open_link(address, attacker).status_code == 200
    assert open_link(address, attacker).status_code == 400


def test_a_state_that_was_changed_is_none(bridge: BridgeUnderTest) -> None:
    browser = requests.Session()
    address = consent(open_link(invite(), browser))
    fields = dict(parse_qsl(urlsplit(address).query))
    said, _, signature = fields["state"].partition(".")
    content = json.loads(base64.urlsafe_b64decode(said + "=="))
    for number, value in ((0, "x"), (1, content[1] + 1), (3, "loja2"), (4, 2**40)):
        other = [value if place == number else one for place, one in enumerate(content)]
        forged = base64.urlsafe_b64encode(json.dumps(other).encode()).rstrip(b"=").decode()
        assert open_link(changed(address, state=f"{forged}.{signature}"), browser).status_code == 400
    for state in (said, f"{said}.", f".{signature}", f"{said}=.{signature}", "é.ç", "."):
        assert open_link(changed(address, state=state), browser).status_code == 400

    assert open_link(address, browser).status_code == 200


def test_two_that_one_browser_began_are_both_ended(bridge: BridgeUnderTest) -> None:
    browser = requests.Session()
    first, second = (consent(open_link(invite(), browser)) for _ in range(2))

    assert [open_link(address, browser).status_code for address in (first, second)] == [200, 200]


def test_the_verifier_cannot_be_read_and_nothing_is_stored_before_consent(bridge: BridgeUnderTest) -> None:
    before, browser = stored(bridge), requests.Session()

    start = open_link(invite(), browser)

    assert stored(bridge) == before
    fields = dict(parse_qsl(urlsplit(start.headers["Location"]).query))
    shown = [
        fields["state"],
        *fields["state"].split("."),
        browser.cookies["ponte"],
        start.text,
        *start.headers.values(),
    ]
    shown += [base64.urlsafe_b64decode(part + "==").decode("latin-1") for part in fields["state"].split(".")]
    words = {word for text in shown for word in (text, *re.findall(r"[\w.~-]+", text))}
    challenges = {base64.urlsafe_b64encode(hashlib.sha256(word.encode()).digest()).rstrip(b"=") for word in words}
    assert fields["code_challenge"].encode() not in challenges


def stored(bridge: BridgeUnderTest) -> list[Any]:
    return bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-cache").scan()["Items"]


# Pages


def test_a_page_does_nothing_but_show_itself(bridge: BridgeUnderTest) -> None:
    browser, start = requests.Session(), f"{bridge.url}/oauth/mercado-livre/start"
    invited = open_link(invite(), browser)
    address = consent(invited)
    bridge.set(MERCADO_LIVRE_CLIENT_SECRET="wrong")
    pages = [
        open_link(start),
        invited,
        open_link(address, browser),
        open_link(address, browser),
        open_link(f"{start}?x"),
    ]
    bridge.set(MERCADO_LIVRE_CLIENT_SECRET=bridge.meli.client_secret)
    pages.append(browser.get(invite(), timeout=10))

    assert [page.status_code for page in pages] == [403, 302, 502, 400, 403, 200]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        for style in re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL):
            assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy
        told = {name: page.headers[name] for name in ("X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy")}
        assert [*told.values()] == ["DENY", "nosniff", "no-referrer"]
        assert page.headers["Cache-Control"] == "no-store"


def test_the_cookie_is_for_this_host_and_for_no_script(bridge: BridgeUnderTest) -> None:
    cookie = open_link(invite()).headers["Set-Cookie"]
    link = invite()
    bridge.set(PUBLIC_URL="https://ponte.example/api")
    safe = open_link(changed(link)).headers["Set-Cookie"]

    assert [*map(str.strip, cookie.split(";"))][1:] == ["Max-Age=900", "Path=/", "HttpOnly", "SameSite=Lax"]
    assert safe.startswith("__Host-ponte=")
    assert safe.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")


# Health


def key_of(bridge: BridgeUnderTest) -> str:
    """The operator's key, as `doctor` prints it."""
    found = [*look_at_front_door(Deployment(current_bridge(), "live", bridge.session))]
    (link,) = [finding.seen for finding in found if finding.about == "all of /health"]
    return link.rpartition("key=")[2]


def test_health_tells_strangers_status_and_counts_alone(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    key = key_of(bridge)
    assert bridge.health().json() == {"status": "ok", "counts": {"problems": 0, "sellers": 0}}
    meli.revoke_grant(bridge.seller)
    bridge.ask()

    strangers = [
        requests.get(f"{bridge.url}/health{query}", headers=headers, timeout=10)
        for query, headers in [
            ("", {}),
            ("?key=", {}),
            (f"?key={key[:-1]}", {}),
            (f"?key={key}x", {}),
            ("", {"X-Ponte-Key": "x"}),
            ("?key=%ed%a0%80", {}),
            (f"?key={key}", {"X-Ponte-Key": "x"}),
        ]
    ]
    operators = [
        requests.get(f"{bridge.url}/health?key={key}", timeout=10),
        requests.get(f"{bridge.url}/health", headers={"X-Ponte-Key": key}, timeout=10),
    ]

    for answer in strangers:
        assert answer.json() == {"status": "degraded", "counts": {"problems": 1, "sellers": 1}}
    for answer in operators:
        (problem,) = answer.json()["problems"]
        assert (answer.status_code, problem["seller"]) == (200, bridge.seller)
        assert "python -m tools authorize" in problem["do"]
        assert answer.headers["Cache-Control"] == "no-store"
    bridge.set(CHATWOOT_URL="no url")
    down = bridge.health()
    assert (down.status_code, down.json()["status"]) == (503, "down")
    assert "CHATWOOT_URL" not in down.text
