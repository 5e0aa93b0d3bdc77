"""What nothing told of, and the schedule finds."""

from chalicelib.wiring import bridge as current_bridge
from tests.harness import BridgeUnderTest
from tests.killing import Drill
from tests.stories.telling import (
    PICTURE,
    assert_nothing_is_left,
    connect_again,
    is_grant_gone,
    lose_webhooks,
    refused_reply,
    sweep,
)


def tell_of_what_was_missed(drill: Drill) -> None:
    """A question and a sale of which no notification told, found by the sweep, while the token is refreshed ahead."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.clock.turn(hours=5, minutes=30)
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    meli.write(meli.buy(bridge.buyer, bridge.item), "Chegou assim", [PICTURE])
    drill.live_through(bridge.sweep)
    drill.live_through(lambda: bridge.turn(minutes=2))
    drill.live_through(bridge.sweep)
    if is_grant_gone(bridge):
        connect_again(bridge)
        bridge.sweep()

    texts = [bridge.chatwoot.messages(one["id"])[0]["content"] for one in bridge.chatwoot.conversations()]
    firsts = sorted(text.split("\n")[0] for text in texts)
    assert len(firsts) == 2
    assert firsts[1] == "Tem na cor verde?"
    assert_nothing_is_left(bridge)


def tell_of_missed_feeds(drill: Drill) -> None:
    """A notification whose every attempt failed: that the buyer has read a reply, which no other feed shows."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    message = bridge.reply("Amanhã.")["id"]
    bridge.wait_out(minutes=30, step_seconds=300)
    bridge.sweep()
    meli.drop_notifications(1)
    meli.read_messages(sale)
    bridge.turn(minutes=2)
    sweep(drill)

    assert bridge.message(message)["status"] == "read"
    assert_nothing_is_left(bridge)


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
    assert_nothing_is_left(bridge)


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
    assert [message["content"].split("\n")[0] for message in bridge.messages()] == [
        "Quando chega?",
        "Amanhã.",
        "Pela manhã.",
    ]
    assert_nothing_is_left(bridge)


def tell_of_a_long_walk(drill: Drill) -> None:
    """Replies of which no webhook told, at a desk that a run has no time to walk through."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    questions = [bridge.ask(f"Pergunta {number}?") for number in range(3)]
    bridge.sweep()
    bridge.turn(minutes=10)
    replies = [chatwoot.reply(conversation["id"], "Temos.")["id"] for conversation in chatwoot.conversations()]
    lose_webhooks(bridge)
    bridge.turn(minutes=10)
    usual, chatwoot.wait = chatwoot.wait, lambda seconds: bridge.clock.turn(seconds=seconds)
    chatwoot.add_fault("slow", seconds=45, times=2, method="GET", path="/messages")
    try:
        sweep(drill, times=4)
    finally:
        chatwoot.wait = usual

    assert sorted(meli.answers_published) == [(question, "Temos.") for question in questions]
    assert {bridge.message(reply)["status"] for reply in replies} == {"sent"}
    assert_nothing_is_left(bridge)


def tell_of_a_retry_unheard(drill: Drill) -> None:
    """A press of Retry of which no webhook told, and beside it one that was heard, and is painted as failed since."""
    bridge, meli, chatwoot = drill.bridge, drill.bridge.meli, drill.bridge.chatwoot
    first = bridge.ask()
    heard = refused_reply(bridge)
    chatwoot.press_retry(heard)
    bridge.settle()
    second = meli.ask(bridge.buyer, bridge.item, "E azul?")
    bridge.settle()
    (conversation,) = (one for one in chatwoot.conversations() if one["source_id"].endswith(str(second)))
    unheard = refused_reply(bridge, conversation["id"])
    chatwoot.press_retry(unheard)
    lose_webhooks(bridge)
    chatwoot._fail_message(heard, "503 Service Unavailable")
    lose_webhooks(bridge)
    sweep(drill)

    assert meli.answers_published == [(first, "Temos."), (second, "Temos.")]
    assert {bridge.message(message)["status"] for message in (heard, unheard)} == {"sent"}
    assert {conversation["status"] for conversation in chatwoot.conversations()} == {"resolved"}
    assert_nothing_is_left(bridge)


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
    assert_nothing_is_left(bridge)
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
