"""What is written after a sale becomes one conversation per purchase."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.chatwoot.client import echo_message, incoming_message, private_note
from chalicelib.conversations import Conversations
from chalicelib.errors import NotFound, Refused, TryAgainLater
from chalicelib.inbound.files import Files
from chalicelib.inbound.purchases import Purchases, note_source_id
from chalicelib.inbound.settling import Settling
from chalicelib.jobs import SyncThread
from chalicelib.matching import Place, find_ours, message_source_id
from chalicelib.mercado_livre.message_resources import (
    AVAILABLE,
    PENDING,
    PENDING_TRANSLATION,
    REJECTED,
    Exchange,
    Message,
    put_in_order,
)
from chalicelib.mercado_livre.messaging import Messaging
from chalicelib.mercado_livre.sites import add_business_hours, time_zone
from chalicelib.models import SOURCE_ID_PREFIX, Conversation, Post, Thread, ThreadRecord
from chalicelib.observability import count, logger
from chalicelib.settings import Settings
from chalicelib.stores.threads import Threads
from chalicelib.wording import Wording

# Chatwoot takes 200 messages a minute in one conversation and 15 files in one message (4.15.1, app/models/message.rb).
MOST_POSTS_AT_ONCE = 100
PAUSE_AFTER_MANY_POSTS_SECONDS = 61
MOST_FILES_IN_A_MESSAGE = 15
LONGEST_RUN = timedelta(seconds=40)

# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
HOURS_TO_RESOLVE = 48

LONGEST_EXCERPT = 60


class InboundPacks:
    """Brings the conversation of a purchase up to date."""

    def __init__(
        self,
        messaging: Messaging,
        conversations: Conversations,
        threads: Threads,
        purchases: Purchases,
        files: Files,
        settling: Settling,
        wording: Wording,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._messaging = messaging
        self._conversations = conversations
        self._threads = threads
        self._purchases = purchases
        self._files = files
        self._settling = settling
        self._wording = wording
        self._settings = settings
        self._clock = clock

    def sync_thread(self, job: SyncThread) -> None:
        """Bring one purchase up to date. Repeating it is safe and, when nothing changed, costs one read."""
        record = self._threads.load(job.thread)
        exchange = self._read(job)
        if not exchange.messages:
            logger.info("nothing was written about this purchase")
            return
        ours = find_ours(record, exchange)
        self._settling.settle(record, exchange, ours, job)
        missing = [message for message in exchange.messages if self._is_missing(record, message, ours)]
        if record.conversation is None and not missing:
            # Only replies of ours, from a conversation that was lost since: nothing to open another for.
            return
        record = self._open_where_missing(record, exchange)
        try:
            self._post(record, missing)
        except NotFound:
            if not self._conversations.is_gone(_conversation(record)):
                raise
            record = self._open_anew(record, exchange)
            self._post(record, missing)
        self._tell_changes(record, exchange)
        record = self._tell_state(record, exchange)
        self._tell_deadline(record, exchange)

    def _read(self, job: SyncThread) -> Exchange:
        """The exchange, with the message that was announced even where the listing lags behind."""
        seller_id, pack_id = job.thread.seller_id, job.thread.meli_id
        exchange = self._messaging.read_exchange(seller_id, pack_id)
        if not job.expects or any(message.id == job.expects for message in exchange.messages):
            return exchange
        try:
            message = self._messaging.get_message(seller_id, job.expects)
        except NotFound:
            return exchange
        found = [*reversed(exchange.messages), *([message] if message else [])]
        return Exchange(
            messages=put_in_order(found),
            status=exchange.status,
            substatus=exchange.substatus,
            path=exchange.path,
            longest_message=exchange.longest_message,
            total=exchange.total,
        )

    def _is_missing(self, record: ThreadRecord, message: Message, ours: dict[str, Place]) -> bool:
        if message.id in ours:
            return False
        if message.from_user_id == record.thread.seller_id and not self._settings.echoes_seller_messages:
            return False
        post = record.posts.get(message_source_id(message.id))
        return post is None or post.state != "posted"

    def _open_where_missing(self, record: ThreadRecord, exchange: Exchange) -> ThreadRecord:
        """The record with its conversation, and the order in short told in it."""
        conversation, note = record.conversation, record.posts.get(note_source_id(record.thread))
        if conversation and conversation.is_labelled and note and note.state == "posted":
            return record
        sale = self._purchases.read(record.thread)
        if conversation is None or not conversation.is_labelled:
            opening = self._purchases.describe(record.thread, sale, exchange)
            record = record._replace(conversation=self._conversations.open(record, opening))
            count("PurchaseBroughtIn")
            logger.info("purchase brought in", chatwoot_conversation_id=_conversation(record).conversation_id)
        self._purchases.post_note(record, sale)
        return record

    def _open_anew(self, record: ThreadRecord, exchange: Exchange) -> ThreadRecord:
        """Another conversation for one that somebody deleted in Chatwoot; what it held stays deleted."""
        logger.warning("the conversation is gone", chatwoot_conversation_id=_conversation(record).conversation_id)
        record.posts.pop(note_source_id(record.thread), None)
        return self._open_where_missing(record._replace(conversation=None), exchange)

    # Messages

    def _post(self, record: ThreadRecord, missing: list[Message]) -> None:
        """Add the messages that the conversation lacks, oldest first; a long history in several jobs."""
        started = self._clock()
        for number, message in enumerate(missing):
            if number == MOST_POSTS_AT_ONCE:
                raise TryAgainLater("more was written", retry_after_seconds=PAUSE_AFTER_MANY_POSTS_SECONDS)
            if self._clock() - started > LONGEST_RUN:
                raise TryAgainLater("more was written", retry_after_seconds=1)
            self._post_message(record, message)
            count("MessageBroughtIn")

    def _post_message(self, record: ThreadRecord, message: Message) -> None:
        source_id = message_source_id(message.id)
        link = self._purchases.link(record.thread)
        files, troubles = self._files.bring(record, source_id, message, link)
        first, rest = files[:MOST_FILES_IN_A_MESSAGE], files[MOST_FILES_IN_A_MESSAGE:]
        # What does not fit goes before, so that the message itself stands for all of it being there.
        if rest:
            more = f"{source_id}/more"
            self._conversations.post(record, more, self._write(record, message, more, ""), files=rest)
        text = self._text(message, record.thread, troubles)
        try:
            self._conversations.post(
                record, source_id, self._write(record, message, source_id, text), files=first, shown_state=message.state
            )
        except Refused as refusal:
            if not first or refusal.status not in (413, 422):
                raise
            lost = [self._wording.say("attachment_not_taken_by_chatwoot", name=file.name, link=link) for file in first]
            text = self._text(message, record.thread, [*troubles, *lost])
            self._conversations.post(
                record, source_id, self._write(record, message, source_id, text), shown_state=message.state
            )

    def _write(self, record: ThreadRecord, message: Message, source_id: str, text: str) -> dict[str, object]:
        build = echo_message if message.from_user_id == record.thread.seller_id else incoming_message
        return build(text, source_id=source_id, external_created_at=int(message.created.timestamp()))

    def _text(self, message: Message, thread: Thread, troubles: list[str]) -> str:
        """The words as they were written and, below a line, what an agent should know of them."""
        words = message.text.strip()
        if not words and not message.attachments:
            withheld = message.state != AVAILABLE
            words = (
                self._wording.say("message_text_withheld", status=message.state)
                if withheld
                else self._wording.say("message_without_text")
            )
        marker = self._marker(message, is_sellers=message.from_user_id == thread.seller_id)
        remarks = [*troubles, *([marker] if marker else [])]
        return "\n\n---\n".join(filter(None, (words, "\n".join(remarks))))

    def _marker(self, message: Message, *, is_sellers: bool) -> str:
        match message.state:
            case state if state == AVAILABLE:
                return ""
            case state if state == PENDING:
                return self._wording.say("marker_pending")
            case state if state == PENDING_TRANSLATION:
                return self._wording.say("marker_pending_translation")
            case state if state == REJECTED and is_sellers:
                return self._wording.say("marker_moderated_seller", reason=self._wording.moderation(message.reason))
            case state if state == REJECTED:
                return self._wording.say("marker_moderated_buyer")
            case unknown:
                return self._wording.say("marker_unknown_status", status=unknown)

    def _tell_changes(self, record: ThreadRecord, exchange: Exchange) -> None:
        """What became of a message after it was shown: released with its words, or refused by moderation."""
        for message in exchange.messages:
            post = record.posts.get(message_source_id(message.id))
            if post is None or post.state != "posted" or post.shown_state in ("", message.state):
                continue
            self._tell_change(record, message, post)
            changed = post._replace(shown_state=message.state)
            record.posts[post.source_id] = changed
            self._threads.save_post(record.thread, changed)

    def _tell_change(self, record: ThreadRecord, message: Message, post: Post) -> None:
        is_sellers = message.from_user_id == record.thread.seller_id
        excerpt = _shorten(message.text)
        if message.state == AVAILABLE and not is_sellers and message.text:
            # What was shown may have had no words, or other ones.
            source_id = f"{post.source_id}/released"
            self._conversations.post(record, source_id, self._write(record, message, source_id, message.text))
            return
        source_id = f"{SOURCE_ID_PREFIX}note/message/{message.id}/{message.state}"
        if message.state == AVAILABLE:
            content = self._wording.say("note_message_released", excerpt=excerpt)
        elif message.state == REJECTED and is_sellers:
            reason = self._wording.moderation(message.reason)
            content = self._wording.say("note_message_moderated", excerpt=excerpt, reason=reason)
        else:
            content = self._marker(message, is_sellers=is_sellers)
        self._conversations.post(record, source_id, private_note(content, source_id=source_id))

    # The state of the exchange

    def _tell_state(self, record: ThreadRecord, exchange: Exchange) -> ThreadRecord:
        """Say once that nobody may write any more, and why; and once that it is over."""
        conversation = _conversation(record)
        state = exchange.substatus or exchange.status if exchange.is_blocked else ""
        if state == conversation.told_state:
            return record
        change = conversation.changes + 1
        source_id = f"{SOURCE_ID_PREFIX}note/pack/{record.thread.meli_id}/{change}/{state or 'released'}"
        content = self._wording.blocked(state) if state else self._wording.say("blocked/released")
        self._conversations.post(record, source_id, private_note(content, source_id=source_id))
        self._conversations.add_attributes(conversation, {"meli_conversation_state": state})
        conversation = conversation._replace(told_state=state, changes=change)
        self._threads.save_conversation(record.thread, conversation)
        return record._replace(conversation=conversation)

    def _tell_deadline(self, record: ThreadRecord, exchange: Exchange) -> None:
        """Until when a conversation that goes through the messaging agent must be resolved."""
        conversation = _conversation(record)
        deadline = _deadline(record.thread, exchange)
        told = deadline.isoformat() if deadline else ""
        if told == conversation.told_deadline:
            return
        written = self._wording.moment(deadline) if deadline else ""
        if deadline:
            source_id = f"{SOURCE_ID_PREFIX}note/pack/{record.thread.meli_id}/deadline"
            content = self._wording.say("agent_thread_deadline", deadline=written, limit=exchange.longest_message)
            self._conversations.post(record, source_id, private_note(content, source_id=source_id))
        self._conversations.add_attributes(conversation, {"meli_reply_deadline": written})
        self._threads.save_conversation(record.thread, conversation._replace(told_deadline=told))


def _deadline(thread: Thread, exchange: Exchange) -> datetime | None:
    """48 business hours after the first message that the seller has not answered; None where he has, or need not."""
    if not exchange.goes_through_agent:
        return None
    waiting: Message | None = None
    for message in exchange.messages:
        is_answer = message.from_user_id == thread.seller_id and message.state != REJECTED
        waiting = None if is_answer else waiting or message
    if waiting is None:
        return None
    return add_business_hours(waiting.created, HOURS_TO_RESOLVE, time_zone(waiting.site_id))


def _shorten(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_EXCERPT else flat[: LONGEST_EXCERPT - 1] + "…"


def _conversation(record: ThreadRecord) -> Conversation:
    assert record.conversation, "the conversation was opened before"
    return record.conversation
