"""Reads what was written about a purchase, with the message that was announced even where the listing lags behind."""

from dataclasses import replace

from chalicelib.errors import NotFound, NotShown
from chalicelib.mercado_livre.message_resources import Exchange
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.mercado_livre.thread_lookup import ThreadLookup
from chalicelib.observability import logger
from chalicelib.settings import Settings
from chalicelib.work.jobs import SyncThread
from chalicelib.work.read_back import ReadBack


class ExchangeReader:
    """Reads exchanges. A message that belongs to another purchase is passed on to that one."""

    def __init__(
        self, messaging: Messaging, thread_lookup: ThreadLookup, read_back: ReadBack, settings: Settings
    ) -> None:
        self._messaging = messaging
        self._thread_lookup = thread_lookup
        self._read_back = read_back
        self._settings = settings

    def read(self, job: SyncThread) -> Exchange:
        seller_id, pack_id = job.thread.seller_id, job.thread.meli_id
        wants_messages = job.changed_noun in ("", "messages")
        exchange = self._messaging.read_exchange(seller_id, pack_id, state_alone=not wants_messages)
        if job.is_read_back and self._settings.marks_read and exchange.has_answered_unread(seller_id):
            # What arrived in between is marked with the rest, so that it is this reading that is brought in.
            exchange = self._messaging.read_exchange(seller_id, pack_id, marks_read=True)
        if not job.expects or any(message.id == job.expects for message in exchange.messages):
            return exchange
        try:
            message = self._messaging.get_message(seller_id, job.expects)
        except (NotFound, NotShown):
            return exchange
        if message is None:
            return exchange
        # An order may have been split off its pack since it was last seen there.
        thread = self._thread_lookup.ask_anew(job.thread, message)
        if thread != job.thread:
            logger.info("the message belongs to another purchase", meli_other_thread=str(thread))
            self._read_back.elsewhere(job._replace(thread=thread))
            return exchange
        # What a listing lacks is newer than what it has of the same instant.
        messages = sorted([*exchange.messages, message], key=lambda each: each.created)
        return replace(exchange, messages=tuple(messages))
