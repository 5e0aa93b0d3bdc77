"""Puts back what a table has lost and a copy of it still has, which was restored to an earlier moment.

What the table has stays, since what the functions wrote after that moment is true as well. Nor does anything come back
that was erased at a buyer's wish, or that is known by itself: who waits for what, which service is away.
"""

from typing import NamedTuple

from boto3.session import Session

from chalicelib.models import Thread
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
    wanted = [item for item in found if _is_lasting(str(item[KEYS[name]])) and item[KEYS[name]] not in erased]
    put_back = sum(table.put_new(item, key_name=KEYS[name]) for item in wanted)
    return Restored(put_back, len(wanted) - put_back, len(found) - len(wanted))


def _is_lasting(key: str) -> bool:
    """Whether it is a thread's, or a seller's own."""
    return key.isdigit() or Thread.parse(key) is not None
