"""What functions build while Lambda initialises them."""

from chalicelib.process import install
from chalicelib.wiring import NEEDS, Container, prepare
from chalicelib.wiring import bridge as current_bridge
from tests.harness import BridgeUnderTest, Machine
from tools.workers import QUEUES_BY_FUNCTION


def test_every_worker_builds_what_its_jobs_need_before_the_first_one(bridge: BridgeUnderTest) -> None:
    assert NEEDS.keys() == {*QUEUES_BY_FUNCTION, "sweep"}
    parts = {
        "resolve_notification": {"resolver", "consumer"},
        "work_on_thread": {"_desks", "consumer"},
        "work_in_background": {"sweep", "consumer"},
        "sweep": {"sweep_schedule"},
    }
    for function, expected in parts.items():
        bridge.restart()

        prepare(function)

        assert expected <= vars(current_bridge()).keys(), function


def test_a_function_whose_stage_is_not_set_up_starts_all_the_same(machine: Machine) -> None:
    for function in NEEDS:
        install(Container({"PONTE_STAGE": "nowhere"}, machine.clock))

        prepare(function)
    install(None)
