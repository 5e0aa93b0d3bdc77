"""Services that are away in between, and jobs that fail for a reason that nobody foresaw."""

from chalicelib.rate_limit import MOST_REFUSALS_OF_HINTS, caused_by_hint
from chalicelib.wiring import bridge as current_bridge
from tests.harness import MELI_TOKEN
from tests.killing import Drill
from tests.stories.telling import assert_nothing_is_left, connect_again, is_grant_gone, press_retry, reply, sweep

ALWAYS = 1_000_000


def tell_of_mercado_livre_away(drill: Drill) -> None:
    """A reply and a message wait until Mercado Livre is back; the agent is told so once, and a refresh fails."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    bridge.turn(hours=5, minutes=52)
    meli.add_fault("status", status=429)
    meli.add_fault("status", status=503, times=ALWAYS)
    message = reply(drill, bridge.conversation()["id"], "Amanhã.")
    meli.write(sale, "Alô?")
    drill.live_through(lambda: bridge.wait_out(minutes=1))
    assert meli.messages_sent == []

    meli.clear_faults()
    drill.live_through(lambda: bridge.wait_out(minutes=2))
    if is_grant_gone(bridge):
        connect_again(bridge)
    bridge.wait_out(minutes=20, step_seconds=60)

    assert [sent.text for sent in meli.messages_sent] == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"
    # Of the sale, of the waiting and its end, of a grant that was lost; a Lambda killed just then tells nobody.
    assert len(set(bridge.notes())) == len(bridge.notes()) <= 4
    assert_nothing_is_left(bridge)


def tell_of_chatwoot_away(drill: Drill) -> None:
    """What a buyer writes, and Mercado Livre tells twice, waits until Chatwoot is back."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    bridge.chatwoot.add_fault("status", status=502, times=ALWAYS)
    meli.write(sale, "Alô?")
    meli.outbox.append(meli.outbox[-1])
    drill.live_through(lambda: None)
    bridge.chatwoot.clear_faults()
    drill.live_through(lambda: bridge.wait_out(minutes=1))

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "Alô?"]
    assert_nothing_is_left(bridge)


def tell_of_a_lost_look(drill: Drill) -> None:
    """Nobody looks any more whether Chatwoot is back; a sweep asks for the next look, and what waits is called back."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    bridge.chatwoot.add_fault("status", status=502, times=ALWAYS)
    meli.write(sale, "Alô?")
    bridge.wait_out(minutes=1)
    current_bridge().sqs.purge_queue(QueueUrl=current_bridge().notifications_queue.url)
    bridge.turn(minutes=6)
    bridge.chatwoot.clear_faults()
    drill.live_through(bridge.sweep)
    bridge.wait_out(minutes=2)

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "Alô?"]
    assert_nothing_is_left(bridge)


def tell_of_a_refused_token(drill: Drill) -> None:
    """What a buyer writes while Chatwoot refuses the token waits until it takes it again, and /health says so."""
    bridge, meli = drill.bridge, drill.bridge.meli
    refusal = '{"error": "Invalid Access Token"}'
    sale = bridge.bought_and_wrote()
    bridge.chatwoot.add_fault("status", status=401, body=refusal, times=ALWAYS)
    drill.live_through(lambda: meli.write(sale, "Alô?"))
    assert "token" in str(bridge.health().json()["problems"])
    bridge.chatwoot.clear_faults()
    drill.live_through(lambda: bridge.wait_out(minutes=2))

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "Alô?"]
    assert_nothing_is_left(bridge)


def tell_of_a_purchase_that_is_not_shown(drill: Drill) -> None:
    """Mercado Livre shows other purchases and not this one; its messages come once it is shown again."""
    bridge, meli = drill.bridge, drill.bridge.meli
    sale = bridge.bought_and_wrote()
    refusal = '{"message": "Forbidden", "error": "forbidden", "status": 403, "cause": []}'
    meli.add_fault("status", status=403, body=refusal, path=f"/messages/packs/{sale}/", times=ALWAYS)
    drill.live_through(lambda: meli.write(sale, "Alô?"))
    assert bridge.dead_letters() == 0
    meli.clear_faults()
    bridge.turn(minutes=30)
    drill.live_through(bridge.sweep)
    bridge.wait_out(minutes=20, step_seconds=60)
    bridge.sweep()

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Quando chega?", "Alô?"]
    assert_nothing_is_left(bridge)


def tell_of_a_blocked_application(drill: Drill) -> None:
    """A question waits while Mercado Livre blocks the application."""
    bridge, meli = drill.bridge, drill.bridge.meli
    meli.block_application()
    drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?"))
    meli.block_application(False)
    drill.live_through(lambda: bridge.wait_out(minutes=1))
    bridge.wait_out(minutes=25, step_seconds=60)

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem na cor verde?"]
    assert_nothing_is_left(bridge)


def tell_of_too_many_calls(drill: Drill) -> None:
    """A sweep is told that there were too many calls; a later one finds the question that nothing told of."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.turn(minutes=2)
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    meli.add_fault("status", status=429, path="/questions")
    meli.add_fault("status", status=429, path="/messages/unread")
    drill.live_through(bridge.sweep)
    meli.clear_faults()
    for _ in range(3):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem na cor verde?"]
    assert_nothing_is_left(bridge)


def tell_of_what_nobody_foresaw(drill: Drill) -> None:
    """A reply that fails five times for a reason that nobody foresaw is shown as given up; Retry brings it there."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = bridge.ask()
    # Whether the answer arrived is not known, and where that is to be seen is nothing that could be read.
    meli.add_fault("drop", method="POST", path="/answers")
    meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=ALWAYS)
    message = reply(drill, bridge.conversation()["id"], "Temos.")["id"]
    drill.live_through(lambda: bridge.wait_out(minutes=3))
    bridge.wait_out(minutes=3)
    # Whoever is killed between putting it there and taking it here leaves it there twice.
    assert bridge.dead_letters() in (1, 2)
    failed = bridge.message(message)
    assert failed["status"] == "failed"
    assert "tente de novo" in str(failed["external_error"])

    meli.clear_faults()
    press_retry(drill, message)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message)["status"] == "sent"
    assert bridge.jobs_waiting() == 0


def tell_of_a_thread_set_aside(drill: Drill) -> None:
    """A question that cannot be read five times over is set aside, and a sweep brings it in when it can be read."""
    bridge, meli = drill.bridge, drill.bridge.meli
    question = meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=ALWAYS)
    bridge.settle()
    for _ in range(4):
        bridge.turn(seconds=21)
    drill.live_through(lambda: bridge.turn(seconds=21))
    bridge.wait_out(minutes=1)
    assert bridge.dead_letters() in (1, 2)

    meli.clear_faults()
    bridge.turn(minutes=31)
    drill.live_through(bridge.sweep)
    for _ in range(2):
        bridge.turn(minutes=31)
        bridge.sweep()

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem na cor verde?"]
    assert bridge.jobs_waiting() == 0


def tell_of_notifications_that_are_made_up(drill: Drill) -> None:
    """Somebody sends so many that notifications have to wait; the sweep brings what a buyer asks meanwhile."""
    bridge, meli = drill.bridge, drill.bridge.meli
    with caused_by_hint():
        for _ in range(MOST_REFUSALS_OF_HINTS - 1):
            current_bridge().rate_limit.note_refusal()
    drill.live_through(lambda: meli.notify("questions", "/questions/13900000001", bridge.seller))
    drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem?"))
    sweep(drill)
    bridge.wait_out(minutes=20, step_seconds=120)

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem?"]
    assert_nothing_is_left(bridge)


def tell_of_a_message_that_waits_for_reads(drill: Drill) -> None:
    """Its purchase was asked for, and for the purchase itself this minute has no reads left."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="50")
    bridge.turn(minutes=1)
    sales = [bridge.buy() for _ in range(6)]
    # What hints may read in a minute does not end with a whole message.
    bridge.ask()
    for sale in sales[:-1]:
        bridge.write(sale, "Quando chega?")
    drill.live_through(lambda: meli.write(sales[-1], "E o meu?"))
    drill.live_through(lambda: bridge.wait_out(minutes=2))

    conversations = bridge.chatwoot.conversations()
    shown = [message["content"] for one in conversations for message in bridge.chatwoot.messages(one["id"])]
    assert len(conversations) == 7
    assert sum(content.startswith("E o meu?") for content in shown) == 1
    assert_nothing_is_left(bridge)


def tell_of_a_token_that_is_replaced(drill: Drill) -> None:
    """The address for notifications has a new token, and the first notification comes by it."""
    bridge, meli = drill.bridge, drill.bridge.meli
    bridge.set(MERCADO_LIVRE_WEBHOOK_TOKEN_BEFORE=MELI_TOKEN, MERCADO_LIVRE_WEBHOOK_TOKEN="the-new-one")
    meli.notification_url = f"{bridge.url}/webhook/mercado-livre/the-new-one"
    drill.live_through(lambda: meli.ask(bridge.buyer, bridge.item, "Tem?"))
    sweep(drill)

    assert [message["content"].split("\n")[0] for message in bridge.messages()] == ["Tem?"]
    assert_nothing_is_left(bridge)
