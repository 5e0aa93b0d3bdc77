"""What a month at rest and a message cost, reckoned from measured calls and list prices."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib.recovery.schedule import sellers_a_minute
from tools.doctor.template import count_alarms

PRICES = Path(__file__).with_name("prices.json")

SELLERS = (1, 10, 100, 1000)
MINUTES_A_MONTH = 30 * 24 * 60
ROUNDS_A_MONTH = MINUTES_A_MONTH // 2
# What sweeps may take of the reads that Mercado Livre allows a minute, unless a setting says otherwise.
BACKGROUND_READS = 300
MESSAGES = 1000

# Lambda asks an empty queue five times in twenty seconds; there are three.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLS_A_MONTH = 3 * 5 * 3 * 60 * 24 * 30

# A function's own time and that of its calls, each of some 100 ms to a service: seconds, and gigabytes of memory.
SECONDS_OF_A_JOB, GIGABYTES_OF_A_JOB = 0.5, 0.5
SECONDS_OF_A_SWEEP, GIGABYTES_OF_A_SWEEP = 0.6, 0.25
BYTES_LOGGED_A_JOB = 1500

READS = ("GetItem", "Query")
BATCH_READS, WRITES, BATCH_WRITES = (
    ("BatchGetItem", "Scan"),
    ("PutItem", "UpdateItem", "DeleteItem"),
    ("BatchWriteItem",),
)
# What a call that may carry several items carries, on the average of what is measured.
ITEMS_OF_A_BATCH = 3
JOBS_OF_A_MESSAGE = 2


class Used(NamedTuple):
    """What is paid for by use."""

    sqs: float = 0
    read_units: float = 0
    write_units: float = 0
    lambda_requests: float = 0
    gigabyte_seconds: float = 0
    api_requests: float = 0
    logged_bytes: float = 0

    def __add__(self, other: tuple[float, ...]) -> "Used":  # type: ignore[override]  # Sums, where tuples would join.
        return Used(*(mine + its for mine, its in zip(self, other, strict=True)))

    def times(self, number: float) -> "Used":
        return Used(*(each * number for each in self))


def reckon_cost(aws_calls: Mapping[str, Any]) -> dict[str, Any]:
    """Dollars a month, and a thousand messages, by the calls that `count_aws_calls` counted."""
    prices = json.loads(PRICES.read_text(encoding="utf-8"))
    sweep = used_by(
        aws_calls["idle_sweep_of_one_seller"], jobs=2, seconds=SECONDS_OF_A_SWEEP, memory=GIGABYTES_OF_A_SWEEP
    )
    message = used_by(aws_calls["next_message_in_a_known_pack"], jobs=JOBS_OF_A_MESSAGE) + Used(api_requests=1)
    reply = used_by(aws_calls["reply"], jobs=1) + Used(api_requests=1)
    alarms = max(0, count_alarms() - prices["free_alarms"]) * prices["alarm_month"]
    return {
        "prices": {name: prices[name] for name in ("as_known_in", "what")},
        "alarms_a_month": round(alarms, 2),
        "alarms_a_month_without_free_tier": round(count_alarms() * prices["alarm_month"], 2),
        "idle_month_by_sellers": {
            str(sellers): {
                "after_free_tier": round(alarms + cost(at_rest(sweep, sellers), prices, has_free_tier=True), 2),
                "list_price": round(
                    count_alarms() * prices["alarm_month"] + cost(at_rest(sweep, sellers), prices, has_free_tier=False),
                    2,
                ),
            }
            for sellers in SELLERS
        },
        "thousand_messages": round(cost(message.times(MESSAGES), prices, has_free_tier=False), 3),
        "thousand_replies": round(cost(reply.times(MESSAGES), prices, has_free_tier=False), 3),
    }


def at_rest(sweep: Used, sellers: int) -> Used:
    """A month of rounds, in each of which as many sellers are swept as may be, and of asking empty queues."""
    schedule = Used(lambda_requests=1, gigabyte_seconds=0.3 * GIGABYTES_OF_A_SWEEP, logged_bytes=BYTES_LOGGED_A_JOB)
    sweeps = min(ROUNDS_A_MONTH * sellers, MINUTES_A_MONTH * sellers_a_minute(BACKGROUND_READS))
    return schedule.times(ROUNDS_A_MONTH) + sweep.times(sweeps) + Used(sqs=POLLS_A_MONTH)


def used_by(
    counted: Mapping[str, Any], *, jobs: int, seconds: float = SECONDS_OF_A_JOB, memory: float = GIGABYTES_OF_A_JOB
) -> Used:
    """What some calls of AWS use, with the jobs that make them; each job is also received by Lambda."""
    calls = {name: number for name, number in counted.items() if isinstance(number, int) and name != "count"}
    of_sqs = sum(number for name, number in calls.items() if "Message" in name)
    return Used(
        sqs=of_sqs + jobs,
        # Reads are consistent, and items small: a unit each.
        read_units=sum(calls.get(name, 0) for name in READS)
        + ITEMS_OF_A_BATCH * sum(calls.get(n, 0) for n in BATCH_READS),
        write_units=sum(calls.get(name, 0) for name in WRITES)
        + ITEMS_OF_A_BATCH * sum(calls.get(name, 0) for name in BATCH_WRITES),
        lambda_requests=jobs,
        gigabyte_seconds=jobs * seconds * memory,
        logged_bytes=jobs * BYTES_LOGGED_A_JOB,
    )


def cost(used: Used, prices: Mapping[str, Any], *, has_free_tier: bool) -> float:
    free = prices if has_free_tier else dict.fromkeys(prices, 0)
    return float(
        max(0, used.sqs - free["free_sqs_requests"]) * prices["sqs_request"]
        + used.read_units * prices["dynamodb_read_unit"]
        + used.write_units * prices["dynamodb_write_unit"]
        + max(0, used.lambda_requests - free["free_lambda_requests"]) * prices["lambda_request"]
        + max(0, used.gigabyte_seconds - free["free_lambda_gb_seconds"]) * prices["lambda_gb_second"]
        + used.api_requests * prices["api_request"]
        + used.logged_bytes / 1e9 * prices["log_gigabyte"]
    )
