"""Sellers with a Chatwoot of their own: another account, other inboxes, another installation."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from chalicelib.audit.compare import Span
from chalicelib.models import Thread
from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Server
from tests.harness import BridgeUnderTest
from tests.second_desk import set_up_second_desk
from tools.auditing import Audit
from tools.repairing import repair
from tools.replaying import DeadLetters

OTHER_TOKEN = "path-token-of-the-other-desk"


@pytest.fixture
def other(bridge: BridgeUnderTest) -> Iterator[Chatwoot]:
    """A second Chatwoot, of another account, where the ids are the same as in the first."""
    chatwoot = Chatwoot(account_id=1, admin_token="administrator-of-the-other", clock=bridge.clock)
    server = Server(chatwoot.wsgi)
    chatwoot.base_url = server.url
    set_up_second_desk(bridge, chatwoot, OTHER_TOKEN)
    bridge.others.append(chatwoot)
    yield chatwoot
    bridge.others.remove(chatwoot)
    server.stop()


@pytest.fixture
def second(bridge: BridgeUnderTest, meli: MercadoLivre, other: Chatwoot) -> int:
    """A seller who connected by the link of the other desk."""
    seller = meli.add_seller("SEGUNDA")
    meli.logged_in_seller = seller
    page = requests.get(f"{bridge.url}/oauth/mercado-livre/start?desk=loja2", timeout=10)
    assert page.status_code == 200
    bridge.settle()
    return seller


def reply(bridge: BridgeUnderTest, chatwoot: Chatwoot, text: str) -> dict[str, Any]:
    (conversation,) = chatwoot.conversations()
    message = chatwoot.reply(conversation["id"], text)
    bridge.settle()
    (found,) = [one for one in chatwoot.messages(conversation["id"]) if one["id"] == message["id"]]
    return found


def test_each_seller_is_served_at_his_own_desk(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    item = meli.add_item(second, "Prato", 19.9)
    first_question = bridge.ask("Para a primeira?")
    second_question = meli.ask(bridge.buyer, item, "Para a segunda?")
    bridge.settle()

    # The conversations have the same id, and so have the agents' messages.
    assert bridge.conversation()["id"] == other.conversations()[0]["id"]
    assert reply(bridge, bridge.chatwoot, "Da primeira.")["status"] == "sent"
    assert reply(bridge, other, "Da segunda.")["status"] == "sent"

    assert meli.answers_published == [(first_question, "Da primeira."), (second_question, "Da segunda.")]
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_sales_and_their_replies_are_at_the_desk_too(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    sale = meli.buy(bridge.buyer, meli.add_item(second, "Prato", 19.9))
    meli.write(sale, "Quando chega?")
    bridge.settle()

    assert reply(bridge, other, "Amanhã.")["status"] == "sent"

    assert [message.text for message in meli.messages_sent] == ["Amanhã."]
    assert bridge.chatwoot.conversations() == []


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "not yet known"])
def test_nobody_speaks_for_a_seller_of_another_desk(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot, *, is_known: bool
) -> None:
    """Whoever may make contacts at one desk could name a thread of another in their source id."""
    meli.notifications_enabled = is_known
    question = meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Para a segunda?")
    bridge.settle()
    where = {"inbox_id": bridge.questions_inbox, "source_id": f"{second}/question/{question}"}
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Intruso", **where})["payload"]["contact"]
    forged = bridge.as_administrator("POST", "/conversations", {"contact_id": contact["id"], **where})

    message = bridge.chatwoot.reply(forged["id"], "Em nome da segunda.")
    bridge.settle()

    assert meli.answers_published == []
    assert bridge.message(message["id"])["status"] == "failed"


def test_a_link_moves_nobody_who_is_connected(bridge: BridgeUnderTest, meli: MercadoLivre, other: Chatwoot) -> None:
    """Anybody can send a seller the link of a desk, where others would then read their buyers."""
    meli.logged_in_seller = bridge.seller
    page = requests.get(f"{bridge.url}/oauth/mercado-livre/start?desk=loja2", timeout=10)
    bridge.settle()
    bridge.ask()

    assert page.status_code == 200
    assert other.conversations() == []
    assert len(bridge.chatwoot.conversations()) == 1


def test_a_page_of_failure_leads_back_to_the_same_desk(
    bridge: BridgeUnderTest, meli: MercadoLivre, other: Chatwoot
) -> None:
    meli.fail_next_authorization("access_denied")

    page = requests.get(f"{bridge.url}/oauth/mercado-livre/start?desk=loja2", timeout=10)

    assert f'href="{bridge.url}/oauth/mercado-livre/start?desk=loja2"' in page.text


def test_a_container_that_does_not_know_the_desk_yet_writes_nowhere(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    """Settings are minutes old in some containers; conversations have the same numbers at both desks."""
    sale = meli.buy(bridge.buyer, meli.add_item(second, "Prato", 19.9))
    meli.write(sale, "Primeira")
    bridge.ask("Na primeira loja?")
    desk = bridge.settings["CHATWOOT_DESK_LOJA2"]
    bridge.set(CHATWOOT_DESK_LOJA2="")

    meli.write(sale, "Segunda")
    meli.write(meli.buy(bridge.buyer, meli.add_item(second, "Copo", 9.9)), "Terceira")
    bridge.settle()
    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Na primeira loja?"]

    bridge.set(CHATWOOT_DESK_LOJA2=desk)
    bridge.turn(minutes=1)
    words = [message["content"] for one in other.conversations() for message in other.messages(one["id"])]
    assert {"Primeira", "Segunda", "Terceira"} <= set(words)


def test_a_half_made_desk_stands_in_nobodys_way(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    bridge.set(CHATWOOT_DESK_AAA=json.dumps({"CHATWOOT_URL": "https://chat.example"}))
    question = meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Tem?")
    bridge.settle()

    assert reply(bridge, other, "Temos.")["status"] == "sent"

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.post("/webhook/chatwoot/wrong", {}).status_code == 403
    health = bridge.health()
    assert (health.status_code, health.json()["status"]) == (200, "degraded")
    assert all("aaa" in problem["what"] for problem in health.json()["problems"])


def test_a_seller_who_moves_leaves_his_conversations_where_they_are(
    bridge: BridgeUnderTest, meli: MercadoLivre, other: Chatwoot
) -> None:
    old = bridge.ask("Antes?")
    seller = current_bridge().sellers.get(bridge.seller)
    assert seller
    current_bridge().sellers.move(seller, "loja2")
    new = bridge.ask("Depois?")

    assert len(bridge.chatwoot.conversations()) == len(other.conversations()) == 1
    reply(bridge, bridge.chatwoot, "A antiga.")
    reply(bridge, other, "A nova.")
    assert meli.answers_published == [(old, "A antiga."), (new, "A nova.")]


def test_what_an_audit_finds_at_the_desk_that_a_seller_left_is_told(
    bridge: BridgeUnderTest, meli: MercadoLivre, other: Chatwoot
) -> None:
    bridge.sweep()
    question = bridge.ask("Antes?")
    bridge.turn(hours=24)
    seller = current_bridge().sellers.get(bridge.seller)
    assert seller
    current_bridge().sellers.move(seller, "loja2")
    bridge.sweep()
    bridge.turn(hours=12)
    # Mercado Livre lists nothing of it on that day; it happened in Chatwoot alone.
    copy = {"content": "Antes?", "message_type": "incoming", "source_id": f"meli:question/{question}"}
    for _ in range(2):
        bridge.as_administrator("POST", f"/conversations/{bridge.conversation()['id']}/messages", copy)
    bridge.turn(hours=12)

    bridge.sweep()

    assert "the last audit found 1 doubled" in [problem["what"] for problem in bridge.health().json()["problems"]]


def test_a_seller_who_connects_again_keeps_his_desk(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    bridge.connect(second)
    bridge.settle()

    meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Tem?")
    bridge.settle()

    assert len(other.conversations()) == 1
    assert bridge.chatwoot.conversations() == []


def test_one_desk_that_is_away_delays_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    other.add_fault("drop", times=1000)
    meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Tem?")
    bridge.ask("E na primeira?")

    assert bridge.conversation()
    other.clear_faults()
    bridge.turn(minutes=2)
    assert len(other.conversations()) == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [("desk=nenhuma", "nenhuma"), ("site=XXX", "MLA"), ("site=<b>", "«?»"), ("desk=https://evil.example", "«?»")],
)
def test_a_link_to_what_there_is_not_says_what_to_do(bridge: BridgeUnderTest, query: str, words: str) -> None:
    page = requests.get(f"{bridge.url}/oauth/mercado-livre/start?{query}", allow_redirects=False, timeout=10)

    assert page.status_code == 400
    assert words in page.text
    assert "<a href" not in page.text.replace(f'<a href="{bridge.url}/oauth/mercado-livre/start">', "")


def test_a_webhook_to_one_desk_is_not_taken_for_another(bridge: BridgeUnderTest, other: Chatwoot) -> None:
    """The right path of one desk with the signature of the other, whose inboxes have the same ids."""
    bridge.ask()
    body = bridge.chatwoot.reply(bridge.conversation()["id"], "Para fora?") and bridge.chatwoot.outbox[-1]

    answer = requests.post(
        f"{bridge.url}/webhook/chatwoot/{OTHER_TOKEN}", data=body.body, headers=body.headers, timeout=10
    )

    assert answer.status_code == 401


class Hostile:
    """The first desk, whose administrator names threads of another in signed webhooks."""

    def __init__(self, bridge: BridgeUnderTest) -> None:
        self._bridge = bridge
        self._chatwoot = bridge.chatwoot
        # What is slow is so in turned time.
        self._chatwoot.wait = lambda seconds: bridge.clock.turn(seconds=seconds)

    def answer(self, how: str) -> None:
        """Answer nothing, from now on, that would end a job."""
        anything: dict[str, Any] = {"path": "/api/v1", "times": 100_000}
        if how.isdigit():
            headers = {"Retry-After": "21600"}
            self._chatwoot.add_fault("status", status=int(how), body='{"error": "x"}', headers=headers, **anything)
        elif how == "slowly":
            self._chatwoot.add_fault("slow", seconds=20, **anything)
        else:
            self._chatwoot.add_fault("drop", **anything)

    def write(self, thread: str, *, times: int, inbox: int) -> None:
        (conversation,) = name_threads(self._bridge, [thread], inbox=inbox)
        for number in range(times):
            self._chatwoot.reply(conversation, f"Em nome da segunda, {number}.")
        self._chatwoot.deliver_webhooks()


HOW = ["401", "422", "500", "slowly", "never"]


@pytest.mark.parametrize("how", HOW)
def test_what_one_desk_sends_holds_up_no_thread_of_another(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot, how: str
) -> None:
    """It does so before the thread is there and afterwards, and its Chatwoot answers nothing that ends a job."""
    item, hostile = meli.add_item(second, "Prato", 19.9), Hostile(bridge)
    meli.notifications_enabled = False
    sale = meli.buy(bridge.buyer, item)
    meli.notifications_enabled = True
    name = f"{second}/pack/{sale}"
    hostile.write(name, times=10, inbox=bridge.sales_inbox)
    hostile.answer(how)
    bridge.settle()
    began = bridge.clock.now

    meli.write(sale, "Quando chega?")
    bridge.settle()
    assert reply(bridge, other, "Amanhã.")["status"] == "sent"
    bridge.chatwoot.clear_faults()
    hostile.write(name, times=10, inbox=bridge.questions_inbox)
    hostile.answer(how)
    meli.write(sale, "Obrigada!")
    bridge.settle()
    assert reply(bridge, other, "De nada.")["status"] == "sent"
    meli.write(sale, "Chegou!")
    bridge.settle()

    # Mostly that of answering slowly, which turns the clock of all.
    assert bridge.clock.now - began < timedelta(minutes=30)
    (conversation,) = other.conversations()
    shown = [message["content"] for message in other.messages(conversation["id"]) if not message["private"]]
    assert shown == ["Quando chega?", "Amanhã.", "Obrigada!", "De nada.", "Chegou!"]
    bridge.wait_out(minutes=20, step_seconds=120)
    assert [message.text for message in meli.messages_sent] == ["Amanhã.", "De nada."]
    assert current_bridge().threads.refusals_of(second) == []
    assert len(current_bridge().threads.load(Thread(second, "pack", str(sale))).deliveries) == 2


def test_what_a_desk_sent_that_is_there_no_more_holds_up_nobody(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    """Its jobs wait for its settings, for days."""
    question = bridge.ask("Na primeira?")
    where = {"inbox_id": bridge.questions_inbox, "source_id": f"{bridge.seller}/question/{question}"}
    headers = {"api_access_token": other.admin_token}
    url = f"{other.base_url}/api/v1/accounts/1"
    contact = requests.post(f"{url}/contacts", json={"name": "Intruso", **where}, headers=headers, timeout=10)
    contact_id = contact.json()["payload"]["contact"]["id"]
    made = requests.post(f"{url}/conversations", json={"contact_id": contact_id, **where}, headers=headers, timeout=10)
    other.reply(made.json()["id"], "Em nome da primeira.")
    other.deliver_webhooks()
    bridge.set(CHATWOOT_DESK_LOJA2="")

    assert bridge.reply("Temos.")["status"] == "sent"

    assert meli.answers_published == [(question, "Temos.")]


@pytest.mark.parametrize("how", ["422", "404"])
def test_putting_back_what_was_set_aside_holds_up_nobody(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot, how: str
) -> None:
    sale = meli.buy(bridge.buyer, meli.add_item(second, "Prato", 19.9))
    meli.write(sale, "Quando chega?")
    bridge.settle()
    hostile = Hostile(bridge)
    hostile.write(f"{second}/pack/{sale}", times=2, inbox=bridge.sales_inbox)
    hostile.answer(how)
    bridge.wait_out(minutes=10)

    letters = DeadLetters(current_bridge())
    letters.put_back([letter.message_id for letter in letters.look().letters])
    bridge.settle()
    meli.write(sale, "Alô?")

    assert reply(bridge, other, "Amanhã.")["status"] == "sent"
    bridge.chatwoot.clear_faults()
    bridge.wait_out(minutes=30, step_seconds=120)
    bridge.sweep()
    assert [message.text for message in meli.messages_sent] == ["Amanhã."]
    assert current_bridge().threads.refusals_of(second) == []


def name_threads(bridge: BridgeUnderTest, names: Iterable[str], *, inbox: int) -> list[int]:
    """An administrator of the first desk makes contacts that name threads, and conversations with them."""
    made = []
    for name in names:
        where = {"inbox_id": inbox, "source_id": name}
        contact = bridge.as_administrator("POST", "/contacts", {"name": "Intruso", **where})["payload"]["contact"]
        message = {"content": "x", "message_type": "incoming"}
        conversation = {"contact_id": contact["id"], "message": message, **where}
        made.append(int(bridge.as_administrator("POST", "/conversations", conversation)["id"]))
    return made


def test_the_audit_of_one_desk_calls_nobody_in_the_name_of_another(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    question = meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Tem?")
    bridge.settle()
    bridge.sweep()
    bridge.turn(hours=23)
    names = [f"{second}/question/{question}", *(f"{second}/pack/{2000009000000000 + one}" for one in range(10))]
    name_threads(bridge, names[:1], inbox=bridge.questions_inbox)
    name_threads(bridge, names[1:], inbox=bridge.sales_inbox)
    bridge.turn(hours=1)
    meli.journal.clear()

    current_bridge().daily_audit.ask_daily("")
    bridge.settle()
    bridge.turn(hours=1)

    assert [call.path for call in meli.journal if str(second) in call.path or "9000000" in call.path] == []
    assert "could not be" not in str(bridge.health().json())
    span = Span(int(bridge.clock.now.timestamp()) - 2 * 86400, int(bridge.clock.now.timestamp()))
    assert [str(lead.thread) for lead in current_bridge().candidates.at_desk("", span)] == []
    assert [str(lead.thread) for lead in current_bridge().candidates.at_desk("loja2", span)] == names[:1]


def test_repairing_sends_nothing_that_another_desk_wrote(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    """Both Chatwoots number from the same first number on."""
    question = meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Tem?")
    bridge.settle()
    (forged,) = name_threads(bridge, [f"{second}/question/{question}"], inbox=bridge.questions_inbox)
    assert forged == other.conversations()[0]["id"]
    message = bridge.chatwoot.reply(forged, "Em nome da segunda.")
    bridge.chatwoot.outbox.clear()
    bridge.turn(minutes=10)
    now = int(bridge.clock.now.timestamp())

    audit = Audit(current_bridge(), Span(now - 3600, now), wait=lambda _: None)
    report = audit.run(current_bridge().sellers.all())
    repair(audit)
    bridge.settle()

    assert meli.answers_published == []
    assert str(message["id"]) not in [finding.what for finding in report.findings]


def test_what_is_known_of_one_desk_hides_nothing_of_another(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    """Both Chatwoots number from the same first number on, and a webhook was lost."""
    question = meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Tem?")
    bridge.settle()
    sent = reply(bridge, other, "Temos.")
    bridge.sweep()
    (forged,) = name_threads(bridge, [f"{second}/question/{question}"], inbox=bridge.questions_inbox)
    message = bridge.chatwoot.reply(forged, "Em nome da segunda.")
    bridge.chatwoot.outbox.clear()
    while message["id"] < sent["id"]:
        message = bridge.chatwoot.reply(forged, "Em nome da segunda, outra vez.")
        bridge.chatwoot.outbox.clear()
    assert message["id"] == sent["id"]

    for _ in range(3):
        bridge.sweep()
        bridge.turn(minutes=2)

    (shown,) = [one for one in bridge.chatwoot.messages(forged) if one["id"] == message["id"]]
    assert shown["status"] == "failed"
    assert meli.answers_published == [(question, "Temos.")]


def test_a_retry_at_one_desk_delays_none_of_the_same_number_at_another(
    bridge: BridgeUnderTest, meli: MercadoLivre, second: int, other: Chatwoot
) -> None:
    """Both Chatwoots number from the same first number on, and no webhook told of either."""
    first_question = bridge.ask("Para a primeira?")
    second_question = meli.ask(bridge.buyer, meli.add_item(second, "Prato", 19.9), "Para a segunda?")
    bridge.settle()
    bridge.sweep()
    meli.add_fault("status", path="/answers", status=400, body='{"message": "no", "error": "bad_request"}', times=2)
    messages = {chatwoot: reply(bridge, chatwoot, "Temos.")["id"] for chatwoot in (bridge.chatwoot, other)}
    assert len(set(messages.values())) == 1

    for chatwoot, message in messages.items():
        chatwoot.press_retry(message)
        chatwoot.outbox.clear()
    bridge.sweep()

    assert sorted(meli.answers_published) == [(first_question, "Temos."), (second_question, "Temos.")]
