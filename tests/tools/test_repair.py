"""`python -m tools audit --repair`: nothing that is queued may reach a buyer twice, or too late to make sense."""

from chalicelib.bridge import bridge as current_bridge
from chalicelib.models import Thread
from tests.tools.traffic import SETTLED_MINUTES, Traffic


def test_nothing_is_sent_again_where_the_table_was_restored(traffic: Traffic) -> None:
    bridge = traffic.bridge
    table = bridge.session.resource("dynamodb").Table(f"ponte-{bridge.name}-threads")
    for item in table.scan()["Items"]:
        if item["item"].startswith("reply#"):
            table.delete_item(Key={"thread": item["thread"], "item": item["item"]})
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
