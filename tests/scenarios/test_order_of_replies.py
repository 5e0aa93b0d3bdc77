"""The buyer reads what agents wrote in the order in which they wrote it, whatever becomes of Chatwoot's webhooks."""

import json
from datetime import timedelta
from typing import Any

import pytest

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre
from simulators.service import Webhook
from tests.auditing import count_kinds, disagreements
from tests.drilling import IS_DRILL, Record, tell_tried
from tests.harness import BridgeUnderTest

PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
LONG = " ".join(["Uma frase que diz pouco, mas com calma."] * 12)


@pytest.fixture
def sale(bridge: BridgeUnderTest) -> int:
    """A purchase with a message, after a first sweep."""
    sale = bridge.bought_and_wrote()
    bridge.sweep()
    return sale


def write(bridge: BridgeUnderTest, text: str, **details: Any) -> int:
    """An agent writes; the webhook waits to be sent."""
    return int(bridge.chatwoot.reply(bridge.conversation()["id"], text, **details)["id"])


def write_unheard(bridge: BridgeUnderTest, text: str, **details: Any) -> int:
    """An agent writes, and the webhook is lost."""
    message = write(bridge, text, **details)
    bridge.chatwoot.outbox.clear()
    return message


def sent(bridge: BridgeUnderTest) -> list[str]:
    return [message.text for message in bridge.meli.messages_sent]


def statuses(bridge: BridgeUnderTest, *messages: int) -> list[str]:
    return [str(bridge.message(message)["status"]) for message in messages]


def test_what_was_written_before_and_never_announced_goes_first(bridge: BridgeUnderTest, sale: int) -> None:
    first = [write_unheard(bridge, "Rua A, 1."), write_unheard(bridge, LONG, attachments=[PICTURE])]
    bridge.turn(seconds=40)
    last = bridge.reply("Envie ao endereço acima.")

    whole = " ".join(sent(bridge))
    assert whole == f"Rua A, 1. {LONG} Envie ao endereço acima."
    assert [len(message.files) for message in bridge.meli.messages_sent] == [0, 0, 1, 0]
    assert statuses(bridge, *first, last["id"]) == ["sent"] * 3
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_webhooks_that_arrive_together_in_any_order_change_nothing(bridge: BridgeUnderTest, sale: int) -> None:
    for number in range(3):
        write(bridge, f"Número {number}")
    bridge.chatwoot.outbox.reverse()

    bridge.settle()

    assert sent(bridge) == ["Número 0", "Número 1", "Número 2"]


def test_they_do_not_before_the_first_sweep_either(bridge: BridgeUnderTest) -> None:
    bridge.bought_and_wrote()
    for number in range(3):
        write(bridge, f"Número {number}")
    bridge.chatwoot.outbox.reverse()

    bridge.settle()

    assert sent(bridge) == ["Número 0", "Número 1", "Número 2"]


def test_a_first_answer_whose_webhook_was_lost_is_the_answer(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    question = bridge.ask()
    bridge.sweep()
    first = write_unheard(bridge, "Temos.")
    second = bridge.reply("E em verde.")

    assert meli.answers_published == [(question, "Temos.")]
    assert statuses(bridge, first, second["id"]) == ["sent", "failed"]


def test_a_webhook_that_comes_late_sends_nothing_twice(bridge: BridgeUnderTest, sale: int) -> None:
    write(bridge, "Primeiro")
    late = list(bridge.chatwoot.outbox)
    bridge.chatwoot.outbox.clear()
    bridge.reply("Segundo")
    bridge.turn(minutes=4)
    bridge.chatwoot.outbox.extend(late)
    bridge.settle()
    bridge.sweep()

    assert sent(bridge) == ["Primeiro", "Segundo"]


def test_while_an_earlier_one_waits_the_later_one_waits_too(bridge: BridgeUnderTest, sale: int) -> None:
    first = write_unheard(bridge, "Primeiro")
    bridge.meli.add_fault("drop", method="POST", path="/messages/packs/")
    second = bridge.reply("Segundo")["id"]
    assert sent(bridge) == []

    bridge.wait_out(minutes=3)

    assert sent(bridge) == ["Primeiro", "Segundo"]
    assert statuses(bridge, first, second) == ["sent", "sent"]


def test_what_is_not_to_go_out_holds_nothing_up(bridge: BridgeUnderTest, sale: int) -> None:
    """Notes, what was deleted, and what failed and was typed again; what was refused has a Retry of its own."""
    chatwoot, conversation = bridge.chatwoot, bridge.conversation()["id"]
    bridge.meli.add_fault("status", status=400, method="POST", path="/messages/packs/")
    refused = bridge.reply("Recusado")
    assert refused["status"] == "failed"
    write_unheard(bridge, "Só para nós.", private=True)
    chatwoot.delete_message(write_unheard(bridge, "Apagado"))
    chatwoot.start_video_call(conversation)
    chatwoot._fail_message(write_unheard(bridge, "Amanhã."), "500 Internal Server Error")
    chatwoot.outbox.clear()

    bridge.reply("Amanhã.")

    assert sent(bridge) == ["Amanhã."]


def test_what_failed_at_our_door_goes_first_unless_it_was_typed_again(bridge: BridgeUnderTest, sale: int) -> None:
    first = write_unheard(bridge, "Primeiro")
    bridge.chatwoot._fail_message(first, "500 Internal Server Error")
    bridge.chatwoot.outbox.clear()

    bridge.reply("Segundo")

    assert sent(bridge) == ["Primeiro", "Segundo"]
    assert statuses(bridge, first) == ["sent"]


def test_a_retry_holds_no_newer_reply_back(bridge: BridgeUnderTest, sale: int) -> None:
    bridge.meli.add_fault("status", status=400, method="POST", path="/messages/packs/")
    refused = bridge.reply("Primeiro")
    bridge.reply("Segundo")
    write_unheard(bridge, "Terceiro")

    bridge.chatwoot.press_retry(refused["id"])
    bridge.settle()
    bridge.reply("Quarto")

    assert sent(bridge) == ["Segundo", "Primeiro", "Terceiro", "Quarto"]


def test_an_earlier_reply_that_cannot_be_sent_for_a_reason_nobody_foresaw_harms_only_itself(
    bridge: BridgeUnderTest, sale: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = write_unheard(bridge, "Quebrada", attachments=[PICTURE])
    # Nothing that could be read as what an upload answers.
    bridge.meli.add_fault("status", status=200, method="POST", path="/messages/attachments", body='"?"', times=100)
    bridge.reply("Segue.")
    assert sent(bridge) == ["Segue."]

    bridge.wait_out(minutes=3)

    assert statuses(bridge, broken) == ["failed"]
    assert bridge.dead_letters() == 1


@pytest.mark.parametrize("is_swept", [True, False], ids=["with a sweep", "with the next reply"])
def test_what_was_given_up_goes_out_when_its_agent_asks_again_and_not_before(
    bridge: BridgeUnderTest, sale: int, monkeypatch: pytest.MonkeyPatch, *, is_swept: bool
) -> None:
    """Told that it failed, he may have written something else in its place."""

    def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as faulty:
        faulty.setattr("chalicelib.outbound.messages.Messages.deliver", fail)
        given_up = bridge.reply("Às nove.")["id"]
        bridge.wait_out(minutes=3)
    assert statuses(bridge, given_up) == ["failed"]

    if is_swept:
        bridge.turn(minutes=6)
        bridge.sweep()
    bridge.reply("Às dez.")
    assert sent(bridge) == ["Às dez."]

    bridge.chatwoot.press_retry(given_up)
    bridge.settle()
    assert sent(bridge) == ["Às dez.", "Às nove."]
    assert statuses(bridge, given_up) == ["sent"]


def test_what_has_gone_out_is_not_sent_again_where_it_is_known_later_that_another_was_first(
    bridge: BridgeUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marks of the sweeps move while a reply is sent."""
    marks = iter([2**40])
    monkeypatch.setattr("chalicelib.recovery.desk_scan.DeskScan.finds_since", lambda _: next(marks, 0))
    bridge.bought_and_wrote()
    bridge.sweep()
    write_unheard(bridge, "Primeiro")

    bridge.reply("Segundo")

    assert sent(bridge) == ["Segundo"]


def test_what_was_erased_with_its_buyer_is_not_sent(bridge: BridgeUnderTest, sale: int) -> None:
    from chalicelib.models import Thread
    from chalicelib.wiring import bridge as current_bridge

    write_unheard(bridge, "De antes")
    bridge.clock.turn(seconds=30)
    now = int(bridge.clock().timestamp())
    current_bridge().threads.erase(Thread(bridge.seller, "pack", str(sale)), now=now)
    bridge.clock.turn(seconds=30)
    bridge.write(sale, "Olá de novo")

    bridge.reply("De agora")

    assert sent(bridge) == ["De agora"]


# Under traffic

STEPS = 120 if IS_DRILL else 18
DROPPED_EVERY, LATE_EVERY = 4, 3


@pytest.mark.drill
def test_lost_and_late_webhooks_under_traffic_change_no_order(bridge: BridgeUnderTest, record_property: Record) -> None:
    """Of three purchases: every fourth webhook is lost, and of the others every third comes minutes later."""
    sales = [
        bridge.bought_and_wrote("Oi 0") if number == 0 else bridge.meli.buy(bridge.buyer, bridge.item)
        for number in range(3)
    ]
    for sale in sales[1:]:
        bridge.write(sale, "Oi 0")
    bridge.sweep()
    conversations = {
        int(one["custom_attributes"]["meli_pack_id"]): one["id"] for one in bridge.chatwoot.conversations()
    }
    written: dict[int, list[str]] = {sale: ["Oi 0"] for sale in sales}
    replied: dict[int, list[str]] = {sale: [] for sale in sales}
    tamper = Tampering(bridge.chatwoot)
    for step in range(1, STEPS + 1):
        sale = sales[step % 3]
        written[sale].append(f"Oi {step}")
        bridge.meli.write(sale, written[sale][-1])
        for _ in range(1 + step % 2):
            replied[sale].append(f"Resposta {step}.{len(replied[sale])}")
            bridge.chatwoot.reply(conversations[sale], replied[sale][-1])
            tamper.with_new_ones()
        bridge.turn(seconds=17)
        if step % 7 == 0:
            bridge.sweep()
    for _ in range(4):
        bridge.turn(minutes=2)
        bridge.sweep()

    found = disagreements(bridge)
    replies = sum(map(len, replied.values()))
    sentence = f"{replies} replies, {tamper.lost} webhooks lost and {tamper.late} minutes late"
    tell_tried(record_property, sentence, {"replies": replies}, count_kinds(found))
    for sale in sales:
        shown = [message for message in bridge.chatwoot.messages(conversations[sale]) if not message["private"]]
        assert [one["content"].split("\n")[0] for one in shown if one["message_type"] == "incoming"] == written[sale]
        assert {one["status"] for one in shown if one["message_type"] == "outgoing"} == {"sent"}
        assert [message.text for message in bridge.meli.messages_sent if message.thread_id == sale] == replied[sale]
    assert found == []
    assert tamper.lost > 3
    assert tamper.late > 3
    assert bridge.dead_letters() == 0


class Tampering:
    """Loses some of the webhooks that announce replies, and delays others."""

    def __init__(self, chatwoot: Chatwoot) -> None:
        self._chatwoot = chatwoot
        self._seen = 0
        self.lost, self.late = 0, 0

    def with_new_ones(self) -> None:
        for webhook in list(self._chatwoot.outbox):
            if not hasattr(webhook, "was_seen") and _announces_reply(webhook):
                webhook.was_seen = True  # type: ignore[attr-defined]
                self._seen += 1
                if self._seen % DROPPED_EVERY == 0:
                    self._chatwoot.outbox.remove(webhook)
                    self.lost += 1
                elif self._seen % LATE_EVERY == 0:
                    webhook.due += timedelta(minutes=1 + self._seen % 4)
                    self.late += 1


def _announces_reply(webhook: Webhook) -> bool:
    fields = json.loads(webhook.body)
    return fields["event"] == "message_created" and fields["message_type"] == "outgoing"
