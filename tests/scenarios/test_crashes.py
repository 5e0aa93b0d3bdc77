"""The process is killed before and after outside calls in turn; after a restart all is there, once."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.bridge import bridge as current_bridge
from tests.auditing import disagreements
from tests.drilling import IS_DRILL, TRIED, Record
from tests.harness import BridgeUnderTest, Machine
from tests.killing import Drill, Executioner

SHARES = 3
PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
LONG_REPLY = f"{'a' * 298}. {'b' * 200}."

# Every ninth point, before a call and after one in turn, takes minutes; DRILL=1 takes them all.
STRIDE = 1 if IS_DRILL else 9


def tell_of_an_answer(drill: Drill) -> None:
    """A question answered by an agent."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    question = drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    (conversation,) = chatwoot.conversations()
    message = reply(drill, conversation["id"], "Temos.")

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "Temos.")]


def tell_of_changes(drill: Drill) -> None:
    """A question that was held back, and answered on Mercado Livre's own pages."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = meli.ask(bridge.buyer, bridge.item, "E amarela?")
    drill.live_through(lambda: meli.hold_question(question))
    drill.live_through(lambda: meli.release_question(question))
    drill.live_through(lambda: meli.answer_natively(question, "Amarela não."))

    assert meli.answers_published == []
    assert told(bridge) == [
        (False, "E amarela?"),
        (True, "O Mercado Livre está"),
        (True, "A pergunta foi liber"),
        (False, "Amarela não."),
    ]


def tell_of_a_sale(drill: Drill) -> None:
    """A message with a file after a sale, and a reply in two messages with a file."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    sale = meli.buy(bridge.buyer, bridge.item)
    drill.live_through(lambda: meli.write(sale, "Chegou assim", [PICTURE]))
    (conversation,) = chatwoot.conversations()
    long = reply(drill, conversation["id"], LONG_REPLY, attachments=[PICTURE])
    drill.live_through(lambda: bridge.turn(seconds=61))
    drill.live_through(lambda: meli.read_messages(sale))

    assert [message.text for message in meli.messages_sent] == [LONG_REPLY[:299], LONG_REPLY[300:]]
    assert [content for _, _, content in meli.messages_sent[-1].files] == [PICTURE[2]]
    assert bridge.message(long["id"])["status"] == "read"
    brought = bridge.messages()
    assert [message["content"] for message in brought] == ["Chegou assim", LONG_REPLY]
    assert chatwoot.files(brought[0]["id"]) == [PICTURE]
    assert len(bridge.notes()) == 1
    assert set(bridge.conversation()["labels"]) == {"mercado-livre", "venda"}
    assert len(chatwoot.contacts()) == 1
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def tell_of_what_was_missed(drill: Drill) -> None:
    """A question and a sale of which no notification told, found by the sweep, while the token is refreshed ahead."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.clock.turn(hours=5, minutes=30)
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    meli.write(meli.buy(bridge.buyer, bridge.item), "Chegou assim")
    drill.live_through(bridge.sweep)
    drill.live_through(lambda: bridge.turn(hours=1))
    drill.live_through(bridge.sweep)
    if is_grant_gone(bridge):
        connect_again(bridge)
        bridge.sweep()

    texts = [bridge.chatwoot.messages(one["id"])[0]["content"] for one in bridge.chatwoot.conversations()]
    firsts = sorted(text.split("\n")[0] for text in texts)
    assert len(firsts) == 2
    assert firsts[1] == "Tem na cor verde?"
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def tell_of_a_refresh(drill: Drill) -> None:
    """An answer when the token has expired; a pair of tokens that was lost costs a new authorization and no more."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    drill.live_through(lambda: bridge.turn(hours=6, seconds=1))
    message = reply(drill, bridge.conversation()["id"], "Temos.")
    if is_grant_gone(bridge):
        connect_again(bridge)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def tell_of_webhooks(drill: Drill) -> None:
    """A notification and a press of Retry, whose agent sees that it failed where nobody answers, and presses again."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    question = drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    message = refused_reply(bridge)
    drill.live_through(lambda: chatwoot.press_retry(message))
    if bridge.message(message)["status"] == "failed":
        chatwoot.press_retry(message)
        bridge.settle()

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message)["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "Temos.")]


def tell_of_a_schedule(drill: Drill) -> None:
    """Two sellers, each with a question that nothing told of, while the schedule asks for one sweep after another."""
    bridge, meli = drill.bridge, drill.bridge.meli
    other = meli.add_seller("OUTRA")
    bridge.connect(other)
    bridge.settle()
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    meli.ask(bridge.buyer, meli.add_item(other, "Prato", 19.9), "E prato?")
    sweep(drill)

    texts = [bridge.chatwoot.messages(one["id"])[0]["content"] for one in bridge.chatwoot.conversations()]
    assert sorted(text.split("\n")[0] for text in texts) == ["E prato?", "Tem na cor verde?"]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def tell_of_replies_unheard(drill: Drill) -> None:
    """Two replies about a purchase of which no webhook told, found by the walk."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    bridge.bought_and_wrote()
    replies = []
    for text in ("Amanhã.", "Pela manhã."):
        bridge.clock.turn(seconds=1)
        replies.append(chatwoot.reply(bridge.conversation()["id"], text)["id"])
    lose_webhooks(bridge)
    sweep(drill)

    assert [message.text for message in meli.messages_sent] == ["Amanhã.", "Pela manhã."]
    assert [bridge.message(reply)["status"] for reply in replies] == ["sent", "sent"]
    assert [message["content"] for message in bridge.messages()] == ["Quando chega?", "Amanhã.", "Pela manhã."]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def tell_of_a_retry_unheard(drill: Drill) -> None:
    """A press of Retry of which no webhook told."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    question = bridge.ask()
    message = refused_reply(bridge)
    chatwoot.press_retry(message)
    lose_webhooks(bridge)
    sweep(drill)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message)["status"] == "sent"
    assert told(bridge) == [(False, "Tem na cor verde?"), (False, "Temos.")]


def tell_of_an_audit(drill: Drill) -> None:
    """The daily audit: it ends, tells of what nothing else told, and of nothing where nothing is missing."""
    bridge, meli = drill.bridge, drill.bridge.meli
    other = meli.add_seller("OUTRA")
    bridge.connect(other)
    meli.ask(bridge.buyer, meli.add_item(other, "Prato", 19.9), "E prato?")
    sale = bridge.bought_and_wrote()
    bridge.turn(hours=23, minutes=20)
    bridge.sweep()
    write_unannounced(bridge, sale)
    bridge.turn(minutes=45)
    sweep(drill)
    for _ in range(4):
        drill.live_through(lambda: bridge.turn(minutes=15))
    bridge.wait_out(minutes=30, step_seconds=300)

    assert counted(bridge.seller) == {"threads": 1, "messages": 2, "missing": 1}
    assert counted(other) == {"threads": 1, "messages": 1}
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    bridge.write(sale, "Alô?")


def write_unannounced(bridge: BridgeUnderTest, sale: int) -> None:
    """The seller writes on Mercado Livre's own pages, and neither a notification nor a sweep tells of it."""
    bridge.meli.notifications_enabled = False
    bridge.meli.write_natively(sale, "Amanhã.")
    bridge.meli.notifications_enabled = True


def counted(seller: int) -> dict[str, int]:
    """What the last audit of a seller counted, without what there was none of."""
    audit = current_bridge().audits.last_of(seller)
    assert audit, "it has not come to its end"
    return {name: number for name, number in audit.tally.items() if number}


def reply(drill: Drill, conversation: int, content: str, **details: Any) -> dict[str, Any]:
    """An agent replies; where nobody heard him, the schedule comes, as it does every two minutes."""
    message: dict[str, Any] = drill.live_through(lambda: drill.bridge.chatwoot.reply(conversation, content, **details))
    if drill.bridge.message(message["id"])["status"] == "failed":
        drill.bridge.sweep()
    return message


def refused_reply(bridge: BridgeUnderTest) -> int:
    """A reply that could not be sent, and could be now."""
    bridge.meli.set_item_status(bridge.item, "paused")
    message = bridge.reply("Temos.")
    assert message["status"] == "failed"
    bridge.meli.set_item_status(bridge.item, "active")
    bridge.settle()
    return int(message["id"])


def sweep(drill: Drill) -> None:
    """The schedule comes, and comes again."""
    drill.live_through(drill.bridge.sweep)
    for _ in range(2):
        drill.bridge.turn(minutes=2)
        drill.bridge.sweep()


def lose_webhooks(bridge: BridgeUnderTest) -> None:
    """Chatwoot calls, and nobody answers: the address is gone."""
    bridge.chatwoot.outbox.clear()


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


def swept(machine: Machine) -> BridgeUnderTest:
    """A bridge that the schedule has come to before: what agents wrote earlier is left alone."""
    bridge = BridgeUnderTest(machine)
    bridge.sweep()
    return bridge


Story = Callable[[Drill], None]


STORIES = (
    tell_of_an_answer,
    tell_of_changes,
    tell_of_a_sale,
    tell_of_what_was_missed,
    tell_of_a_refresh,
    tell_of_webhooks,
    tell_of_a_schedule,
    tell_of_replies_unheard,
    tell_of_a_retry_unheard,
    tell_of_an_audit,
)


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("story", STORIES)
def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(
    machine: Machine, story: Story, share: int, record_property: Record
) -> None:
    """Each case takes a share of the fault points, so that several workers can take one each."""
    counting = Executioner()
    bridge = swept(machine)
    story(Drill(bridge, counting))
    passed = counting.passed
    assert passed > 50
    assert disagreements(bridge) == []

    grants_lost.clear()
    points = range(share * STRIDE, passed, SHARES * STRIDE)
    for point in points:
        bridge, executioner = swept(machine), Executioner(point)
        try:
            story(Drill(bridge, executioner))
            assert executioner.has_killed
            assert disagreements(bridge) == []
        except AssertionError as error:
            raise AssertionError(f"killed at fault point {point} of {passed}") from error
    # A crash between Mercado Livre's giving a pair of tokens and our storing it: after the one call, before the other.
    assert len(grants_lost) <= 2
    record_property(TRIED, f"killed at {len(points)} of {passed} fault points, grants lost: {len(grants_lost)}")
