"""Keeps conversations of purchases showing the states in the table, each told once."""

from collections.abc import Iterable

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.inbound import exchange_states, sale_states  # noqa: F401 - they put themselves into the table
from chalicelib.inbound.changed import Changed
from chalicelib.inbound.claims import ClaimNotes
from chalicelib.inbound.labels import LabelNotes
from chalicelib.inbound.sales import Sales
from chalicelib.inbound.states import Purchase, Shown, State, show_states
from chalicelib.mercado_livre.message_resources import Exchange
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread


class ConversationState:
    """Keeps agents told of the states of purchases."""

    def __init__(self, writer: "StateWriter", sales: Sales, claims: ClaimNotes, labels: LabelNotes) -> None:
        self._writer = writer
        self._sales = sales
        self._claims = claims
        self._labels = labels

    def read_changed(self, record: ThreadRecord, job: SyncThread) -> Changed:
        """What a job says that changed; of the sale where its conversation shows what it was before."""
        is_shown = job.changed_noun in ("order", "shipment") and record.has_conversation and record.sale
        sale = self._sales.read(record, job.changed) if is_shown else None
        return Changed(sale, self._claims.read_changed(record, job, sale))

    def tell(self, record: ThreadRecord, exchange: Exchange, job: SyncThread, changed: Changed) -> None:
        """Tell of what changed, or of everything, what was not told yet. Repeating it is safe.

        `changed` is what was read for this job already.
        """
        purchase = Purchase(record, exchange, job.changed, self._sales, changed.sale)
        self._writer.tell_all(record, show_states(purchase, is_asked=lambda one: _is_asked(one, record, job)))
        self._claims.tell(record, job, purchase.read_sale, changed.claims)
        self._labels.ask(record, purchase.read_sale, job)
        if purchase.read_sale and purchase.read_sale.orders:
            # Last, so that whatever is cut short before is read and told again.
            record.save_sale(purchase.read_sale.to_json())


def _is_asked(one: State, record: ThreadRecord, job: SyncThread) -> bool:
    return not job.changed or job.changed_noun in one.changes_with or record.opened.told_of(one.name) is None


class StateWriter:
    """Makes conversations show what they do not show yet. Repeating it is safe."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def tell(
        self, record: ThreadRecord, state: str, shown: Shown, *, attribute: str = "", is_noted_once: bool = False
    ) -> None:
        """Show a state, where it is another one than was told last.

        `attribute` is the name of the custom attribute that shows it. Of what is noted once later changes get no note.
        """
        conversation = record.opened
        if shown.value == conversation.told_of(state):
            return
        changed = conversation.with_told(state, shown.value)
        if shown.note:
            self._note(record, state if is_noted_once else f"{changed.changes}/{shown.value or 'none'}", shown.note)
        if attribute:
            self._conversations.show(conversation, {attribute: shown.attribute})
        if shown.status:
            self._conversations.set_status(conversation, shown.status)
        # Last, so that whatever is cut short before is done again.
        record.save_conversation(changed)

    def tell_all(self, record: ThreadRecord, states: Iterable[tuple[State, Shown]]) -> None:
        """Show several at once, with one read of the conversation and a write of each kind."""
        together = []
        for one, shown in states:
            if shown.value == record.opened.told_of(one.name):
                continue
            if (shown.note and not shown.occasion) or shown.status:
                # A note that may come again is known by what was told before it.
                self.tell(record, one.name, shown, attribute=one.attribute, is_noted_once=one.is_noted_once)
            else:
                together.append((one, shown))
        if together:
            self._show_together(record, together)

    def _show_together(self, record: ThreadRecord, states: list[tuple[State, Shown]]) -> None:
        changed = record.opened
        for one, shown in states:
            if shown.note and not (one.noted_when_it_changes and changed.told_of(one.name) is None):
                self._note(record, shown.occasion, shown.note)
            changed = changed.with_told(one.name, shown.value)
        attributes = {one.attribute: shown.attribute for one, shown in states if one.attribute}
        labels = {label: label == shown.label for one, shown in states for label in one.labels}
        reopens = any(shown.reopens and record.opened.told_of(one.name) is not None for one, shown in states)
        if attributes or labels or reopens:
            self._conversations.show(record.opened, attributes, labels=labels, reopens=reopens)
        record.save_conversation(changed)

    def _note(self, record: ThreadRecord, occasion: str, content: str) -> None:
        self._conversations.note(record, record.note_id(occasion), content)
