"""How soon after an outage all that waited is through, and how many calls were made in vain; by a clock that is turned.

In a process of its own: what turns the clock of the queues must be where they are.
"""

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import app
from chalicelib.observability import logger
from simulators.service import Service
from tools.bench.calls import Shop, open_shop, stage_with_simulators
from tools.local.embedded_aws import EmbeddedAWS, let_time_pass
from tools.local.schedule import fire
from tools.local.stage import Stage
from tools.package import PROJECT

# How long each outage lasts, and within how many seconds after it all is to be through.
OUTAGES_MINUTES = {1: 60, 10: 60, 60: 120}
SERVICES = ("mercado_livre", "chatwoot")

STEP = timedelta(seconds=15)
WRITTEN_EVERY = timedelta(seconds=30)
SWEPT_EVERY = timedelta(minutes=2)
PURCHASES = 10
LONGEST_RETURN = timedelta(minutes=30)
EVER = 1_000_000


class TurnedClock:
    """What time it is for the bridge, its queues and both services."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, duration: timedelta) -> None:
        self.now += duration
        let_time_pass(duration.total_seconds())


class Outage:
    """A service that is away while buyers and agents write about some purchases."""

    def __init__(self, stage: Stage, clock: TurnedClock, service: Service) -> None:
        self._stage = stage
        self._clock = clock
        self._service = service
        self._written = 0
        shop = open_shop(stage)
        self._purchases = [self._open(shop) for _ in range(PURCHASES)]
        self._conversations = [one["id"] for one in stage.chatwoot.conversations()]

    def live_through(self, duration: timedelta) -> int:
        """How many calls were made to it in vain."""
        self._service.add_fault("status", status=503, times=EVER)
        ends, in_vain = self._clock() + duration, 0
        while self._clock() < ends:
            if self._is_time_for(WRITTEN_EVERY, STEP):
                self._write()
            self._service.journal.clear()
            self._pass_time(STEP)
            in_vain += sum(call.direction == "in" for call in self._service.journal)
        self._service.clear_faults()
        return in_vain

    def wait_until_through(self) -> float:
        """How many seconds after its end all that waited was through."""
        began = self._clock()
        while not self._is_through():
            if self._clock() - began > LONGEST_RETURN:
                raise RuntimeError("what waited does not get through")
            self._pass_time(timedelta(seconds=1))
        return (self._clock() - began).total_seconds()

    def _open(self, shop: Shop) -> int:
        sale = self._stage.meli.buy(shop.buyer, shop.item)
        self._stage.meli.write(sale, "Quando chega?")
        self._stage.settle()
        return sale

    def _write(self) -> None:
        """A buyer writes about a purchase, and an agent does."""
        place = self._written % PURCHASES
        self._stage.meli.write(self._purchases[place], f"Pergunta {self._written}")
        self._stage.chatwoot.reply(self._conversations[place], f"Resposta {self._written}")
        self._written += 1

    def _pass_time(self, duration: timedelta) -> None:
        self._clock.turn(duration)
        if self._is_time_for(SWEPT_EVERY, duration):
            fire(app.sweep)
        self._stage.settle()

    def _is_time_for(self, every: timedelta, step: timedelta) -> bool:
        """Whether a moment at which something is done has come since the last step."""
        return int(self._clock().timestamp()) % int(every.total_seconds()) < step.total_seconds()

    def _is_through(self) -> bool:
        shown = [one for each in self._conversations for one in self._stage.chatwoot.messages(each)]
        came = sum(message["message_type"] == "incoming" for message in shown)
        went = len(self._stage.meli.messages_sent)
        return (came, went) == (PURCHASES + self._written, self._written)


def measure_outages(longest_minutes: int) -> dict[str, Any]:
    """By service and length: in how many seconds all was through, and how many calls a minute were made in vain."""
    command = [sys.executable, "-m", __name__, str(longest_minutes)]
    said = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=True, text=True).stdout
    figures: dict[str, Any] = json.loads(said.splitlines()[-1])
    return figures


def measure(aws: EmbeddedAWS, service: str, minutes: int) -> dict[str, Any]:
    clock = TurnedClock()
    with stage_with_simulators(f"away{service[0]}{minutes}", clock) as stage:
        # The bridge's own sender needs the server.
        stage.set(AWS_ENDPOINT_URL_SQS=aws.url)
        outage = Outage(stage, clock, stage.meli if service == "mercado_livre" else stage.chatwoot)
        in_vain = outage.live_through(timedelta(minutes=minutes))
        seconds = outage.wait_until_through()
    return {
        "through_after_seconds": round(seconds),
        "calls_in_vain_a_minute": round(in_vain / minutes, 1),
        "target": {"through_after_seconds_at_most": OUTAGES_MINUTES[minutes]},
    }


def main() -> None:
    """Print the figures as one line of JSON."""
    aws = EmbeddedAWS()
    aws.enter_environment()
    logger.setLevel(logging.CRITICAL)
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
    lengths = [minutes for minutes in OUTAGES_MINUTES if minutes <= int(sys.argv[1])]
    figures = {
        service: {f"{minutes}_minutes": measure(aws, service, minutes) for minutes in lengths} for service in SERVICES
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
