"""Posts notifications, some at once, and prints how many milliseconds each receipt took, and those not taken."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

AT_ONCE = 4


class Burst:
    """Each is sent again, as Mercado Livre does, where it was not taken."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._lock = threading.Lock()
        self.milliseconds: list[float] = []
        self.refused = 0

    def send(self, body: str) -> None:
        while True:
            started = time.perf_counter()
            is_taken = self._post(body.encode())
            with self._lock:
                self.milliseconds.append((time.perf_counter() - started) * 1000)
                self.refused += not is_taken
            if is_taken:
                return
            time.sleep(1)

    def _post(self, body: bytes) -> bool:
        connection = HTTPConnection(self._url.netloc, timeout=30)
        try:
            connection.request("POST", self._url.path, body, {"content-type": "application/json"})
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
        return response.status == 200


def main() -> None:
    burst, started = Burst(sys.argv[1]), time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(burst.send, read_bodies()))
    figures = {"seconds": time.perf_counter() - started, "milliseconds": burst.milliseconds, "refused": burst.refused}
    sys.stdout.write(f"{json.dumps(figures)}\n")


def read_bodies() -> Iterator[str]:
    for line in sys.stdin:
        yield json.loads(line)


if __name__ == "__main__":
    main()
