"""Events of inboxes of which no signing secret is known: anybody may have sent them, so Chatwoot itself is asked."""

from chalicelib.chatwoot.agent_messages import Reply
from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.webhooks import RETRY_MAX_AGE
from chalicelib.errors import NotFound
from chalicelib.models import Thread
from chalicelib.observability import logger
from chalicelib.settings import Settings
from chalicelib.work.jobs import AnswerCommand, DeliverReply, LookUpMessage
from chalicelib.work.queue import Queue


class UnsignedEvents:
    """Those of one desk."""

    def __init__(self, chatwoot: Chatwoot, threads_queue: Queue, settings: Settings) -> None:
        self._chatwoot = chatwoot
        self._threads_queue = threads_queue
        self._settings = settings

    def queue_what_is_true(self, job: LookUpMessage) -> None:
        """Queue the reply or command that an event told of, as Chatwoot has it. Repeating it is safe."""
        found = self._look_up(job)
        if found is None:
            logger.warning("an event told of what is not there", chatwoot_message_id=job.chatwoot_message_id)
            return
        name = f"looked-up/{job.wish}{job.desk}" if job.wish else found.announcement
        self._threads_queue.send(found.to_json(), group=found.group, deduplication_id=name)

    def _look_up(self, job: LookUpMessage) -> DeliverReply | AnswerCommand | None:
        settings = self._settings
        try:
            conversation = self._chatwoot.get_active(job.conversation_id)
        except NotFound:
            return None
        if conversation.inbox_id not in (settings.questions_inbox_id, settings.sales_inbox_id):
            return None
        written = self._chatwoot.get_written(
            conversation, job.chatwoot_message_id, is_retry=bool(job.wish), forwards_bots=settings.forwards_bots
        )
        if written is None or (isinstance(written, Reply) and not _may_be_announced(written, job)):
            return None
        named = Thread.parse(conversation.source_id)
        thread = named if named and settings.takes(named.kind, conversation.inbox_id) else None
        if isinstance(written, Reply):
            return DeliverReply.for_reply(
                written,
                thread,
                desk=job.desk,
                received_at=job.received_at,
                correlation_id=job.correlation_id,
                inbox_id=conversation.inbox_id,
            )
        return AnswerCommand(
            thread, written.conversation_id, written.chatwoot_message_id, written.content, job.correlation_id, job.desk
        )


def _may_be_announced(reply: Reply, job: LookUpMessage) -> bool:
    """Whether Chatwoot may have told of a reply just then: one that it shows as failed waits for its agent or a sweep.

    Somebody may name any that stands there, one that was typed again or that is older than the bridge.
    """
    return not reply.has_failed and job.received_at - reply.created_at <= RETRY_MAX_AGE.total_seconds()
