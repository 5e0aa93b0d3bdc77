"""What a job called stands in the log, so that a dashboard can add it up."""

import pytest

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def test_the_log_tells_the_calls_of_each_job_and_those_refused(
    bridge: BridgeUnderTest, meli: MercadoLivre, caplog: pytest.LogCaptureFixture
) -> None:
    meli.journal.clear()
    bridge.chatwoot.journal.clear()
    meli.add_fault("status", status=503, path="/questions", times=1)

    bridge.ask()
    bridge.turn(seconds=5)

    told = [one.__dict__ for one in caplog.records if one.getMessage() in ("job done", "job broke off")]
    sums = {name: sum(one.get(name, 0) for one in told) for name in ("meli_calls", "meli_refused", "chatwoot_calls")}
    made = {"meli": bridge.meli.journal, "chatwoot": bridge.chatwoot.journal}
    calls = {name: sum(call.direction == "in" for call in journal) for name, journal in made.items()}
    # The look whether all of Mercado Livre is away is no call of the job.
    assert sums == {"meli_calls": calls["meli"] - 1, "meli_refused": 1, "chatwoot_calls": calls["chatwoot"]}


def test_the_schedule_tells_how_many_sellers_are_in_each_state(
    bridge: BridgeUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    bridge.set(SWEEP_AT_REST_MINUTES="15")
    bridge.sweep()
    bridge.turn(hours=1)
    bridge.sweep()

    told = [one.__dict__ for one in caplog.records if one.getMessage() == "sweeps asked for"]
    names = ("sellers_awake", "sellers_at_rest", "sellers_without_grant")
    assert [[one[name] for name in names] for one in told] == [[1, 0, 0], [0, 1, 0]]
