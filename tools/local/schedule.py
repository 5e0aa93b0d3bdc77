"""Fires scheduled functions, as EventBridge does."""

import threading
from collections.abc import Callable
from typing import Any

from chalice.local import LambdaContext

from chalicelib.observability import logger


class Schedule:
    """Fires a scheduled function again and again from a thread of its own."""

    def __init__(self, function: Callable[[dict[str, Any], LambdaContext], Any], *, every_seconds: float) -> None:
        self._function = function
        self._every_seconds = every_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_seconds):
            fire(self._function)


def fire(function: Callable[[dict[str, Any], LambdaContext], Any]) -> None:
    """Invoke a scheduled function once. An error of its own ends this round only, as on Lambda."""
    event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": []}
    event |= {"version": "0", "account": "", "time": "", "region": "us-east-1", "id": ""}
    try:
        function(event, LambdaContext("sweep", 256, 60_000))
    except Exception as error:  # noqa: BLE001 - Lambda asks no more of an error either
        logger.exception("the sweep failed", reason=type(error).__name__)
