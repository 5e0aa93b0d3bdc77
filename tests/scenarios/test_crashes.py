"""The process is killed before and after outside calls in turn; after a restart all is there, once."""

import os
from collections.abc import Callable

import pytest

from tests.harness import BridgeUnderTest, Machine
from tests.killing import Executioner, live_through, watch

SHARES = 3
PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
LONG_REPLY = f"{'a' * 298}. {'b' * 200}."

# Every fifth point, before a call and after one in turn, takes a minute; DRILL=1 takes them all.
STRIDE = 1 if os.environ.get("DRILL") else 5


def tell_of_an_answer(bridge: BridgeUnderTest) -> None:
    """A question answered by an agent."""
    meli, chatwoot = bridge.meli, bridge.chatwoot
    question = live_through(bridge, lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    (conversation,) = chatwoot.conversations()
    message = live_through(bridge, lambda: chatwoot.reply(conversation["id"], "Temos."))

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "Temos.")]


def tell_of_changes(bridge: BridgeUnderTest) -> None:
    """A question that was held back, and answered on Mercado Livre's own pages."""
    meli = bridge.meli
    question = meli.ask(bridge.buyer, bridge.item, "E amarela?")
    live_through(bridge, lambda: meli.hold_question(question))
    live_through(bridge, lambda: meli.release_question(question))
    live_through(bridge, lambda: meli.answer_natively(question, "Amarela não."))

    assert meli.answers_published == []
    assert told(bridge) == [
        (False, "E amarela?"),
        (True, "O Mercado Livre está"),
        (True, "A pergunta foi liber"),
        (False, "Amarela não."),
    ]


def tell_of_a_sale(bridge: BridgeUnderTest) -> None:
    """A message with a file after a sale, and a reply in two messages with a file."""
    meli, chatwoot = bridge.meli, bridge.chatwoot
    sale = meli.buy(bridge.buyer, bridge.item)
    live_through(bridge, lambda: meli.write(sale, "Chegou assim", [PICTURE]))
    (conversation,) = chatwoot.conversations()
    reply = live_through(bridge, lambda: chatwoot.reply(conversation["id"], LONG_REPLY, attachments=[PICTURE]))
    live_through(bridge, lambda: bridge.turn(seconds=61))
    live_through(bridge, lambda: meli.read_messages(sale))

    assert [message.text for message in meli.messages_sent] == [LONG_REPLY[:299], LONG_REPLY[300:]]
    assert [content for _, _, content in meli.messages_sent[-1].files] == [PICTURE[2]]
    assert bridge.message(reply["id"])["status"] == "read"
    brought = bridge.messages()
    assert [message["content"] for message in brought] == ["Chegou assim", LONG_REPLY]
    assert chatwoot.files(brought[0]["id"]) == [PICTURE]
    assert len(bridge.notes()) == 1
    assert set(bridge.conversation()["labels"]) == {"mercado-livre", "venda"}
    assert len(chatwoot.contacts()) == 1
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def told(bridge: BridgeUnderTest) -> list[tuple[bool, str]]:
    """What the only conversation says; it is resolved and labelled, and nothing is left to do."""
    conversation = bridge.conversation()
    assert conversation["status"] == "resolved"
    assert set(conversation["labels"]) == {"mercado-livre", "pergunta"}
    assert len(bridge.chatwoot.contacts()) == 1
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    found = bridge.chatwoot.messages(conversation["id"])
    return [(message["private"], message["content"].split("\n")[0][:20]) for message in found]


Story = Callable[[BridgeUnderTest], None]


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("story", [tell_of_an_answer, tell_of_changes, tell_of_a_sale])
def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(machine: Machine, story: Story, share: int) -> None:
    """Each case takes a share of the fault points, so that several workers can take one each."""
    counting = Executioner()
    bridge = BridgeUnderTest(machine)
    watch(bridge, counting)
    story(bridge)
    assert counting.passed > 50

    for point in range(share * STRIDE, counting.passed, SHARES * STRIDE):
        bridge = BridgeUnderTest(machine)
        watch(bridge, Executioner(point))
        try:
            story(bridge)
        except AssertionError as error:
            raise AssertionError(f"killed at fault point {point} of {counting.passed}") from error
