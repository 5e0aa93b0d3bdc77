"""Plays Lambda for one function out of the zip, which runs in AWS's own runtime client.

While Lambda initialises a function it has a whole core; from its first event on, a share that goes by its memory.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

MEMORY_OF_A_CORE_MB = 1769
HOLD_SECONDS = 0.05
LONGEST_SECONDS = 60

RUNTIME_CLIENT = "awslambdaric"


def has_runtime_client() -> bool:
    """It is published for Linux only."""
    return importlib.util.find_spec(RUNTIME_CLIENT) is not None


@contextmanager
def running(task: Path, handler: str, memory_mb: int, environ: Mapping[str, str]) -> "Iterator[Function]":
    """The function of the unpacked zip in `task`; `handler` is called by its module and name."""
    function = Function(task, handler, memory_mb, environ)
    try:
        yield function
    finally:
        function.stop()


class Took(NamedTuple):
    """Milliseconds by the clock, and those in which the processor was the function's."""

    ms: float
    own_ms: float


class Function:
    """One function in a process of its own; `initialise` and `invoke` answer how long they took."""

    def __init__(self, task: Path, handler: str, memory_mb: int, environ: Mapping[str, str]) -> None:
        self._share = min(1.0, memory_mb / MEMORY_OF_A_CORE_MB)
        self._events: Queue[str] = Queue()
        self._asked: Queue[float] = Queue()
        self._answered: Queue[tuple[str, float]] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_api())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", RUNTIME_CLIENT, handler],
            cwd=task,
            env={
                **environ,
                "PYTHONPATH": str(task),
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
                "LAMBDA_TASK_ROOT": str(task),
            },
            stdout=subprocess.DEVNULL,
        )

    def initialise(self) -> Took:
        ended = self._asked.get(timeout=LONGEST_SECONDS)
        return Took((ended - self._started) * 1000, self._own_ms())

    def invoke(self, event: Mapping[str, Any]) -> Took:
        started, own_ms = time.perf_counter(), self._own_ms()
        with self._held():
            self._events.put(json.dumps(event))
            kind, ended = self._answered.get(timeout=LONGEST_SECONDS)
        # That it asks for the next one is no part of what somebody waits for.
        self._asked.get(timeout=LONGEST_SECONDS)
        if kind != "response":
            raise RuntimeError("a measured function failed; what it said is above")
        return Took((ended - started) * 1000, self._own_ms() - own_ms)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._events.put("")
        self._server.shutdown()
        self._server.server_close()

    def _own_ms(self) -> float:
        # https://docs.kernel.org/scheduler/sched-stats.html
        statistics = Path(f"/proc/{self._process.pid}/schedstat").read_text(encoding="ascii")
        return int(statistics.split()[0]) / 1_000_000

    @contextmanager
    def _held(self) -> Iterator[None]:
        """The process has its share of a core meanwhile: it is stopped for the rest of each small while."""
        done = threading.Event()

        def hold() -> None:
            while not done.is_set():
                os.kill(self._process.pid, signal.SIGSTOP)
                time.sleep(HOLD_SECONDS * (1 - self._share))
                os.kill(self._process.pid, signal.SIGCONT)
                time.sleep(HOLD_SECONDS * self._share)

        holder = threading.Thread(target=hold)
        holder.start()
        try:
            yield
        finally:
            done.set()
            holder.join()

    def _make_api(self) -> type[BaseHTTPRequestHandler]:
        function = self

        class RuntimeAPI(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                function._asked.put(time.perf_counter())
                event = function._events.get()
                if not event:
                    return
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", "00000000-0000-0000-0000-000000000000")
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + LONGEST_SECONDS) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:f")
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(event)))
                self.end_headers()
                self.wfile.write(event.encode())

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                function._answered.put((self.path.rpartition("/")[2], time.perf_counter()))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                pass

        return RuntimeAPI
