"""Puts one message into its conversation, with its files, and tells what became of it at Mercado Livre since."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.chatwoot.conversations import Conversations, Lesser
from chalicelib.chatwoot.message_bodies import echo_message, incoming_message, with_remarks
from chalicelib.errors import Paused, TryAgainLater
from chalicelib.foreign_text import safe
from chalicelib.inbound.attachments import Brought, Files
from chalicelib.inbound.sale_note import SaleNotes
from chalicelib.inbound.written_when import say_when_written
from chalicelib.mercado_livre.message_resources import (
    AVAILABLE,
    LONG_AGO,
    PENDING,
    PENDING_TRANSLATION,
    REJECTED,
    Exchange,
    Message,
    MessageAttachment,
)
from chalicelib.models import SOURCE_ID_PREFIX, Post, Thread, message_source_id, text_digest
from chalicelib.observability import count
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.threads import ThreadRecord

# Chatwoot takes 200 messages a minute in one conversation (4.15.1, app/models/message.rb).
MOST_POSTS_AT_ONCE = 100
PAUSE_AFTER_MANY_POSTS_SECONDS = 61
LONGEST_WRITING = timedelta(seconds=20)

# Chatwoot 4.15.1, app/models/message.rb
MOST_FILES_IN_A_MESSAGE = 15

NO_FILES = Brought((), (), ())

MARKERS = {PENDING: "marker_pending", PENDING_TRANSLATION: "marker_pending_translation"}


class Piece(NamedTuple):
    """A message in Chatwoot; the first of several has the words, and each as many files as Chatwoot takes."""

    source_id: str
    attachments: Sequence[MessageAttachment]
    has_words: bool


class MessageWriter:
    """Messages of Mercado Livre in conversations of Chatwoot. Every method may be repeated."""

    def __init__(
        self,
        conversations: Conversations,
        files: Files,
        sale_notes: SaleNotes,
        wording: Wording,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._conversations = conversations
        self._files = files
        self._sale_notes = sale_notes
        self._wording = wording
        self._settings = settings
        self._clock = clock

    def find_missing(self, record: ThreadRecord, exchange: Exchange, ours: Collection[str]) -> list[Message]:
        """The messages that the conversation is to show and lacks; `ours` are those that agents sent from it."""
        written = [message for message in exchange.messages if message.id not in ours]
        if not self._settings.echoes_seller_messages:
            written = [message for message in written if message.from_user_id != record.thread.seller_id]
        return [message for message in written if not _is_posted(record, message)]

    def post_all(self, record: ThreadRecord, missing: Sequence[Message]) -> None:
        """Add messages that the conversation lacks, oldest first.

        Raises Paused where they are too many for a minute, TryAgainLater for one job and while a file may still appear.
        """
        until = self._clock() + LONGEST_WRITING
        for number, message in enumerate(missing):
            if number == MOST_POSTS_AT_ONCE:
                raise Paused("more was written", seconds=PAUSE_AFTER_MANY_POSTS_SECONDS)
            self._post(record, message, until=until)
            count("MessageBroughtIn")

    def _post(self, record: ThreadRecord, message: Message, *, until: datetime) -> None:
        """Add what the conversation lacks of a message; no piece of it is begun after `until`."""
        for piece in _pieces(message):
            if record.has_posted(piece.source_id):
                continue
            if self._clock() > until:
                raise TryAgainLater("more was written", retry_after_seconds=1)
            self._post_piece(record, message, piece)

    def _post_piece(self, record: ThreadRecord, message: Message, piece: Piece) -> None:
        if not piece.attachments:
            self._conversations.post(record, *self._describe(record, message, piece, NO_FILES))
            return
        link = self._sale_notes.link(record.thread)
        brought = self._files.bring(record, piece.source_id, message, piece.attachments, link)
        without_files = self._without_files(piece, brought, link) if brought.files else None
        self._conversations.post(
            record,
            *self._describe(record, message, piece, brought),
            brought.files,
            Lesser(*self._describe(record, message, piece, without_files)) if without_files else None,
        )

    def _without_files(self, piece: Piece, brought: Brought, link: str) -> Brought:
        """The same without the files that Chatwoot does not take."""
        names = [safe(file.name, "line of markdown") for file in brought.files]
        lost = [self._wording.say("attachment_not_taken_by_chatwoot", name=name, link=link) for name in names]
        keys = tuple(attachment.filename for attachment in piece.attachments)
        return Brought((), (*brought.troubles, *lost), keys)

    def _describe(
        self, record: ThreadRecord, message: Message, piece: Piece, brought: Brought
    ) -> tuple[Post, dict[str, object]]:
        """What is remembered of a piece, and how it is written."""
        words, marker, written = "", "", ""
        if piece.has_words:
            words, marker = self._words(message), self._marker(message, record.thread)
            written = self._written(message)
        post = Post(
            piece.source_id,
            shown_state=message.state,
            shown_digest=text_digest(message.text),
            lacking=brought.lacking,
        )
        text = with_remarks(words, [*brought.troubles, marker, written])
        return post, _write(record.thread, message, piece.source_id, text)

    def _words(self, message: Message) -> str:
        if message.text.strip() or message.attachments:
            return safe(message.text.strip(), "markdown")
        if message.state == AVAILABLE:
            return self._wording.say("message_without_text")
        return self._wording.say("message_text_withheld", status=message.state)

    def _written(self, message: Message) -> str:
        return say_when_written(self._wording, message.created, now=self._clock(), site_id=message.site_id)

    def _marker(self, message: Message, thread: Thread) -> str:
        """What an agent should know of a message that is not simply there."""
        if message.state == AVAILABLE:
            return ""
        if message.state in MARKERS:
            return self._wording.say(MARKERS[message.state])
        if message.state != REJECTED:
            return self._wording.say("marker_unknown_status", status=message.state)
        if message.from_user_id == thread.seller_id:
            return self._wording.moderation(message.reason)
        return self._wording.say("marker_moderated_buyer")

    # Afterwards

    def tell_change(self, record: ThreadRecord, message: Message) -> None:
        """Tell what became of a message after it was shown: released, with what was withheld, or refused."""
        post = record.posts.get(message_source_id(message.id))
        if post is None or post.state != "posted" or post.shown_state in ("", message.state):
            return
        if message.state == AVAILABLE and message.from_user_id != record.thread.seller_id:
            self._tell_released(record, message, post)
        else:
            self._note_change(record, message)
        record.save_post(post._replace(shown_state=message.state))

    def _tell_released(self, record: ThreadRecord, message: Message, post: Post) -> None:
        """Add the words and files that were withheld; where all was shown, a note says that it is released."""
        source_id = f"{post.source_id}/released"
        lacking = [attachment for attachment in message.attachments if attachment.filename in post.lacking]
        words = safe(message.text.strip(), "markdown") if text_digest(message.text) != post.shown_digest else ""
        if not words and not lacking:
            self._note_change(record, message)
            return
        link = self._sale_notes.link(record.thread)
        brought = self._files.bring(record, source_id, message, lacking, link)
        text = with_remarks(words, [*brought.troubles, self._written(message)])
        written = _write(record.thread, message, source_id, text)
        self._conversations.post(record, Post(source_id), written, brought.files)

    def _note_change(self, record: ThreadRecord, message: Message) -> None:
        excerpt = safe(self._wording.excerpt(message.text), "line of markdown")
        if message.state == AVAILABLE:
            content = self._wording.say("note_message_released", excerpt=excerpt)
        elif message.state == REJECTED and message.from_user_id == record.thread.seller_id:
            reason = self._wording.moderation(message.reason)
            content = self._wording.say("note_message_moderated", excerpt=excerpt, reason=reason)
        else:
            content = self._marker(message, record.thread)
        source_id = f"{SOURCE_ID_PREFIX}note/message/{message.id}/{message.state}"
        self._conversations.note(record, source_id, content)


def _pieces(message: Message) -> list[Piece]:
    source_id, attachments = message_source_id(message.id), message.attachments
    first = Piece(source_id, attachments[:MOST_FILES_IN_A_MESSAGE], has_words=True)
    starts = range(MOST_FILES_IN_A_MESSAGE, len(attachments), MOST_FILES_IN_A_MESSAGE)
    return [
        first,
        *(
            Piece(f"{source_id}/files/{start}", attachments[start : start + MOST_FILES_IN_A_MESSAGE], has_words=False)
            for start in starts
        ),
    ]


def _is_posted(record: ThreadRecord, message: Message) -> bool:
    """Whether all of a message is known to stand in the conversation."""
    return all(record.has_posted(piece.source_id) for piece in _pieces(message))


def _write(thread: Thread, message: Message, source_id: str, text: str) -> dict[str, object]:
    build = echo_message if message.from_user_id == thread.seller_id else incoming_message
    written_at = int(message.created.timestamp()) if message.created > LONG_AGO else None
    return build(text, source_id=source_id, external_created_at=written_at)
