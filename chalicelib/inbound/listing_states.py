"""The table of what the conversation of a question shows of its listing, each told once. A new one is a row here."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chalicelib.inbound.states import Shown
from chalicelib.mercado_livre.resources import Item
from chalicelib.sentences.wording import Wording


class ListingState(NamedTuple):
    """What of a listing matters to whoever answers a question on it, in words that stay while nothing changes.

    `note` says from what to what it changed. What a conversation began with, its first message has told.
    """

    name: str
    describe: Callable[[Item, Wording], str]
    note: Callable[[str, str, Wording], str]
    attribute: str = ""


def describe_price(item: Item, wording: Wording) -> str:
    """What buyers pay; empty where there is no price."""
    return wording.price(item.shown_price, item.currency_id) if item.shown_price is not None else ""


def _note_price(before: str, now: str, wording: Wording) -> str:
    return wording.say("note_price", before=before or "–", price=now or "–")


def _describe_sale(item: Item, _wording: Wording) -> str:
    return item.state


def _note_sale(_before: str, now: str, wording: Wording) -> str:
    sentence = f"note_item_{now}"
    return wording.say(sentence if wording.knows(sentence) else "note_item_unknown", state=now)


STATES = (
    # Whether it is on sale: an answer would be refused, or mislead.
    ListingState("listing", _describe_sale, _note_sale),
    # So that nobody answers with the old one.
    ListingState("price", describe_price, _note_price, attribute="meli_total"),
)


def values_of(item: Item, wording: Wording) -> dict[str, str]:
    """What each state is now, by its name."""
    return {state.name: state.describe(item, wording) for state in STATES}


def shown_of(
    item: Item, wording: Wording, told_of: Callable[[str], str | None]
) -> Iterator[tuple[ListingState, Shown]]:
    """How a conversation is to show each that it was told of, or not yet."""
    for state in STATES:
        value, told = state.describe(item, wording), told_of(state.name)
        note = state.note(told, value, wording) if told is not None else ""
        yield state, Shown(value, note=note, attribute=value)
