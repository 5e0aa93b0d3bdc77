"""Whatever a Lambda calls outside is a fault point, whoever makes the call, and nothing else is one."""

import http.client
import os
import socket
from collections.abc import Callable

import boto3
import pytest
import requests
from chalice.app import Chalice, SQSEvent
from chalice.local import LambdaContext

from chalicelib.work.queue import Queue
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.killing import Executioner, Killed, watched

Call = Callable[[BridgeUnderTest], None]


def call_aws(bridge: BridgeUnderTest) -> None:
    boto3.Session().client("ssm").put_parameter(Name=f"/{bridge.name}/new", Value="new", Type="String", Overwrite=True)


def call_with_requests(bridge: BridgeUnderTest) -> None:
    with requests.Session() as session:
        session.get(f"{bridge.meli.base_url}/new", timeout=10)


def call_with_the_standard_library(bridge: BridgeUnderTest) -> None:
    connection = http.client.HTTPConnection(bridge.meli.base_url.removeprefix("http://"), timeout=10)
    connection.request("GET", "/new")
    connection.getresponse().read()
    connection.close()


def queue_a_job(bridge: BridgeUnderTest) -> None:
    environ = {**os.environ, **bridge.settings}
    Queue(bridge.queues["NotificationsQueueUrl"], environ, bridge.clock).send("new")


def has_arrived(bridge: BridgeUnderTest) -> bool:
    parameters = bridge.session.client("ssm").get_parameters(Names=[f"/{bridge.name}/new"])["Parameters"]
    return bool(parameters) or "/new" in {call.path for call in bridge.meli.journal} or bridge.jobs_waiting() == 1


def run_as_a_lambda(work: Callable[[], None]) -> None:
    app = Chalice("new")

    @app.on_sqs_message(queue="new")
    def handle(_event: SQSEvent) -> None:
        work()

    handle({"Records": []}, LambdaContext("handle", 128, 60_000))


@pytest.mark.parametrize("call", [call_aws, call_with_requests, call_with_the_standard_library, queue_a_job])
def test_before_a_call_and_after_it_are_fault_points(bridge: BridgeUnderTest, call: Call) -> None:
    for point, is_made in enumerate((False, True)):
        with watched(Executioner(point)), pytest.raises(Killed):
            run_as_a_lambda(lambda: call(bridge))
        assert has_arrived(bridge) is is_made

    counting = Executioner()
    with watched(counting):
        run_as_a_lambda(lambda: call(bridge))
    assert counting.passed == 2


def test_what_no_lambda_calls_is_no_fault_point(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    counting = Executioner()
    with watched(counting):
        for call in (call_with_requests, queue_a_job):
            call(bridge)
        requests.get(f"{bridge.url}/nowhere", timeout=10).close()

    assert has_arrived(bridge)
    assert counting.passed == 0


def test_a_point_says_whether_its_call_may_change_something(bridge: BridgeUnderTest) -> None:
    counting = Executioner()
    with watched(counting):
        for call in (call_aws, call_with_requests, queue_a_job):
            run_as_a_lambda(lambda call=call: call(bridge))

    assert list(map(str, counting.points))[::2] == ["before PutParameter", "before GET", "before SendMessage"]
    assert [point.call.is_write for point in counting.points[1::2]] == [True, False, True]
    assert [point.is_after for point in counting.points] == [False, True] * 3
    assert [point.is_distinct for point in counting.points] == [True, True, True, False, True, True]
    assert "chalicelib.work.queue.Queue.send" in counting.points[-1].functions


@pytest.mark.parametrize(
    ("url", "leaves_traces"),
    [
        ("/messages/packs/1/sellers/2?tag=post_sale", True),
        ("/messages/packs/1/sellers/2?tag=post_sale&mark_as_read=false", False),
        ("/shipment_labels?shipment_ids=1", True),
        ("/orders/1", False),
    ],
)
def test_what_is_read_at_mercado_livre_may_leave_traces(bridge: BridgeUnderTest, url: str, leaves_traces: bool) -> None:
    counting = Executioner()
    with watched(counting):
        run_as_a_lambda(lambda: requests.get(bridge.meli.base_url + url, timeout=10))

    assert {point.call.is_write for point in counting.points} == {leaves_traces}


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_a_lambda_that_connects_by_neither_door_fails_the_drill_by_name(bridge: BridgeUnderTest, connect: str) -> None:
    host, _, port = bridge.meli.base_url.removeprefix("http://").partition(":")

    def call_by_a_new_library() -> None:
        with socket.socket() as connection:
            getattr(connection, connect)((host, int(port)))

    with pytest.raises(AssertionError, match=r"test_killing\..*call_by_a_new_library"), watched(Executioner()):
        run_as_a_lambda(call_by_a_new_library)
    with watched(Executioner()):
        call_by_a_new_library()


@pytest.mark.parametrize(("point", "queued"), [(0, 0), (1, 1)])
def test_whoever_called_a_front_door_that_was_killed_gets_no_answer(
    bridge: BridgeUnderTest, point: int, queued: int
) -> None:
    # One that is cold asks for its settings first.
    bridge.notify()
    bridge.settle()
    with watched(Executioner(point)):
        with pytest.raises(requests.ConnectionError):
            bridge.notify()
        assert bridge.jobs_waiting() == queued
        assert bridge.notify().status_code == 200
