"""One text that is never taken, by Chatwoot, Mercado Livre or a firewall before them, stops no other."""

import json
from typing import Any

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Service
from tests.harness import BridgeUnderTest

PAGE: dict[str, Any] = {"status": 403, "body": "<html>Request blocked.</html>", "content_type": "text/html"}
WORDS = "union select"
STAND_IN = "não aceita o que deveria estar aqui"


def keep_out(service: Service, **details: Any) -> None:
    """A firewall that looks at what is written."""
    service.add_fault("status", **{"times": 100_000, "contains": WORDS, **PAGE, **details})


def public(bridge: BridgeUnderTest, conversation: int) -> list[str]:
    shown = bridge.chatwoot.messages(conversation)
    return [one["content"].split("\n")[0] for one in shown if not one["private"]]


def stands_for(text: str, page: str) -> bool:
    return STAND_IN in text and page in text


def test_a_message_whose_words_a_firewall_refuses_stops_none_behind_it(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    keep_out(chatwoot, method="POST")

    bridge.write(sale, f"Tem {WORDS}?")
    bridge.write(sale, "E agora?")
    meli.write_natively(sale, f"Nosso {WORDS}")
    meli.write(sale, "Obrigada")
    bridge.settle()
    bridge.wait_out(minutes=30, step_seconds=60)

    first, refused, second, echo, last = public(bridge, bridge.conversation()["id"])
    assert (first, second, last) == ("Quando chega?", "E agora?", "Obrigada")
    assert stands_for(refused, f"/vendas/{sale}/")
    assert stands_for(echo, f"/vendas/{sale}/")
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    told = [problem for problem in bridge.health().json()["problems"] if "some words" in problem["what"]]
    assert [str(sale) in problem["what"] for problem in told] == [True]
    chatwoot.clear_faults()
    for _ in range(40):
        bridge.turn(minutes=10)
        bridge.sweep()
    assert bridge.health().json()["problems"] == []


def test_what_chatwoot_itself_never_takes_stops_none_behind_it(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.bought_and_wrote()
    keep_out(chatwoot, method="POST", status=422, body='{"error":"Validation failed"}', content_type="application/json")

    bridge.write(sale, f"Tem {WORDS}?")
    bridge.write(sale, "E agora?")
    bridge.wait_out(minutes=20, step_seconds=60)

    _, refused, second = public(bridge, bridge.conversation()["id"])
    assert stands_for(refused, f"/vendas/{sale}/")
    assert second == "E agora?"
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_words_at_which_the_service_breaks_each_time_stop_none_behind_them(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    """Some firewalls cut the connection, or say 503; and a service may fail at one text. It reads all the while."""
    answers: list[dict[str, Any]] = [{"kind": "drop"}, {"kind": "status", "status": 503, "body": "<p>Blocked</p>"}]
    for answer in answers:
        sale = bridge.bought_and_wrote()
        conversation = max(one["id"] for one in chatwoot.conversations())
        chatwoot.add_fault(times=100_000, method="POST", contains=WORDS, **answer)

        bridge.write(sale, f"Tem {WORDS}?")
        bridge.write(sale, "E agora?")
        reply = chatwoot.reply(conversation, "Amanhã")
        bridge.ask(f"E {WORDS}?")
        bridge.wait_out(minutes=40, step_seconds=60)

        first, refused, second = [text for text in public(bridge, conversation) if text != "Amanhã"]
        assert (first, second) == ("Quando chega?", "E agora?")
        assert stands_for(refused, f"/vendas/{sale}/")
        assert bridge.message(reply["id"])["status"] == "sent"
        assert meli.messages_sent[-1].text == "Amanhã"
        asked = max(one["id"] for one in chatwoot.conversations())
        assert stands_for(public(bridge, asked)[0], "/perguntas/vendedor")
        assert bridge.jobs_waiting() == bridge.dead_letters() == 0
        assert "some words" in bridge.health().json()["problems"][0]["what"]
        chatwoot.clear_faults()


def test_what_fails_for_a_while_is_shown_in_its_own_words(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    """A service that takes some writes and fails at others is overloaded, and not at odds with the words."""
    sale = bridge.bought_and_wrote()
    keep_out(chatwoot, method="POST", status=500, times=12)

    bridge.write(sale, f"Tem {WORDS}?")
    bridge.wait_out(minutes=40, step_seconds=60)

    assert public(bridge, bridge.conversation()["id"]) == ["Quando chega?", f"Tem {WORDS}?"]


def test_a_question_whose_words_a_firewall_refuses_opens_all_the_same(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    keep_out(chatwoot, method="POST")
    stranger = meli.add_buyer(f"{WORDS}.NICK")
    titled = meli.add_item(bridge.seller, f"Caneca {WORDS}", 30.0)
    sale = meli.buy(stranger, titled)

    asked = bridge.ask(f"Tem {WORDS}?")
    meli.write(sale, "Quando chega?")
    bridge.settle()
    bridge.wait_out(minutes=40, step_seconds=60)

    by_question = {one["custom_attributes"].get("meli_question_id"): one["id"] for one in chatwoot.conversations()}
    (question,) = public(bridge, by_question[str(asked)])
    (message,) = public(bridge, by_question[None])
    assert stands_for(question, "/perguntas/vendedor")
    assert message == "Quando chega?"
    notes = [one["content"] for one in chatwoot.messages(by_question[None]) if one["private"]]
    assert [stands_for(note, f"/vendas/{sale}/") for note in notes] == [True]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
    chatwoot.reply(by_question[str(asked)], "Temos.")
    bridge.settle()
    assert meli.answers_published == [(asked, "Temos.")]


def test_a_file_that_a_firewall_refuses_leaves_the_words(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    sale = bridge.bought_and_wrote()
    keep_out(chatwoot, method="POST")

    bridge.write(sale, "Veja", [("nota.pdf", "application/pdf", f"%PDF-1.7 {WORDS}".encode())])
    bridge.write(sale, f"{WORDS}", [("foto.jpg", "image/jpeg", b"\xff\xd8\xff")])
    bridge.write(sale, "E agora?")
    bridge.wait_out(minutes=40, step_seconds=60)

    shown = public(bridge, bridge.conversation()["id"])
    assert shown[1] == "Veja"
    assert stands_for(shown[2], f"/vendas/{sale}/")
    assert shown[3] == "E agora?"
    assert "nota.pdf" in bridge.messages()[1]["content"]


def test_while_the_firewall_refuses_all_that_is_written_nothing_is_given_up(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    keep_out(chatwoot, contains="", method="POST")

    bridge.write(sale, f"Tem {WORDS}?")
    bridge.ask(f"E {WORDS}?")
    bridge.wait_out(minutes=60, step_seconds=300)
    chatwoot.clear_faults()
    bridge.wait_out(minutes=30, step_seconds=150)

    shown = [text for one in chatwoot.conversations() for text in public(bridge, one["id"])]
    assert sorted(shown) == sorted(["Quando chega?", f"Tem {WORDS}?", f"E {WORDS}?"])


def test_a_reply_whose_words_a_firewall_refuses_fails_with_the_reason(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    asked = bridge.ask()
    question = bridge.conversation()["id"]
    sale = bridge.bought_and_wrote()
    pack = max(one["id"] for one in chatwoot.conversations())
    keep_out(meli, method="POST")

    refused = [chatwoot.reply(question, f"Com {WORDS}"), chatwoot.reply(pack, f"Sem {WORDS}")]
    later = chatwoot.reply(pack, "Amanhã")
    bridge.settle()
    bridge.wait_out(minutes=50, step_seconds=60)

    for message in refused:
        shown = bridge.message(message["id"])
        assert shown["status"] == "failed"
        assert "Palavras barradas" in shown["content_attributes"]["external_error"]
    assert bridge.message(later["id"])["status"] == "sent"
    assert [(message.thread_id, message.text) for message in meli.messages_sent] == [(sale, "Amanhã")]
    meli.clear_faults()
    chatwoot.press_retry(refused[0]["id"])
    bridge.settle()
    assert meli.answers_published == [(asked, f"Com {WORDS}")]


def test_replies_wait_while_the_firewall_lets_nothing_be_written(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.ask()
    question = bridge.conversation()["id"]
    bridge.bought_and_wrote()
    pack = max(one["id"] for one in chatwoot.conversations())
    for answer in ({"kind": "status", **PAGE}, {"kind": "drop"}):
        meli.add_fault(**answer, method="POST", times=100_000)
        replies = [chatwoot.reply(pack, "Amanhã")]
        replies += [chatwoot.reply(question, "Temos.")] if not meli.answers_published else []
        bridge.settle()
        bridge.wait_out(minutes=120, step_seconds=600)
        assert {bridge.message(reply["id"])["status"] for reply in replies} == {"sent"}
        before = len(meli.messages_sent)
        meli.clear_faults()
        bridge.wait_out(minutes=30, step_seconds=150)
        assert len(meli.messages_sent) == before + 1
        assert len(meli.answers_published) == 1


def test_a_reason_whose_words_a_firewall_refuses_is_shown_as_failed_all_the_same(
    bridge: BridgeUnderTest, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    keep_out(chatwoot, method="PATCH", contains="virus")

    message = bridge.reply("Segue", attachments=[("virus.exe", "application/octet-stream", b"MZ")])

    assert message["status"] == "failed"
    assert "Motivo não aceito" in message["content_attributes"]["external_error"]


def test_a_field_beside_a_conversation_whose_words_are_refused_stops_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    keep_out(chatwoot, contains="pode responder", path="/custom_attributes")

    meli.block(sale, "blocked_by_time")
    bridge.write(sale, "E agora?")
    bridge.wait_out(minutes=1)

    assert public(bridge, bridge.conversation()["id"]) == ["Quando chega?", "E agora?"]
    attributes = bridge.conversation()["custom_attributes"]
    assert "responder" not in attributes.get("meli_conversation_state", "")
    assert attributes["meli_order_id"]
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_an_entry_that_cannot_be_read_hides_no_other(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    sale = bridge.bought_and_wrote()
    readable = {
        "id": "f01",
        "from": {"user_id": bridge.buyer},
        "text": "E agora?",
        "status": "available",
        "message_date": {"created": "2026-11-22T13:00:00Z"},
    }
    messages = [{"id": "f00", "message_date": "2026", "text": "?"}, readable]
    whole = json.dumps({"messages": messages, "paging": {"total": 2}, "conversation_status": {"status": "active"}})
    meli.add_fault("status", status=200, body=whole, path=f"/messages/packs/{sale}/", times=2)
    bridge.write(sale, "Alô?")

    shown = [message["content"].split("\n")[0] for message in bridge.messages()]
    assert shown == ["Quando chega?", "[texto não exibido pelo Mercado Livre: unreadable]", "Alô?", "E agora?"]
    meli.notifications_enabled = False
    asked = meli.ask(bridge.buyer, bridge.item, "Tem verde?")
    listed = [{"id": 1}, {"id": asked, "status": "UNANSWERED", "text": "Tem verde?"}]
    body = json.dumps({"total": 2, "questions": listed})
    meli.add_fault("status", status=200, body=body, path="/questions/search")
    meli.add_fault("status", status=200, body='{"results":[7,{"resource":"/packs/x"}]}', path="/messages/unread")
    bridge.turn(minutes=2)
    bridge.sweep()
    assert len(bridge.chatwoot.conversations()) == 2
