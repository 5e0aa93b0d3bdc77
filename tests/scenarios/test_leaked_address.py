"""Somebody else learnt the address for notifications: nobody's traffic starves of what they send, or is blocked."""

from collections import Counter

from chalicelib.rate_limit import MOST_REFUSALS_A_MINUTE, MOST_REFUSALS_OF_HINTS
from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def flood(bridge: BridgeUnderTest, number: int, resource: str = "/questions/{}", topic: str = "questions") -> None:
    """So many notifications, each about something else and none about anything."""
    for each in range(number):
        named = resource.format(f"{13_900_000_000 + each}")
        assert bridge.notify(resource=named, topic=topic, _id=f"{topic}-{each}").status_code == 200
    bridge.settle()


def asked(meli: MercadoLivre) -> Counter[str]:
    """How often each made-up thing was asked for."""
    return Counter(call.path for call in meli.journal if call.direction == "in" and "/139000" in call.path)


def test_a_flood_has_its_share_of_reads_and_no_more(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50")
    question = bridge.ask()
    meli.journal.clear()

    flood(bridge, 25)

    assert 5 <= asked(meli).total() <= 10
    # An agent's reply waits for nothing, and what is true is found by the sweep.
    assert bridge.reply("Temos.")["status"] == "sent"
    assert meli.answers_published == [(question, "Temos.")]
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "E azul?")
    bridge.turn(minutes=1)
    bridge.sweep()
    assert len(bridge.chatwoot.conversations()) == 2
    # In the end each was asked for once, and none was lost.
    bridge.wait_out(minutes=15, step_seconds=60)
    assert (len(asked(meli)), set(asked(meli).values())) == (25, {1})
    assert (bridge.jobs_waiting(), bridge.dead_letters()) == (0, 0)


def test_made_up_sales_have_the_same_share_where_a_sale_opens_a_conversation(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50", OPEN_CONVERSATION_ON_SALE="on")

    flood(bridge, 50, "/orders/{}", "orders_v2")

    assert 5 <= asked(meli).total() <= 30
    bridge.turn(minutes=1)
    bridge.buy()
    bridge.wait_out(minutes=5, step_seconds=30)
    assert len(bridge.chatwoot.conversations()) == 1
    assert (len(asked(meli)), set(asked(meli).values())) == (50, {1})
    assert (bridge.jobs_waiting(), bridge.dead_letters()) == (0, 0)


def test_what_strangers_cause_to_be_refused_holds_up_no_sweep(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(AGENT_LANGUAGE="en")
    known = bridge.ask()
    flood(bridge, MOST_REFUSALS_OF_HINTS + 10)

    assert asked(meli).total() >= MOST_REFUSALS_OF_HINTS
    (problem,) = bridge.health().json()["problems"]
    assert "notifications" in problem["what"]
    assert "python -m tools rotate-token" in problem["do"]
    # Those of what nobody knows yet wait for a while, so that Mercado Livre blocks nobody for them; the sweep brings
    # what is true in them. What is announced of what is known comes in at once.
    before = asked(meli).total()
    meli.answer_natively(known, "Temos sim.")
    bridge.settle()
    assert bridge.messages()[-1]["content"] == "Temos sim."
    meli.ask(bridge.buyer, bridge.item, "Tem?")
    bridge.turn(minutes=2)
    bridge.sweep()
    assert asked(meli).total() == before
    assert len(bridge.chatwoot.conversations()) == 2
    bridge.wait_out(minutes=20, step_seconds=120)
    bridge.sweep()
    assert bridge.health().json() == {"status": "ok", "problems": []}
    assert bridge.jobs_waiting() == 0


def test_what_sweeps_cause_to_be_refused_holds_up_no_hint(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    for _ in range(2 * MOST_REFUSALS_A_MINUTE):
        current_bridge().background_meli._watch.note_refusal()

    bridge.ask()

    assert len(bridge.chatwoot.conversations()) == 1
    assert bridge.health().json()["problems"][0]["what"].endswith("too many refused calls")


def test_a_message_that_waits_for_reads_is_not_asked_for_again(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50")
    bridge.turn(minutes=1)
    sales = [bridge.buy() for _ in range(6)]
    # What hints may read in a minute does not end with a whole message.
    bridge.ask()

    messages = [bridge.write(sale, "Quando chega?") for sale in sales]

    assert len(bridge.chatwoot.conversations()) == 6
    bridge.wait_out(minutes=2)
    assert len(bridge.chatwoot.conversations()) == 7
    asked_for = Counter(call.path for call in meli.journal)
    assert {asked_for[f"/messages/{message}"] for message in messages} == {1}


def test_a_message_that_is_not_there_is_asked_for_five_times(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    flood(bridge, 2, "/messages/0123456789abcdef01234567{}", "messages")

    bridge.wait_out(minutes=1, step_seconds=5)
    bridge.wait_out(minutes=12, step_seconds=60)

    asked_for = Counter(call.path for call in meli.journal if call.path.startswith("/messages/0123456789"))
    assert (len(asked_for), set(asked_for.values())) == (2, {5})
    assert {record["outcome"] for record in bridge.history()} == {"message not found"}


def test_a_listing_with_more_open_questions_than_a_minutes_share_holds_up_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    """Its number stands in its address, for everybody; and its price may really change."""
    for number in range(25):
        meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?")
    bridge.settle()
    bridge.wait_out(minutes=3, step_seconds=60)
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50")
    bridge.turn(minutes=2)

    meli.set_price(bridge.item, 50.0, regular_price=62.96)
    bridge.settle()
    bridge.wait_out(minutes=10, step_seconds=60)

    assert (bridge.jobs_waiting(), bridge.dead_letters()) == (0, 0)
    conversations = bridge.chatwoot.conversations()
    told = [[one for one in bridge.chatwoot.messages(each["id"]) if one["private"]] for each in conversations]
    assert len(told) == 25
    assert all("R$ 50,00" in notes[-1]["content"] for notes in told)


def test_hints_that_say_the_same_wait_as_one(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50")
    flood(bridge, 12)
    waiting = bridge.jobs_waiting()
    meli.notifications_enabled = False
    question = meli.ask(bridge.buyer, bridge.item, "Tem?")
    for number in range(10):
        bridge.notify(resource=f"/questions/{question}", _id=f"again-{number}")
    bridge.settle()

    assert bridge.jobs_waiting() == waiting + 1
    bridge.turn(minutes=1)
    bridge.wait_out(minutes=5)
    assert len(bridge.chatwoot.conversations()) == 1
    outcomes = Counter(record["outcome"].partition(":")[0] for record in bridge.history())
    assert outcomes["merged"] == 9


def test_a_hint_that_comes_after_the_one_that_waits_is_read_again(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    """What is merged is only what the one that waits will see."""
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50")
    question = bridge.ask()
    flood(bridge, 12)
    meli.answer_natively(question, "Temos sim.")
    bridge.settle()
    bridge.turn(minutes=1)
    bridge.wait_out(minutes=5)

    assert [message["content"] for message in bridge.messages()][-1] == "Temos sim."


def test_whoever_tells_the_same_again_and_again_stands_before_no_reply(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.journal.clear()
    for number in range(30):
        bridge.notify(resource=f"/questions/{question}", _id=f"again-{number}")

    assert bridge.reply("Temos.")["status"] == "sent"

    reads = [call for call in meli.journal if call.method == "GET" and call.path == f"/questions/{question}"]
    assert len(reads) <= 10
    bridge.wait_out(minutes=2)
    assert bridge.jobs_waiting() == 0
