"""`python -m tools audit`: what does not agree is found, each thing alone, and repaired where a job can."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from chalicelib.models import Thread
from chalicelib.wiring import bridge as current_bridge
from tests.harness import Machine
from tests.tools.conftest import Deployed
from tests.tools.traffic import SETTLED_MINUTES, Traffic


def test_all_that_was_carried_agrees(traffic: Traffic) -> None:
    calls_before = len(traffic.bridge.meli.journal)

    report = traffic.audit()

    assert report["found"] == {"missing": 0, "doubled": 0, "out of order": 0, "undelivered": 0}
    # Two questions, an answer each way, and two messages each way.
    assert (report["sellers"], report["threads"], report["messages"]) == (1, 3, 8)
    made = list(traffic.bridge.meli.journal)[calls_before:]
    assert {call.method for call in made} == {"GET"}
    assert "0 missing, 0 doubled, 0 out of order, 0 undelivered" in traffic.deployed.run("audit").stdout


# Planted troubles: what is done, and what is found of it.


def lose_question(traffic: Traffic) -> None:
    traffic.bridge.meli.drop_notifications(1)
    traffic.bridge.meli.ask(traffic.bridge.buyer, traffic.bridge.item, "E esta?")


def lose_native_answer(traffic: Traffic) -> None:
    question = traffic.bridge.ask("Qual o tamanho?")
    traffic.bridge.meli.drop_notifications(1)
    traffic.bridge.meli.answer_natively(question, "300 ml.")


def lose_message(traffic: Traffic) -> None:
    traffic.bridge.meli.drop_notifications(1)
    traffic.bridge.meli.write(traffic.sale, "Chegou?")


def write_twice_into_chatwoot(traffic: Traffic) -> None:
    traffic.put_into_chatwoot(traffic.of_sale, source_id=f"meli:message/{traffic.first}")


def echo_a_reply(traffic: Traffic) -> None:
    source_id = f"meli:message/{traffic.sent_id(traffic.reply)}"
    traffic.put_into_chatwoot(traffic.of_sale, source_id=source_id, message_type="outgoing")


def write_into_a_second_conversation(traffic: Traffic) -> None:
    contact = traffic.bridge.chatwoot.conversation(traffic.of_sale)["contact_id"]
    source_id = f"{traffic.deployed.seller}/pack/{traffic.sale}"
    fields = {"inbox_id": traffic.bridge.sales_inbox, "contact_id": contact, "source_id": source_id}
    opened = traffic.bridge.as_administrator("POST", "/conversations", fields)
    traffic.put_into_chatwoot(opened["id"], source_id=f"meli:message/{traffic.first}")


def answer_the_same_natively(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Saiu hoje.")
    traffic.bridge.settle()
    traffic.bridge.meli.write_natively(traffic.sale, "Saiu hoje.")
    traffic.bridge.settle()


def send_again_what_was_listed_late(traffic: Traffic) -> None:
    bridge = traffic.bridge
    bridge.meli.add_fault("commit_then_drop", method="POST", path="/messages/packs", times=1)
    bridge.chatwoot.reply(traffic.of_sale, "Saiu ontem.")
    bridge.settle()
    lost = bridge.meli.messages_sent[-1].message_id
    bridge.meli.hide_from_pack(lost)
    bridge.clock.turn(seconds=20)
    bridge.write(traffic.sale, "Ainda aí?")
    bridge.wait_out(minutes=5)
    bridge.meli.show_in_pack(lost)
    bridge.write(traffic.sale, "Obrigada.")


def bring_in_the_wrong_order(traffic: Traffic) -> None:
    meli = traffic.bridge.meli
    meli.drop_notifications(2)
    earlier = meli.write(traffic.sale, "Um.")
    traffic.bridge.clock.turn(seconds=5)
    later = meli.write(traffic.sale, "Dois.")
    for message in (later, earlier):
        traffic.put_into_chatwoot(traffic.of_sale, source_id=f"meli:message/{message}")


def lose_reply(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Ninguém ouviu.")
    traffic.lose_webhooks()


def lose_a_video_call(traffic: Traffic) -> None:
    """Its agent takes it for sent, and nobody has told otherwise."""
    traffic.bridge.chatwoot.start_video_call(traffic.of_sale)
    traffic.lose_webhooks()


def lose_message_at_mercado_livre(traffic: Traffic) -> None:
    traffic.bridge.meli.hide_from_pack(traffic.sent_id(traffic.reply))


def show_a_sent_reply_as_failed(traffic: Traffic) -> None:
    traffic.show(traffic.reply, "failed", external_error="Ninguém atendeu.")


def die_before_telling(traffic: Traffic) -> None:
    traffic.bridge.meli.block(traffic.sale, "blocked_by_buyer")
    message = traffic.bridge.chatwoot.reply(traffic.of_sale, "Alô?")
    traffic.bridge.settle()
    threads, thread = current_bridge().threads, Thread(traffic.deployed.seller, "pack", str(traffic.sale))
    delivery = threads.load(thread).deliveries[int(message["id"])]
    assert delivery.state == "refused"
    threads.save_delivery(thread, delivery._replace(is_told=False))
    traffic.show(int(message["id"]), "sent")


MENDED = [
    (lose_question, "missing", "Chatwoot"),
    (lose_native_answer, "missing", "Chatwoot"),
    (lose_message, "missing", "Chatwoot"),
    (lose_reply, "undelivered", "Mercado Livre"),
    (lose_a_video_call, "undelivered", "Mercado Livre"),
    (show_a_sent_reply_as_failed, "undelivered", "Mercado Livre"),
    (die_before_telling, "undelivered", "Mercado Livre"),
    (Traffic.lose_a_press_of_retry, "undelivered", "Mercado Livre"),
]
BEYOND_REPAIR = [
    (write_twice_into_chatwoot, "doubled", "Chatwoot"),
    (echo_a_reply, "doubled", "Chatwoot"),
    (write_into_a_second_conversation, "doubled", "Chatwoot"),
    (answer_the_same_natively, "doubled", "Mercado Livre"),
    (send_again_what_was_listed_late, "doubled", "Mercado Livre"),
    (bring_in_the_wrong_order, "out of order", "Chatwoot"),
    (lose_message_at_mercado_livre, "missing", "Mercado Livre"),
]

Plant = Callable[[Traffic], None]


@pytest.mark.parametrize(("plant", "kind", "side"), MENDED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_trouble_is_found_alone_and_repaired(traffic: Traffic, plant: Plant, kind: str, side: str) -> None:
    plant(traffic)
    traffic.bridge.turn(minutes=SETTLED_MINUTES)

    found = traffic.audit("--repair")
    traffic.bridge.settle()

    assert [(one["kind"], one["side"]) for one in found["findings"]] == [(kind, side)]
    assert found["repaired"]["left"] == 0
    assert traffic.audit()["findings"] == []
    assert traffic.bridge.dead_letters() == 0


@pytest.mark.parametrize(("plant", "kind", "side"), BEYOND_REPAIR, ids=lambda value: getattr(value, "__name__", ""))
def test_a_trouble_that_no_job_can_mend_is_found_and_left(traffic: Traffic, plant: Plant, kind: str, side: str) -> None:
    plant(traffic)
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    sent_before = len(traffic.bridge.meli.messages_sent)

    found = traffic.audit("--repair")
    traffic.bridge.settle()

    assert [(one["kind"], one["side"]) for one in found["findings"]] == [(kind, side)]
    assert found["repaired"] == {"queued": 0, "shown": 0, "settled": 0, "left": 1}
    assert len(traffic.bridge.meli.messages_sent) == sent_before


@pytest.mark.parametrize(
    "plant", [write_twice_into_chatwoot, write_into_a_second_conversation, bring_in_the_wrong_order]
)
def test_what_somebody_deletes_in_chatwoot_is_not_found_any_more(traffic: Traffic, plant: Plant) -> None:
    plant(traffic)
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    chatwoot = traffic.bridge.chatwoot
    newest = max(message["id"] for one in chatwoot.conversations() for message in chatwoot.messages(one["id"]))

    chatwoot.delete_message(newest)

    assert traffic.audit()["findings"] == []


# What is healthy, however odd it looks


def delete_the_answered_question(traffic: Traffic) -> None:
    traffic.bridge.meli.delete_question(traffic.question)


def ban_the_answered_question(traffic: Traffic) -> None:
    traffic.bridge.meli.ban_question(traffic.question, "X")


def ban_the_answer(traffic: Traffic) -> None:
    traffic.bridge.meli.ban_answer(traffic.question, "X")


def write_natively_what_was_refused(traffic: Traffic) -> None:
    path = f"/messages/packs/{traffic.sale}/sellers/{traffic.deployed.seller}"
    traffic.bridge.meli.add_fault("status", status=400, method="POST", path=path, times=1)
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Vai sair cedo.")
    traffic.bridge.settle()
    traffic.bridge.clock.turn(seconds=30)
    traffic.bridge.meli.clear_faults()
    traffic.bridge.meli.write_natively(traffic.sale, "Vai sair cedo.")


def reply_with_words_that_the_seller_wrote_before(traffic: Traffic) -> None:
    traffic.bridge.meli.write_natively(traffic.sale, "Saiu.")
    traffic.bridge.turn(minutes=5)
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Saiu.")


def write_natively_what_was_replied_long_before(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Saiu.")
    traffic.bridge.settle()
    traffic.bridge.turn(minutes=20)
    traffic.bridge.meli.write_natively(traffic.sale, "Saiu.")


def retry_what_moderation_refused(traffic: Traffic) -> None:
    traffic.bridge.meli.send_gives_no_id = True
    traffic.bridge.meli.next_moderation = "OUT_OF_PLACE_LANGUAGE"
    message = traffic.bridge.chatwoot.reply(traffic.of_sale, "Alô?")
    traffic.bridge.settle()
    traffic.bridge.write(traffic.sale, "Oi?")
    traffic.bridge.chatwoot.press_retry(message["id"])


def retry_after_another_reply(traffic: Traffic) -> None:
    traffic.bridge.meli.block(traffic.sale, "blocked_by_buyer")
    first = traffic.bridge.chatwoot.reply(traffic.of_sale, "Primeira.")
    traffic.bridge.settle()
    traffic.bridge.meli.unblock(traffic.sale)
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Segunda.")
    traffic.bridge.settle()
    traffic.bridge.clock.turn(seconds=30)
    traffic.bridge.chatwoot.press_retry(first["id"])


def delete_the_conversation_of_words_that_the_seller_wrote_before(traffic: Traffic) -> None:
    reply_with_words_that_the_seller_wrote_before(traffic)
    traffic.bridge.settle()
    traffic.bridge.as_administrator("DELETE", f"/conversations/{traffic.of_sale}")
    traffic.bridge.write(traffic.sale, "Oi de novo")


def delete_the_conversation(traffic: Traffic) -> None:
    traffic.bridge.as_administrator("DELETE", f"/conversations/{traffic.of_sale}")
    traffic.bridge.write(traffic.sale, "Oi de novo")


HEALTHY = [
    delete_the_answered_question,
    ban_the_answered_question,
    ban_the_answer,
    write_natively_what_was_refused,
    reply_with_words_that_the_seller_wrote_before,
    write_natively_what_was_replied_long_before,
    retry_what_moderation_refused,
    retry_after_another_reply,
    delete_the_conversation,
    delete_the_conversation_of_words_that_the_seller_wrote_before,
]


@pytest.mark.parametrize("happen", HEALTHY)
def test_what_is_in_order_is_not_found(traffic: Traffic, happen: Plant) -> None:
    happen(traffic)
    traffic.bridge.settle()
    traffic.bridge.turn(minutes=SETTLED_MINUTES)

    assert traffic.audit()["findings"] == []


def test_a_reply_that_moderation_removed_unannounced_is_found_and_shown(traffic: Traffic) -> None:
    traffic.bridge.wait_out(minutes=16, step_seconds=120)
    traffic.bridge.meli.drop_notifications(1)
    traffic.bridge.meli.moderate(traffic.sent_id(traffic.reply), "OUT_OF_PLACE_LANGUAGE")

    found = traffic.audit("--repair")
    traffic.bridge.settle()

    assert [one["kind"] for one in found["findings"]] == ["undelivered"]
    assert traffic.bridge.message(traffic.reply)["status"] == "failed"
    assert traffic.audit()["findings"] == []


def test_a_short_look_does_not_forget_what_a_longer_one_found(traffic: Traffic) -> None:
    audits = current_bridge().audits
    now = int(traffic.bridge.clock().timestamp())
    audits.save(traffic.deployed.seller, (now - 30 * 3600, now), {"missing": 2})

    traffic.audit("--since", "10m")
    assert "2 missing" in traffic.deployed.run("doctor").stdout

    traffic.audit("--since", "31h")
    assert "2 missing" not in traffic.deployed.run("doctor").stdout


# What cannot be read


def connect_another(traffic: Traffic) -> int:
    other = traffic.bridge.meli.add_seller("SEGUNDA LOJA")
    traffic.bridge.connect(other)
    traffic.bridge.settle()
    return other


@pytest.mark.parametrize("position", [0, 1])
def test_trouble_with_one_seller_keeps_nothing_of_the_others(traffic: Traffic, position: int) -> None:
    sellers, audits = [traffic.deployed.seller, connect_another(traffic)], current_bridge().audits
    now = int(traffic.bridge.clock().timestamp())
    for seller in sellers:
        audits.save(seller, (now - 20 * 3600, now - 3600), {"missing": 2})
    troubled = sellers[position]
    traffic.bridge.meli.add_fault("status", status=403, path="/orders/search", caller=str(troubled), times=100)

    traffic.audit()

    found = {seller: told.found for seller in sellers if (told := audits.last_of(seller))}
    assert found == dict.fromkeys(sellers, "") | {troubled: "2 missing"}


@pytest.mark.parametrize(("path", "body"), [("/questions/search", "{}"), ("/messages/unread", "[]")])
def test_a_list_that_nobody_foresaw_is_told_and_hides_no_other_seller(traffic: Traffic, path: str, body: str) -> None:
    other = connect_another(traffic)
    traffic.bridge.meli.add_fault("status", status=200, body=body, path=path, caller=str(other), times=100)

    report = traffic.audit()

    assert [one["what"] for one in report["skipped"]] == [f"seller SEGUNDA LOJA ({other})"]
    assert report["messages"] == 8


def test_a_desk_that_answers_what_nobody_foresaw_is_told(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.add_fault("status", status=200, body="{}", path="/conversations", times=1)

    report = traffic.audit()

    assert [(one["what"], one["why"]) for one in report["skipped"]] == [("Chatwoot", "KeyError")]


# What is asked for


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "5m"], "--since must be a time such as 90m, 24h or 7d; more than 5m, and 30d at most."),
        (["--since", "31d"], "30d at most"),
        (["--seller", ""], "--seller must be the id or the nickname of a seller."),
        (["--seller", "NENHUMA"], "No seller NENHUMA is connected."),
    ],
)
def test_what_cannot_be_audited_is_refused_with_a_sentence(
    deployed: Deployed, arguments: list[str], words: str
) -> None:
    result = deployed.run("audit", *arguments)

    assert (result.exit_code, words in result.stderr) == (2, True)


@pytest.mark.apart
def test_an_address_of_aws_that_is_none_is_told(deployed: Deployed, machine: Machine) -> None:
    shown = run_apart(deployed, machine, AWS_ENDPOINT_URL="garbage")

    assert shown.returncode == 2
    assert "AWS cannot be reached: Invalid endpoint: garbage" in " ".join(shown.stderr.split())


@pytest.mark.apart
def test_what_is_found_is_not_cut_into_pieces_on_a_narrow_terminal(traffic: Traffic, machine: Machine) -> None:
    write_twice_into_chatwoot(traffic)
    traffic.bridge.turn(minutes=SETTLED_MINUTES)

    shown = run_apart(traffic.deployed, machine, COLUMNS="80").stdout

    for name in (f"meli:message/{traffic.first}", f"{traffic.deployed.seller}/pack/{traffic.sale}"):
        assert name in shown


def run_apart(deployed: Deployed, machine: Machine, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as from a shell."""
    command = [sys.executable, "-m", "tools", "audit", "--stage", deployed.name]
    environ = os.environ | machine.aws.environment | environ
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
