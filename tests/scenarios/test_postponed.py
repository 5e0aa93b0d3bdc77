"""A job that has to wait goes back to its queue and is no error of its function, which would slow all others down."""

import json

import pytest

from chalicelib.work.consumer import Failed, Postponed
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


@pytest.fixture
def sale(bridge: BridgeUnderTest, meli: MercadoLivre) -> int:
    """A purchase about which the buyer has written, while Mercado Livre does not answer."""
    sale = bridge.bought_and_wrote("Quando chega?")
    meli.add_fault("status", method="GET", path="/messages/packs", status=503)
    bridge.write(sale, "E agora?")
    return sale


def test_a_job_that_waits_is_no_error_and_comes_back(bridge: BridgeUnderTest, meli: MercadoLivre, sale: int) -> None:
    assert bridge.errors == []
    assert bridge.jobs_waiting() == 1

    meli.clear_faults()
    bridge.wait_out(minutes=2)

    assert [message["content"] for message in bridge.messages()][-1] == "E agora?"
    assert (bridge.jobs_waiting(), bridge.dead_letters()) == (0, 0)


def test_where_triggers_read_no_answers_functions_raise_and_nothing_is_lost(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    """As between `chalice deploy` and what comes after it."""
    bridge.set(REPORT_BATCH_ITEM_FAILURES="")
    bridge.sources = bridge.make_sources(reads_answers=False)
    sale = bridge.bought_and_wrote("Quando chega?")
    meli.add_fault("status", method="GET", path="/messages/packs", status=503)

    bridge.write(sale, "E agora?")

    assert [type(error) for error in bridge.errors] == [Postponed]
    meli.clear_faults()
    bridge.wait_out(minutes=2)
    assert [message["content"] for message in bridge.messages()][-1] == "E agora?"


def test_many_jobs_behind_a_dead_grant_are_no_error_of_anybody(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.revoke_grant(bridge.seller)
    for number in range(5):
        bridge.ask(f"Pergunta {number}")

    assert bridge.errors == []
    assert bridge.jobs_waiting() >= 5


def test_what_nobody_foresaw_is_an_error_of_the_function(bridge: BridgeUnderTest) -> None:
    bridge.sqs.send_message(QueueUrl=bridge.queues["NotificationsQueueUrl"], MessageBody=json.dumps({"no": "job"}))

    bridge.settle()

    assert [type(error) for error in bridge.errors] == [Failed]
