"""Turns a webhook into a job, or into a refusal with a name. One SQS send, and nothing else, stands in its way."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.chatwoot.agent_messages import CommandNote
from chalicelib.chatwoot.webhooks import command_from_event, parse_event, reply_from_event, verify_signature
from chalicelib.errors import NotForUs, TooLarge, Untrusted
from chalicelib.mercado_livre.notifications import Notification, parse_notification
from chalicelib.models import Thread
from chalicelib.settings import Settings
from chalicelib.web.path_tokens import PathTokens
from chalicelib.work.jobs import AnswerCommand, DeliverReply
from chalicelib.work.queue import Queue

LARGEST_NOTIFICATION_BYTES = 256 * 1024

# An event repeats the message's text several times, and a message may have 150,000 characters.
LARGEST_EVENT_BYTES = 4 * 1024 * 1024


class WebhookReceipt:
    """Receives webhooks. Every refusal is an error of its own; whatever passes is safely queued."""

    def __init__(
        self,
        settings: Settings,
        tokens: PathTokens,
        notifications: Queue,
        threads: Queue,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._tokens = tokens
        self._notifications = notifications
        self._threads = threads
        self._clock = clock

    def receive_notification(
        self, token: str, body: bytes, headers: Mapping[str, str], *, request_id: str = ""
    ) -> Notification:
        """Queue a Mercado Livre notification, of whatever topic, application or seller.

        Raises Untrusted, TooLarge or Malformed, and TryAgainLater when it could not be queued.
        """
        address = self._tokens.find_mercado_livre(token)
        if address is None:
            raise _wrong_path()
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
    ) -> DeliverReply | AnswerCommand:
        """Queue an agent's reply or command; raises NotForUs for every event that is something else.

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
        verify_signature(body, headers, _secrets_for(desk, event.inbox_id), now=self._clock())
        self._tokens.note_seen(address)
        if command := command_from_event(event):
            return self._queue_command(command, desk, request_id)
        reply = reply_from_event(event, forwards_bots=desk.forwards_bots, now=self._clock())
        job = DeliverReply.for_reply(
            reply,
            Thread.parse(reply.contact_source_id),
            desk=desk.desk,
            received_at=int(self._clock().timestamp()),
            correlation_id=request_id,
        )
        # The account's webhook and the inbox's deliver the same message: one job comes of it. An update is known by
        # its bytes, since a second Retry of the same message is another wish.
        wish = hashlib.sha256(body).hexdigest()
        name = f"{event.name}/{job.chatwoot_message_id}/{wish}{job.desk}" if job.is_retry else job.announcement
        self._threads.send(job.to_json(), group=job.group, deduplication_id=name)
        return job

    def _queue_command(self, command: CommandNote, desk: Settings, request_id: str) -> AnswerCommand:
        job = AnswerCommand(
            thread=Thread.parse(command.contact_source_id),
            conversation_id=command.conversation_id,
            chatwoot_message_id=command.chatwoot_message_id,
            content=command.content,
            correlation_id=request_id,
            desk=desk.desk,
        )
        self._threads.send(job.to_json(), group=job.group, deduplication_id=job.announcement)
        return job


def _secrets_for(desk: Settings, inbox_id: int) -> list[str]:
    secrets = desk.chatwoot_webhook_secrets
    return [secrets[owner] for owner in (str(inbox_id), "account") if owner in secrets]


def _wrong_path() -> Untrusted:
    return Untrusted("the token in the path is wrong", status=403, kind="path")
