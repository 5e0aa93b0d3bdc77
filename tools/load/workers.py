"""All functions but the API's, in a process of their own. Prints what they did and used when its input ends."""

import json
import sys
import threading
import time
from collections import defaultdict
from typing import Any

from boto3.session import Session

import app
from chalicelib.process import install
from chalicelib.settings import SETTINGS
from chalicelib.wiring import Container, bridge
from tools.bench.meter import metered
from tools.limits import workers_at_once
from tools.local.event_source import EventSource, Pump
from tools.workers import queue_urls

# As many as AWS works on at once, unless a setting says otherwise.
AT_ONCE = workers_at_once(int(SETTINGS["JOBS_AT_ONCE"].default))


class Stages:
    """By function: how long each job took, and how long it had waited before; and when the last of them ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.took: defaultdict[str, list[float]] = defaultdict(list)
        self.waited: defaultdict[str, list[float]] = defaultdict(list)
        self.began: dict[str, float] = {}
        self.ended: dict[str, float] = {}
        self.errors = 0

    def note(self, function: str, *, sent: float, began: float, error: Exception | None) -> None:
        with self._lock:
            self.took[function].append(time.time() - began)
            self.waited[function].append(max(0.0, began - sent))
            self.began.setdefault(function, began)
            self.ended[function] = time.time()
            self.errors += error is not None


class TimedSource(EventSource):
    """Notes of each job how long it took."""

    stages: Stages

    def invoke(self, record: dict[str, Any]) -> Exception | None:
        began, sent = time.time(), int(record["attributes"]["SentTimestamp"]) / 1000
        error = super().invoke(record)
        self.stages.note(self.function_name, sent=sent, began=began, error=error)
        return error


def main() -> None:
    queues, service_urls = json.loads(sys.argv[1]), sys.argv[2:]
    install(Container())
    TimedSource.stages = stages = Stages()
    sqs = Session().client("sqs")
    out = sys.stdout
    with metered(service_urls) as meter:
        # Before all of them build the same things at once.
        bridge().consumer  # noqa: B018 - looking at it builds it
        pumps = [
            Pump(TimedSource(sqs, url, name, getattr(app, name)), workers=AT_ONCE[name], pause_seconds=0.02)
            for name, url in queue_urls(queues).items()
        ]
        print("ready", file=out, flush=True)
        before = time.process_time()
        sys.stdin.read()
        for pump in pumps:
            pump.stop()
    figures = {
        "took": stages.took,
        "waited": stages.waited,
        "spans": {name: stages.ended[name] - stages.began[name] for name in stages.began},
        "processor_seconds": time.process_time() - before,
        "errors": stages.errors,
        "operations": meter.operations,
        "service_calls": meter.service_calls,
        "used": meter.used()._asdict(),
    }
    out.write(f"{json.dumps(figures)}\n")


if __name__ == "__main__":
    main()
