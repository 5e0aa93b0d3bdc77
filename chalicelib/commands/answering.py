"""Answers agents' commands, each once, by a private note that no buyer sees."""

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.chatwoot.message_bodies import command_answer_id
from chalicelib.commands import Act, Answer, Request, Sources, find_command
from chalicelib.commands.help import list_commands
from chalicelib.errors import LoginNeeded, NotFound
from chalicelib.observability import logger
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.threads import ThreadRecord, Threads
from chalicelib.work.jobs import AnswerCommand


class Commands:
    """The commands of one desk's agents."""

    def __init__(
        self,
        conversations: Conversations,
        threads: Threads,
        sources: Sources,
        wording: Wording,
        settings: Settings,
    ) -> None:
        self._conversations = conversations
        self._threads = threads
        self._sources = sources
        self._wording = wording
        self._settings = settings

    def answer(self, job: AnswerCommand) -> None:
        """Do what an agent asks and answer with a note. Repeating it is safe."""
        record = self._record(job)
        source_id = command_answer_id(job.chatwoot_message_id)
        if record and record.has_posted(source_id):
            return
        word, *words = job.content.split(maxsplit=1)
        command = find_command(word)
        if command:
            answer = self._act(command.act, Request(" ".join(words), record, self._wording, self._sources))
        else:
            unknown = self._wording.say("command_unknown", command=word)
            answer = Answer(f"{unknown}\n\n{list_commands(self._wording)}")
        self._tell(record, job, source_id, answer)
        logger.info("command answered", is_known=command is not None)

    def tell_waiting(self, job: AnswerCommand) -> None:
        """Let the agent know that the answer is held up; once for each command."""
        source_id = f"{command_answer_id(job.chatwoot_message_id)}/waiting"
        self._tell(self._record(job), job, source_id, Answer(self._wording.say("command_waits")))

    def tell_given_up(self, job: AnswerCommand) -> None:
        """Tell that a command failed for a reason nobody foresaw."""
        source_id = f"{command_answer_id(job.chatwoot_message_id)}/given-up"
        self._tell(self._record(job), job, source_id, Answer(self._wording.say("command_given_up")))

    def _act(self, act: Act, request: Request) -> Answer:
        try:
            return act(request)
        except LoginNeeded as error:
            # Who asks now does not want to know it once somebody has authorised the account again, in days.
            return Answer(self._wording.say("command_login_needed", link=self._link_to_log_in(error.seller_id)))

    def _link_to_log_in(self, seller_id: int) -> str:
        if not self._settings.is_open:
            # Agents need not be those who may connect a seller.
            return self._wording.say("link_to_ask_for")
        seller = self._sources.sellers.get(seller_id)
        return self._settings.connecting_link(*((seller.site_id, seller.desk) if seller else ()))

    def _record(self, job: AnswerCommand) -> ThreadRecord | None:
        """The thread, where the command was written in its own conversation: a contact offers others too."""
        record = self._threads.load(job.thread) if job.thread else None
        if record is None or record.conversation is None:
            return None
        conversation = record.conversation
        is_its_own = (conversation.conversation_id, conversation.desk) == (job.conversation_id, job.desk)
        return record if is_its_own else None

    def _tell(self, record: ThreadRecord | None, job: AnswerCommand, source_id: str, answer: Answer) -> None:
        if record is None:
            self._conversations.note_in(job.conversation_id, source_id, answer.words)
            return
        without = self._wording.say("file_not_taken_note", link=self._sources.link(record.thread))
        try:
            self._conversations.note_with_files(record, source_id, answer.words, answer.files, without=without)
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=job.conversation_id)
