"""Where a reply was written: only from a thread's own conversation does anything go to its buyer."""

from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import DeliverReply


class Origin:
    """Judges it at one desk."""

    def __init__(self, sellers: Sellers, settings: Settings) -> None:
        self._sellers = sellers
        self._settings = settings

    def is_stray(self, record: ThreadRecord, job: DeliverReply) -> bool:
        """Whether a reply was written in another conversation than the thread's, in another inbox, or at another desk.

        Chatwoot offers a contact's latest contact inbox for a new conversation
        (app/services/contacts/contactable_inboxes_service.rb): what is written there was not meant for this thread.
        And whoever may make contacts at one desk must not speak for a seller of another, nor whoever works in the
        inbox of one kind for the other.
        """
        if record.conversation is None:
            seller = self._sellers.get(record.thread.seller_id)
            is_at_desk = (seller.desk if seller else "") == job.desk
            return not (is_at_desk and self._settings.takes(record.thread.kind, job.inbox_id))
        return not record.conversation.is_at(job.desk, conversation_id=job.conversation_id, inbox_id=job.inbox_id)
