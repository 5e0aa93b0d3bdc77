"""Chatwoot's webhook did not reach us, and never comes again: the sweep finds what agents wrote."""

import json
from datetime import timedelta

import pytest

from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def lose_webhooks(chatwoot: Chatwoot) -> None:
    """Chatwoot calls, and nobody answers: the address is gone."""
    chatwoot.outbox.clear()


def test_a_reply_that_never_reached_us_is_found_and_sent_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    bridge.sweep()
    message = chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)

    for _ in range(5):
        bridge.sweep()
        bridge.turn(minutes=2)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


def test_replies_are_found_in_their_order_with_their_files(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    picture = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
    for number in range(45):
        chatwoot.reply(bridge.conversation()["id"], f"Número {number}", attachments=[picture] if number == 1 else [])
        bridge.clock.turn(seconds=1)
    lose_webhooks(chatwoot)

    bridge.sweep()

    assert [message.text for message in meli.messages_sent] == [f"Número {number}" for number in range(45)]
    assert [name for name, _, _ in meli.messages_sent[1].files] == ["foto.jpg"]


def test_what_an_agent_wrote_during_days_without_us_is_sent(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    bridge.sweep()
    bridge.clock.turn(days=1)
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)
    bridge.clock.turn(days=2)
    meli.grant_access(bridge.seller)
    bridge.connect(bridge.seller)

    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]


@pytest.mark.parametrize("details", [{"private": True}])
def test_what_is_not_meant_for_the_buyer_is_not_found(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, details: dict[str, object]
) -> None:
    bridge.ask()
    bridge.sweep()
    chatwoot.reply(bridge.conversation()["id"], "Só para nós.", **details)
    lose_webhooks(chatwoot)

    bridge.sweep()

    assert meli.answers_published == []


def test_what_was_written_before_the_first_sweep_is_left_alone(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """A stage made anew beside an old Chatwoot does not know what was sent before it."""
    bridge.ask()
    chatwoot.reply(bridge.conversation()["id"], "De antes.")
    lose_webhooks(chatwoot)
    bridge.turn(minutes=10)

    bridge.sweep()
    bridge.turn(minutes=2)
    bridge.sweep()

    assert meli.answers_published == []


def test_a_sweep_that_is_cut_short_looks_again(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    question = bridge.ask()
    bridge.sweep()
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)
    chatwoot.add_fault("status", status=503, path="/messages", method="GET", times=20)
    bridge.sweep()
    bridge.turn(minutes=10)
    chatwoot.clear_faults()

    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]


def test_a_reply_that_was_heard_and_found_goes_out_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    meli.add_fault("status", status=503, path="/messages", times=6)
    bridge.reply("Amanhã.")
    for _ in range(4):
        bridge.sweep()
        bridge.turn(minutes=4)

    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


@pytest.mark.parametrize("status", [403, 404, 200])
def test_a_proxy_that_hides_chatwoots_time_hides_no_reply(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, status: int
) -> None:
    question = bridge.ask()
    bridge.sweep()
    bridge.turn(minutes=2)
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)
    # The first call of a sweep asks for the time.
    chatwoot.add_fault("status", status=status, body="<p>Not here</p>", content_type="text/html", path="^/api")

    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]


def test_a_press_of_retry_that_never_reached_us_is_found(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    meli.set_item_status(bridge.item, "paused")
    message = bridge.reply("Temos.")
    assert message["status"] == "failed"
    meli.set_item_status(bridge.item, "active")
    bridge.settle()
    bridge.sweep()
    assert meli.answers_published == []

    chatwoot.press_retry(message["id"])
    lose_webhooks(chatwoot)
    bridge.sweep()
    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_second_press_that_never_reached_us_is_found_at_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """A reply that was refused before any attempt waited an hour: its second press looked like the first."""
    sale = bridge.bought_and_wrote()
    meli.block(sale, "blocked_by_mediation")
    message = bridge.reply("Amanhã.")
    bridge.turn(minutes=1)
    chatwoot.press_retry(message["id"])
    lose_webhooks(chatwoot)
    bridge.sweep()
    assert bridge.message(message["id"])["status"] == "failed"
    meli.unblock(sale)

    bridge.turn(minutes=2)
    chatwoot.press_retry(message["id"])
    lose_webhooks(chatwoot)
    bridge.sweep()

    assert [one.text for one in meli.messages_sent] == ["Amanhã."]


def test_a_failure_is_looked_at_for_a_day_only(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    bridge.ask()
    bridge.reply("Temos.")
    assert bridge.reply("E mais.")["status"] == "failed"
    bridge.turn(hours=26)
    bridge.sweep()
    chatwoot.journal.clear()

    bridge.sweep()

    assert not [call for call in chatwoot.journal if call.path.endswith("/messages")]


def test_a_quiet_desk_costs_three_calls_a_sweep(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    for number in range(30):
        bridge.ask(f"Pergunta {number}?")
    bridge.turn(hours=1)
    bridge.sweep()
    chatwoot.journal.clear()

    bridge.turn(minutes=2)
    bridge.sweep()

    assert len([call for call in chatwoot.journal if call.direction == "in"]) == 3


CLOSED_PORT = "http://127.0.0.1:9"


def fail_webhooks(bridge: BridgeUnderTest) -> None:
    """Chatwoot calls, is answered an error, and shows the message as failed."""
    endpoint = bridge.settings["AWS_ENDPOINT_URL_SQS"]
    bridge.set(AWS_ENDPOINT_URL_SQS=CLOSED_PORT)
    bridge.chatwoot.deliver_webhooks()
    bridge.set(AWS_ENDPOINT_URL_SQS=endpoint)


def sweep_for(bridge: BridgeUnderTest, minutes: int) -> None:
    for _ in range(minutes // 2):
        bridge.turn(minutes=2)
        bridge.sweep()


@pytest.mark.parametrize("is_second_lost", [False, True])
def test_what_an_agent_typed_again_after_he_saw_it_fail_is_sent_once(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, *, is_second_lost: bool
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    first = chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    fail_webhooks(bridge)
    assert bridge.message(first["id"])["status"] == "failed"
    bridge.clock.turn(seconds=20)
    chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    if is_second_lost:
        lose_webhooks(chatwoot)

    sweep_for(bridge, 6)

    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


def test_equal_words_that_did_not_fail_are_two_messages(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    bridge.sweep()
    for _ in range(2):
        chatwoot.reply(bridge.conversation()["id"], "Sim.")
    lose_webhooks(chatwoot)

    bridge.sweep()

    assert [message.text for message in meli.messages_sent] == ["Sim.", "Sim."]


def test_a_reply_that_was_sent_is_not_shown_as_failed_for_long(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """Chatwoot paints it so when a later webhook about it, of our own writing, is answered an error."""
    bridge.bought_and_wrote()
    bridge.sweep()
    message = bridge.reply("Amanhã.")
    chatwoot._fail_message(message["id"], "500 Internal Server Error")
    lose_webhooks(chatwoot)
    assert bridge.message(message["id"])["status"] == "failed"

    sweep_for(bridge, 4)

    assert bridge.message(message["id"])["status"] == "sent"
    assert len(meli.messages_sent) == 1


def test_a_conversation_that_cannot_be_read_hides_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    broken = bridge.conversation()["id"]
    sweep_for(bridge, 10)
    chatwoot.reply(broken, "Da quebrada.")
    question = bridge.ask("Tem?")
    whole = max(one["id"] for one in chatwoot.conversations())
    chatwoot.reply(whole, "Temos.")
    lose_webhooks(chatwoot)
    chatwoot.add_fault("status", status=500, path=f"/conversations/{broken}/messages", method="GET", times=1000)

    sweep_for(bridge, 60)
    assert meli.answers_published == [(question, "Temos.")]

    chatwoot.clear_faults()
    sweep_for(bridge, 2)
    assert [message.text for message in meli.messages_sent] == ["Da quebrada."]


def test_a_reply_is_found_though_the_buyer_wrote_after_it(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    sweep_for(bridge, 10)
    chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    lose_webhooks(chatwoot)
    for number in range(3):
        bridge.turn(minutes=10)
        bridge.ask(f"Pergunta {number}?")
    bridge.write(sale, "E então?")

    sweep_for(bridge, 4)

    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


def test_a_clock_that_is_behind_hides_nothing(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    question = bridge.ask()
    clock = chatwoot.state.clock
    chatwoot.state.clock = lambda: bridge.clock() - timedelta(minutes=4)
    sweep_for(bridge, 4)
    bridge.turn(seconds=30)
    chatwoot.reply(bridge.conversation()["id"], "Temos.")
    lose_webhooks(chatwoot)

    sweep_for(bridge, 6)

    chatwoot.state.clock = clock
    assert meli.answers_published == [(question, "Temos.")]


def test_a_press_of_retry_during_days_without_us_is_found(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    meli.set_item_status(bridge.item, "paused")
    message = bridge.reply("Temos.")
    meli.set_item_status(bridge.item, "active")
    bridge.settle()
    chatwoot.press_retry(message["id"])
    lose_webhooks(chatwoot)
    bridge.clock.turn(days=2)
    bridge.connect(bridge.seller)

    bridge.sweep()

    assert meli.answers_published == [(question, "Temos.")]


def test_a_press_of_retry_is_queued_once_however_long_it_waits(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("status", status=400, path="/messages", method="POST")
    message = bridge.reply("Amanhã.")
    assert message["status"] == "failed"
    meli.add_fault("status", status=503, path="/messages/packs", times=1000)
    chatwoot.press_retry(message["id"])
    lose_webhooks(chatwoot)

    sweep_for(bridge, 50)
    # Beside it wait the look at what is unread, and the one at what changed about the sale.
    assert bridge.jobs_waiting() <= 3

    meli.clear_faults()
    bridge.turn(minutes=26)
    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


def test_after_a_pause_a_conversation_that_fails_once_is_not_given_up(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    first = bridge.conversation()["id"]
    bridge.sweep()
    chatwoot.reply(first, "Amanhã.")
    lose_webhooks(chatwoot)
    bridge.clock.turn(days=2)
    meli.grant_access(bridge.seller)
    bridge.connect(bridge.seller)
    bridge.ask("Outra?")
    chatwoot.add_fault("status", status=503, path=f"/conversations/{first}/messages", method="GET", times=1)

    sweep_for(bridge, 6)

    assert [message.text for message in meli.messages_sent] == ["Amanhã."]


def test_one_failed_reply_that_cannot_be_read_hides_no_other(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    questions = [bridge.ask(f"Pergunta {number}?") for number in range(2)]
    meli.set_item_status(bridge.item, "paused")
    conversations = sorted(one["id"] for one in chatwoot.conversations())
    messages = [chatwoot.reply(conversation, "Temos.") for conversation in conversations]
    bridge.settle()
    meli.set_item_status(bridge.item, "active")
    bridge.settle()
    chatwoot.press_retry(messages[1]["id"])
    lose_webhooks(chatwoot)
    path = f"/conversations/{conversations[0]}/messages"
    chatwoot.add_fault("status", status=500, path=path, method="GET", times=1000)

    sweep_for(bridge, 4)

    assert meli.answers_published == [(questions[1], "Temos.")]


def test_failed_replies_are_looked_at_in_turn_where_there_is_no_time_for_all(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = [bridge.ask(f"Pergunta {number}?") for number in range(6)]
    bridge.sweep()
    meli.set_item_status(bridge.item, "paused")
    conversations = sorted(one["id"] for one in chatwoot.conversations())
    messages = [chatwoot.reply(conversation, "Temos.") for conversation in conversations]
    bridge.settle()
    meli.set_item_status(bridge.item, "active")
    bridge.settle()
    chatwoot.press_retry(messages[5]["id"])
    lose_webhooks(chatwoot)
    monkeypatch.setattr(chatwoot, "wait", lambda seconds: bridge.clock.turn(seconds=seconds))
    chatwoot.add_fault("slow", seconds=11, path="/messages", method="GET", times=1000)

    sweep_for(bridge, 4)

    assert meli.answers_published == [(questions[5], "Temos.")]
    # That there is no time for all is no sweep that did not end.
    seller = current_bridge().sellers.get(bridge.seller)
    assert seller
    assert bridge.clock().timestamp() - seller.swept_at < 5 * 60


def test_what_was_written_in_a_stray_conversation_is_told_to_be_so(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    bridge.sweep()
    where = {"inbox_id": bridge.questions_inbox, "source_id": f"{bridge.seller}/question/{question}"}
    contact = chatwoot.contacts()[0]["id"]
    bridge.set_inbox_lock(False)
    stray = bridge.as_administrator("POST", "/conversations", {"contact_id": contact, **where})
    message = chatwoot.reply(stray["id"], "Perdido.")
    lose_webhooks(chatwoot)

    sweep_for(bridge, 4)

    assert bridge.message(message["id"])["status"] == "failed"
    assert meli.answers_published == []


def test_sweeps_that_cannot_begin_do_not_pile_up(bridge: BridgeUnderTest) -> None:
    bridge.set(CHATWOOT_DESK_LOJA2=json.dumps({"CHATWOOT_URL": CLOSED_PORT}))

    sweep_for(bridge, 60)

    assert bridge.jobs_waiting() == 0


def test_what_only_waits_is_not_called_back_by_every_sweep(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """Reading goes well and writing is refused: nothing was mended, and each try is one refusal more."""
    bridge.ask()
    blocked = {"message": "unauthorized_scopes", "error": "unauthorized_scopes", "status": 401, "cause": []}
    meli.add_fault("status", status=401, path="/answers", times=10_000, body=json.dumps(blocked))
    bridge.reply("Temos.")
    bridge.wait_out(minutes=30)
    meli.journal.clear()

    sweep_for(bridge, 120)

    assert sum(call.path == "/answers" for call in meli.journal) < 12
