"""Writes into Chatwoot conversations, each thing once whatever happens in between.

The intent is stored before a write and the result after it. An intent without a result means that the outcome is not
known, so Chatwoot is searched for the source id before anything is written again.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from chalicelib.chatwoot.client import PAUSE_FOR_INBOX_SECONDS, Chatwoot
from chalicelib.chatwoot.contacts import Buyer, Contacts
from chalicelib.chatwoot.editor import Editor
from chalicelib.chatwoot.message_bodies import private_note
from chalicelib.chatwoot.stand_ins import NOT_TAKEN, StandIns, is_refusal, only_ids
from chalicelib.errors import NotFound, Refused, TryAgainLater
from chalicelib.foreign_text import safe
from chalicelib.http import File
from chalicelib.models import SOURCE_ID_PREFIX, Conversation, Delivery, Post, Thread
from chalicelib.observability import logger
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord, Threads

# The attribute that says whether a conversation may be answered; its name is older than what it shows.
SITUATION = "meli_conversation_state"

# What Chatwoot, or what stands before it, answers to files that it does not take.
FILES_REFUSED = (413, 422)

# How the making of a conversation is called among the posts of its thread, where it is refused.
OPENING = f"{SOURCE_ID_PREFIX}opening"


URGENT = "urgent"


class Opening(NamedTuple):
    """What a new conversation begins with. A first message carries a source id of its own.

    `told_state` is the state that the conversation shows by being there, `told` are those that its attributes show.
    `listing` is what a question is about.
    """

    inbox_id: int
    buyer: Buyer
    custom_attributes: Mapping[str, str]
    labels: tuple[str, ...]
    message: Mapping[str, Any] | None = None
    told_state: str = ""
    told: Mapping[str, str] = {}
    listing: str = ""


class Lesser(NamedTuple):
    """A message without the files that were not taken, and what is to be remembered of it."""

    post: Post
    message: Mapping[str, Any]


class Conversations:
    """The bridge's hand in Chatwoot, at one desk. Every method may be repeated."""

    def __init__(
        self,
        chatwoot: Chatwoot,
        threads: Threads,
        editor: Editor,
        stand_ins: StandIns,
        wording: Wording,
        *,
        desk: str = "",
    ) -> None:
        self._chatwoot = chatwoot
        self._stand_ins = stand_ins
        self._editor = editor
        self._contacts = Contacts(chatwoot, threads, desk=desk)
        self._threads = threads
        self._wording = wording
        self._desk = desk

    def open(self, record: ThreadRecord, opening: Opening) -> None:
        """Give a thread its conversation, with its first message and labels, where it is missing."""
        try:
            self._open(record, opening)
        except NOT_TAKEN as error:
            post = record.posts.get(OPENING, Post(OPENING))
            self._stand_ins.bear(record, post, error)
            self._open(record, self._without_words(record.thread, opening))
            self._note_stand_in(record, post)

    def _open(self, record: ThreadRecord, opening: Opening) -> None:
        if not record.has_conversation:
            self._find_or_create(record, opening, was_begun=record.conversation is not None)
        elif not record.opened.is_labelled:
            found = self._chatwoot.get_conversation(record.opened.conversation_id)
            self._label(record, opening, found.labels)

    def _without_words(self, thread: Thread, opening: Opening) -> Opening:
        """The same with nothing that somebody wrote: no name, no title, and a line in the place of the message."""
        buyer, message = opening.buyer, opening.message
        name = f"Mercado Livre {buyer.user_id or thread.meli_id}"
        return opening._replace(
            buyer=buyer._replace(name=name, custom_attributes=only_ids(buyer.custom_attributes)),
            custom_attributes=only_ids(opening.custom_attributes),
            message=self._stand_ins.for_message(thread, message) if message else None,
        )

    def post(
        self,
        record: ThreadRecord,
        post: Post,
        message: Mapping[str, Any],
        files: Sequence[File] = (),
        lesser: Lesser | None = None,
    ) -> None:
        """Write a message with this post's source id into the thread's conversation, once.

        Where its files are not taken it is written as `lesser`, and where its words are not, a line stands for it.
        """
        begun = record.posts.get(post.source_id)
        if begun and begun.state == "posted":
            return
        if begun and begun.state == "posting":
            if self._is_there(record, begun):
                return
            post = post._replace(refusals=begun.refusals, begun_at=begun.begun_at)
        record.save_post(post._replace(state="posting"))
        try:
            self._create(record, post, message, files)
        except NOT_TAKEN as error:
            are_files_refused = isinstance(error, Refused) and error.status in FILES_REFUSED
            if not (lesser and are_files_refused):
                self._stand_ins.bear(record, post, error)
            self._post_instead(record, post, message, lesser)

    def _post_instead(
        self, record: ThreadRecord, post: Post, message: Mapping[str, Any], lesser: Lesser | None
    ) -> None:
        """Write the most of it that is taken, for whose sake it has been kept back."""
        if self._is_there(record, post):
            return
        try:
            self._create(record, *(lesser or (post, self._stand_ins.for_message(record.thread, message))))
        except NOT_TAKEN as error:
            if lesser is None:
                raise
            self._stand_ins.bear(record, post, error)
            self._post_instead(record, post, message, None)
            return
        if lesser is None:
            self._note_stand_in(record, record.posts[post.source_id])

    def _note_stand_in(self, record: ThreadRecord, post: Post) -> None:
        record.save_post(post._replace(state="posted", refusals=max(1, post.refusals)))
        self._stand_ins.note(record, post)

    def _create(self, record: ThreadRecord, post: Post, message: Mapping[str, Any], files: Sequence[File] = ()) -> None:
        message_id = self._chatwoot.create_message(record.opened.conversation_id, message, files)
        record.save_post(_posted(post, message_id))

    def _is_there(self, record: ThreadRecord, post: Post) -> bool:
        """Whether what was begun stands there: what is there was written with what was known then."""
        written = self._chatwoot.find_message(record.opened.conversation_id, post.source_id)
        if written:
            record.save_post(_posted(record.posts[post.source_id], written.id))
        return written is not None

    def note(self, record: ThreadRecord, source_id: str, content: str) -> None:
        """A private note in the thread's conversation, once."""
        self.post(record, Post(source_id), private_note(content, source_id=source_id))

    def note_with_files(
        self, record: ThreadRecord, source_id: str, content: str, files: Sequence[File], *, without: str
    ) -> None:
        """A private note with files, once; where Chatwoot does not take them, the words `without` stand for them."""
        post, told = Post(source_id), f"{content}\n\n{without}"
        lesser = Lesser(post, private_note(told, source_id=source_id)) if files else None
        self.post(record, post, private_note(content, source_id=source_id), files, lesser)

    def show(
        self,
        conversation: Conversation,
        attributes: Mapping[str, str],
        *,
        labels: Mapping[str, bool] | None = None,
        reopens: bool = False,
        is_urgent: bool | None = None,
    ) -> None:
        """Set attributes and labels of a conversation beside those of others, and open it where it is resolved.

        An empty attribute is taken off, and so is a label that is not to stand there, and the priority urgent where it
        is not to be. Only what differs is written.
        """
        conversation_id = conversation.conversation_id
        try:
            found = self._chatwoot.get_conversation(conversation_id)
            others = {name: value for name, value in found.custom_attributes.items() if name not in attributes}
            merged = {**others, **{name: value for name, value in attributes.items() if value}}
            if merged != found.custom_attributes:
                self._set_attributes(conversation_id, merged, {**others, **only_ids(attributes)})
            kept = [label for label in found.labels if (labels or {}).get(label, True)]
            wanted = list(dict.fromkeys([*kept, *(label for label, stands in (labels or {}).items() if stands)]))
            if wanted != list(found.labels):
                self._chatwoot.set_labels(conversation_id, wanted)
            if is_urgent is not None and is_urgent != (found.priority == URGENT):
                self._chatwoot.set_priority(conversation_id, URGENT if is_urgent else None)
            if reopens and found.status == "resolved":
                self._chatwoot.set_status(conversation_id, "open")
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=conversation_id)

    def _set_attributes(self, conversation_id: int, attributes: Mapping[str, Any], less: Mapping[str, Any]) -> None:
        """Set attributes; `less` are those without words of ours, where the words are what is not taken."""
        try:
            self._chatwoot.set_custom_attributes(conversation_id, attributes)
        except NOT_TAKEN as error:
            if not is_refusal(error):
                raise
            self._chatwoot.set_custom_attributes(conversation_id, less)
            with suppress(*NOT_TAKEN):
                # What kept them out may have been over just then.
                self._chatwoot.set_custom_attributes(conversation_id, attributes)

    def link(self, conversation: Conversation) -> str:
        """The conversation's page in the dashboard."""
        return self._chatwoot.link(conversation.conversation_id)

    def read_words(self, content: str) -> str:
        """What an agent wrote, as the buyer is to read it."""
        return self._editor.read(content)

    def fetch_file(self, data_url: str, *, largest_bytes: int) -> bytes:
        """A file of an agent's message; NotFound may mean that Chatwoot is still storing it."""
        return self._chatwoot.download_file(data_url, largest_bytes=largest_bytes)

    def set_status(self, conversation: Conversation, status: str) -> None:
        """Open or resolve a conversation; one that somebody deleted needs neither."""
        try:
            self._chatwoot.set_status(conversation.conversation_id, status)
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=conversation.conversation_id)

    def has(self, delivery: Delivery) -> bool:
        """Whether the agent's message is there; raises TryAgainLater while Chatwoot is away."""
        return self._chatwoot.get_message(delivery.conversation_id, delivery.chatwoot_message_id) is not None

    def asks_again(self, delivery: Delivery) -> bool:
        """Whether the agent has pressed Retry on a message that was shown to have failed: then it is so no longer.

        False on a Chatwoot that cannot show it; there an update of the message is about something else.
        """
        message = self._chatwoot.get_message(delivery.conversation_id, delivery.chatwoot_message_id)
        return message is not None and delivery.is_shown and not message.has_failed

    def is_gone(self, record: ThreadRecord) -> bool:
        """Whether somebody has deleted the conversation in Chatwoot."""
        if not record.has_conversation:
            return False
        try:
            self._chatwoot.get_conversation(record.opened.conversation_id)
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=record.opened.conversation_id)
            return True
        return False

    def is_withdrawn(self, delivery: Delivery) -> bool:
        """Whether the agent has deleted the message, or somebody the whole conversation."""
        message = self._chatwoot.get_message(delivery.conversation_id, delivery.chatwoot_message_id)
        return message is None or message.is_deleted

    def tell_outcome(self, delivery: Delivery, excerpt: str) -> Delivery:
        """Show on the agent's message whether it was sent; in a private note where this Chatwoot cannot show it.

        The delivery says afterwards whether the message itself shows it. The note names the message by its excerpt, or
        where Mercado Livre does not show it any more by what stands in Chatwoot.
        """
        ids = (delivery.conversation_id, delivery.chatwoot_message_id)
        if delivery.state == "sent":
            return delivery._replace(is_shown=self._chatwoot.set_message_status(*ids, "sent"))
        if self._show_failed(*ids, delivery.reason):
            return delivery._replace(is_shown=True)
        return self.note_outcome(delivery, excerpt)

    def note_outcome(self, delivery: Delivery, excerpt: str) -> Delivery:
        """Tell in a private note why a message was not sent."""
        excerpt = self._wording.excerpt(excerpt or self._words_of(delivery))
        words, reason = safe(excerpt, "line of markdown"), safe(delivery.reason, "markdown")
        content = self._wording.say("reply_not_sent_note", excerpt=words, reason=reason)
        self.note_once(delivery, f"outcome/{delivery.attempts}", content)
        return delivery._replace(is_shown=False)

    def _words_of(self, delivery: Delivery) -> str:
        message = self._chatwoot.get_message(delivery.conversation_id, delivery.chatwoot_message_id)
        return message.content if message else ""

    def _show_failed(self, conversation_id: int, message_id: int, reason: str) -> bool:
        """False where this Chatwoot cannot show it. A reason may repeat words that something before it refuses."""
        try:
            return self._chatwoot.set_message_status(conversation_id, message_id, "failed", reason)
        except NOT_TAKEN as error:
            if not is_refusal(error):
                raise
            reason = self._stand_ins.for_reason()
            return self._chatwoot.set_message_status(conversation_id, message_id, "failed", reason)

    def tell_read(self, delivery: Delivery) -> None:
        """Show on the agent's message that the buyer has read it; a Chatwoot that cannot show it goes without."""
        self._chatwoot.set_message_status(delivery.conversation_id, delivery.chatwoot_message_id, "read")

    def note_once(self, delivery: Delivery, occasion: str, content: str) -> None:
        """A private note about a reply, in the conversation where the agent wrote it."""
        self.note_in(delivery.conversation_id, _note_on(delivery, occasion), content)

    def has_note(self, delivery: Delivery, occasion: str, *, or_any: str) -> bool:
        """Whether there is such a note, or one whose id begins with `or_any`, among the next hundred messages.

        There is none where the conversation is gone.
        """
        found = self._chatwoot.source_ids_after(delivery.conversation_id, delivery.chatwoot_message_id)
        return _note_on(delivery, occasion) in found or any(each.startswith(or_any) for each in found)

    def note_in(self, conversation_id: int, source_id: str, content: str) -> None:
        """A private note in a conversation, once for each source id."""
        note = private_note(content, source_id=source_id)
        try:
            self._note_in(conversation_id, note)
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=conversation_id)
        except NOT_TAKEN as error:
            if not is_refusal(error):
                raise
            self._note_in(conversation_id, self._stand_ins.for_note(note))

    def _note_in(self, conversation_id: int, note: Mapping[str, Any]) -> None:
        if not self._chatwoot.find_message(conversation_id, str(note["source_id"])):
            self._chatwoot.create_message(conversation_id, note)

    def _find_or_create(self, record: ThreadRecord, opening: Opening, *, was_begun: bool) -> None:
        thread, buyer, inbox_id = record.thread, opening.buyer, opening.inbox_id
        contact = self._contacts.ensure(thread, buyer, inbox_id=inbox_id)
        may_exist = was_begun or contact.is_found
        conversation = Conversation(0, contact.id, inbox_id, buyer_id=buyer.user_id, desk=self._desk)
        record.begin_conversation(conversation, contact.unsaved, listing=opening.listing)
        found = self._chatwoot.find_conversation(inbox_id=inbox_id, source_id=str(thread)) if may_exist else None
        if found:
            conversation = conversation._replace(conversation_id=found.id)
            if opening.message and not self._chatwoot.find_message(found.id, str(opening.message["source_id"])):
                self._chatwoot.create_message(found.id, opening.message)
        else:
            conversation = self._create_conversation(record, opening)
        record.save_conversation(conversation)
        self._label(record, opening, found.labels if found else ())

    def _create_conversation(self, record: ThreadRecord, opening: Opening) -> Conversation:
        try:
            conversation_id = self._create_with(record.thread, record.opened.contact_id, opening)
        except NotFound:
            # Somebody deleted the contact in Chatwoot, or merged it with another.
            contact = self._contacts.replace_gone(record.thread, opening.buyer, inbox_id=opening.inbox_id)
            record.begin_conversation(record.opened._replace(contact_id=contact.id), contact.unsaved)
            conversation_id = self._create_with(record.thread, contact.id, opening)
        return record.opened._replace(conversation_id=conversation_id, told=opening.told)

    def _create_with(self, thread: Thread, contact_id: int, opening: Opening) -> int:
        return self._chatwoot.create_conversation(
            inbox_id=opening.inbox_id,
            contact_id=contact_id,
            source_id=str(thread),
            custom_attributes=opening.custom_attributes,
            message=opening.message,
        )

    def _label(self, record: ThreadRecord, opening: Opening, present: Iterable[str]) -> None:
        # Labels replace what is there, so ours are added to what others may have set.
        self._chatwoot.set_labels(record.opened.conversation_id, dict.fromkeys([*present, *opening.labels]))
        record.save_conversation(record.opened._replace(is_labelled=True, told_state=opening.told_state))


def _note_on(delivery: Delivery, occasion: str) -> str:
    return f"{SOURCE_ID_PREFIX}note/reply/{delivery.chatwoot_message_id}/{occasion}"


def deleted_while_made() -> TryAgainLater:
    """Of a new conversation: an inbox that is being deleted takes some for some seconds more."""
    message = "the conversation was deleted while it was made"
    return TryAgainLater(message, retry_after_seconds=PAUSE_FOR_INBOX_SECONDS)


def _posted(post: Post, message_id: int) -> Post:
    return post._replace(state="posted", chatwoot_message_id=message_id, begun_at=0, refusals=0)
