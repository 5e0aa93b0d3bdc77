"""`python -m tools audit --repair`: nothing that is queued may reach a buyer twice, or too late to make sense."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.audit.compare import Span
from chalicelib.models import Thread
from chalicelib.wiring import bridge as current_bridge
from tests.tools.conftest import Deployed
from tests.tools.traffic import SETTLED_MINUTES, Traffic
from tools.auditing import Audit
from tools.repairing import repair
from tools.stage_access import open_stage


def test_nothing_is_sent_again_where_the_table_was_restored(traffic: Traffic) -> None:
    bridge = traffic.bridge
    traffic.wipe_replies()
    sent, answered = len(bridge.meli.messages_sent), len(bridge.meli.answers_published)

    found = traffic.audit("--repair")
    bridge.settle()

    assert found["found"]["undelivered"] == 3
    assert (len(bridge.meli.messages_sent), len(bridge.meli.answers_published)) == (sent, answered)


def test_nobody_is_sent_what_was_written_to_another_buyer(traffic: Traffic) -> None:
    """Chatwoot was restored from a backup, so that the number of a conversation was given twice."""
    bridge, threads = traffic.bridge, current_bridge().threads
    other = bridge.meli.buy(bridge.meli.add_buyer("OUTRO"), bridge.item)
    bridge.write(other, "Sou outro.")
    number = traffic.conversation("pack", other)
    bridge.chatwoot.reply(number, "Só para o outro.")
    bridge.settle()
    first = Thread(traffic.deployed.seller, "pack", str(traffic.sale))
    threads.save_conversation(first, threads.load(first).opened._replace(conversation_id=number))
    bridge.turn(minutes=SETTLED_MINUTES)
    sent = len(bridge.meli.messages_sent)

    traffic.audit("--repair")
    bridge.settle()

    assert len(bridge.meli.messages_sent) == sent


def test_what_an_agent_deletes_after_a_repair_was_asked_for_is_not_sent(traffic: Traffic) -> None:
    message = traffic.bridge.chatwoot.reply(traffic.of_sale, "Errado.")
    traffic.lose_webhooks()
    traffic.bridge.turn(minutes=SETTLED_MINUTES)

    assert traffic.audit("--repair")["repaired"]["queued"] == 1
    traffic.bridge.chatwoot.delete_message(message["id"])
    traffic.bridge.settle()

    assert "Errado." not in [sent.text for sent in traffic.bridge.meli.messages_sent]


LONG = "Chega amanhã cedo. " * 40
LINKED = "Veja [https://exemplo.com/guia](https://exemplo.com/guia) e faça."
TYPOGRAPHIC = "1½ kg № 5 ™"


@pytest.mark.parametrize("text", [LONG, LINKED, TYPOGRAPHIC, "- um\n- dois\n\n3. três"])
def test_words_are_known_again_in_the_form_in_which_they_were_sent(traffic: Traffic, text: str) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, text)
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    traffic.wipe_replies()
    sent = traffic.sent()

    found = traffic.audit("--repair")
    traffic.bridge.settle()

    assert traffic.sent() == sent
    assert found["findings"][-1]["seen"] == "never reached the bridge, but its words stand there"


def test_a_long_reply_between_whose_parts_the_buyer_wrote_is_known_again(traffic: Traffic) -> None:
    bridge, path = traffic.bridge, f"/messages/packs/{traffic.sale}"
    bridge.meli.add_fault("status", status=503, method="POST", path=path, skip=1, times=1)
    bridge.chatwoot.reply(traffic.of_sale, LONG)
    bridge.settle()
    bridge.write(traffic.sale, "Oi?")
    bridge.turn(minutes=SETTLED_MINUTES)
    traffic.wipe_replies()
    sent = traffic.sent()

    traffic.audit("--repair")
    bridge.settle()

    assert traffic.sent() == sent


def test_nothing_is_sent_where_not_all_that_stands_there_is_shown(traffic: Traffic) -> None:
    for number in range(3):
        traffic.bridge.write(traffic.sale, f"Mais {number}.")
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    traffic.wipe_replies()
    traffic.bridge.meli.max_messages_listed = 3
    sent = traffic.sent()

    found = traffic.audit("--repair")
    traffic.bridge.settle()

    assert traffic.sent() == sent
    assert found["findings"][-1]["seen"] == "never reached the bridge, and not all is shown"


# A press of Retry that nobody heard


def write_it_natively(traffic: Traffic) -> None:
    traffic.bridge.clock.turn(minutes=20)
    traffic.bridge.meli.write_natively(traffic.sale, "Alô?")


def write_it_once_more(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Alô?")


@pytest.mark.parametrize("happen", [write_it_natively, write_it_once_more], ids=lambda act: act.__name__)
def test_a_lost_retry_is_left_where_the_buyer_has_the_words(
    traffic: Traffic, happen: Callable[[Traffic], None]
) -> None:
    traffic.lose_a_press_of_retry("Alô?")
    happen(traffic)
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    sent = traffic.sent()

    found = traffic.audit("--repair")
    traffic.bridge.settle()

    assert traffic.sent() == sent
    assert found["repaired"]["left"] == len(found["findings"]) == 1


def test_a_lost_retry_of_days_ago_is_left(deployed: Deployed) -> None:
    traffic = Traffic(deployed, began=timedelta(days=4))
    traffic.lose_a_press_of_retry()
    traffic.bridge.clock.turn(days=3)
    sent = traffic.sent()

    found = traffic.audit("--repair", "--since", "7d")
    traffic.bridge.settle()

    assert traffic.sent() == sent
    assert [one["seen"].rpartition(", ")[2] for one in found["findings"]] == ["and is too old to be sent now"]


def test_a_lost_retry_after_another_failure_of_the_same_words_is_repaired(traffic: Traffic) -> None:
    first = traffic.lose_a_press_of_retry("Alô?")
    traffic.bridge.meli.block(traffic.sale, "blocked_by_buyer")
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Alô?")
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    traffic.bridge.meli.unblock(traffic.sale)

    traffic.audit("--repair")
    traffic.bridge.settle()

    assert traffic.sent()[-1:] == ["Alô?"]
    assert traffic.bridge.message(first)["status"] == "sent"


def test_a_lost_retry_of_what_moderation_refused_is_repaired(traffic: Traffic) -> None:
    """The words stand there, but only for the seller."""
    traffic.bridge.meli.next_moderation = "OUT_OF_PLACE_LANGUAGE"
    message = traffic.bridge.chatwoot.reply(traffic.of_sale, "Alô?")
    traffic.bridge.settle()
    traffic.bridge.chatwoot.press_retry(message["id"])
    traffic.lose_webhooks()
    traffic.bridge.turn(minutes=SETTLED_MINUTES)

    traffic.audit("--repair")
    traffic.bridge.settle()

    assert traffic.bridge.message(message["id"])["status"] == "sent"


def test_a_reply_that_waited_in_vain_is_left_where_the_seller_wrote_it_himself(traffic: Traffic) -> None:
    """Its job was given up and thrown away."""
    bridge, path = traffic.bridge, f"/messages/packs/{traffic.sale}"
    bridge.meli.add_fault("status", status=503, method="POST", path=path, times=1)
    bridge.chatwoot.reply(traffic.of_sale, "Saiu.")
    bridge.settle()
    bridge.sqs.purge_queue(QueueUrl=bridge.queues["ThreadsQueueUrl"])
    bridge.meli.clear_faults()
    bridge.turn(minutes=20)
    bridge.meli.write_natively(traffic.sale, "Saiu.")
    bridge.turn(minutes=SETTLED_MINUTES)
    sent = traffic.sent()

    traffic.audit("--repair")
    bridge.settle()

    assert traffic.sent() == sent


# An audit may take hours, in which much may happen


def audited(traffic: Traffic) -> Audit:
    """An audit that is done, and of which nothing was repaired yet."""
    stage, now = open_stage(traffic.deployed.name), int(traffic.bridge.clock().timestamp())
    audit = Audit(stage, Span(now - 24 * 3600, now - 300))
    audit.run(stage.sellers.all())
    return audit


def test_a_reply_whose_words_were_written_on_mercado_livre_since_is_not_queued(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Saiu.")
    traffic.lose_webhooks()
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    audit = audited(traffic)
    traffic.bridge.meli.write_natively(traffic.sale, "Saiu.")
    traffic.bridge.settle()

    repaired = repair(audit)
    traffic.bridge.settle()

    assert traffic.sent().count("Saiu.") == 0
    assert (repaired.queued, [one.seen for one in repaired.left]) == (
        0,
        ["never reached the bridge, but its words stand there"],
    )


def test_a_reply_that_went_before_the_next_one_is_not_queued(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Saiu.")
    traffic.lose_webhooks()
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    audit = audited(traffic)
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Chega amanhã.")
    traffic.bridge.settle()

    repaired = repair(audit)
    traffic.bridge.settle()

    assert traffic.sent()[-2:] == ["Saiu.", "Chega amanhã."]
    assert (repaired.queued, repaired.settled, repaired.left) == (0, 1, [])


def test_what_was_set_right_since_is_not_queued(traffic: Traffic) -> None:
    traffic.bridge.meli.drop_notifications(1)
    traffic.bridge.meli.write(traffic.sale, "Chegou?")
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    audit = audited(traffic)
    traffic.bridge.sweep()

    repaired = repair(audit)

    assert len(audit.report.findings) == 1
    assert (repaired.queued, repaired.settled, repaired.left) == (0, 1, [])


def test_what_cannot_be_looked_at_once_more_is_left_and_told(traffic: Traffic) -> None:
    traffic.bridge.chatwoot.reply(traffic.of_sale, "Saiu.")
    traffic.lose_webhooks()
    traffic.bridge.turn(minutes=SETTLED_MINUTES)
    # The audit itself reads it once.
    traffic.bridge.meli.add_fault("status", status=503, path=f"/messages/packs/{traffic.sale}", skip=1, times=100)

    shown = traffic.deployed.run("audit", "--repair").stdout

    assert "0 jobs queued" in shown
    assert "never reached the bridge, and could not be looked at once more" in shown
