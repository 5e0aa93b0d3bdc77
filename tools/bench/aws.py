"""How many calls to AWS it takes to carry what is written, by operation, once everything is warm."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from unittest.mock import patch

import app
from tools.bench.calls import at_most, observe, open_shop, stage_with_simulators
from tools.local.schedule import fire
from tools.local.stage import Stage

# In this header boto3 and our own sender of jobs name what they ask for: `DynamoDB_20120810.GetItem`.
OPERATION = "x-amz-target"

# How often an empty queue is asked is for its mapping to choose; that it takes away what is done counts.
ASKS_QUEUE = "ReceiveMessage"


def count_aws_calls() -> dict[str, Any]:
    """By what happens: the calls to AWS until all is at rest, those included by which a queue forgets what is done."""
    with stage_with_simulators("aws") as stage, operations_called() as operations:
        meli, chatwoot = stage.meli, stage.chatwoot
        shop = open_shop(stage)

        def count(act: Callable[[], Any], most: int = 0, *, has_echo: bool = True) -> dict[str, Any]:
            meli.notifications_enabled = has_echo
            operations.clear()
            act()
            observe(stage)
            meli.notifications_enabled = True
            return {"count": operations.total(), **operations} | (at_most(calls=most) if most else {})

        meli.ask(shop.buyer, shop.item, "Tem na cor verde?")
        observe(stage)
        sale = meli.buy(shop.buyer, shop.item)
        meli.write(sale, "Quando chega?")
        observe(stage)
        conversation = chatwoot.conversations()[-1]["id"]
        chatwoot.reply(conversation, "Amanhã.")
        observe(stage)
        other_buyer, other_item = meli.add_buyer("OUTRO.TESTE"), meli.add_item(shop.seller, "Prato azul", 31.5)
        # The first sweeps set their marks and look back.
        for _ in range(3):
            sweep(stage)
        return {
            "idle_sweep_of_one_seller": count(lambda: sweep(stage), 16),
            "first_question": count(lambda: meli.ask(other_buyer, other_item, "Tem tampa?"), 16),
            "next_message_in_a_known_pack": count(lambda: meli.write(sale, "Tem nota fiscal?"), 10),
            "reply": count(lambda: chatwoot.reply(conversation, "De manhã."), 8, has_echo=False),
        }


def sweep(stage: Stage) -> None:
    fire(app.sweep)
    observe(stage)


@contextmanager
def operations_called() -> Iterator[Counter[str]]:
    """Counts, by its name, each operation of AWS that this process asks for."""
    operations: Counter[str] = Counter()
    put_header = HTTPConnection.putheader

    def note_operation(connection: HTTPConnection, header: Any, *values: Any) -> None:
        if str(header).lower() == OPERATION:
            value = values[0]
            operation = (value.decode() if isinstance(value, bytes) else str(value)).rpartition(".")[2]
            operations.update([operation] if operation != ASKS_QUEUE else ())
        put_header(connection, header, *values)

    with patch.object(HTTPConnection, "putheader", note_operation):
        yield operations
