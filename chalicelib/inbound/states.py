"""The table of states that the conversation of a purchase shows, each told once. A new one is a function here.

It stands under `@state`, in `exchange_states` or `sale_states`.

A function answers how its state is shown, or None where that cannot be known. Four rules:

- It computes the state from `exchange` or `sale`, never from `changed` alone: what was set aside comes back without it.
- None stores nothing, so that the function is asked again at every job, at the cost of what it reads. What is known
  to be nothing is `Shown("")`.
- What is to be told once, from the opening on, has an `occasion`, and none of the flags.
- Its attribute, where it has one, has a row at the end of its kind in `tools.chatwoot_panel.ATTRIBUTES` (before others
  it would have `setup` make those anew), and its labels one in `tools.chatwoot_setup.LABELS`.
"""

from collections.abc import Callable
from typing import NamedTuple

from chalicelib.inbound.sales import Sales
from chalicelib.mercado_livre.message_resources import Exchange
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.shipment_resources import Shipment
from chalicelib.sale_words import SaleWords
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord


class Purchase:
    """What is known of a purchase when its states are told; what is not is read once, when a state asks for it.

    `changed` is what the job says that changed: `messages`, `order/123`, `shipment/45`; empty where that is not known.
    `sale` is the one that was read already.
    """

    def __init__(
        self, record: ThreadRecord, exchange: Exchange, changed: str, sales: Sales, sale: Sale | None = None
    ) -> None:
        self.record = record
        self.exchange = exchange
        self.changed = changed
        self._sales = sales
        self._sale = sale

    def offer_label(self) -> str:
        """How an agent gets the label of its parcel; empty where there is none to be had."""
        return self._sales.offer_label(self.sale)

    def told(self, state: str) -> str | None:
        """What its conversation was last made to show of a state; None where it never was, or is still to be opened."""
        return self.record.conversation.told_of(state) if self.record.conversation else None

    @property
    def wording(self) -> Wording:
        return self._sales.wording

    @property
    def words(self) -> SaleWords:
        """Says what there is to say of sales, in the seller's own time."""
        return self._sales.words(self.record.thread)

    @property
    def sale(self) -> Sale:
        """The orders and their shipment: what a job names of them is one read, all of them three and more."""
        if self._sale is None:
            self._sale = self._sales.read(self.record, self.changed)
        return self._sale

    @property
    def read_sale(self) -> Sale | None:
        """The sale, where some state asked for it."""
        return self._sale

    @property
    def shipment(self) -> Shipment | None:
        """None where there is none, or Mercado Livre does not show it."""
        return self.sale.shipment

    def link_parts(self) -> list[tuple[str, str]]:
        """The purchases that took the place of this one, where it was split: number and link of each.

        One or two reads.
        """
        return self._sales.link_parts(self.record.thread, self.sale)


class Shown(NamedTuple):
    """How a conversation is to show a state, in words. `value` names what it is: while that stays, nothing is written.

    An empty attribute or label is taken off; an empty note or status is none. A note with an `occasion` is told once
    on that, whatever happens in between. `reopens` opens a conversation that was resolved.
    """

    value: str
    note: str = ""
    attribute: str = ""
    status: str = ""
    label: str = ""
    occasion: str = ""
    reopens: bool = False


class State(NamedTuple):
    """A state: what of a purchase may change it, the attribute that shows it, and the labels of which one does.

    One that is `noted_when_it_changes` is shown without a note when it is new: what the conversation began with, the
    note of the sale has told.
    """

    name: str
    changes_with: tuple[str, ...]
    show: "Show"
    attribute: str = ""
    labels: tuple[str, ...] = ()
    is_noted_once: bool = False
    noted_when_it_changes: bool = False


Show = Callable[[Purchase], Shown | None]

STATES: list[State] = []


def state(
    name: str,
    *,
    changes_with: tuple[str, ...],
    attribute: str = "",
    labels: tuple[str, ...] = (),
    is_noted_once: bool = False,
    noted_when_it_changes: bool = False,
) -> Callable[[Show], Show]:
    """Put a function into the table; `changes_with` are nouns of what a job says that changed."""

    def add(show: Show) -> Show:
        STATES.append(State(name, changes_with, show, attribute, labels, is_noted_once, noted_when_it_changes))
        return show

    return add


def show_states(purchase: Purchase, *, is_asked: Callable[[State], bool] = lambda _: True) -> list[tuple[State, Shown]]:
    """How the states of a purchase are to be shown, as far as that can be known."""
    asked = ((one, one.show(purchase)) for one in STATES if is_asked(one))
    return [(one, shown) for one, shown in asked if shown is not None]
