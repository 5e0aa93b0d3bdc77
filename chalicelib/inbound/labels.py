"""Labels that come without being asked for: one for each parcel, as soon as it can be printed."""

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.errors import NotFound
from chalicelib.inbound.sales import Sales
from chalicelib.mercado_livre.sale import Sale
from chalicelib.observability import logger
from chalicelib.parcel_labels import READY, LabelPrinter, why_not_printable
from chalicelib.settings import Settings
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import AttachLabel, SyncThread
from chalicelib.work.queue import Queue

# The parcel whose label was asked for last stands under this name among the states of its conversation.
STATE = "asked_label"


class LabelNotes:
    """Puts labels into private notes. Every method may be repeated."""

    def __init__(
        self,
        printer: LabelPrinter,
        conversations: Conversations,
        sales: Sales,
        threads_queue: Queue,
        settings: Settings,
    ) -> None:
        self._printer = printer
        self._conversations = conversations
        self._sales = sales
        self._threads_queue = threads_queue
        self._settings = settings

    def ask(self, record: ThreadRecord, sale: Sale | None, job: SyncThread) -> None:
        """Have the label of a sale's parcel brought, where it can be printed now and the setting wants it.

        By a job of its own: what the buyer writes does not wait for it.
        """
        shipment = sale.shipment if sale else None
        if self._settings.attach_labels != "auto" or sale is None or shipment is None:
            return
        is_due = shipment.substatus == READY and not why_not_printable(sale)
        if not is_due or record.opened.told_of(STATE) == shipment.id:
            return
        wanted = AttachLabel(record.thread, shipment.id, job.correlation_id)
        self._threads_queue.send(wanted.to_json(), group=wanted.group, deduplication_id=f"label/{shipment.id}")
        record.save_conversation(record.opened.with_told(STATE, shipment.id))

    def attach(self, record: ThreadRecord, job: AttachLabel) -> None:
        """Print the label and put it into the conversation. Raises TryAgainLater while it cannot be had."""
        source_id = record.note_id(f"label/{job.shipment_id}")
        if record.has_posted(source_id):
            return
        sale, words = self._sales.read(record, ""), self._sales.words(record.thread)
        if sale.shipment and sale.shipment.id != job.shipment_id:
            # Another parcel has taken its place.
            return
        printed = self._printer.print(record.thread, sale, words)
        without = self._sales.wording.say("file_not_taken_note", link=self._sales.page(record.thread))
        try:
            files = (printed.file,) if printed.file else ()
            self._conversations.note_with_files(record, source_id, printed.words, files, without=without)
        except NotFound:
            logger.warning("the conversation is gone", chatwoot_conversation_id=record.opened.conversation_id)
        logger.info("label told", has_file=bool(printed.file))
