"""Every entry point of the bridge, a line or two each. The only file that knows Chalice.

Importing it calls nothing outside, and imports next to nothing: Mercado Livre waits 500 ms for the first answer of a
cold container.
"""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from chalice.app import Chalice, CloudWatchEvent, Rate, Request, Response, SQSEvent

from chalicelib.errors import BridgeError, Malformed, NotForUs, TooLarge, Untrusted
from chalicelib.process import process

if TYPE_CHECKING:
    from chalicelib.web.connect_seller import Page
    from chalicelib.wiring import Container
    from chalicelib.work.queue import Queue

STAGE = os.environ.get("PONTE_STAGE", "dev")

# Set by the deployment once all triggers read which jobs of a batch failed: `ReportBatchItemFailures`.
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
REPORT_FAILURES = "REPORT_BATCH_ITEM_FAILURES"

# What the doctor knocks with, to see whether the door takes the token; no service sends it.
KNOCK = b"{}"

NOT_NOW = {"error": "it cannot be taken now; send it again later"}

# Powertools' logger has the name of the service too; with Chalice's own handler each line would come twice.
app = Chalice(app_name="ponte", configure_logs=False)

# While Lambda initialises a function has a whole processor, and a seventh of one in its first job: what takes long is
# done now. The API's function, which Chalice names by the stage alone, prepares for webhooks, the others for jobs.
if os.environ.get("AWS_LAMBDA_FUNCTION_NAME") == f"ponte-{STAGE}":
    process().receipt  # noqa: B018 - looking at it builds it
elif "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    from chalicelib.wiring import prepare

    prepare(os.environ["AWS_LAMBDA_FUNCTION_NAME"].removeprefix(f"ponte-{STAGE}-"))


@app.route("/webhook/mercado-livre/{token}", methods=["POST"], content_types=["*/*"])
def receive_notification(token: str) -> Response:
    source = str(current_request().context.get("identity", {}).get("sourceIp", ""))
    return acknowledge(partial(process().receipt.receive_notification, source=source), token)


@app.route("/webhook/chatwoot/{token}", methods=["POST"], content_types=["*/*"])
def receive_chatwoot_event(token: str) -> Response:
    return acknowledge(process().receipt.receive_chatwoot_event, token)


@app.route("/oauth/mercado-livre/start")
def start_authorization() -> Response:
    return show(lambda: bridge().seller_connection.start(query_parameters(), header("cookie")))


@app.route("/oauth/mercado-livre/callback")
def finish_authorization() -> Response:
    return show(lambda: bridge().seller_connection.finish(query_parameters(), header("cookie")))


@app.route("/health")
def report_health() -> Response:
    report = bridge().health.show(header("x-ponte-key") or query_parameters().get("key", ""))
    headers: dict[str, str | list[str]] = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(report, status_code=503 if report["status"] == "down" else 200, headers=headers)


@app.on_sqs_message(queue=f"ponte-{STAGE}-notifications", batch_size=1)
def resolve_notification(event: SQSEvent) -> dict[str, object]:
    return work(event, process().notifications_queue)


@app.on_sqs_message(queue=f"ponte-{STAGE}-threads.fifo", batch_size=1)
def work_on_thread(event: SQSEvent) -> dict[str, object]:
    return work(event, process().threads_queue)


@app.on_sqs_message(queue=f"ponte-{STAGE}-background", batch_size=1)
def work_in_background(event: SQSEvent) -> dict[str, object]:
    return work(event, process().background_queue)


@app.schedule(Rate(2, unit=Rate.MINUTES))
def sweep(_event: CloudWatchEvent) -> None:
    try:
        bridge().sweep_schedule.ask_for_sweeps()
    except Exception:
        from chalicelib.observability import count

        count("SweepFailed")
        raise


def acknowledge(receive: Callable[..., object], token: str) -> Response:
    """Hand a webhook to `receive`; 200 when it is safely queued or fine and not ours, else what is wrong with it."""
    request = current_request()
    try:
        receive(token, request.raw_body, request.headers, request_id=app.lambda_context.aws_request_id)
    except NotForUs:
        pass
    except BridgeError as error:
        return refuse(error, is_knock=request.raw_body.strip() == KNOCK)
    except Exception:  # noqa: BLE001 - Chalice would log it with its words, which may quote anybody's
        from chalicelib.observability import logger

        logger.exception("webhook not taken")
        return Response(NOT_NOW, status_code=500)
    return Response({"status": "ok"})


def refuse(error: BridgeError, *, is_knock: bool) -> Response:
    """The answer to a webhook that was not taken; 500 asks the sender to come again."""
    statuses = {Malformed: 400, TooLarge: 413}
    status = error.status if isinstance(error, Untrusted) else statuses.get(type(error), 500)
    # Imported here, since a webhook that is taken needs no log line and must not pay for a logger.
    from chalicelib.observability import count, logger

    count("WebhookRefused", status=str(status))
    logger.warning("webhook refused", status=status, reason=str(error))
    kind, desk = (error.kind, error.desk) if isinstance(error, Untrusted) else ("unreadable", "")
    if status != 500 and kind != "path" and not is_knock:
        # Whoever sent it knows the token in the path, so that it is no stranger's try.
        from chalicelib.stores.troubles import REFUSED_REMEMBERED, front_door

        process().troubles.note(front_door(desk), kind, str(error), keep=REFUSED_REMEMBERED)
    # What keeps us from taking it is no stranger's business; the log has it.
    return Response({"error": str(error)} if status != 500 else NOT_NOW, status_code=status)


def work(event: SQSEvent, queue: "Queue") -> dict[str, object]:
    """Have the one job done that a queue hands over. Answers which is to come back; raises where nobody foresaw why.

    Lambda slows a queue down whose function raises, so that waiting is no error.
    """
    from chalicelib.work.consumer import Postponed, Record

    (record,) = event.to_dict()["Records"]
    try:
        bridge().consumer.run(Record.read(record, queue.url))
    except Postponed:
        # A trigger that was not told to read the answer would take the job for done.
        if process().environ.get(REPORT_FAILURES) != "yes":
            raise
        return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
    return {"batchItemFailures": []}


def bridge() -> "Container":
    """What workers need. Imported here, since a webhook must not pay for it."""
    from chalicelib.wiring import bridge as current_bridge

    return current_bridge()


def show(make: "Callable[[], Page]") -> Response:
    """A page for a person, whatever happens."""
    from chalicelib.web.connect_seller import page_whatever_happens
    from chalicelib.web.pages import HEADERS

    page, headers = page_whatever_happens(make), dict(HEADERS)
    if page.location:
        headers |= {"Location": page.location} | ({"Set-Cookie": page.cookie} if page.cookie else {})
    return Response(page.html, status_code=page.status, headers=headers)


def query_parameters() -> Mapping[str, str]:
    return current_request().query_params or {}


def header(name: str) -> str:
    return str(current_request().headers.get(name, ""))


def current_request() -> Request:
    """The request being answered; Chalice types it as optional because there is none outside of a route."""
    assert app.current_request
    return app.current_request
