"""What a service answers is bounded: a list that never ends, a limit that makes no sense, words without measure."""

import json
import time
from typing import Any

import pytest

from chalicelib.audit.candidates import Lead
from chalicelib.audit.compare import Span
from chalicelib.models import Thread
from chalicelib.wiring import bridge as current_bridge
from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def answer_always(service: Chatwoot | MercadoLivre, path: str, body: Any) -> None:
    service.add_fault("status", status=200, body=json.dumps(body), method="GET", path=path, times=1_000_000)


def test_messages_of_a_purchase_that_never_end_hold_no_job_for_good(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    sale = bridge.buy()
    page = {"messages": [{"id": str(number)} for number in range(100)], "paging": {"total": 10**9, "limit": 100}}
    answer_always(meli, "/messages/packs/", page)

    meli.write(sale, "Quando chega?")
    bridge.settle()

    assert bridge.jobs_waiting() == 1
    meli.clear_faults()
    bridge.turn(minutes=1)
    assert bridge.messages()[0]["content"] == "Quando chega?"


def test_messages_of_a_conversation_that_never_end_hold_no_job_for_good(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    where = {"inbox_id": bridge.questions_inbox, "source_id": "another"}
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Ana", **where})["payload"]["contact"]
    bridge.as_administrator("POST", "/conversations", {"contact_id": contact["id"], **where})
    message = {"created_at": int(bridge.clock.now.timestamp()), "message_type": 0}
    page = {"meta": {}, "payload": [{**message, "id": 9_000 + number} for number in range(20)]}
    answer_always(chatwoot, "/messages", page)

    chatwoot.reply(bridge.conversation()["id"], "/ajuda", private=True)
    bridge.settle()

    assert bridge.jobs_waiting() == 1
    chatwoot.clear_faults()
    bridge.turn(minutes=1)
    assert len(bridge.notes()) == 2
    assert "ajuda" in bridge.notes()[1]


@pytest.mark.parametrize("limit", [-350, -1, 1])
def test_a_limit_that_makes_no_sense_fills_nobodys_telephone(
    bridge: BridgeUnderTest, meli: MercadoLivre, limit: int
) -> None:
    sale = bridge.bought_and_wrote()
    shown = (
        current_bridge()
        .meli.call(bridge.seller, "GET", f"/messages/packs/{sale}/sellers/{bridge.seller}", params={"tag": "post_sale"})
        .json()
    )
    answer_always(meli, "/messages/packs/", {**shown, "seller_max_message_length": limit})

    reply = bridge.reply("a b c d e f g h i j " * 20)

    assert len(meli.messages_sent) <= 2
    assert reply["status"] == ("failed" if limit == 1 else "sent")


def test_a_message_of_the_longest_costs_an_audit_no_minute(bridge: BridgeUnderTest, chatwoot: Chatwoot) -> None:
    question = bridge.ask()
    conversation = bridge.conversation()["id"]
    for sign in ("[", "*a ", "👍"):
        chatwoot.reply(conversation, (sign * 150_000)[:150_000])
    chatwoot.outbox.clear()
    thread, until = Thread(bridge.seller, "question", str(question)), int(bridge.clock.now.timestamp()) + 1
    began = time.process_time()

    examined = current_bridge().examiner.examine(Lead(thread, (conversation,)), Span(0, until))

    assert time.process_time() - began < 2
    assert [finding.kind for finding in examined.findings] == ["undelivered"] * 3
