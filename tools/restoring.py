"""Puts back what a table has lost and a copy of it still has, which was restored to an earlier moment.

What the table has stays, since what the functions wrote after that moment is true as well. Nor does anything come back
that was erased at a buyer's wish, or that is known by itself: a buyer's contact, which job waits for what. What is
listed of threads that are to be looked at again may have been dealt with since the copy, and is looked at once more.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from boto3.session import Session

from chalicelib.models import Thread
from chalicelib.stores.set_aside import QUEUED
from chalicelib.stores.tables import Table
from chalicelib.stores.threads import ERASED

KEYS = {"threads": "thread", "sellers": "seller_id"}


class Restored(NamedTuple):
    """How many items were put back, how many of the copy the table had, and how many do not belong there any more."""

    put_back: int
    kept: int
    left_out: int


def restore(session: Session, stage: str, name: str, copy: str) -> Restored:
    """Repeating is safe, and goes on where one was cut short."""
    client = session.client("dynamodb")
    table, found = Table(client, f"ponte-{stage}-{name}"), Table(client, copy).scan()
    erased = {str(item["thread"]) for item in table.find(KEYS[name], "", item=ERASED)} if name == "threads" else set()
    wanted = [item for item in found if _is_lasting(str(item[KEYS[name]]), item, erased)]
    put_back = sum(table.put_new(_as_new(item), key_name=KEYS[name]) for item in wanted)
    return Restored(put_back, len(wanted) - put_back, len(found) - len(wanted))


def _is_lasting(key: str, item: Mapping[str, Any], erased: Collection[str]) -> bool:
    """Whether it is a seller's own, or about a thread that was not erased."""
    if key.isdigit() or key.endswith("/refused-claims"):
        return True
    thread = _thread_of(key, item)
    return thread is not None and str(thread) not in erased


def _as_new(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """A thread that was set aside is to be tried; the dead letter that stood for it may be gone."""
    return {**item, "message_id": QUEUED, "tries": 0} if "message_id" in item else item


def _thread_of(key: str, item: Mapping[str, Any]) -> Thread | None:
    """The thread that an item is about, which may stand in a list of its seller's."""
    seller_id, _, place = key.partition("/")
    match place.partition("/")[0]:
        case "refused":
            return Thread.parse(str(item["refused_thread"]))
        case "set-aside":
            return Thread.parse(str(item["item"]))
        case "listing":
            return Thread.parse(f"{seller_id}/{item['item']}")
    return Thread.parse(key)
