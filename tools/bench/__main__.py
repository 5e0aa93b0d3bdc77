"""`python -m tools.bench`: one JSON document on stdout, progress on stderr."""

import json
import os
import platform
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console

from tools.bench.receipt import Receipt, separate_aws

MOST_FIRST_ACK_RATIO = 0.5
MOST_P99_MS = 20.0


class Extent(NamedTuple):
    """How much is measured: rounds of fresh processes, notifications, messages, outages of at most so long, and hours
    at rest."""

    rounds: int
    notifications: int
    messages: int
    outage_minutes: int
    hours_at_rest: int


WHOLE = Extent(rounds=25, notifications=1000, messages=25, outage_minutes=60, hours_at_rest=24)
QUICK = Extent(rounds=5, notifications=100, messages=5, outage_minutes=1, hours_at_rest=1)

console = Console(stderr=True)
cli = typer.Typer(add_completion=False)


@cli.command()
def bench(*, quick: Annotated[bool, typer.Option("--quick", help="Fewer runs, for a first look.")] = False) -> None:
    """Measure the receipt of notifications beside a plain Chalice and boto3 app, count calls to the services and to
    AWS, trace what a message and a reply go through, time a message on its way, and the return after an outage."""
    # What the bridge logs and counts goes to stdout, where the document alone belongs.
    with redirect_stdout(StringIO()):
        document = measure(QUICK if quick else WHOLE)
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def measure(extent: Extent) -> dict[str, Any]:
    environment, rounds = describe_environment(), extent.rounds
    with separate_aws() as aws, TemporaryDirectory() as compiled:
        enter(aws)
        receipt = Receipt(aws, Path(compiled))
        console.print(f"Cold import, {rounds} rounds …")
        cold_import = receipt.cold_import(rounds)
        console.print(f"Cold first acknowledgement, {rounds} rounds …")
        cold_first_ack = receipt.cold_first_ack(rounds)
        console.print(f"Warm receipt, {extent.notifications} notifications …")
        warm_receipt = receipt.warm_receipt(extent.notifications)
        console.print("Calls to the services …")
        from tools.bench.aws import count_aws_calls
        from tools.bench.calls import count_service_calls
        from tools.bench.cold import measure_cold_functions
        from tools.bench.cost import reckon_cost
        from tools.bench.delay import measure_delay
        from tools.bench.life import count_reads_of_a_life
        from tools.bench.outages import measure_outages
        from tools.bench.path import trace_paths

        service_calls = count_service_calls()
        life_of_a_sale = count_reads_of_a_life()
        console.print("Calls to AWS …")
        aws_calls = count_aws_calls()
        console.print("Files and functions on the way …")
        paths = trace_paths()
        console.print("From notification to visible …")
        delay = measure_delay(extent.messages)
        console.print("Back after an outage …")
        outages = measure_outages(extent.outage_minutes)
        console.print("Functions out of the zip, cold …")
        cold_functions = measure_cold_functions(max(3, rounds // 5))
        console.print("A day at rest …")
        reckoned = reckon_cost(aws_calls, extent.hours_at_rest)
    return {
        "environment": environment,
        "notes": [
            "Medians of fresh processes, contenders in turns; both run from compiled code, after one run to warm up.",
            "baseline: tools/bench/baseline.py, one Chalice route that sends one SQS message with boto3.",
            "AWS is moto in a process of its own on loopback, over plain HTTP: no TLS, and moto's own time counts.",
            "delay: every call to either service takes 100 ms; unavoidable_ms is the calls that each message needs.",
            "outages: 503 to every call while buyers and agents write; the clock is turned, and calls take no time.",
            "cold_functions: out of the checked zip, in AWS's own runtime client, at first with a whole core and for "
            "jobs with the share of one that the function's memory stands for; the second finds the function warm.",
            "cost: reckoned, not billed: a day at rest of 1 and of 5 sellers, the calls above, 100 ms each to a "
            "service, 10 ms one to AWS, and the prices in prices.json.",
            "own_p50_ms leaves out the wait for AWS: what the processor did for an acknowledgement.",
        ],
        "cold_import": cold_import,
        "cold_first_ack": cold_first_ack
        | {"target": {"ratio_at_most": MOST_FIRST_ACK_RATIO, "met": cold_first_ack["ratio"] <= MOST_FIRST_ACK_RATIO}},
        "warm_receipt": warm_receipt
        | {"target": {"ponte_p99_ms_below": MOST_P99_MS, "met": warm_receipt["ponte"]["p99_ms"] < MOST_P99_MS}},
        "service_calls": service_calls,
        "life_of_a_sale": life_of_a_sale,
        "aws_calls": aws_calls,
        "paths": paths,
        "delay": delay,
        "outages": outages,
        "cold_functions": cold_functions,
        "cost": reckoned,
    }


def enter(aws: Mapping[str, str]) -> None:
    """Make this process use the embedded AWS, and nothing that was set up for a real account."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SQS"):
        os.environ.pop(name, None)
    os.environ.update(aws)


def describe_environment() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "load_average_of_a_minute": round(os.getloadavg()[0], 2),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


if __name__ == "__main__":
    cli(prog_name="python -m tools.bench")
