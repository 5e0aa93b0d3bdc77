"""A day on which nothing happens, by a clock that is turned: what the schedule and the sweeps of some sellers use."""

from datetime import UTC, datetime, timedelta

import app
from chalicelib.recovery.schedule import ROUND_SECONDS
from tools.bench.calls import observe, open_shop, stage_with_simulators
from tools.bench.meter import Meter, Used, metered
from tools.local.schedule import fire
from tools.local.stage import Stage

ROUNDS_AN_HOUR = 3600 // ROUND_SECONDS
HOURS_TO_COME_TO_REST = 3


def measure_idle_day(sellers: int, hours: int = 24) -> Used:
    """What a day uses on which all sellers are at rest, the daily audit among it; each has a conversation.

    Where fewer hours are measured it is what as many of these would use, and the audit may be missing.
    """
    passed = timedelta()
    with stage_with_simulators(f"idle{sellers}", lambda: datetime.now(UTC) + passed) as stage:
        stage.set(SWEEP_AT_REST_MINUTES="15")
        for _ in range(sellers):
            shop = open_shop(stage)
            stage.meli.write(stage.meli.buy(shop.buyer, shop.item), "Quando chega?")
            observe(stage)
        with metered([stage.meli.base_url, stage.chatwoot.base_url]) as meter:
            for hour in range(HOURS_TO_COME_TO_REST + hours):
                if hour == HOURS_TO_COME_TO_REST:
                    meter.reset()
                meter.hour = hour
                for _ in range(ROUNDS_AN_HOUR):
                    passed += timedelta(seconds=ROUND_SECONDS)
                    sweep(stage, meter)
    return meter.used().times(24 / hours)


def sweep(stage: Stage, meter: Meter) -> None:
    """A round of the schedule, and all that comes of it."""
    with meter.invocation("sweep"):
        fire(app.sweep)
    observe(stage)
