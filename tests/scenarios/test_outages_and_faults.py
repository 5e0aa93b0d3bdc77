"""Whatever fails, and wherever in the story it does: everything is there in the end, once, in order."""

import pytest

from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Service
from tests.harness import BridgeUnderTest

KINDS = ["status", "drop", "commit_then_drop", "rate_limit"]


def add_fault(service: Service, kind: str, **where: object) -> None:
    if kind == "rate_limit":
        body = "local_rate_limited" if service.name.startswith("mercado") else "Retry later\n"
        service.add_fault("status", status=429, body=body, content_type="text/plain", **where)
    else:
        service.add_fault(kind, **where)


def tell_the_story(bridge: BridgeUnderTest) -> tuple[int, int]:
    """A question, its answer, and a second reply; returns the question and the first message."""
    question = bridge.meli.ask(bridge.buyer, bridge.item, "Tem na cor verde?")
    bridge.settle()
    bridge.wait_out(minutes=3)
    message = bridge.chatwoot.reply(bridge.conversation()["id"], "Temos.")
    bridge.settle()
    bridge.wait_out(minutes=3)
    return question, message["id"]


def assert_all_is_there_once(bridge: BridgeUnderTest, question: int, message: int) -> None:
    assert bridge.meli.answers_published == [(question, "Temos.")]
    assert len(bridge.chatwoot.contacts()) == 1
    assert [m["content"].split("\n")[0] for m in bridge.messages()] == ["Tem na cor verde?", "Temos."]
    assert bridge.message(message)["status"] == "sent"
    conversation = bridge.conversation()
    assert conversation["status"] == "resolved"
    assert set(conversation["labels"]) == {"mercado-livre", "pergunta"}
    assert bridge.notes() == []
    assert bridge.jobs_waiting() == 0
    assert bridge.dead_letters() == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nth", range(5))
def test_any_call_to_mercado_livre_may_fail(bridge: BridgeUnderTest, kind: str, nth: int) -> None:
    add_fault(bridge.meli, kind, skip=nth)

    question, message = tell_the_story(bridge)

    assert_all_is_there_once(bridge, question, message)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("nth", range(6))
def test_any_call_to_chatwoot_may_fail(bridge: BridgeUnderTest, kind: str, nth: int) -> None:
    add_fault(bridge.chatwoot, kind, skip=nth)

    question, message = tell_the_story(bridge)

    assert_all_is_there_once(bridge, question, message)


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("chatwoot", "POST", "/contacts"),
        ("chatwoot", "POST", "/conversations"),
        ("chatwoot", "POST", "/labels"),
        ("chatwoot", "PATCH", "/messages/"),
        ("chatwoot", "POST", "/toggle_status"),
        ("meli", "POST", "/answers"),
    ],
)
def test_a_write_that_happened_and_was_not_answered_is_not_repeated(
    bridge: BridgeUnderTest, service: str, method: str, path: str
) -> None:
    getattr(bridge, service).add_fault("commit_then_drop", method=method, path=path, times=2)

    question, message = tell_the_story(bridge)

    assert_all_is_there_once(bridge, question, message)


def test_an_echo_that_was_written_and_not_answered_is_not_repeated(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    chatwoot.add_fault("commit_then_drop", method="POST", path="/messages")

    meli.answer_natively(question, "Temos sim!")
    bridge.settle()
    bridge.wait_out(minutes=1)

    assert [m["content"] for m in bridge.messages()][1:] == ["Temos sim!"]


def test_a_note_that_was_written_and_not_answered_is_not_repeated(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    chatwoot.add_fault("commit_then_drop", method="POST", path="/messages", times=3)

    meli.hold_question(question)
    bridge.settle()
    bridge.wait_out(minutes=1)

    assert len(bridge.notes()) == 1


def test_an_answer_lost_on_the_way_to_mercado_livre_is_sent_again(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    meli.add_fault("drop", method="POST", path="/answers", times=2)

    message = bridge.reply("Temos.")
    bridge.wait_out(minutes=1)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


def test_an_uncertain_answer_that_somebody_else_gave_meanwhile_is_refused(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.add_fault("drop", method="POST", path="/answers")
    message = bridge.reply("Temos.")
    meli.answer_natively(question, "Respondi no site")

    bridge.wait_out(minutes=1)

    assert meli.answers_published == []
    assert "já respondida" in str(bridge.message(message["id"])["external_error"])
    assert [m["content"] for m in bridge.messages()][1:] == ["Temos.", "Respondi no site"]


@pytest.mark.parametrize("away", ["meli", "chatwoot"])
def test_hours_of_outage_lose_nothing(bridge: BridgeUnderTest, away: str) -> None:
    service: Service = getattr(bridge, away)
    bridge.ask("Primeira?")
    service.add_fault("status", times=100_000)
    bridge.meli.ask(bridge.buyer, bridge.item, "Segunda?")
    bridge.settle()
    for _ in range(30):
        bridge.turn(minutes=10)
    service.clear_faults()

    bridge.wait_out(minutes=30, step_seconds=60)

    first_words = [
        bridge.chatwoot.messages(conversation["id"])[0]["content"].split("\n")[0]
        for conversation in bridge.chatwoot.conversations()
    ]
    assert first_words == ["Primeira?", "Segunda?"]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_a_reply_written_during_an_outage_tells_its_agent_that_it_waits_and_leaves_afterwards(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.add_fault("status", times=1000, path="/questions")
    meli.add_fault("status", times=1000, path="/answers")
    message = bridge.reply("Temos.")
    bridge.wait_out(minutes=5)
    (note,) = bridge.notes()
    assert "continua na fila" in note

    meli.clear_faults()
    bridge.wait_out(minutes=22)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"
    assert [note for note in bridge.notes() if note.startswith("Sua mensagem “Temos.”, que estava na fila")]
    assert len(bridge.notes()) == 2


def test_a_reply_of_files_alone_is_named_by_its_files_when_it_leaves_late(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("status", times=1000, path="/messages")
    pdf = ("nota fiscal.pdf", "application/pdf", b"%PDF-1.7\n")
    bridge.reply(None, attachments=[pdf])
    bridge.wait_out(minutes=5)
    meli.clear_faults()
    bridge.wait_out(minutes=22)

    assert len(meli.messages_sent) == 1
    late = [note for note in bridge.notes() if "que estava na fila" in note]
    assert late == ["Sua mensagem “(só arquivos)”, que estava na fila, foi enviada ao comprador."]


def test_retry_after_is_honoured(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.add_fault("status", path="/questions/", status=429, headers={"Retry-After": "100"}, times=1)
    bridge.meli.ask(bridge.buyer, bridge.item, "Oi?")
    bridge.settle()

    bridge.turn(seconds=90)
    assert bridge.chatwoot.conversations() == []
    bridge.turn(seconds=15)

    assert len(bridge.messages()) == 1


def test_a_service_that_always_asks_for_a_second_does_not_use_up_the_receives(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.ask()
    meli.journal.clear()
    meli.add_fault("status", path="/answers", status=429, headers={"Retry-After": "1"}, times=100_000)
    bridge.reply("Temos.")

    bridge.wait_out(minutes=60)

    assert sum(call.path == "/answers" for call in meli.journal) < 15


def test_the_sweep_puts_nothing_behind_a_question_that_waits(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    chatwoot.add_fault("status", times=100_000)
    meli.ask(bridge.buyer, bridge.item, "Tem verde?")
    bridge.settle()

    for _ in range(20):
        bridge.turn(minutes=2)
        bridge.sweep()

    assert bridge.jobs_waiting() <= 2


def test_one_sellers_trouble_keeps_no_other_from_being_swept(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    second = meli.add_seller("SEGUNDA LOJA")
    bridge.connect(second)
    bridge.settle()
    item = meli.add_item(second, "Prato fundo", 19.9)
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Primeira?")
    meli.ask(bridge.buyer, item, "Segunda?")
    meli.add_fault("status", path="/questions/search", status=200, body="[]")

    bridge.sweep()

    assert len(bridge.chatwoot.conversations()) == 1


def test_a_missing_setting_makes_jobs_wait(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.set(CHATWOOT_TOKEN="")
    bridge.ask()
    bridge.wait_out(minutes=10)
    assert bridge.jobs_waiting() == 1

    bridge.set(CHATWOOT_TOKEN=bridge.chatwoot.admin_token)
    bridge.wait_out(minutes=25)

    assert len(bridge.messages()) == 1


def test_an_agent_is_told_that_his_reply_was_given_up_and_retry_delivers_it(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    question = bridge.ask()
    meli.add_fault("drop", method="POST", path="/answers")
    meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=6)
    message = bridge.reply("Temos.")
    bridge.wait_out(minutes=5)
    assert "tente de novo" in str(bridge.message(message["id"])["external_error"])
    assert bridge.dead_letters() == 1
    meli.clear_faults()

    chatwoot.press_retry(message["id"])
    bridge.settle()
    bridge.wait_out(minutes=1)

    assert meli.answers_published == [(question, "Temos.")]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_job_that_nobody_foresaw_goes_to_the_dead_letters_and_its_thread_goes_on(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = meli.ask(bridge.buyer, bridge.item, "Tem verde?")
    meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=5)
    bridge.settle()

    for _ in range(6):
        bridge.turn(seconds=25)

    assert bridge.dead_letters() == 1
    assert bridge.health().json()["status"] == "degraded"
    bridge.notify(resource=f"/questions/{question}", _id="later")
    bridge.settle()
    assert len(bridge.messages()) == 1


def test_the_queue_away_asks_mercado_livre_to_come_again(bridge: BridgeUnderTest) -> None:
    bridge.set(NOTIFICATIONS_QUEUE_URL="https://sqs.us-east-1.amazonaws.com/123456789012/nowhere")

    response = bridge.notify()

    assert response.status_code == 500
    assert "again" in response.json()["error"]


def test_a_schedule_that_does_not_run_is_told(bridge: BridgeUnderTest) -> None:
    bridge.sweep()
    bridge.turn(minutes=29)
    assert bridge.health().json() == {"status": "ok", "problems": []}

    bridge.turn(minutes=2)

    (problem,) = bridge.health().json()["problems"]
    assert (problem["what"], problem["seller"]) == ("no sweep has come to its end for long", bridge.seller)
    bridge.sweep()
    assert bridge.health().json() == {"status": "ok", "problems": []}


def test_what_no_notification_told_is_found_by_the_sweep(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    meli.notifications_enabled = False
    meli.ask(bridge.buyer, bridge.item, "Alguém aí?")
    bridge.settle()
    assert bridge.chatwoot.conversations() == []

    bridge.sweep()
    bridge.sweep()

    assert len(bridge.messages()) == 1


def test_what_mercado_livre_gave_up_on_is_taken_from_the_missed_feeds(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    question = bridge.ask()
    meli.drop_notifications(1)
    meli.answer_natively(question, "Respondi no site")
    bridge.settle()

    bridge.sweep()
    bridge.sweep()

    assert [m["content"] for m in bridge.messages()][1:] == ["Respondi no site"]


# After a sale

PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
# Nothing happened, or all of it did: a service that says so is no harder than one that is cut off.
CUTS = ["drop", "commit_then_drop"]
LONG = " ".join(["Uma frase que diz pouco, mas com calma."] * 12)


def tell_the_story_of_a_sale(bridge: BridgeUnderTest) -> int:
    """A message with a file after a sale, and a reply in two parts with a file; returns the reply."""
    sale = bridge.buy()
    bridge.write(sale, "Chegou assim", [PICTURE])
    bridge.wait_out(minutes=3)
    message = bridge.reply(LONG, attachments=[PICTURE])
    bridge.wait_out(minutes=3)
    return int(message["id"])


def assert_the_sale_is_told_once(bridge: BridgeUnderTest, reply: int) -> None:
    sent = bridge.meli.messages_sent
    assert " ".join(message.text for message in sent) == LONG
    assert [len(message.files) for message in sent] == [0, 1]
    assert bridge.meli.lost_messages == []
    assert [message["content"] for message in bridge.messages()] == ["Chegou assim", LONG]
    assert bridge.chatwoot.files(bridge.messages()[0]["id"]) == [PICTURE]
    assert bridge.message(reply)["status"] == "sent"
    assert len(bridge.notes()) == len(bridge.chatwoot.contacts()) == 1
    assert set(bridge.conversation()["labels"]) == {"mercado-livre", "venda", "a-enviar"}
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


@pytest.mark.parametrize("kind", CUTS)
@pytest.mark.parametrize("nth", range(12))
def test_any_call_to_mercado_livre_may_fail_after_a_sale(bridge: BridgeUnderTest, kind: str, nth: int) -> None:
    add_fault(bridge.meli, kind, skip=nth)

    reply = tell_the_story_of_a_sale(bridge)

    assert not bridge.meli.faults[0].times
    assert_the_sale_is_told_once(bridge, reply)


@pytest.mark.parametrize("kind", CUTS)
@pytest.mark.parametrize("nth", range(8))
def test_any_call_to_chatwoot_may_fail_after_a_sale(bridge: BridgeUnderTest, kind: str, nth: int) -> None:
    add_fault(bridge.chatwoot, kind, skip=nth)

    reply = tell_the_story_of_a_sale(bridge)

    assert not bridge.chatwoot.faults[0].times
    assert_the_sale_is_told_once(bridge, reply)


@pytest.mark.parametrize("away", ["meli", "chatwoot"])
def test_hours_of_outage_lose_nothing_after_a_sale(bridge: BridgeUnderTest, away: str) -> None:
    service: Service = getattr(bridge, away)
    sale = bridge.bought_and_wrote("0")
    conversation = bridge.conversation()["id"]
    service.add_fault("status", times=100_000)
    replies = []
    for hour in range(1, 6):
        bridge.meli.write(sale, str(hour), [PICTURE])
        replies.append(bridge.chatwoot.reply(conversation, f"resposta {hour}", attachments=[PICTURE])["id"])
        bridge.turn(minutes=60)
    service.clear_faults()

    bridge.wait_out(minutes=60, step_seconds=60)

    brought = [message for message in bridge.messages() if message["source_id"]]
    assert [message["content"].split("\n")[0] for message in brought] == [str(hour) for hour in range(6)]
    assert all(bridge.chatwoot.files(message["id"]) == [PICTURE] for message in brought[1:])
    assert [message.text for message in bridge.meli.messages_sent] == [f"resposta {hour}" for hour in range(1, 6)]
    assert {bridge.message(reply)["status"] for reply in replies} == {"sent"}
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_the_cure_for_a_table_that_is_gone_is_no_deployment(bridge: BridgeUnderTest) -> None:
    """CloudFormation believes that it is there, and makes no other."""
    current_bridge().dynamodb.delete_table(TableName=f"ponte-{bridge.name}-cache")

    problems = bridge.health().json()["problems"]

    (cure,) = [problem["do"] for problem in problems if "-cache does not answer" in problem["what"]]
    assert "doctor" in cure
    assert "make deploy" not in cure
