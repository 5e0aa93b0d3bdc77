"""Turns a webhook into a job, or into a refusal with a name. One SQS send, and nothing else, stands in its way."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime

from chalicelib.chatwoot.agent_messages import CommandNote, Reply
from chalicelib.chatwoot.webhooks import (
    Event,
    command_from_event,
    deleted_from_event,
    parse_event,
    reply_from_event,
    verify_signature,
)
from chalicelib.errors import NotForUs, TooLarge, Untrusted
from chalicelib.mercado_livre.notifications import Notification, parse_notification
from chalicelib.models import Thread
from chalicelib.settings import Settings
from chalicelib.web.path_tokens import PathTokens
from chalicelib.work.jobs import AnswerCommand, DeliverReply, LookUpMessage
from chalicelib.work.queue import Queue

LARGEST_NOTIFICATION_BYTES = 256 * 1024

# An event repeats the message's text several times, and a message may have 150,000 characters.
LARGEST_EVENT_BYTES = 4 * 1024 * 1024


class WebhookReceipt:
    """Receives webhooks. Every refusal is an error of its own; whatever passes is safely queued.

    `latest_secrets` are what a desk's inbox may sign with that signs otherwise than the settings have it.
    """

    def __init__(
        self,
        settings: Settings,
        tokens: PathTokens,
        notifications: Queue,
        threads: Queue,
        clock: Callable[[], datetime],
        latest_secrets: Callable[[Settings, int], Iterable[str]] = lambda _desk, _inbox_id: (),
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._notifications = notifications
        self._threads = threads
        self._clock = clock
        self._latest_secrets = latest_secrets

    def receive_notification(
        self, token: str, body: bytes, headers: Mapping[str, str], *, request_id: str = "", source: str = ""
    ) -> Notification:
        """Queue a Mercado Livre notification, of whatever topic, application or seller. `source` is who connected.

        Raises Untrusted, TooLarge or Malformed, and TryAgainLater when it could not be queued.
        """
        address = self._tokens.find_mercado_livre(token)
        if address is None:
            raise _wrong_path()
        if self._settings.takes_published_sources_only:
            _check_source(source)
        if len(body) > LARGEST_NOTIFICATION_BYTES:
            raise TooLarge(f"the body has {len(body)} bytes; at most {LARGEST_NOTIFICATION_BYTES} are taken")
        notification = parse_notification(body, headers, now=self._clock(), correlation_id=request_id)
        if notification.is_stale and self._settings.refuses_stale_notifications:
            raise Untrusted("the notification is older than ten minutes", status=401, kind="age")
        self._notifications.send(notification.to_json())
        self._tokens.note_seen(address)
        return notification

    def receive_chatwoot_event(
        self, token: str, body: bytes, headers: Mapping[str, str], *, request_id: str = ""
    ) -> DeliverReply | AnswerCommand | LookUpMessage:
        """Queue an agent's reply or command; raises NotForUs for every event that is something else.

        Where no secret is known by which it could be signed, it is only told that there may be one.

        Raises Untrusted, TooLarge or Malformed, and TryAgainLater when it could not be queued.
        """
        address = self._tokens.find_desk(token)
        if address is None:
            raise _wrong_path()
        desk = address.settings
        if len(body) > LARGEST_EVENT_BYTES:
            raise TooLarge(f"the body has {len(body)} bytes; at most {LARGEST_EVENT_BYTES} are taken")
        event = parse_event(body)
        if event.inbox_id not in (desk.questions_inbox_id, desk.sales_inbox_id):
            raise NotForUs("another inbox")
        self._verify(body, headers, desk, event.inbox_id)
        try:
            return self._queue_written(event, event.inbox_id, desk, body, request_id)
        finally:
            # After what was written is safe: nobody tells of it again.
            self._tokens.note_seen(address)

    def _queue_written(
        self, event: Event, inbox_id: int, desk: Settings, body: bytes, request_id: str
    ) -> DeliverReply | AnswerCommand | LookUpMessage:
        # An update is known by its bytes, since a second Retry of the same message is another wish.
        wish = hashlib.sha256(body).hexdigest()
        written = (
            command_from_event(event)
            or deleted_from_event(event)
            or reply_from_event(event, forwards_bots=desk.forwards_bots, now=self._clock())
        )
        if not _secrets_for(desk, inbox_id):
            return self._queue_look_up(written, desk, wish, request_id)
        thread = _thread_of(written, desk, inbox_id)
        if isinstance(written, CommandNote):
            return self._queue_command(written, thread, desk, request_id)
        job = DeliverReply.for_reply(
            written,
            thread,
            desk=desk.desk,
            received_at=int(self._clock().timestamp()),
            correlation_id=request_id,
            inbox_id=inbox_id,
        )
        # The account's webhook and the inbox's deliver the same message: one job comes of it.
        name = f"{event.name}/{job.chatwoot_message_id}/{wish}{job.desk}" if job.is_retry else job.announcement
        self._threads.send(job.to_json(), group=job.group, deduplication_id=name)
        return job

    def _verify(self, body: bytes, headers: Mapping[str, str], desk: Settings, inbox_id: int) -> None:
        """Raises Untrusted. An inbox may have got a new secret since it was set up."""
        try:
            verify_signature(body, headers, _secrets_for(desk, inbox_id), now=self._clock())
        except Untrusted as refusal:
            refusal.desk = desk.desk
            if refusal.kind != "signature" or not headers.get("x-chatwoot-signature"):
                raise
            self._verify_anew(body, headers, desk, inbox_id, refusal)

    def _verify_anew(
        self, body: bytes, headers: Mapping[str, str], desk: Settings, inbox_id: int, refusal: Untrusted
    ) -> None:
        try:
            for secret in self._latest_secrets(desk, inbox_id):
                with suppress(Untrusted):
                    verify_signature(body, headers, [secret], now=self._clock())
                    return
        except Untrusted as refusal_with_reason:
            refusal_with_reason.desk = desk.desk
            raise
        raise refusal

    def _queue_look_up(self, written: Reply | CommandNote, desk: Settings, wish: str, request_id: str) -> LookUpMessage:
        job = LookUpMessage(
            conversation_id=written.conversation_id,
            chatwoot_message_id=written.chatwoot_message_id,
            received_at=int(self._clock().timestamp()),
            correlation_id=request_id,
            desk=desk.desk,
            wish=wish if isinstance(written, Reply) and written.is_retry else "",
        )
        # By its bytes too: anybody may have told of the number of a message before it was written.
        name = job._replace(wish=wish).announcement
        self._threads.send(job.to_json(), group=job.group, deduplication_id=name)
        return job

    def _queue_command(
        self, command: CommandNote, thread: Thread | None, desk: Settings, request_id: str
    ) -> AnswerCommand:
        job = AnswerCommand(
            thread=thread,
            conversation_id=command.conversation_id,
            chatwoot_message_id=command.chatwoot_message_id,
            content=command.content,
            correlation_id=request_id,
            desk=desk.desk,
        )
        self._threads.send(job.to_json(), group=job.group, deduplication_id=job.announcement)
        return job


def _thread_of(written: Reply | CommandNote, desk: Settings, inbox_id: int) -> Thread | None:
    """The thread that a contact names; none where its kind is answered from another inbox."""
    thread = Thread.parse(written.contact_source_id)
    return thread if thread and desk.takes(thread.kind, inbox_id) else None


def _secrets_for(desk: Settings, inbox_id: int) -> list[str]:
    secrets = desk.chatwoot_webhook_secrets
    return [secrets[owner] for owner in (str(inbox_id), "account") if owner in secrets]


def _check_source(source: str) -> None:
    # Mostly nobody asks for it.
    from chalicelib.mercado_livre.source_addresses import PUBLISHED

    if source not in PUBLISHED:
        message = "the notification is from no address that Mercado Livre has published"
        raise Untrusted(message, status=403, kind="source")


def _wrong_path() -> Untrusted:
    return Untrusted("the token in the path is wrong", status=403, kind="path")
