"""The whole bridge under test: its front door, its queues and both services, with a clock that a test can turn.

Everything is real but AWS (moto's server on loopback) and the two services (the simulators, on loopback too). Nothing
runs by itself: `settle` delivers webhooks and feeds queues until nothing moves any more.
"""

import copy
import itertools
import json
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import requests
from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS
from boto3.session import Session
from moto import mock_aws
from moto.backends import get_backend
from moto.core.models import responses_mock
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

import app
from chalicelib.rate_limit import KEY
from chalicelib.wiring import bridge as current_bridge
from chalicelib.work.consumer import dead_letter_url
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import ConnectionDropped, Server
from tests.in_memory import by_handler, by_wsgi, listeners
from tests.quick_aws import quicken, sending_at_once
from tests.snapshot import Snapshot
from tools.chatwoot_setup import ChatwootSetup
from tools.local.embedded_aws import ACCOUNT, REGION, EmbeddedAWS, let_time_pass
from tools.local.event_source import EventSource
from tools.local.front_door import FrontDoor
from tools.local.schedule import fire
from tools.local.stage import Stage
from tools.workers import queue_urls

MELI_TOKEN, CHATWOOT_TOKEN = "path-token-of-mercado-livre", "path-token-of-chatwoot"

_stage_numbers = itertools.count()


class Clock:
    """What time it is, for the bridge and both services; only `turn` moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class KeptSession(Session):
    """Makes each client once: to make one takes longer than most calls do."""

    def __init__(self) -> None:
        super().__init__()
        self._clients: dict[str, Any] = {}

    def client(self, service_name: str, **details: Any) -> Any:  # type: ignore[override]
        if details:
            return super().client(service_name, **details)
        if service_name not in self._clients:
            self._clients[service_name] = super().client(service_name)
        return self._clients[service_name]


class KeptSetup:
    """What setting Chatwoot up leaves there, to be put into an empty one without asking for it all again."""

    def __init__(self) -> None:
        self._setup: ChatwootSetup | None = None
        self._records: list[dict[Any, Any]] = []

    def bring(self, chatwoot: Chatwoot, set_up: Callable[[], ChatwootSetup]) -> ChatwootSetup:
        """As `set_up` does it, which is called the first time."""
        state = chatwoot.state
        kept: list[dict[Any, Any]] = [state.inboxes, state.labels, state.attribute_definitions, state._last_ids]
        if self._setup is None:
            self._setup = set_up()
            self._records = copy.deepcopy(kept)
        else:
            for records, as_set_up in zip(kept, copy.deepcopy(self._records), strict=True):
                records.update(as_set_up)
        return self._setup


class Deployed(NamedTuple):
    """What the first bridge under test left, for those after it."""

    snapshot: Snapshot
    attributes: dict[str, Any]
    settings: dict[str, str]


class Machine:
    """The servers, started once for all tests."""

    def __init__(self) -> None:
        quicken()
        self.aws = EmbeddedAWS()
        os.environ.update(self.aws.environment)
        # The queue's own sender needs a server; boto3 finds the same queues and tables in this process, much faster.
        del os.environ["AWS_ENDPOINT_URL"]
        self._shortcut = mock_aws()
        self._shortcut.start(reset=False)
        # What asks by requests asks one of the two services: moto would look through its addresses for each.
        responses_mock.stop()
        # One for all: a session reads the descriptions of its services anew.
        self.session = KeptSession()
        # One for all too: each adds a hook to its client that stays.
        self.parameters = SSMProvider(boto3_client=self.session.client("ssm"))
        self.clock = Clock()
        clock = self.clock
        self.meli = MercadoLivre(clock=lambda: clock())
        self.chatwoot = Chatwoot(clock=lambda: clock())
        self.front_door = FrontDoor(app.app, host="127.0.0.1", port=0)
        self.front_door.start()
        self.kept_setup = KeptSetup()
        self.deployed: Deployed | None = None
        self._servers = [Server(self.meli.wsgi), Server(self.chatwoot.wsgi)]
        self.meli.base_url, self.chatwoot.base_url = (server.url for server in self._servers)
        self._answer_in_memory()

    def _answer_in_memory(self) -> None:
        """Nobody who is in this process needs a socket to reach a server that is in it too."""
        listeners.install()
        listeners.listen(self.front_door.url, by_handler(self.front_door._server))
        aws = by_wsgi(DomainDispatcherApplication(create_backend_app), ConnectionDropped)
        listeners.listen(self.aws.url, sending_at_once(aws))
        for service in (self.meli, self.chatwoot):
            listeners.listen(service.base_url, by_wsgi(service.wsgi, ConnectionDropped))

    def stop(self) -> None:
        responses_mock.start()
        for part in (*self._servers, self.front_door, self._shortcut, self.aws):
            part.stop()


class QuickSource(EventSource):
    """Looks into the queue before it asks it: most of the time a settling bridge finds its queues empty."""

    def receive(self) -> dict[str, Any] | None:
        queue = get_backend("sqs")[ACCOUNT][REGION].queues[self._queue_url.rpartition("/")[2]]
        return super().receive() if any(map(_is_ready, queue._messages)) else None


def _is_ready(message: Any) -> bool:
    return message.visible and not message.delayed


class BridgeUnderTest(Stage):
    """A freshly deployed bridge, set up with an empty Chatwoot, with one connected seller, one listing and a buyer.

    The first one is deployed; those after it find all as it was then.
    """

    clock: Clock

    def __init__(self, machine: Machine) -> None:
        machine.clock.now = Clock().now
        machine.meli.reset()
        machine.chatwoot.reset()
        self._kept_setup, self._parameters = machine.kept_setup, machine.parameters
        deployed = machine.deployed
        if deployed and deployed.snapshot.is_usable:
            self._put_back(machine, deployed)
        else:
            self._deploy(machine)
            machine.deployed = Deployed(Snapshot(machine.meli), vars(self).copy(), self.settings.copy())

    def _deploy(self, machine: Machine) -> None:
        super().__init__(
            f"t{next(_stage_numbers)}",
            machine.front_door.url,
            machine.meli,
            machine.chatwoot,
            tokens={"MERCADO_LIVRE_WEBHOOK_TOKEN": MELI_TOKEN, "CHATWOOT_WEBHOOK_TOKEN": CHATWOOT_TOKEN},
            clock=machine.clock,
            session=machine.session,
        )
        self.set(AWS_ENDPOINT_URL_SQS=machine.aws.url)
        self.sources = self.make_sources()
        self.questions_inbox, self.sales_inbox = self.inboxes.questions_inbox_id, self.inboxes.sales_inbox_id
        self.seller = self.meli.add_seller("LOJA TESTE")
        self.buyer = self.meli.add_buyer("COMPRADORA.TESTE")
        self.item = self.meli.add_item(self.seller, "Caneca azul 300 ml", 62.96)
        self.connect(self.seller)
        # They are swept as soon as they are connected.
        self.settle()
        self.meli.journal.clear()
        self.chatwoot.journal.clear()

    def _put_back(self, machine: Machine, deployed: "Deployed") -> None:
        vars(self).update(deployed.attributes)
        self.settings, self.errors, self.others = deployed.settings.copy(), [], []
        deployed.snapshot.put_back()
        self.meli.redirect_uri, self.meli.notification_url = (
            f"{self.url}/oauth/mercado-livre/callback",
            self.meli_webhook_url,
        )
        self.set_up_chatwoot()
        self.sources = self.make_sources()
        self.restart()

    def make_sources(self, **details: Any) -> list[EventSource]:
        return [
            QuickSource(self.sqs, url, name, getattr(app, name), **details)
            for name, url in queue_urls(self.queues).items()
        ]

    # The deployment

    def restart(self) -> None:
        """As a stage does, but with the same client for the settings: a new one takes as long as a short test."""
        super().restart()
        self._parameters.clear_cache()
        DEFAULT_PROVIDERS["ssm"] = self._parameters

    def set_up_chatwoot(self) -> ChatwootSetup:
        return self._kept_setup.bring(self.chatwoot, super().set_up_chatwoot)

    def forget(self) -> None:
        """Lose what was stored about threads and buyers, as when a stage is made anew beside an old Chatwoot."""
        table = self.session.resource("dynamodb").Table(f"ponte-{self.name}-threads")
        for item in table.scan()["Items"]:
            table.delete_item(Key={"thread": item["thread"], "item": item["item"]})

    @cached_property
    def browser(self) -> requests.Session:
        """A seller's, which keeps cookies from one page to the next."""
        return requests.Session()

    def health(self) -> requests.Response:
        return requests.get(f"{self.url}/health", timeout=10)

    # What moves

    def turn(self, **duration: float) -> None:
        """Let time pass for everybody, the queues' visibility timeouts too, and settle."""
        self.clock.turn(**duration)
        let_time_pass(timedelta(**duration).total_seconds())
        self.settle()

    def wait_out(self, *, minutes: float = 30, step_seconds: float = 20) -> None:
        """Let time pass in small steps, as it does, so that every delayed job comes back."""
        for _ in range(round(minutes * 60 / step_seconds)):
            self.turn(seconds=step_seconds)

    def sweep(self) -> None:
        fire(app.sweep)
        self.settle()

    def leave_reads(self, number: int) -> None:
        """Let others take what what can wait may read in this minute, but for so much."""
        limit, counted = current_bridge().rate_limit, current_bridge().cache_table.get(KEY) or {}
        is_this_minute = counted.get("counted_minute") == self.clock.now.timestamp() // 60
        taken = counted["background_reads"] if is_this_minute else 0
        limit.take_reads(max(0, limit.background_reads - taken - number))

    # Front doors

    def notify(
        self, body: Any = None, *, headers: dict[str, str] | None = None, token: str = MELI_TOKEN, **fields: Any
    ):
        """Post a notification as Mercado Livre does; `fields` replace those of a plausible one, None leaves one out."""
        if body is None:
            body = {
                "_id": "5da8a1b24be30a49eb66c52a",
                "resource": "/questions/13000000001",
                "user_id": str(self.seller),
                "topic": "questions",
                "application_id": self.meli.app_id,
                "attempts": 1,
                "sent": self.clock.now.isoformat(),
                "received": self.clock.now.isoformat(),
            } | fields
            body = {name: value for name, value in body.items() if value is not None}
        return self.post(f"/webhook/mercado-livre/{token}", body, headers)

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> requests.Response:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": "application/json", **(headers or {})}
        return requests.post(f"{self.url}{path}", data=data, headers=headers, timeout=10)

    def as_administrator(self, method: str, path: str, body: Any = None) -> Any:
        """A call to Chatwoot's API, as whoever administers it."""
        headers = {"api_access_token": self.chatwoot.admin_token}
        url = f"{self.chatwoot.base_url}/api/v1/accounts/1{path}"
        response = requests.request(method, url, json=body, headers=headers, timeout=10)
        response.raise_for_status()
        return response.json() if response.content else None

    def add_secret(self, owner: str, secret: str) -> None:
        """Tell the bridge one more signing secret, of an inbox or the account's webhook."""
        secrets = json.loads(self.settings["CHATWOOT_WEBHOOK_SECRETS"]) | {owner: secret}
        self.set(CHATWOOT_WEBHOOK_SECRETS=json.dumps(secrets))

    def set_inbox_lock(self, is_locked: bool) -> None:
        """Whether a contact has one conversation for good in the questions inbox."""
        self.as_administrator("PATCH", f"/inboxes/{self.questions_inbox}", {"lock_to_single_conversation": is_locked})

    # What is there to see

    def jobs_waiting(self) -> int:
        """Jobs on all queues, in flight or not."""
        return sum(map(self._length, queue_urls(self.queues).values()))

    def delays(self) -> list[float]:
        """For how many seconds each delayed job is to wait still."""
        queues = get_backend("sqs")[ACCOUNT][REGION].queues
        names = [url.rpartition("/")[2] for url in queue_urls(self.queues).values()]
        messages = [message for name in names for message in queues[name]._messages]
        return [message.delayed_until / 1000 - time.time() for message in messages if message.delayed]

    def dead_letters(self) -> int:
        return sum(self._length(dead_letter_url(url)) for url in queue_urls(self.queues).values())

    def history(self) -> list[dict[str, Any]]:
        """Every notification that was recorded, oldest first."""
        items = self.session.resource("dynamodb").Table(f"ponte-{self.name}-history").scan()["Items"]
        return sorted(items, key=lambda item: str(item["time"]))

    def situation(self) -> str:
        """What the panel beside the only conversation says of whether it may be answered."""
        return str(self.conversation()["custom_attributes"].get("meli_conversation_state", ""))

    def conversation(self) -> dict[str, Any]:
        """The only conversation."""
        (conversation,) = self.chatwoot.conversations()
        return conversation

    def messages(self, *, private: bool = False) -> list[dict[str, Any]]:
        """The public messages, or the private notes, of the only conversation."""
        found = self.chatwoot.messages(self.conversation()["id"])
        return [message for message in found if bool(message["private"]) is private]

    def notes(self) -> list[str]:
        return [note["content"] for note in self.messages(private=True)]

    def ask(self, text: str = "Tem na cor verde?") -> int:
        """The buyer asks, and the bridge does what it does."""
        question = self.meli.ask(self.buyer, self.item, text)
        self.settle()
        return question

    def buy(self, **details: Any) -> int:
        """The buyer buys, and the bridge does what it does; the id in the place of the pack."""
        sale = self.meli.buy(self.buyer, self.item, **details)
        self.settle()
        return sale

    def write(self, sale: int, text: str, attachments: Iterable[tuple[str, str, bytes]] = (), **details: Any) -> str:
        """The buyer writes about a purchase, and the bridge does what it does; the message's id."""
        message = self.meli.write(sale, text, attachments, **details)
        self.settle()
        return message

    def bought_and_wrote(self, text: str = "Quando chega?", **details: Any) -> int:
        """A purchase about which the buyer has written one message."""
        sale = self.buy(**details)
        self.write(sale, text)
        return sale

    def reply(self, content: str | None, **details: Any) -> dict[str, Any]:
        """The agent replies in the only conversation, and the bridge does what it does; the message afterwards."""
        message = self.chatwoot.reply(self.conversation()["id"], content, **details)
        self.settle()
        return self.message(message["id"])

    def message(self, message_id: int) -> dict[str, Any]:
        for conversation in self.chatwoot.conversations():
            for message in self.chatwoot.messages(conversation["id"]):
                if message["id"] == message_id:
                    return message
        raise LookupError(message_id)

    def _length(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        return sum(map(int, self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()))
