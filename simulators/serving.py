"""A simulator at an address of its own: it answers there, and its webhooks go out."""

from simulators.repeating import Repeating
from simulators.service import DELIVER_EVERY_SECONDS, Server, Service


class Served:
    """Serves one simulator and delivers its webhooks, from construction until `stop`."""

    def __init__(self, service: Service, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = Server(service.wsgi, host=host, port=port)
        service.base_url = self._server.url
        self._sender = Repeating(service.deliver_webhooks, pause_seconds=DELIVER_EVERY_SECONDS)

    def stop(self) -> None:
        """What is on its way arrives first."""
        self._sender.stop()
        self._server.stop()
