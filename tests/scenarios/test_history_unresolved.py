"""What the history tells of a notification while it waits, fails or is given up, and what it tells afterwards."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest

Prevent = Callable[[BridgeUnderTest], Any]


@contextmanager
def watched_history(bridge: BridgeUnderTest, *, is_away: bool = False) -> Iterator[list[str]]:
    """The writes to the history meanwhile; they fail where it is away."""
    events, written = current_bridge().dynamodb.meta.events, []

    def hook(*, params: dict[str, Any], **_: object) -> None:
        if b"-history" in params["body"]:
            written.append("a write")
            if is_away:
                raise EndpointConnectionError(endpoint_url="https://dynamodb.test")

    for operation in ("PutItem", "BatchWriteItem"):
        events.register(f"before-call.dynamodb.{operation}", hook)
    yield written
    for operation in ("PutItem", "BatchWriteItem"):
        events.unregister(f"before-call.dynamodb.{operation}", hook)


def outcomes(bridge: BridgeUnderTest, topic: str = "messages") -> list[str]:
    return [str(record["outcome"]) for record in bridge.history() if record["topic"] == topic]


def go_away(meli: MercadoLivre) -> None:
    meli.add_fault("status", times=100_000)


def answer_nonsense(meli: MercadoLivre) -> None:
    meli.add_fault("status", status=200, body='{"messages": [5]}', times=100_000)


def let_all_fail(bridge: BridgeUnderTest) -> None:
    go_away(bridge.meli)


def let_nobody_answer(bridge: BridgeUnderTest) -> None:
    bridge.meli.add_fault("drop", times=100_000)


def end_the_grant(bridge: BridgeUnderTest) -> None:
    bridge.meli.revoke_grant(bridge.seller)


def block_the_application(bridge: BridgeUnderTest) -> None:
    bridge.meli.block_application()


def lose_a_setting(bridge: BridgeUnderTest) -> None:
    bridge.set(MERCADO_LIVRE_CLIENT_SECRET="")


def mend(bridge: BridgeUnderTest) -> None:
    bridge.meli.clear_faults()
    bridge.meli.block_application(False)
    bridge.set(MERCADO_LIVRE_CLIENT_SECRET=bridge.meli.client_secret)
    bridge.connect(bridge.seller)


@pytest.mark.parametrize(
    ("prevent", "why"),
    [
        (let_all_fail, "answered 503 service_unavailable"),
        (let_nobody_answer, ": ConnectionError"),
        (end_the_grant, "the seller must authorise again: invalid_grant"),
        (block_the_application, "Mercado Livre has blocked the application"),
        (lose_a_setting, "MERCADO_LIVRE_CLIENT_SECRET is not set"),
    ],
)
def test_what_waits_is_recorded_until_its_outcome_is_known(bridge: BridgeUnderTest, prevent: Prevent, why: str) -> None:
    sale = bridge.buy()
    prevent(bridge)

    bridge.write(sale, "Quando chega?")

    (waiting,) = outcomes(bridge)
    assert waiting.startswith("waiting: ")
    assert why in waiting
    bridge.wait_out(minutes=5)
    assert len(outcomes(bridge)) == 1
    mend(bridge)
    bridge.wait_out(minutes=30)
    assert outcomes(bridge) == [f"queued: {bridge.seller}/pack/{sale}"]
    assert [message["content"] for message in bridge.messages()] == ["Quando chega?"]


def test_what_fails_is_recorded_without_the_words_of_the_error(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    answer_nonsense(meli)

    bridge.write(sale, "Quando chega?")

    assert outcomes(bridge) == ["failing: TypeError"]


def test_what_is_given_up_is_recorded(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    answer_nonsense(meli)
    bridge.write(sale, "Quando chega?")

    bridge.wait_out(minutes=3)

    assert bridge.dead_letters() == 1
    assert outcomes(bridge) == ["given up"]


def test_what_waits_is_written_down_twice_at_most(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    go_away(meli)

    with watched_history(bridge) as written:
        bridge.write(sale, "Quando chega?")
        assert len(written) == 1
        bridge.wait_out(minutes=90, step_seconds=60)

    assert len(written) == 2


def test_what_succeeds_is_written_down_once(bridge: BridgeUnderTest) -> None:
    sale = bridge.buy()

    with watched_history(bridge) as written:
        bridge.write(sale, "Quando chega?")

    assert len(written) == 1


def test_a_history_that_is_away_changes_nothing_for_what_waits(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    go_away(meli)

    with watched_history(bridge, is_away=True) as written:
        bridge.write(sale, "Quando chega?")

    assert written
    assert bridge.errors == []
    assert bridge.jobs_waiting() == 1
    assert outcomes(bridge) == []
    bridge.wait_out(minutes=2)
    (waiting,) = outcomes(bridge)
    assert waiting.startswith("waiting: ")
    meli.clear_faults()
    bridge.wait_out(minutes=10)
    assert outcomes(bridge) == [f"queued: {bridge.seller}/pack/{sale}"]


def test_a_history_that_is_away_keeps_a_notification_from_no_dead_letter_queue(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy()
    answer_nonsense(meli)

    with watched_history(bridge, is_away=True):
        bridge.write(sale, "Quando chega?")
        bridge.wait_out(minutes=3)

    assert bridge.dead_letters() == 1
    assert bridge.jobs_waiting() == 0


def test_what_waited_and_was_resolved_by_its_repetition_ends_too(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.buy()
    go_away(meli)
    message = meli.write(sale, "Quando chega?")
    meli.outbox.clear()
    for _ in range(2):
        bridge.notify(topic="messages", resource=message)
    bridge.settle()
    assert len([outcome for outcome in outcomes(bridge) if outcome.startswith("waiting: ")]) == 2

    meli.clear_faults()
    bridge.wait_out(minutes=2)

    assert sorted(outcomes(bridge)) == [f"queued: {bridge.seller}/pack/{sale}", "repeated"]


def test_an_outcome_is_not_replaced_by_a_failure_after_it(bridge: BridgeUnderTest) -> None:
    """It is there already when the answer to its writing gets lost."""
    sale = bridge.buy()
    events = current_bridge().dynamodb.meta.events

    def hook(**_: object) -> None:
        events.unregister("after-call.dynamodb.BatchWriteItem", hook)
        raise EndpointConnectionError(endpoint_url="https://dynamodb.test")

    events.register("after-call.dynamodb.BatchWriteItem", hook)
    bridge.write(sale, "Quando chega?")

    assert bridge.jobs_waiting() == 1
    assert outcomes(bridge) == [f"queued: {bridge.seller}/pack/{sale}"]
