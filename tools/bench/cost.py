"""What a month at rest and a message cost, reckoned from what is measured and from list prices."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.settings import SETTINGS
from tools.bench.idle import measure_idle_day
from tools.bench.meter import BYTES_OF_LAMBDA_LINES, Used, memory_of
from tools.doctor.template import count_alarms, count_dashboards

PRICES = Path(__file__).with_name("prices.json")

SELLERS = (1, 10, 100, 1000)
DAYS_A_MONTH, HOURS_A_MONTH = 30, 30 * 24
MESSAGES = 1000

# An idle day is measured with so many sellers; what more of them use grows by the difference.
FEW, MORE = 1, 5

# Five calls at once, each of twenty seconds, ask each of the three queues whether there is something to do. Lambda goes
# down to two where nothing sets a limit of concurrency, which would let a flood take all functions of the account.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
POLLS_A_MONTH = 3 * 5 * 3 * 60 * HOURS_A_MONTH

# A warm one: the queue's answer, for the most part.
SECONDS_OF_A_RECEIPT = 0.02

# KMS decrypts the secrets for each function that starts; the four that read them are taken to start each second hour.
STARTS_A_MONTH = 4 * 12 * DAYS_A_MONTH
SECRETS = sum(row.is_secret and row.is_required for row in SETTINGS.values())


def reckon_cost(aws_calls: Mapping[str, Any], hours_at_rest: int = 24) -> dict[str, Any]:
    """Dollars a month, and a thousand messages, by the calls that `count_aws_calls` counted."""
    prices = read_prices()
    few, more = (measure_idle_day(number, hours_at_rest) for number in (FEW, MORE))
    of_seller = (more + few.times(-1)).times(1 / (MORE - FEW))
    message, reply = (
        cost_of_webhooks(Used(**aws_calls[name]["used"]), aws_calls[name]["webhooks"])
        for name in ("next_message_in_a_known_pack", "reply")
    )
    return {
        "prices": {name: prices[name] for name in ("as_known_in", "what")},
        "alarms": count_alarms(),
        "idle_month_by_sellers": {
            str(sellers): reckon_month(few + of_seller.times(sellers - FEW), prices) for sellers in SELLERS
        },
        "thousand_messages": round(MESSAGES * message, 4),
        "thousand_replies": round(MESSAGES * reply, 4),
    }


def cost_of_webhooks(used: Used, webhooks: int) -> float:
    """Dollars for what webhooks brought: their receipt, and what was used by the jobs that came of it.

    Chatwoot announces what the bridge writes there too. A metric is paid for by the hour, and belongs to none of them.
    """
    receipt = Used(
        api_requests=1,
        lambda_requests=1,
        gigabyte_seconds=SECONDS_OF_A_RECEIPT * memory_of("api_handler"),
        logged_bytes=BYTES_OF_LAMBDA_LINES,
    )
    return sum(cost(used._replace(metric_hours=0) + receipt.times(webhooks), read_prices()).values())


def read_prices() -> dict[str, Any]:
    prices: dict[str, Any] = json.loads(PRICES.read_text(encoding="utf-8"))
    return prices


def reckon_month(day: Used, prices: Mapping[str, Any]) -> dict[str, Any]:
    """A month of such days: what is to be paid, with and without the free tier, and of what it consists."""
    month = day.times(DAYS_A_MONTH) + Used(sqs=POLLS_A_MONTH)
    paid, listed = cost(month, prices, is_free=True), cost(month, prices)
    paid["alarms"] = max(0, count_alarms() - prices["free_alarms"]) * prices["alarm_month"]
    listed["alarms"] = count_alarms() * prices["alarm_month"]
    listed["dashboard"] = count_dashboards() * prices["dashboard_month"]
    decrypted = STARTS_A_MONTH * SECRETS
    paid["kms"] = max(0, decrypted - prices["free_kms_requests"]) * prices["kms_request"]
    listed["kms"] = decrypted * prices["kms_request"]
    return {
        "after_free_tier": round(sum(paid.values()), 2),
        "list_price": round(sum(listed.values()), 2),
        "after_free_tier_by_service": {name: round(dollars, 3) for name, dollars in paid.items() if dollars >= 0.0005},
    }


def cost(used: Used, prices: Mapping[str, Any], *, is_free: bool = False) -> dict[str, float]:
    """Dollars by service; with `is_free`, without what AWS's lasting free tier covers of a month."""
    free: Mapping[str, Any] = prices if is_free else dict.fromkeys(prices, 0)
    metrics = used.metric_hours / HOURS_A_MONTH
    return {
        "sqs": max(0, used.sqs - free["free_sqs_requests"]) * prices["sqs_request"],
        "dynamodb": used.read_units * prices["dynamodb_read_unit"] + used.write_units * prices["dynamodb_write_unit"],
        "lambda": max(0, used.lambda_requests - free["free_lambda_requests"]) * prices["lambda_request"]
        + max(0, used.gigabyte_seconds - free["free_lambda_gb_seconds"]) * prices["lambda_gb_second"],
        "api": used.api_requests * prices["api_request"],
        "logs": max(0, used.logged_bytes / 1e9 - free["free_log_gigabytes"]) * prices["log_gigabyte"],
        "metrics": max(0, metrics - free["free_metrics"]) * prices["metric_month"],
    }
