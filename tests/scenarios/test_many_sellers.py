"""Several sellers in one deployment: what befalls one of them delays no other."""

import json
from collections import Counter
from typing import Any

import pytest

from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tools.package import PROJECT


class Shop:
    """A connected seller with a listing."""

    def __init__(self, bridge: BridgeUnderTest, nickname: str) -> None:
        self._bridge = bridge
        self.nickname = nickname
        self.seller = bridge.meli.add_seller(nickname)
        self.item = bridge.meli.add_item(self.seller, f"Prato de {nickname}", 19.9)
        bridge.connect(self.seller)
        bridge.settle()

    def ask(self, text: str) -> int:
        question = self._bridge.meli.ask(self._bridge.buyer, self.item, text)
        self._bridge.settle()
        return question

    def conversation(self) -> dict[str, Any]:
        """Its only conversation."""
        name = f"{self.nickname} ({self.seller})"
        found = self._bridge.chatwoot.conversations()
        (conversation,) = [one for one in found if one["custom_attributes"]["meli_seller"] == name]
        return conversation

    def reply(self, text: str) -> int:
        message = self._bridge.chatwoot.reply(self.conversation()["id"], text)
        self._bridge.settle()
        return int(message["id"])

    def notes(self) -> list[str]:
        messages = self._bridge.chatwoot.messages(self.conversation()["id"])
        return [message["content"] for message in messages if message["private"]]


def swept_at(seller: int) -> int:
    stored = current_bridge().sellers.get(seller)
    assert stored
    return stored.swept_at


def missed_feeds(meli: MercadoLivre) -> list[int]:
    """How the calls for missed feeds were answered."""
    return [call.status for call in meli.journal if call.path == "/missed_feeds"]


@pytest.fixture
def shops(bridge: BridgeUnderTest) -> list[Shop]:
    return [Shop(bridge, name) for name in ("PRIMEIRA", "SEGUNDA", "TERCEIRA")]


def test_one_dead_grant_of_three_delays_no_other_and_mends_by_itself(
    bridge: BridgeUnderTest, meli: MercadoLivre, shops: list[Shop]
) -> None:
    dead, second, third = shops
    questions = [shop.ask(f"Tem na {shop.nickname}?") for shop in shops]
    meli.revoke_grant(dead.seller)

    held_up = dead.reply("Da primeira.")
    dead.reply("E mais isto.")
    second.reply("Da segunda.")
    third.reply("Da terceira.")

    assert meli.answers_published == [(questions[1], "Da segunda."), (questions[2], "Da terceira.")]
    # One note in the conversation, however many replies wait in it.
    bridge.wait_out(minutes=5)
    (note,) = dead.notes()
    assert f"{bridge.url}/oauth/mercado-livre/start" in note
    assert second.notes() == third.notes() == []
    (problem,) = bridge.health().json()["problems"]
    assert (problem["seller"], "/oauth/mercado-livre/start" in problem["do"]) == (dead.seller, True)
    meli.journal.clear()
    bridge.sweep()
    # Those of the other two, and of the seller whom every test has.
    assert sum(call.path == "/messages/unread" for call in meli.journal) == 3

    # Nothing but the seller's own hand mends it, and nothing more is needed.
    bridge.turn(hours=20)
    bridge.connect(dead.seller)
    bridge.settle()
    bridge.turn(seconds=2)

    assert meli.answers_published[-1] == (questions[0], "Da primeira.")
    assert bridge.message(held_up)["status"] == "sent"
    bridge.sweep()
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_a_grant_that_dies_twice_is_told_twice(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    for text in ("Um.", "Dois."):
        meli.revoke_grant(bridge.seller)
        bridge.reply(text)
        bridge.reply(f"{text} E mais.")
        bridge.turn(seconds=5)
        bridge.connect(bridge.seller)
        bridge.settle()
        bridge.turn(seconds=5)

    assert len([note for note in bridge.notes() if "autorizada de novo" in note]) == 2
    assert [message.text for message in meli.messages_sent] == ["Um.", "Um. E mais.", "Dois.", "Dois. E mais."]


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_one_sellers_outage_delays_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, shops: list[Shop], status: int
) -> None:
    """Mercado Livre fails for one of them alone; its jobs wait, and the others' do not."""
    away, *others = shops
    meli.add_fault("status", status=status, caller=f"-{away.seller}", times=1000)
    for shop in shops:
        shop.ask("Tem?")

    for shop in others:
        assert shop.conversation()
        shop.reply("Temos.")
    assert len(meli.answers_published) == 2
    bridge.sweep()
    problems = [problem for problem in bridge.health().json()["problems"] if problem["seller"]]
    # To whom nothing may be shown lacks a permission.
    assert {problem["seller"] for problem in problems} == ({away.seller} if status == 403 else set())

    meli.clear_faults()
    bridge.wait_out(minutes=26)
    assert away.conversation()


def test_a_seller_of_whom_nothing_could_be_read_was_not_swept(
    bridge: BridgeUnderTest, meli: MercadoLivre, shops: list[Shop]
) -> None:
    refused, well, _ = shops
    bridge.sweep()
    before = swept_at(refused.seller)
    meli.add_fault("status", status=451, caller=f"-{refused.seller}", times=1000)

    for _ in range(4):
        bridge.turn(minutes=10)
        bridge.sweep()

    assert swept_at(refused.seller) == before < swept_at(well.seller)
    problems = [(problem["what"], problem["seller"]) for problem in bridge.health().json()["problems"]]
    assert problems == [("no sweep has come to its end for long", refused.seller)]


def test_a_seller_of_whom_something_could_be_read_was_swept(
    bridge: BridgeUnderTest, meli: MercadoLivre, shops: list[Shop]
) -> None:
    bridge.sweep()
    before = swept_at(shops[0].seller)
    meli.add_fault("status", status=403, caller=f"-{shops[0].seller}", path="/messages/unread", times=1000)

    bridge.turn(minutes=2)
    bridge.sweep()

    assert swept_at(shops[0].seller) > before


def test_a_seller_who_is_refused_hides_the_missed_feeds_of_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, shops: list[Shop]
) -> None:
    for shop in shops:
        meli.add_fault("status", status=451, caller=f"-{shop.seller}", times=1000)
    meli.journal.clear()

    for _ in range(4):
        bridge.turn(minutes=2)
        bridge.sweep()

    # The seller whom every test has reads them when it is their turn.
    assert 200 in missed_feeds(meli)


def test_one_country_that_is_refused_hides_the_missed_listings_of_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    known = current_bridge().sellers.get(bridge.seller)
    assert known
    current_bridge().sellers.rename(known._replace(site_id="MLB"))
    current_bridge().sellers.connect(known._replace(seller_id=4_800_000_000, site_id="MLA", dead_reason="gone"))
    bridge.turn(minutes=2)
    meli.journal.clear()
    meli.add_fault("status", status=400, path="/missed_feeds", skip=1)

    bridge.sweep()

    # Those of everything but listings, and those of listings in either country.
    assert sorted(missed_feeds(meli)) == [200, 200, 400]


def test_a_blocked_application_is_shown_and_asked_for_rarely(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """It concerns every seller, and no grant dies of it; too many refusals would only make it worse."""
    shop = Shop(bridge, "PRIMEIRA")
    question = shop.ask("Tem?")
    meli.block_application()
    bridge.turn(hours=6)
    meli.journal.clear()
    shop.reply("Temos.")

    for _ in range(30):
        bridge.sweep()
        bridge.turn(minutes=2)

    refreshes = sum(call.path == "/oauth/token" for call in meli.journal)
    assert refreshes <= 2 * (30 + 3)
    problems = bridge.health().json()["problems"]
    assert {problem["what"] for problem in problems} == {
        "Mercado Livre refuses the application: unauthorized_application",
        "Mercado Livre has blocked the application",
    }
    assert all("DevCenter" in problem["do"] for problem in problems)
    meli.block_application(False)
    for _ in range(10):
        bridge.sweep()
        bridge.turn(minutes=2)
    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_the_health_of_many_sellers_takes_few_reads(bridge: BridgeUnderTest) -> None:
    """A Lambda of the API has ten seconds, and some thousand reads one after the other take as long."""
    known = current_bridge().sellers.get(bridge.seller)
    assert known
    for number in range(250):
        current_bridge().sellers.connect(known._replace(seller_id=4_800_000_000 + number, trouble="invalid_client"))
    asked = Counter[str]()
    events = current_bridge().dynamodb.meta.events

    def note(model: Any, **_: Any) -> None:
        asked[model.name] += 1

    events.register("before-call.dynamodb", note)
    problems = bridge.health().json()["problems"]
    events.unregister("before-call.dynamodb", note)

    assert len(problems) == 250
    assert asked["BatchGetItem"]
    assert asked.total() < 20
    assert {f"dynamodb:{name}" for name in asked} <= allowed_to_the_api()


def allowed_to_the_api() -> set[str]:
    policy = json.loads((PROJECT / ".chalice" / "policy-api.json").read_text(encoding="utf-8"))
    return {action for statement in policy["Statement"] for action in statement["Action"]}


def test_every_stored_key_names_its_seller(bridge: BridgeUnderTest, shops: list[Shop]) -> None:
    """Buyers, listings and messages are the same to several sellers; what is known of them is not shared."""
    for shop in shops:
        shop.ask("Tem?")
        shop.reply("Temos.")

    sellers = {str(shop.seller) for shop in shops} | {str(bridge.seller)}
    # The desk's own note, the minute of all reads, and authorizations that were ended, by a random name.
    of_all = ("contacts/", "rate-limit", "oauth-state/")
    for name, key in (("threads", "thread"), ("history", "seller_id"), ("sellers", "seller_id"), ("cache", "key")):
        items = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-{name}").scan()["Items"]
        keys = {str(item[key]) for item in items}
        assert keys
        keys = {key for key in keys if not key.startswith(of_all)}
        assert [k for k in keys if not sellers & set(k.replace("#", "/").split("/"))] == []
