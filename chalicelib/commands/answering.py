"""Answers agents' commands, each once, by a private note that no buyer sees."""

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.chatwoot.message_bodies import command_answer_id, private_note
from chalicelib.commands import Request, find_command
from chalicelib.commands.help import list_commands
from chalicelib.errors import NotFound
from chalicelib.models import Post
from chalicelib.observability import logger
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord, Threads
from chalicelib.work.jobs import AnswerCommand


class Commands:
    """The commands of one desk's agents."""

    def __init__(self, conversations: Conversations, threads: Threads, wording: Wording) -> None:
        self._conversations = conversations
        self._threads = threads
        self._wording = wording

    def answer(self, job: AnswerCommand) -> None:
        """Do what an agent asks and answer with a note. Repeating it is safe."""
        record = self._record(job)
        source_id = command_answer_id(job.chatwoot_message_id)
        if record and record.has_posted(source_id):
            return
        word, *words = job.content.split(maxsplit=1)
        command = find_command(word)
        if command:
            content = command.answer(Request(" ".join(words), record, self._wording))
        else:
            content = f"{self._wording.say('command_unknown', command=word)}\n\n{list_commands(self._wording)}"
        self._note(record, job, source_id, content)
        logger.info("command answered", is_known=command is not None)

    def tell_given_up(self, job: AnswerCommand) -> None:
        """Tell that a command failed for a reason nobody foresaw."""
        source_id = f"{command_answer_id(job.chatwoot_message_id)}/given-up"
        self._note(self._record(job), job, source_id, self._wording.say("command_given_up"))

    def _record(self, job: AnswerCommand) -> ThreadRecord | None:
        """The thread, where the command was written in its own conversation: a contact offers others too."""
        record = self._threads.load(job.thread) if job.thread else None
        if record is None or record.conversation is None:
            return None
        conversation = record.conversation
        is_its_own = (conversation.conversation_id, conversation.desk) == (job.conversation_id, job.desk)
        return record if is_its_own else None

    def _note(self, record: ThreadRecord | None, job: AnswerCommand, source_id: str, content: str) -> None:
        if record is None:
            self._conversations.note_in(job.conversation_id, source_id, content)
            return
        try:
            self._conversations.post(record, Post(source_id), private_note(content, source_id=source_id))
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=job.conversation_id)
