"""Every reply's way: not twice, refused where it went astray, delivered, and its outcome told."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.chatwoot.agent_messages import DELETED
from chalicelib.chatwoot.conversations import Conversations
from chalicelib.commands import find_command
from chalicelib.models import Delivery, ThreadKind
from chalicelib.observability import count, logger
from chalicelib.outbound.earlier_replies import EarlierReplies, WrittenBefore
from chalicelib.outbound.origin import Origin
from chalicelib.outbound.reply_notes import ReplyNotes
from chalicelib.stores.tables import TableItem
from chalicelib.stores.threads import ThreadRecord, Threads
from chalicelib.work.failures import can_wait
from chalicelib.work.jobs import DeliverReply

# A reply that comes to be sent later than this is first looked at again.
TIME_TO_THINK_SECONDS = 30


class Carrier(Protocol):
    """Takes replies to one kind of thread."""

    def deliver(
        self, record: ThreadRecord, delivery: Delivery, job: DeliverReply, wait_its_turn: Callable[[], None]
    ) -> Delivery:
        """What became of the reply after this attempt; `sent` or `refused`. Repeating it is safe.

        `wait_its_turn` is called before anything of it is sent, or stored as begun; what it raises goes on.
        """

    def finish(self, record: ThreadRecord, delivery: Delivery) -> Sequence[TableItem]:
        """Do what follows from a reply that was sent, once the agent has been told. Repeating it is safe.

        What is returned is stored together with the reply.
        """


class Carry(Protocol):
    """One try at a reply, which says what became of it."""

    def __call__(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> Delivery: ...


class WrittenElsewhere(Exception):
    """A reply names a thread of another desk, or was written in another conversation than the thread's."""


class Outbound:
    """Chatwoot → Mercado Livre."""

    def __init__(
        self,
        carriers: Mapping[ThreadKind, Carrier],
        conversations: Conversations,
        threads: Threads,
        origin: Origin,
        earlier_replies: EarlierReplies,
        notes: ReplyNotes,
    ) -> None:
        self._carriers = carriers
        self._conversations = conversations
        self._threads = threads
        self._origin = origin
        self._earlier_replies = earlier_replies
        self._notes = notes
        self._wording = notes.wording

    def deliver_reply(self, job: DeliverReply) -> None:
        """Deliver one reply, once, and show what became of it. Repeating it is safe.

        Raises WrittenElsewhere for one that names a thread and was not written in its conversation.
        """
        if job.thread is None:
            self._refuse_stray(job)
            return
        record = self._threads.load(job.thread)
        if self._origin.is_stray(record, job):
            raise WrittenElsewhere
        self._deliver(record, job, self._in_turn)

    def _deliver(self, record: ThreadRecord, job: DeliverReply, carry: Carry) -> None:
        if job.refused_for == DELETED:
            self._tell_deleted(record, job)
            return
        if _is_erased(record, job):
            self._notes.tell_erased(_new_delivery(job))
            return
        carrier = self._carriers[record.thread.kind]
        delivery = record.deliveries.get(job.chatwoot_message_id) or _new_delivery(job)
        if self._is_settled(delivery, job):
            if not delivery.is_told:
                self._tell(carrier, record, delivery, job)
            return
        delivery = carry(record, delivery, job)
        record.save_delivery(delivery)
        self._tell(carrier, record, delivery, job)

    def _tell_deleted(self, record: ThreadRecord, job: DeliverReply) -> None:
        """Of one that went out already."""
        delivery = record.deliveries.get(job.chatwoot_message_id)
        if delivery and (delivery.state == "sent" or any(part.state == "sent" for part in delivery.parts)):
            self._notes.tell_deleted(delivery)

    def _in_turn(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> Delivery:
        """Carry a reply once what was written before it has gone out."""
        if delivery.state == "sending":
            # That went out before this one was begun.
            return self._carry(record, delivery, job)
        try:
            with self._earlier_replies.looked_for(record, job) as wait_its_turn:
                outcome = self._carry(record, delivery, job, wait_its_turn)
                # One that is refused without a look counts as settled too: what is looked for later stands behind it.
                wait_its_turn()
                return outcome
        except WrittenBefore as before:
            self._deliver_earlier(record, before.jobs)
        # As it is stored by now.
        return self._carry(record, record.deliveries.get(job.chatwoot_message_id, delivery), job)

    def _deliver_earlier(self, record: ThreadRecord, jobs: list[DeliverReply]) -> None:
        logger.info("replies were not heard in their order", earlier=len(jobs))
        for job in self._earlier_replies.take_each(jobs):
            try:
                self._deliver(record, job, self._carry)
            except Exception as error:
                if can_wait(error):
                    raise
                # What keeps failing holds nothing up; it is tried again by its own job.
                logger.exception("an earlier reply did not go out", chatwoot_message_id=job.chatwoot_message_id)

    def _carry(
        self,
        record: ThreadRecord,
        delivery: Delivery,
        job: DeliverReply,
        wait_its_turn: Callable[[], None] = lambda: None,
    ) -> Delivery:
        if job.refused_for:
            return delivery._replace(state="refused", reason=self._wording.not_sendable(job.refused_for))
        carrier = self._carriers[record.thread.kind]
        return self._refuse_command(delivery, job) or carrier.deliver(record, delivery, job, wait_its_turn)

    def _refuse_command(self, delivery: Delivery, job: DeliverReply) -> Delivery | None:
        """What begins with a command was meant as a private note: written as a reply, it goes to no buyer."""
        words = self._conversations.read_words(job.content).split() if "/" in job.content else []
        word = next(iter(words), "")
        if delivery.state == "sending" or find_command(word) is None:
            return None
        reason = self._wording.say("reply_is_command", command=word)
        return delivery._replace(state="refused", reason=reason, is_told=False)

    def _is_settled(self, delivery: Delivery, job: DeliverReply) -> bool:
        """Whether there is nothing left to send: sent is for good, refused until the agent presses Retry.

        Any update of the message looks like a Retry, and may come late or twice; so the message itself is asked.
        """
        if delivery.state != "refused" or job.is_replayed:
            return delivery.state == "sent"
        return not (job.is_retry and delivery.is_told and self._conversations.asks_again(delivery))

    def tell_waiting(self, job: DeliverReply) -> None:
        """Let the agent know that a reply is held up and still on its way; once for each reply."""
        if job.refused_for or _state(self._own_thread(job), job) in ("sent", "refused"):
            # Only telling so is held up.
            return
        self._notes.tell_waiting(_new_delivery(job))

    def tell_given_up(self, job: DeliverReply) -> None:
        """Show that a reply failed for a reason nobody foresaw. Whether it went out may not be known: Retry looks."""
        record = self._own_thread(job)
        if _state(record, job) == "sent":
            self._conversations.tell_outcome(_new_delivery(job)._replace(state="sent"), job.content)
            return
        reason = self._wording.say("reply_given_up")
        if job.refused_for:
            reason = self._wording.not_sendable(job.refused_for)
        refused = _new_delivery(job)._replace(state="refused", reason=reason)
        told = self._conversations.tell_outcome(refused, _excerpt(job))
        if record:
            self._threads.remember_refusal(record.thread, job.chatwoot_message_id)
            if job.chatwoot_message_id not in record.deliveries and not _is_erased(record, job):
                # Of which nothing was begun: it was refused, and is not found anew as one that nobody heard.
                record.save_delivery(told._replace(is_told=True))
        count("ReplyGivenUp")

    def _own_thread(self, job: DeliverReply) -> ThreadRecord | None:
        """The thread in whose conversation a reply was written; None for one that names no thread, or one of others."""
        record = self._threads.load(job.thread) if job.thread else None
        return None if record is None or self._origin.is_stray(record, job) else record

    def _tell(self, carrier: Carrier, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> None:
        if job.is_silent:
            delivery = self._tell_silently(record, delivery, job)
        else:
            delivery = self._conversations.tell_outcome(delivery, _excerpt(job))
        beside: Sequence[TableItem] = ()
        if delivery.state == "sent":
            beside = carrier.finish(record, delivery)
            self._notes.tell_sent_late(delivery, job, _excerpt(job))
        # Last, so that whatever is cut short before is done again.
        record.save_delivery(delivery._replace(is_told=True), beside=beside)
        count("ReplySent" if delivery.state == "sent" else "ReplyRefused")
        logger.info("reply settled", delivery_state=delivery.state, attempts=delivery.attempts)

    def _tell_silently(self, record: ThreadRecord, delivery: Delivery, job: DeliverReply) -> Delivery:
        """Leave the message as it is shown; a sweep shows that it was sent as soon as that stays."""
        if delivery.state != "sent":
            return self._conversations.note_outcome(delivery, _excerpt(job))
        self._threads.remember_refusal(record.thread, delivery.chatwoot_message_id)
        return delivery._replace(is_shown=True)

    def _refuse_stray(self, job: DeliverReply) -> None:
        reason = self._wording.say("not_a_mercado_livre_conversation")
        self._conversations.tell_outcome(_new_delivery(job)._replace(state="refused", reason=reason), _excerpt(job))
        count("ReplyRefused")
        logger.info("reply in a conversation that is not from Mercado Livre")


def is_withdrawn(
    conversations: Conversations, delivery: Delivery, job: DeliverReply, clock: Callable[[], datetime]
) -> bool:
    """Whether a reply that had time to be deleted was; one that goes out at once is not looked at."""
    age_seconds = clock().timestamp() - job.received_at
    has_waited = delivery.state == "sending" or age_seconds > TIME_TO_THINK_SECONDS
    return has_waited and conversations.is_withdrawn(delivery)


def _new_delivery(job: DeliverReply) -> Delivery:
    return Delivery(job.chatwoot_message_id, job.conversation_id, "waiting")


def _state(record: ThreadRecord | None, job: DeliverReply) -> str:
    """What became of a reply; empty where nothing is known."""
    delivery = record.deliveries.get(job.chatwoot_message_id) if record else None
    return delivery.state if delivery else ""


def _excerpt(job: DeliverReply) -> str:
    return job.excerpt or job.content


def _is_erased(record: ThreadRecord, job: DeliverReply) -> bool:
    """Whether what became of a reply was erased with its buyer: sent anew, it might reach the buyer twice."""
    is_old = job.is_retry or job.is_replayed or job.received_at <= record.erased_at
    is_old = is_old or record.was_erased(job.chatwoot_message_id, desk=job.desk)
    return (
        bool(record.erased_at) and is_old and not job.refused_for and job.chatwoot_message_id not in record.deliveries
    )
