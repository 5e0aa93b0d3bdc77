"""What every function of ours begins with: settings, a clock, and the way to the queues. A receipt needs no more.

It imports next to nothing, since Mercado Livre waits 500 ms for the first answer of a cold function. What workers need
stands in `wiring`.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.errors import TryAgainLater
from chalicelib.settings import INCOMPLETE_MAX_AGE_SECONDS, PARAMETERS_MAX_AGE_SECONDS, WEBHOOK_TOKENS, Settings
from chalicelib.web.path_tokens import PathTokens, digest_of
from chalicelib.web.webhooks import WebhookReceipt
from chalicelib.work.queue import Queue

if TYPE_CHECKING:
    from typing import Self

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from chalicelib.http import Transport
    from chalicelib.stores.cache import Cache
    from chalicelib.stores.seen_tokens import SeenTokens
    from chalicelib.stores.tables import Table
    from chalicelib.stores.troubles import Troubles
    from chalicelib.web.signing_secrets import SigningSecrets


# What was decrypted is kept for as long as a function mostly lives.
DECRYPTED_MAX_AGE_SECONDS = 24 * 3600


class StoredParameters:
    """Parameters in SSM, looked at every few minutes and decrypted again only where one was changed.

    KMS is paid for each secret that is decrypted; what is encrypted stays as it is until somebody writes it anew.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._looked_at: dict[str, float] = {}
        # As it was when it was last decrypted.
        self._encrypted: dict[str, Mapping[str, str]] = {}

    def read(self, stage: str, *, anew: bool = False) -> Mapping[str, str]:
        """The stage's parameters by name, those of some minutes ago unless read `anew`. Raises TryAgainLater."""
        from aws_lambda_powertools.utilities import parameters

        path, now = f"/ponte/{stage}", self._clock()
        encrypted = before = self._encrypted.get(path)
        is_due = now - self._looked_at.setdefault(path, now) >= PARAMETERS_MAX_AGE_SECONDS
        try:
            if is_due:
                encrypted = parameters.get_parameters(path, decrypt=False, max_age=0, force_fetch=True)
            anew = anew or encrypted != before
            stored = parameters.get_parameters(path, decrypt=True, max_age=DECRYPTED_MAX_AGE_SECONDS, force_fetch=anew)
        except parameters.GetParameterError as error:
            raise TryAgainLater(f"the settings in Parameter Store under {path} cannot be read") from error
        if is_due and encrypted is not None:
            self._looked_at[path], self._encrypted[path] = now, encrypted
        return stored


read_parameters = StoredParameters().read


def forget_parameters() -> None:
    """Have them read anew at the next look, whatever their age."""
    from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS

    for provider in DEFAULT_PROVIDERS.values():
        provider.clear_cache()


class Connections:
    """The ways to AWS and to the services, each made once and on first use."""

    def __init__(self, environ: Mapping[str, str], clock: Callable[[], datetime], stage: str) -> None:
        self._environ = environ
        self._clock = clock
        self._stage = stage
        # Whether it was deployed with tokens that have been replaced since, as far as that was met.
        self.has_old_tokens = False

    @cached_property
    def notifications_queue(self) -> Queue:
        return self._queue("NOTIFICATIONS_QUEUE_URL", "notifications")

    @cached_property
    def threads_queue(self) -> Queue:
        return self._queue("THREADS_QUEUE_URL", "threads.fifo")

    @cached_property
    def background_queue(self) -> Queue:
        return self._queue("BACKGROUND_QUEUE_URL", "background")

    def _queue(self, setting: str, name: str) -> Queue:
        url = self._environ.get(setting) or self.sqs.get_queue_url(QueueName=f"ponte-{self._stage}-{name}")["QueueUrl"]
        return Queue(url, self._environ, self._clock)

    @cached_property
    def sqs(self) -> "SQSClient":
        client: SQSClient = self._make_client("sqs")
        return client

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        client: DynamoDBClient = self._make_client("dynamodb")
        return client

    @cached_property
    def transport(self) -> "Transport":
        from chalicelib.http import Transport

        return Transport()

    def _make_client(self, service: str) -> Any:
        # Imported here, since it costs a cold start ten times what the receipt does.
        import boto3
        from botocore.config import Config

        config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})
        return boto3.client(service, config=config)


class Process:
    """One function of ours while it runs. Connections outlive a change of settings, nothing else does."""

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        connections: Connections | None = None,
    ) -> None:
        self.environ = environ
        self.clock = clock
        self.settings = Settings(environ, read_parameters)
        self.connections = connections or Connections(environ, clock, self.settings.stage)
        self._built_at = clock()

    def has_old_settings(self) -> bool:
        longest = INCOMPLETE_MAX_AGE_SECONDS if self.settings.missed else PARAMETERS_MAX_AGE_SECONDS
        return (self.clock() - self._built_at).total_seconds() > longest

    def renew(self) -> "Self":
        """The same with its settings read anew."""
        if self.settings.missed:
            forget_parameters()
        return type(self)(self.environ, self.clock, self.connections)

    @property
    def notifications_queue(self) -> Queue:
        return self.connections.notifications_queue

    @property
    def threads_queue(self) -> Queue:
        return self.connections.threads_queue

    @property
    def background_queue(self) -> Queue:
        return self.connections.background_queue

    @cached_property
    def troubles(self) -> "Troubles":
        # Imported here, as all that follows: a webhook that is taken needs none of it.
        from chalicelib.stores.troubles import Troubles

        return Troubles(self.cache_table, self.clock)

    @cached_property
    def cache_table(self) -> "Table":
        return self.table("cache")

    @cached_property
    def cache(self) -> "Cache":
        from chalicelib.stores.cache import Cache

        return Cache(self.cache_table, self.clock)

    def table(self, name: str) -> "Table":
        from chalicelib.stores.tables import Table

        return Table(self.connections.dynamodb, self.table_name(name))

    def table_name(self, name: str) -> str:
        return f"ponte-{self.settings.stage}-{name}"

    @cached_property
    def receipt(self) -> WebhookReceipt:
        settings = self.settings
        if self.connections.has_old_tokens:
            with suppress(TryAgainLater):
                settings = self.read_settings_anew()
        tokens = PathTokens(settings, self.read_settings_anew, self.make_seen_tokens, self.clock)
        queues = self.notifications_queue, self.threads_queue
        return WebhookReceipt(self.settings, tokens, *queues, self.clock, self._latest_secrets)

    def read_settings_anew(self) -> Settings:
        """The settings as they are stored now, which goes before what was deployed."""
        stored = read_parameters(self.settings.stage, anew=True)
        deployed = {name: value for name, value in self.environ.items() if name not in stored}
        both = [name for name in WEBHOOK_TOKENS if name in stored and name in self.environ]
        replaced = [name for name in both if digest_of(stored[name]) != digest_of(self.environ[name])]
        self.connections.has_old_tokens = bool(replaced)
        # Whoever was not told of a new one yet comes by the one that was deployed.
        before = {f"{name}_BEFORE": self.environ[name] for name in replaced}
        return Settings(deployed, lambda _stage: {**before, **stored})

    def make_seen_tokens(self) -> "SeenTokens":
        # Imported here, since only a webhook that comes while a token is replaced needs it.
        from chalicelib.stores.seen_tokens import SeenTokens

        return SeenTokens(self.cache, self.clock)

    def _latest_secrets(self, desk: Settings, inbox_id: int) -> Iterator[str]:
        return self._signing_secrets.latest(desk, inbox_id)

    @cached_property
    def _signing_secrets(self) -> "SigningSecrets":
        from chalicelib.web.signing_secrets import SigningSecrets

        return SigningSecrets(self.cache, self.troubles, self.connections.transport, self.clock)


_process: Process | None = None


def process() -> Process:
    """The one that runs, built anew now and then so that a changed setting takes effect."""
    global _process
    if _process is None:
        _process = Process()
    elif _process.has_old_settings():
        _process = _process.renew()
    return _process


def install(other: Process | None) -> None:
    """Use another one from now on: one with a clock that can be turned, or None for a fresh one."""
    global _process
    _process = other
