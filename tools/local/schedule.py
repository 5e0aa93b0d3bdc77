"""Fires scheduled functions, as EventBridge does."""

from collections.abc import Callable
from typing import Any

from chalice.local import LambdaContext

from chalicelib.observability import logger

SCHEDULED_EVENT: dict[str, Any] = {
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "detail": {},
    "resources": [],
    "version": "0",
    "account": "",
    "time": "",
    "region": "us-east-1",
    "id": "",
}


def fire(function: Callable[[dict[str, Any], LambdaContext], Any]) -> None:
    """Invoke a scheduled function once. An error of its own ends this round only, as on Lambda."""
    try:
        function(SCHEDULED_EVENT, LambdaContext("sweep", 256, 60_000))
    except Exception as error:  # noqa: BLE001 - Lambda asks no more of an error either
        logger.exception("the sweep failed", reason=type(error).__name__)
