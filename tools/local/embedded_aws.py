"""An AWS inside this process, and on loopback for whoever asks from elsewhere: moto."""

import functools
import logging
import math
import os
import threading
import time
from typing import Any

import moto.sqs.models
from moto import backends, mock_aws
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sqs.models import Queue, SQSBackend

from simulators.service import Server
from simulators.strangers import OwnPagesOnly

REGION = "us-east-1"
ACCOUNT = "123456789012"

TABLE_READS = ("get_item", "batch_get_item", "query", "scan")
TABLE_CALLS = (*TABLE_READS, "put_item", "update_item", "delete_item", "batch_write_item")

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
NAMES_KEPT_MILLISECONDS = 5 * 60 * 1000

_turns = threading.RLock()


class EmbeddedAWS:
    """SQS, DynamoDB, SSM and CloudFormation, empty at start and gone at the end."""

    def __init__(self) -> None:
        answer_one_at_a_time()
        keep_names_of_what_was_sent()
        bear_long_queues()
        bear_large_tables()
        # It looks for them on the disk with each request, twice.
        modules = tuple(backends.list_of_moto_modules())
        backends.list_of_moto_modules = lambda: modules
        # One line for each call would drown what the runner has to say.
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        # It lets pages of any origin in, and holds every secret of the stage.
        application = OwnPagesOnly(DomainDispatcherApplication(create_backend_app))
        self._server = Server(application, request_handler=MotoRequestHandler)
        self.url = self._server.url
        self._shortcut: Any = None

    @property
    def environment(self) -> dict[str, str]:
        """What makes boto3, and the bridge, talk to it over HTTP."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
        }

    def enter_environment(self) -> None:
        """Make this process use it, and nothing that was set up for a real account.

        boto3 finds it without HTTP, which takes several times as long; the bridge's own sender needs the server.
        """
        os.environ.update(self.environment)
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS"):
            os.environ.pop(name, None)
        self._shortcut = mock_aws()
        self._shortcut.start(reset=False)

    def stop(self) -> None:
        if self._shortcut:
            self._shortcut.stop()
        self._server.stop()


def let_time_pass(seconds: float) -> None:
    """What waits in any queue has waited so much longer: a clock that is turned moves no queue by itself."""
    for queue in backends.get_backend("sqs")[ACCOUNT][REGION].queues.values():
        for message in queue._messages:  # noqa: SLF001 - moto has no other way to its own time
            message.visible_at -= seconds * 1000
            message.delayed_until -= seconds * 1000
        names = _names(queue)
        names.update({name: sent_at - seconds * 1000 for name, sent_at in names.items()})


@functools.cache
def answer_one_at_a_time() -> None:
    """Let the tables, and the queues, do one call after the other, in this process and for good.

    moto answers each call in a thread of its own. It makes a new item before it sets its attributes, so that another
    call reads one that is half made; and what is sent while another message is deleted can get lost (seen in 5.2.5).
    On AWS neither happens.
    """
    # From a request to its answer; tests ask for what is between alone.
    _take_turns(DynamoHandler, "call_action", *TABLE_CALLS)
    # A look into a queue may wait there for seconds, and changes nothing that others do.
    _take_turns(SQSBackend, "send_message", "delete_message", "change_message_visibility")


@functools.cache
def keep_names_of_what_was_sent() -> None:
    """Let a FIFO queue drop a repeated deduplication id for five minutes, in this process and for good.

    moto forgets the id with its message, and looks among those of all groups (seen in 5.2.5); SQS goes on knowing it
    when its message was worked on, and where the queue says so it counts within one group.
    """
    add: Any = Queue.add_message

    @functools.wraps(add)
    def add_once(queue: Any, message: Any) -> None:
        # What a queue gave up comes here too, as it is.
        if not queue.fifo_queue or message.approximate_receive_count:
            add(queue, message)
            return
        group = message.group_id if queue.deduplication_scope == "messageGroup" else ""
        name, names = (group, message.deduplication_id), _names(queue)
        if message.sent_timestamp - names.get(name, -math.inf) < NAMES_KEPT_MILLISECONDS:
            return
        names[name] = message.sent_timestamp
        with queue._messages_lock:  # noqa: SLF001 - moto would compare in its own way
            queue._messages.append(message)  # noqa: SLF001
            queue._messages_lock.notify_all()  # noqa: SLF001

    setattr(Queue, add.__name__, add_once)


def _names(queue: Any) -> dict[tuple[str, str], float]:
    """When what a queue still knows was sent, in milliseconds since the epoch."""
    names: dict[tuple[str, str], float] = vars(queue).setdefault("sent_names", {})
    return names


@functools.cache
def bear_long_queues() -> None:
    """Let a look into a queue of thousands take some milliseconds, in this process and for good.

    moto asks of each message several times what time it is, by way of two dates (seen in 5.2.5). What is to be shown
    again from now on is seen now, and not only later: else its group counts as being worked on.
    """
    models: Any = moto.sqs.models
    models.unix_time_millis = _now_milliseconds
    models.Message.visible = property(lambda message: message.visible_at <= _now_milliseconds())
    models.Queue.messages = property(_visible)


@functools.cache
def bear_large_tables() -> None:
    """Let a table of thousands be asked for one partition in a millisecond, in this process and for good.

    moto sorts and looks through the whole table (seen in 5.2.5).
    """
    query: Any = Table.query

    @functools.wraps(query)
    def query_partition(table: Any, hash_key: Any, *args: Any, **details: Any) -> Any:
        if table.all_indexes() or not table.range_key_attr:
            return query(table, hash_key, *args, **details)
        # In the place of all there are; calls take turns, so that nobody else asks meanwhile.
        vars(table)["all_items"] = lambda: list(table.items.get(hash_key, {}).values())
        try:
            return query(table, hash_key, *args, **details)
        finally:
            del vars(table)["all_items"]

    setattr(Table, query.__name__, query_partition)


def _now_milliseconds() -> float:
    return time.time() * 1000


def _visible(queue: Any) -> list[Any]:
    """The messages that may be received now."""
    now = _now_milliseconds()
    return [one for one in queue._messages if one.visible_at <= now and one.delayed_until <= now]  # noqa: SLF001


def _take_turns(moto: type, *names: str) -> None:
    def one_at_a_time(method: Any) -> Any:
        @functools.wraps(method)
        def alone(*args: Any, **details: Any) -> Any:
            with _turns:
                return method(*args, **details)

        return alone

    for name in names:
        setattr(moto, name, one_at_a_time(getattr(moto, name)))
