"""What the stories have in common: acts of agents, sellers and the schedule, and what there is to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest
from tests.killing import Drill

PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")


def reply(drill: Drill, conversation: int, content: str, **details: Any) -> dict[str, Any]:
    """An agent replies; where nobody heard it, the schedule comes, as it does every two minutes."""
    message: dict[str, Any] = drill.live_through(lambda: drill.bridge.chatwoot.reply(conversation, content, **details))
    if drill.bridge.message(message["id"])["status"] == "failed":
        drill.bridge.sweep()
    return message


def press_retry(drill: Drill, message_id: int) -> None:
    """An agent presses Retry, and presses again where it shows as failed, since nobody answered."""
    drill.live_through(lambda: drill.bridge.chatwoot.press_retry(message_id))
    if drill.bridge.message(message_id)["status"] == "failed":
        drill.bridge.chatwoot.press_retry(message_id)
        drill.bridge.settle()


def refused_reply(bridge: BridgeUnderTest, conversation: int | None = None) -> int:
    """A reply that could not be sent, and could be now."""
    bridge.meli.set_item_status(bridge.item, "paused")
    message = bridge.chatwoot.reply(conversation or bridge.conversation()["id"], "Temos.")["id"]
    bridge.settle()
    assert bridge.message(message)["status"] == "failed"
    bridge.meli.set_item_status(bridge.item, "active")
    bridge.settle()
    return int(message)


def sweep(drill: Drill, *, times: int = 3) -> None:
    """The schedule comes, and comes again."""
    drill.live_through(drill.bridge.sweep)
    for _ in range(times - 1):
        drill.bridge.turn(minutes=2)
        drill.bridge.sweep()


def lose_webhooks(bridge: BridgeUnderTest) -> None:
    """Chatwoot calls, and nobody answers: the address is gone."""
    bridge.chatwoot.outbox.clear()


@contextmanager
def writing_while_read(meli: MercadoLivre, sale: int, text: str) -> Iterator[None]:
    """The buyer writes after the first reading of a purchase that follows, and before the next."""
    view, written = meli._view_conversation, list[str]()

    def view_and_write(*args: Any) -> dict[str, Any]:
        shown = view(*args)
        if not written:
            written.append(meli.write(sale, text))
        return shown

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(meli, "_view_conversation", view_and_write)
        yield


def is_grant_gone(bridge: BridgeUnderTest) -> bool:
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-sellers")
    return any(seller["dead_reason"] for seller in table.scan()["Items"])


def walk_to_mercado_livre(drill: Drill, seller: int) -> None:
    """A seller connects; where nobody answered the browser, they do it again."""

    def walk() -> bool:
        try:
            return drill.bridge.connect(seller).ok
        except requests.ConnectionError:
            return False

    if not drill.live_through(walk):
        assert walk()
        drill.bridge.settle()


def connect_again(bridge: BridgeUnderTest) -> None:
    """What the seller does when told that the grant is gone; counted, since few crashes may cost one."""
    grants_lost.append(bridge.name)
    bridge.connect(bridge.seller)
    bridge.settle()
    bridge.turn(minutes=1)


grants_lost: list[str] = []


def told(bridge: BridgeUnderTest) -> list[tuple[bool, str]]:
    """What the only conversation says, but for its listing; it is resolved and labelled, and nothing is left to do."""
    conversation = bridge.conversation()
    assert conversation["status"] == "resolved"
    assert set(conversation["labels"]) == {"mercado-livre", "pergunta"}
    assert len(bridge.chatwoot.contacts()) == 1
    assert_nothing_is_left(bridge)
    found = [
        message
        for message in bridge.chatwoot.messages(conversation["id"])
        if not (message["private"] and message["content"].startswith("O anúncio "))
    ]
    return [(message["private"], message["content"].split("\n")[0][:20]) for message in found]


def assert_nothing_is_left(bridge: BridgeUnderTest) -> None:
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
