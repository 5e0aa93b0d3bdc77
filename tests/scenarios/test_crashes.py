"""The process is killed before and after outside calls in turn; after a restart all is there, once."""

import os
from collections.abc import Callable

import pytest

from tests.auditing import disagreements
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


def tell_of_what_was_missed(bridge: BridgeUnderTest) -> None:
    """A question and a sale of which no notification told, found by the sweep, while the token is refreshed ahead."""
    meli = bridge.meli
    bridge.clock.turn(hours=5, minutes=30)
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    meli.write(meli.buy(bridge.buyer, bridge.item), "Chegou assim")
    live_through(bridge, bridge.sweep)
    live_through(bridge, lambda: bridge.turn(hours=1))
    live_through(bridge, bridge.sweep)
    if is_grant_gone(bridge):
        connect_again(bridge)
        bridge.sweep()

    texts = [bridge.chatwoot.messages(one["id"])[0]["content"] for one in bridge.chatwoot.conversations()]
    firsts = sorted(text.split("\n")[0] for text in texts)
    assert len(firsts) == 2
    assert firsts[1] == "Tem na cor verde?"
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def tell_of_a_refresh(bridge: BridgeUnderTest) -> None:
    """An answer when the token has expired; a pair of tokens that was lost costs a new authorization and no more."""
    meli, chatwoot = bridge.meli, bridge.chatwoot
    question = live_through(bridge, lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    live_through(bridge, lambda: bridge.turn(hours=6, seconds=1))
    reply = live_through(bridge, lambda: chatwoot.reply(bridge.conversation()["id"], "Temos."))
    if is_grant_gone(bridge):
        connect_again(bridge)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(reply["id"])["status"] == "sent"
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def is_grant_gone(bridge: BridgeUnderTest) -> bool:
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-sellers")
    return any(seller["dead_reason"] for seller in table.scan()["Items"])


def connect_again(bridge: BridgeUnderTest) -> None:
    """What the seller does when he is told that his grant is gone; counted, since few crashes may cost one."""
    grants_lost.append(bridge.name)
    bridge.connect(bridge.seller)
    bridge.settle()
    bridge.turn(minutes=1)


grants_lost: list[str] = []


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


STORIES = (tell_of_an_answer, tell_of_changes, tell_of_a_sale, tell_of_what_was_missed, tell_of_a_refresh)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(machine: Machine, story: Story, share: int) -> None:
    """Each case takes a share of the fault points, so that several workers can take one each."""
    counting = Executioner()
    bridge = BridgeUnderTest(machine)
    watch(bridge, counting)
    story(bridge)
    passed = counting.passed
    assert passed > 50
    assert disagreements(bridge) == []

    grants_lost.clear()
    points = range(share * STRIDE, passed, SHARES * STRIDE)
    for point in points:
        bridge = BridgeUnderTest(machine)
        watch(bridge, Executioner(point))
        try:
            story(bridge)
            assert disagreements(bridge) == []
        except AssertionError as error:
            raise AssertionError(f"killed at fault point {point} of {passed}") from error
    # A crash between Mercado Livre's giving a pair of tokens and our storing it: after the one call, before the other.
    assert len(grants_lost) <= 2
    # What a drill is for.
    print(f"{story.__name__}: killed at {len(points)} of {passed} fault points, grants lost: {len(grants_lost)}")  # noqa: T201
