"""Reads one thread on both sides and in our own tables, and compares."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from chalicelib.audit.candidates import OVERLAP_SECONDS, Lead
from chalicelib.audit.compare import Finding, Span, compare
from chalicelib.audit.evidence import Evidence, read_exchange, read_question
from chalicelib.chatwoot.client import Chatwoot
from chalicelib.chatwoot.shown_messages import ShownMessage
from chalicelib.errors import NotFound
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.settings import Settings
from chalicelib.stores.threads import ThreadRecord, Threads


class Examined(NamedTuple):
    """What was found in a thread, and how many messages of the span were compared."""

    findings: list[Finding]
    messages: int


class Examiner:
    """Examines threads, one at a time. It changes nothing on either side."""

    def __init__(
        self,
        meli: MercadoLivre,
        messaging: Messaging,
        threads: Threads,
        chatwoot_at: Callable[[str], Chatwoot],
        settings: Settings,
    ) -> None:
        self._meli = meli
        self._messaging = messaging
        self._threads = threads
        self._chatwoot_at = chatwoot_at
        self._settings = settings

    def examine(self, lead: Lead, span: Span) -> Examined:
        """Compare one thread. Raises the errors of the services; Refused where Mercado Livre does not show it."""
        record = self._threads.load(lead.thread)
        truth = self._read_truth(record)
        # What was written in the span was brought in after it began; and a reply is looked up by its id, not its time.
        shown = self._read_shown(record, span)
        if shown and record.opened.conversation_id not in lead.conversation_ids:
            # Chatwoot did not list it as this thread's: whoever is written to there may be another buyer.
            shown = [replace(message, is_reply=False) for message in shown]
        findings = [*compare(record, truth, shown, span), *self._find_elsewhere(record, truth, lead, span)]
        written = sum(span.holds(written.created) for written in truth.written)
        replies = sum(message.is_reply and span.holds(message.created_at) for message in shown or ())
        return Examined(findings, written + replies)

    def _read_truth(self, record: ThreadRecord) -> Evidence:
        thread = record.thread
        if thread.kind == "pack":
            exchange = self._messaging.read_exchange(thread.seller_id, thread.meli_id)
            return read_exchange(record, exchange, echoes_seller=self._settings.echoes_seller_messages)
        try:
            return read_question(record, self._meli.get_question(thread.seller_id, thread.meli_id))
        except NotFound:
            # Deleted, and all that was in it: what stood there cannot be known.
            return Evidence((), is_whole=False)

    def _read_shown(self, record: ThreadRecord, span: Span) -> list[ShownMessage] | None:
        if not record.has_conversation:
            return []
        try:
            return self._list(record.opened.desk, record.opened.conversation_id, span)
        except NotFound:
            return None

    def _find_elsewhere(self, record: ThreadRecord, truth: Evidence, lead: Lead, span: Span) -> list[Finding]:
        """What stands in a second conversation of the thread too. Agents may open one; we may not."""
        known = record.conversation.conversation_id if record.conversation else 0
        desk = record.conversation.desk if record.conversation else ""
        brought = {written.source_id for written in truth.written}
        found = []
        for conversation_id in lead.conversation_ids if known else ():
            if conversation_id == known:
                continue
            try:
                there = self._list(desk, conversation_id, span)
            except NotFound:
                continue
            found += [
                Finding(
                    "doubled", record.thread, "Chatwoot", message.source_id, f"is in conversation {conversation_id} too"
                )
                for message in there
                if message.source_id in brought and not message.is_deleted
            ]
        return found

    def _list(self, desk: str, conversation_id: int, span: Span) -> list[ShownMessage]:
        return self._chatwoot_at(desk).find_shown(
            conversation_id, since=span.since - OVERLAP_SECONDS, forwards_bots=self._settings.forwards_bots
        )
