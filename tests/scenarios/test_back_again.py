"""A service that was away is noticed to be back within seconds, and was left in peace meanwhile."""

from itertools import pairwise

import pytest

from chalicelib.wiring import bridge as current_bridge
from chalicelib.work.parked_jobs import CALLED_BACK_PER_SECOND
from simulators.service import Service
from tests.harness import BridgeUnderTest

ALWAYS = 1_000_000
SALES = 12


class Shop:
    """Purchases about which buyers and agents write."""

    def __init__(self, bridge: BridgeUnderTest) -> None:
        self._bridge = bridge
        self.sales = [bridge.bought_and_wrote("Oi") for _ in range(SALES)]
        self.written, self.replied = SALES, 0
        bridge.sweep()

    def write(self, number: int) -> None:
        """A buyer writes about one of them, and an agent does."""
        bridge = self._bridge
        bridge.meli.write(self.sales[number % SALES], f"Número {number}")
        bridge.chatwoot.reply(bridge.chatwoot.conversations()[number % SALES]["id"], f"Resposta {number}")
        self.written += 1
        self.replied += 1

    def is_through(self) -> bool:
        bridge = self._bridge
        messages = [one for each in bridge.chatwoot.conversations() for one in bridge.chatwoot.messages(each["id"])]
        came = sum(one["message_type"] == "incoming" for one in messages)
        return (came, len(bridge.meli.messages_sent)) == (self.written, self.replied)


def calls(service: Service) -> int:
    return sum(call.direction == "in" for call in service.journal)


@pytest.mark.parametrize("away", ["meli", "chatwoot"])
def test_ten_minutes_away_are_over_within_one(bridge: BridgeUnderTest, away: str) -> None:
    shop, service = Shop(bridge), getattr(bridge, away)
    service.add_fault("status", status=503, times=ALWAYS)
    shop.write(0)
    bridge.turn(seconds=10)
    service.journal.clear()
    for step in range(1, 60):
        if step % 4 == 0:
            shop.write(step)
        if step % 12 == 0:
            bridge.sweep()
        bridge.turn(seconds=10)
    (problem,) = bridge.health().json()["problems"]
    assert problem["what"].endswith("does not answer")
    # One look every fifteen seconds, and no other call.
    assert calls(service) <= 4 * 10
    assert not shop.is_through()
    service.clear_faults()

    for _ in range(60):
        bridge.turn(seconds=1)
        if shop.is_through():
            break

    assert shop.is_through()
    bridge.wait_out(minutes=2)
    bridge.sweep()
    assert bridge.health().json()["problems"] == []
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    assert not current_bridge().parked_jobs.count("mercado-livre") + current_bridge().parked_jobs.count("desk/")


def test_what_is_away_for_long_is_looked_at_more_rarely_and_waited_for_without_receives(
    bridge: BridgeUnderTest,
) -> None:
    bridge.bought_and_wrote()
    bridge.meli.add_fault("drop", times=ALWAYS)
    bridge.reply("Amanhã.")
    bridge.wait_out(minutes=20)
    bridge.meli.journal.clear()
    bridge.wait_out(minutes=60, step_seconds=60)
    assert calls(bridge.meli) <= 65
    bridge.meli.clear_faults()

    bridge.wait_out(minutes=2)

    assert [message.text for message in bridge.meli.messages_sent] == ["Amanhã."]
    assert bridge.jobs_waiting() == 0


def test_one_thing_that_gets_no_answer_keeps_no_other_waiting(bridge: BridgeUnderTest) -> None:
    first, second = bridge.bought_and_wrote(), bridge.bought_and_wrote()
    bridge.meli.add_fault("status", status=500, path=f"/messages/packs/{first}/", times=ALWAYS)
    bridge.meli.write(first, "E agora?")
    bridge.settle()
    bridge.write(second, "Chegou!")

    assert "Chegou!" in str([bridge.chatwoot.messages(one["id"]) for one in bridge.chatwoot.conversations()])
    # It is asked for often enough to be noticed within a minute, too.
    bridge.wait_out(minutes=10)
    bridge.meli.clear_faults()
    bridge.wait_out(minutes=1)
    assert "E agora?" in str([bridge.chatwoot.messages(one["id"]) for one in bridge.chatwoot.conversations()])


def test_what_is_parked_just_when_the_service_is_back_is_not_forgotten(bridge: BridgeUnderTest) -> None:
    """The look ended the outage, and another worker does not know it yet."""
    bridge.bought_and_wrote()
    bridge.turn(seconds=5)
    bridge.meli.add_fault("status", status=503, times=ALWAYS)
    bridge.reply("Amanhã.")
    bridge.meli.clear_faults()
    outages = current_bridge().outages
    outage = outages.find("mercado-livre")
    assert outage
    outages.end("mercado-livre", outage.chain)

    bridge.wait_out(minutes=1, step_seconds=1)

    assert [message.text for message in bridge.meli.messages_sent] == ["Amanhã."]


def test_a_second_outage_is_noticed_as_the_first_was(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote()
    for number in range(2):
        bridge.meli.add_fault("status", status=503, times=ALWAYS)
        bridge.reply(f"Resposta {number}")
        bridge.wait_out(minutes=5)
        bridge.meli.clear_faults()
        bridge.wait_out(minutes=1, step_seconds=5)
        assert len(bridge.meli.messages_sent) == number + 1


def test_many_that_wait_come_back_some_each_second(bridge: BridgeUnderTest) -> None:
    number = 3 * CALLED_BACK_PER_SECOND
    bridge.ask("Zero?")
    bridge.chatwoot.add_fault("status", status=502, times=ALWAYS)
    for question in range(number):
        bridge.ask(f"Pergunta {question}?")
    bridge.wait_out(minutes=3)
    bridge.chatwoot.clear_faults()
    came = []
    for _ in range(40):
        bridge.turn(seconds=1)
        came.append(len(bridge.chatwoot.conversations()))
    steps = [after - before for before, after in pairwise(came)]
    assert max(steps) <= 2 * CALLED_BACK_PER_SECOND
    assert came[-1] == number + 1


def test_a_service_is_looked_at_again_though_a_look_was_lost(bridge: BridgeUnderTest) -> None:
    """Or set aside, for whatever reason: else all would wait for what answers again."""
    bridge.bought_and_wrote()
    bridge.sweep()
    bridge.meli.add_fault("status", status=503, times=ALWAYS)
    bridge.reply("Amanhã.")
    bridge.wait_out(minutes=1)
    queue = current_bridge().notifications_queue
    current_bridge().sqs.purge_queue(QueueUrl=queue.url)
    bridge.wait_out(minutes=3)
    bridge.meli.clear_faults()

    for _ in range(4):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert [message.text for message in bridge.meli.messages_sent] == ["Amanhã."]
    assert bridge.health().json()["problems"] == []


def test_an_outage_that_the_look_alone_still_sees_ends(bridge: BridgeUnderTest) -> None:
    """Functions are made anew every few minutes, and each makes a call before it learns of an outage."""
    bridge.bought_and_wrote()
    bridge.meli.add_fault("status", status=503, times=ALWAYS)
    bridge.reply("Amanhã.")
    bridge.meli.clear_faults()
    bridge.meli.add_fault("status", status=503, path="/users/me", times=ALWAYS)

    for _ in range(12):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert [message.text for message in bridge.meli.messages_sent] == ["Amanhã."]
    assert bridge.health().json() == {"status": "ok", "problems": []}
    assert bridge.jobs_waiting() == 0


def test_a_chatwoot_that_answers_all_but_the_look_is_not_taken_to_be_away(bridge: BridgeUnderTest) -> None:
    """The sweep asks for the inboxes now and then, when Chatwoot has answered a moment ago."""
    bridge.bought_and_wrote()
    bridge.sweep()
    bridge.chatwoot.add_fault("status", status=503, path="/inboxes/", times=ALWAYS)

    for _ in range(40):
        bridge.turn(minutes=2)
        bridge.sweep()
        assert not any("does not answer" in problem["what"] for problem in bridge.health().json()["problems"])


@pytest.mark.parametrize(("away", "look"), [("meli", "/users/me"), ("chatwoot", "/inboxes/")])
def test_a_service_that_answers_all_but_the_look_is_not_away_for_ever(
    bridge: BridgeUnderTest, away: str, look: str
) -> None:
    """Something before it may let that one address through no more."""
    service: Service = getattr(bridge, away)
    bridge.bought_and_wrote()
    service.add_fault("status", status=403, path=look, body="<html>Forbidden</html>", times=ALWAYS)
    service.add_fault("status", status=503, path="/messages")
    bridge.reply("Amanhã.")
    assert bridge.meli.messages_sent == []

    for _ in range(10):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert [message.text for message in bridge.meli.messages_sent] == ["Amanhã."]
