"""Every entry point of the bridge, a line or two each. The only file that knows Chalice.

Importing it calls nothing outside, and imports next to nothing: Mercado Livre waits 500 ms for the first answer of a
cold container.
"""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalice.app import Chalice, CloudWatchEvent, Rate, Request, Response, SQSEvent

from chalicelib.errors import BridgeError, Malformed, NotForUs, TooLarge, Untrusted
from chalicelib.wiring import bridge

if TYPE_CHECKING:
    from chalicelib.web.connect_seller import Page

STAGE = os.environ.get("PONTE_STAGE", "dev")

HTML: dict[str, str | list[str]] = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}

# Powertools' logger has the name of the service too; with Chalice's own handler each line would come twice.
app = Chalice(app_name="ponte", configure_logs=False)

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # Built while Lambda initialises, which has a whole processor for it; the first request then finds it ready.
    bridge().receipt  # noqa: B018 - looking at it builds it


@app.route("/webhook/mercado-livre/{token}", methods=["POST"], content_types=["*/*"])
def receive_notification(token: str) -> Response:
    return acknowledge(bridge().receipt.receive_notification, token)


@app.route("/webhook/chatwoot/{token}", methods=["POST"], content_types=["*/*"])
def receive_chatwoot_event(token: str) -> Response:
    return acknowledge(bridge().receipt.receive_chatwoot_event, token)


@app.route("/oauth/mercado-livre/start")
def start_authorization() -> Response:
    return show(bridge().seller_connection.start(query_parameters()))


@app.route("/oauth/mercado-livre/callback")
def finish_authorization() -> Response:
    return show(bridge().seller_connection.finish(query_parameters()))


@app.route("/health")
def report_health() -> Response:
    report = bridge().health.report()
    return Response(report, status_code=503 if report["status"] == "down" else 200)


@app.on_sqs_message(queue=f"ponte-{STAGE}-notifications", batch_size=1)
def resolve_notification(event: SQSEvent) -> None:
    bridge().notification_duty.run(event.to_dict()["Records"][0])


@app.on_sqs_message(queue=f"ponte-{STAGE}-threads.fifo", batch_size=1)
def work_on_thread(event: SQSEvent) -> None:
    bridge().thread_duty.run(event.to_dict()["Records"][0])


@app.schedule(Rate(2, unit=Rate.MINUTES))
def sweep(_event: CloudWatchEvent) -> None:
    bridge().recovery.ask_for_sweeps()


def acknowledge(receive: Callable[..., object], token: str) -> Response:
    """Hand a webhook to `receive`; 200 when it is safely queued or fine and not ours, else what is wrong with it."""
    request = current_request()
    try:
        receive(token, request.raw_body, request.headers, request_id=app.lambda_context.aws_request_id)
    except NotForUs:
        pass
    except BridgeError as error:
        return refuse(error)
    return Response({"status": "ok"})


def refuse(error: BridgeError) -> Response:
    """The answer to a webhook that was not taken; 500 asks the sender to come again."""
    statuses = {Malformed: 400, TooLarge: 413}
    status = error.status if isinstance(error, Untrusted) else statuses.get(type(error), 500)
    # Imported here, since a webhook that is taken needs no log line and must not pay for a logger.
    from chalicelib.observability import count, logger

    count("WebhookRefused", status=str(status))
    logger.warning("webhook refused", status=status, reason=str(error))
    return Response({"error": str(error)}, status_code=status)


def show(page: "Page") -> Response:
    headers = {**HTML, "Location": page.location} if page.location else HTML
    return Response(page.html, status_code=page.status, headers=headers)


def query_parameters() -> Mapping[str, str]:
    return current_request().query_params or {}


def current_request() -> Request:
    """The request being answered; Chalice types it as optional because there is none outside of a route."""
    assert app.current_request
    return app.current_request
