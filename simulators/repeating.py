"""Does something again and again from a thread of its own."""

import threading
from collections.abc import Callable


class Repeating:
    """Calls a function after each pause until it is stopped; stopping waits for the call under way."""

    def __init__(self, function: Callable[[], object], *, pause_seconds: float) -> None:
        self._function = function
        self._pause_seconds = pause_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._pause_seconds):
            self._function()
