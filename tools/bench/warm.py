"""The warm receipt: both apps called in one process as Lambda calls them, with no HTTP server in between."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PATH_TOKEN = "path-token-of-mercado-livre"  # noqa: S105 - invented
ROUTE = "/webhook/mercado-livre/{token}"
WARM_UP = 20

# moto looks at every message in a queue before it takes one more (seen in 5.2.5); SQS does not grow slower so.
EMPTIED_AFTER = 10


class Context:
    """As much of Lambda's context as a receipt looks at."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"


class Taken(NamedTuple):
    """How long one acknowledgement took, and how long the processor was ours in it."""

    milliseconds: float
    own_milliseconds: float


def make_event(token: str = PATH_TOKEN) -> dict[str, Any]:
    """A notification in the form in which API Gateway hands it on, sent now.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    now = datetime.now(UTC).isoformat()
    notification = {
        "_id": "5da8a1b24be30a49eb66c52a",
        "resource": "/questions/13000000001",
        "user_id": "123456789",
        "topic": "questions",
        "application_id": 2069392825111111,
        "attempts": 1,
        "sent": now,
        "received": now,
    }
    headers = {"Content-Type": "application/json", "User-Agent": "MercadoLibre-Notifications", "Host": "localhost"}
    return {
        "resource": ROUTE,
        "path": ROUTE.format(token=token),
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"token": token},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": ROUTE,
            "httpMethod": "POST",
            "path": f"/api{ROUTE.format(token=token)}",
            "stage": "api",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": json.dumps(notification),
        "isBase64Encoded": False,
    }


def main(notifications: int) -> None:
    """Print the figures of both apps as one line of JSON."""
    import app
    from tools.bench import baseline

    apps = {"ponte": app.app, "baseline": baseline.app}
    taken: dict[str, list[Taken]] = {name: [] for name in apps}
    for number in range(-WARM_UP, notifications):
        if number % EMPTIED_AFTER == 0:
            empty_queue(baseline.sqs, os.environ["NOTIFICATIONS_QUEUE_URL"])
        for name in list(apps)[:: -1 if number % 2 else 1]:
            event = make_event()
            started, started_work = time.perf_counter(), time.thread_time()
            answer = apps[name](event, Context())
            each = Taken((time.perf_counter() - started) * 1000, (time.thread_time() - started_work) * 1000)
            if answer["statusCode"] != 200:
                raise RuntimeError(f"{name} answered {answer}")
            if number >= 0:
                taken[name].append(each)
    figures: dict[str, Any] = {name: describe(each_taken) for name, each_taken in taken.items()}
    ponte, other = figures["ponte"], figures["baseline"]
    figures["ratio"] = {name: round(ponte[name] / other[name], 3) for name in ponte}
    sys.stdout.write(json.dumps({**figures, "notifications": notifications}) + "\n")


def empty_queue(sqs: "SQSClient", url: str) -> None:
    # No purge: that is possible once a minute only.
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def describe(taken: list[Taken]) -> dict[str, float]:
    """Figures of the acknowledgements; `own_p50_ms` leaves out the wait for the queue, and so moto's slowness."""
    times = [each.milliseconds for each in taken]
    return {
        "acknowledged_per_second": round(len(times) * 1000 / sum(times), 1),
        "p50_ms": round(median(times), 2),
        "p99_ms": round(quantiles(times, n=100)[98], 2),
        "own_p50_ms": round(median(each.own_milliseconds for each in taken), 2),
    }
