"""Each thing that the bridge leans on goes away under steady traffic, for minutes and for a day; then all is there.

Nobody lends a hand afterwards: the schedule and the services' own repetitions must do.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.wiring import bridge as current_bridge
from tests.auditing import count_kinds, disagreements
from tests.drilling import IS_DRILL, Record, tell_tried
from tests.harness import BridgeUnderTest

pytestmark = pytest.mark.drill

# How often a buyer and an agent write, and how often the schedule comes; DRILL=1 is nearer to life.
STEP_MINUTES, TICK_MINUTES = (10, 5) if IS_DRILL else (180, 60)
SHORT_MINUTES = 20

CLOSED_PORT = "http://127.0.0.1:9"

# Events of Chatwoot that ask for no work: the changes that come of a message which was shown as failed.
OF_NO_CONCERN = ("message_updated", "conversation_updated", "conversation_status_changed")

Outage = Callable[[BridgeUnderTest], AbstractContextManager[None]]


def refuse(service: str) -> Callable[..., None]:
    def hook(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url=service)

    return hook


@contextmanager
def mercado_livre_away(bridge: BridgeUnderTest) -> Iterator[None]:
    """Its API; buyers go on writing, and it goes on announcing what they write."""
    bridge.meli.add_fault("status", status=503, times=1_000_000)
    yield
    bridge.meli.clear_faults()


@contextmanager
def chatwoot_away(bridge: BridgeUnderTest) -> Iterator[None]:
    """Its API; agents have the page open still, and what they write is sent to us."""
    bridge.chatwoot.add_fault("status", status=502, times=1_000_000)
    yield
    bridge.chatwoot.clear_faults()


@contextmanager
def dynamodb_away(bridge: BridgeUnderTest) -> Iterator[None]:
    events, hook = current_bridge().dynamodb.meta.events, refuse("https://dynamodb.test")
    events.register("before-call", hook)
    yield
    events.unregister("before-call", hook)


@contextmanager
def sqs_away(bridge: BridgeUnderTest) -> Iterator[None]:
    """Nothing can be queued, so that nothing is acknowledged, and nothing that waits is worked on."""
    sources, endpoint = bridge.sources, bridge.settings["AWS_ENDPOINT_URL_SQS"]
    began = {service.name: service.journal[-1].number for service in (bridge.meli, bridge.chatwoot)}
    bridge.sources = []
    bridge.set(AWS_ENDPOINT_URL_SQS=CLOSED_PORT)
    yield
    bridge.sources = sources
    bridge.set(AWS_ENDPOINT_URL_SQS=endpoint)
    for service in (bridge.meli, bridge.chatwoot):
        told = [call for call in service.journal if call.direction == "out" and call.number > began[service.name]]
        statuses = {call.status for call in told if not call.path.endswith(OF_NO_CONCERN)}
        assert statuses
        assert all(status // 100 != 2 for status in statuses), "a receipt was acknowledged, and nothing was queued"


@contextmanager
def firewalls_come_and_go(bridge: BridgeUnderTest) -> Iterator[None]:
    """Before both services; some look at a call, and some at what comes of it.

    But for tokens: what is kept back of their exchange nobody has any more.
    """
    page = {"status": 403, "body": "<html>Request blocked.</html>", "content_type": "text/html"}
    for service, path in ((bridge.meli, "/messages"), (bridge.meli, "/answers"), (bridge.chatwoot, "")):
        for number in range(500):
            service.add_fault("status", times=5, skip=20 * number, **page)
            service.add_fault("commit_then_status", times=5, skip=20 * number + 10, path=path, **page)
    yield
    for service in (bridge.meli, bridge.chatwoot):
        service.clear_faults()


class Traffic:
    """A buyer who asks and writes about a purchase, and an agent who replies to each once it has arrived."""

    def __init__(self, bridge: BridgeUnderTest) -> None:
        self._bridge = bridge
        self.sale = bridge.bought_and_wrote("Número 0")
        self.asked = [bridge.ask("Pergunta 0?")]
        self.written, self.replied = ["Número 0"], list[str]()
        self._answered: set[int] = set()

    def flow(self) -> None:
        """One step: a question, a message, and replies."""
        bridge, number = self._bridge, len(self.written)
        self.asked.append(bridge.meli.ask(bridge.buyer, bridge.item, f"Pergunta {number}?"))
        self.written.append(f"Número {number}")
        bridge.meli.write(self.sale, self.written[-1])
        for conversation in bridge.chatwoot.conversations():
            if "meli_pack_id" in conversation["custom_attributes"]:
                self.replied.append(f"Resposta {number}")
                bridge.chatwoot.reply(conversation["id"], self.replied[-1])
            elif conversation["id"] not in self._answered:
                self._answered.add(conversation["id"])
                bridge.chatwoot.reply(conversation["id"], f"Resposta à {conversation['id']}")

    def is_through(self) -> bool:
        """Whether everything has reached the other side."""
        bridge = self._bridge
        return (
            len(bridge.chatwoot.conversations()) == len(self.asked) + 1
            and len(bridge.meli.messages_sent) == len(self.replied)
            and len(bridge.meli.answers_published) == len(self._answered)
            and len(self.shown("incoming")) == len(self.written)
            and bridge.jobs_waiting() == 0
        )

    def shown(self, kind: str) -> list[str]:
        """What the conversation of the purchase says, one way."""
        (conversation,) = [
            one for one in self._bridge.chatwoot.conversations() if "meli_pack_id" in one["custom_attributes"]
        ]
        messages = self._bridge.chatwoot.messages(conversation["id"])
        return [one["content"].split("\n")[0] for one in messages if one["message_type"] == kind and not one["private"]]


def pass_time(bridge: BridgeUnderTest, minutes: int) -> None:
    """Time passes, and the schedule comes, more rarely than in the cloud."""
    for _ in range(max(1, minutes // TICK_MINUTES)):
        bridge.turn(minutes=min(minutes, TICK_MINUTES))
        try:
            bridge.sweep()
        except Exception as error:  # noqa: BLE001 - what a schedule fails with is logged, and the next one comes
            bridge.errors.append(error)


@pytest.mark.parametrize("minutes", [SHORT_MINUTES, pytest.param(24 * 60, marks=pytest.mark.night)])
@pytest.mark.parametrize("outage", [mercado_livre_away, chatwoot_away, firewalls_come_and_go, dynamodb_away, sqs_away])
def test_after_an_outage_everything_is_there_in_order_once(
    bridge: BridgeUnderTest, outage: Outage, minutes: int, record_property: Record
) -> None:
    traffic = Traffic(bridge)
    bridge.sweep()
    traffic.flow()
    bridge.settle()

    with outage(bridge):
        step = min(STEP_MINUTES, minutes // 2)
        for _ in range(minutes // step):
            traffic.flow()
            pass_time(bridge, step)
    ended = bridge.clock.now
    while not traffic.is_through():
        pass_time(bridge, 5)
        assert (bridge.clock.now - ended).total_seconds() < 4 * 3600, "it does not catch up"

    caught_up, found = round((bridge.clock.now - ended).total_seconds() / 60), disagreements(bridge)
    sentence = f"{len(traffic.written)} messages each way, caught up in {caught_up} min"
    tell_tried(record_property, sentence, {"outages": 1, "minutes to catch up": caught_up}, count_kinds(found))
    assert traffic.shown("incoming") == traffic.written
    assert [message.text for message in bridge.meli.messages_sent] == traffic.replied
    assert traffic.shown("outgoing") == traffic.replied
    assert len({question for question, _ in bridge.meli.answers_published}) == len(bridge.meli.answers_published)
    statuses = {message["status"] for one in bridge.chatwoot.conversations() for message in _replies(bridge, one["id"])}
    assert statuses == {"sent"}
    assert bridge.dead_letters() == 0
    assert found == []


def _replies(bridge: BridgeUnderTest, conversation_id: int) -> list[dict[str, object]]:
    messages = bridge.chatwoot.messages(conversation_id)
    return [one for one in messages if one["message_type"] == "outgoing" and not one["private"]]
