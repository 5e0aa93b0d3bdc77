"""`python -m tools history`: every notification and what became of it."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from tests.harness import Machine
from tests.tools.conftest import Deployed
from tools.history import read_since
from tools.stage_access import open_stage


def notifications(deployed: Deployed, *arguments: str) -> list[dict[str, Any]]:
    return list(json.loads(deployed.run("history", "--json", *arguments).stdout)["notifications"])


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(days=1)),
        (" 7D ", timedelta(days=7)),
        ("0h", None),
        ("yesterday", None),
        ("-1h", None),
    ],
)
def test_a_time_back_is_written_short(text: str, span: timedelta | None) -> None:
    assert read_since(text) == span


def test_the_way_of_a_question_and_its_answer_is_shown(deployed: Deployed) -> None:
    bridge = deployed.bridge
    question = bridge.ask("Tem na cor verde?")
    reply = bridge.reply("Temos.")
    bridge.notify(topic="shipments", resource="/shipments/1")
    bridge.settle()

    everything = deployed.run("history", "--json")
    of_thread = deployed.run("history", "--thread", f"{deployed.seller}/question/{question}", "--json")
    shown = deployed.run("history", "--thread", f"{deployed.seller}/question/{question}")

    topics = [one["topic"] for one in json.loads(everything.stdout)["notifications"]]
    assert topics.count("shipments") == 1
    told = json.loads(of_thread.stdout)
    assert {one["topic"] for one in told["notifications"]} == {"questions"}
    assert told["notifications"][0]["outcome"] == f"queued: {deployed.seller}/question/{question}"
    assert [(one["direction"], one["state"]) for one in told["carried"]] == [("in", "posted"), ("out", "sent")]
    assert str(reply["id"]) in shown.stdout
    assert "Temos" not in everything.stdout + of_thread.stdout + shown.stdout


def test_what_its_queue_brings_twice_keeps_its_outcome(deployed: Deployed) -> None:
    deployed.bridge.settle()
    question = deployed.meli.ask(deployed.bridge.buyer, deployed.bridge.item, "Tem na cor verde?")
    deployed.meli.deliver_webhooks()
    notifications, *_ = deployed.bridge.sources
    record = notifications.receive()
    assert record

    for _ in range(2):
        notifications.invoke(record)

    told = json.loads(deployed.run("history", "--json").stdout)["notifications"]
    assert [one["outcome"] for one in told] == [f"queued: {deployed.seller}/question/{question}"]


def test_without_a_seller_everybody_is_shown_in_the_order_of_time(deployed: Deployed) -> None:
    bridge, stranger = deployed.bridge, deployed.seller + 999
    left = bridge.meli.add_seller("SEGUNDA LOJA")
    bridge.connect(left)
    item = bridge.meli.add_item(left, "Prato fundo", 19.9)
    bridge.settle()
    told = []
    for number, seller in enumerate((stranger, left, deployed.seller, stranger)):
        bridge.clock.turn(seconds=1)
        bridge.notify(topic="items", resource=f"/items/{item}", user_id=seller, _id=f"n{number}")
        bridge.settle()
        told.append(seller)
    open_stage(deployed.name).sellers.disconnect(left)

    everybody = notifications(deployed)

    assert [one["seller_id"] for one in everybody] == told
    assert [one["outcome"] for one in everybody][:2] == ["unknown seller", "listing forgotten"]
    assert [one["seller_id"] for one in notifications(deployed, "--seller", str(left))] == [left]
    assert [one["seller_id"] for one in notifications(deployed, "--seller", str(stranger))] == [stranger] * 2
    assert "unknown seller" in deployed.run("history").stdout


def test_what_is_older_than_asked_for_is_not_shown_of_anybody(deployed: Deployed) -> None:
    bridge = deployed.bridge
    bridge.clock.turn(hours=-3)
    bridge.notify(topic="items", resource="/items/MLB1", user_id=1, _id="old")
    bridge.clock.turn(hours=3)
    bridge.notify(topic="items", resource="/items/MLB2", user_id=1, _id="new")
    bridge.settle()

    assert [one["resource"] for one in notifications(deployed, "--since", "1h")] == ["/items/MLB2"]
    assert [one["resource"] for one in notifications(deployed, "--since", "7d")] == ["/items/MLB1", "/items/MLB2"]


def test_what_waits_is_shown_with_its_reason(deployed: Deployed) -> None:
    bridge = deployed.bridge
    sale = bridge.buy()
    bridge.meli.add_fault("status", times=1000)
    bridge.write(sale, "Quando chega?")

    waiting = [one for one in notifications(deployed) if one["topic"] == "messages"]

    assert [one["outcome"].partition(":")[0] for one in waiting] == ["waiting"]
    assert "answered 503" in deployed.run("history", "--seller", str(deployed.seller)).stdout


@pytest.mark.apart
def test_what_is_piped_keeps_each_notification_on_one_line(deployed: Deployed, machine: Machine) -> None:
    question = deployed.bridge.ask("Tem na cor verde?")
    command = [sys.executable, "-m", "tools", "history", "--stage", deployed.name]
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | machine.aws.environment

    shown = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=True).stdout

    assert len([line for line in shown.splitlines() if f"queued: {deployed.seller}/question/{question}" in line]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "yesterday"], "--since must be a time"),
        (["--since", "31d"], "30d"),
        (["--thread", "13000000001"], "--thread must be"),
        (["--seller", ""], "--seller must be"),
        (["--seller", "NENHUMA"], "No seller NENHUMA is connected."),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(deployed: Deployed, arguments: list[str], words: str) -> None:
    result = deployed.run("history", *arguments)

    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_a_seller_of_whom_nothing_was_told(deployed: Deployed) -> None:
    result = deployed.run("history", "--seller", "42", "--since", "7d")

    assert result.exit_code == 0
    assert "No notification in the last 7d." in result.stdout


def test_a_seller_is_named_by_his_nickname_too(deployed: Deployed) -> None:
    deployed.bridge.ask()
    deployed.bridge.notify(topic="items", resource="/items/MLB1", user_id=1)
    deployed.bridge.settle()

    told = notifications(deployed, "--seller", "loja teste")

    assert {one["seller_id"] for one in told} == {deployed.seller}


def test_what_was_delivered_twice_is_shown_of_its_thread(deployed: Deployed) -> None:
    bridge = deployed.bridge
    question, sale = bridge.ask(), bridge.buy()
    message = bridge.write(sale, "Quando chega?")
    for _ in range(2):
        bridge.notify(resource=f"/questions/{question}/", headers={"X-MELI-DELIVERY-ID": "d-1"})
        bridge.notify(topic="messages", resource=message, headers={"X-MELI-DELIVERY-ID": "d-2"})
        bridge.settle()

    for thread in (f"{deployed.seller}/question/{question}", f"{deployed.seller}/pack/{sale}"):
        told = [one["outcome"] for one in notifications(deployed, "--thread", thread)]
        assert (told.count("repeated"), told.count(f"queued: {thread}")) == (1, 2)


def test_no_control_characters_reach_the_terminal(deployed: Deployed) -> None:
    deployed.bridge.notify(topic="items", resource="/items/\x1b[2J\x9b31mMLB1")
    deployed.bridge.settle()

    shown = deployed.run("history").stdout

    assert "/items/" in shown
    assert not {"\x1b", "\x9b"} & set(shown)


@pytest.mark.apart
def test_ids_stay_whole_on_a_narrow_terminal(deployed: Deployed, machine: Machine) -> None:
    sale = deployed.bridge.bought_and_wrote()
    thread = f"{deployed.seller}/pack/{sale}"
    command = [sys.executable, "-m", "tools", "history", "--stage", deployed.name, "--thread", thread]
    environ = os.environ | machine.aws.environment | {"COLUMNS": "80"}

    shown = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=True).stdout

    message = deployed.bridge.messages()[0]["source_id"]
    assert message in shown
    assert f"queued: {thread}" in " ".join(shown.split())
