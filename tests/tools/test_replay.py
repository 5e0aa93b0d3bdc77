"""`python -m tools replay`: what was given up is shown as sentences, and goes back to where it came from."""

import json
from typing import Any

import pytest

from chalicelib.models import Thread
from chalicelib.work.consumer import dead_letter_url
from chalicelib.work.jobs import SyncThread
from tests.tools.conftest import Deployed

WORDS = "Temos sim, em verde-limão."


@pytest.fixture
def with_dead_question(deployed: Deployed) -> int:
    """A question that could not be brought in, and whose job was given up."""
    question = deployed.meli.ask(deployed.bridge.buyer, deployed.bridge.item, WORDS)
    deployed.meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=5)
    deployed.bridge.settle()
    give_up(deployed)
    return question


@pytest.fixture
def with_dead_reply(deployed: Deployed) -> tuple[int, int]:
    """An answer whose outcome was not learnt, and whose job was given up; the question and the message."""
    question = deployed.bridge.ask()
    deployed.meli.add_fault("drop", method="POST", path="/answers")
    deployed.meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=6)
    message = deployed.bridge.reply(WORDS)
    give_up(deployed)
    deployed.meli.clear_faults()
    return question, message["id"]


def give_up(deployed: Deployed) -> None:
    deployed.bridge.wait_out(minutes=5)
    assert deployed.bridge.dead_letters() == 1


def dead_queue(deployed: Deployed, name: str = "ThreadsQueueUrl") -> str:
    return dead_letter_url(deployed.bridge.queues[name])


def put(deployed: Deployed, body: str, *, group: str = "", name: str = "a") -> None:
    if group:
        fifo: dict[str, Any] = {"MessageGroupId": group, "MessageDeduplicationId": name}
        deployed.bridge.sqs.send_message(QueueUrl=dead_queue(deployed), MessageBody=body, **fifo)
    else:
        url = dead_queue(deployed, "NotificationsQueueUrl")
        deployed.bridge.sqs.send_message(QueueUrl=url, MessageBody=body)


def listed(deployed: Deployed) -> list[dict[str, Any]]:
    letters: list[dict[str, Any]] = json.loads(deployed.run("replay", "--json").stdout)["dead_letters"]
    return letters


# Shown


def test_no_dead_letters_is_said(deployed: Deployed) -> None:
    result = deployed.run("replay")

    assert (result.exit_code, result.stdout) == (0, "There are no dead letters.\n")


def test_a_dead_question_is_a_sentence(deployed: Deployed, with_dead_question: int) -> None:
    result = deployed.run("replay")

    assert result.exit_code == 1
    assert f"question {with_dead_question} of seller LOJA TESTE ({deployed.seller}), to be brought" in result.stdout
    assert "given up just now; failed 5 times for a reason that nobody foresaw" in result.stdout
    assert WORDS not in result.output


def test_a_dead_reply_says_what_its_agent_was_told_and_not_what_he_wrote(
    deployed: Deployed, with_dead_reply: tuple[int, int]
) -> None:
    result = deployed.run("replay")

    assert f"an agent's reply to question {with_dead_reply[0]} of seller LOJA TESTE" in result.stdout
    assert "in conversation " in result.stdout
    assert "Whether it went out is not known, and the agent was told to try again" in result.stdout
    assert WORDS not in result.output


def test_a_dead_notification_is_a_sentence(deployed: Deployed) -> None:
    deployed.bridge.settle()
    deployed.bridge.notify(topic="items", resource="/items/[bold]MLB1", _id="x")
    url = deployed.bridge.queues["NotificationsQueueUrl"]
    (message,) = deployed.bridge.sqs.receive_message(QueueUrl=url)["Messages"]
    put(deployed, message["Body"])

    result = deployed.run("replay")

    assert "a notification on topic items: /items/[bold]MLB1 of seller LOJA TESTE" in result.stdout
    assert "this queue does not tell which" in result.stdout


def test_looking_takes_nothing_from_its_place(deployed: Deployed, with_dead_question: int) -> None:
    first = listed(deployed)

    assert listed(deployed) == first
    assert len(first) == 1
    assert deployed.bridge.dead_letters() == 1


def test_the_list_for_a_script_has_no_words_of_people(deployed: Deployed, with_dead_reply: tuple[int, int]) -> None:
    (letter,) = listed(deployed)

    assert letter["job"] == "DeliverReply"
    assert letter["thread"] == f"{deployed.seller}/question/{with_dead_reply[0]}"
    assert (letter["seller_id"], letter["reply_state"]) == (deployed.seller, "sending")
    assert WORDS not in json.dumps(letter, ensure_ascii=False)


def test_all_of_many_are_shown_in_order(deployed: Deployed) -> None:
    threads = [Thread(deployed.seller, "pack", str(number)) for number in range(1, 26)]
    for thread in threads:
        put(deployed, SyncThread(thread, "x").to_json(), group=str(thread), name=thread.meli_id)

    assert [letter["thread"] for letter in listed(deployed)] == list(map(str, threads))


def test_what_somebody_else_looks_at_is_not_denied(deployed: Deployed, with_dead_question: int) -> None:
    deployed.bridge.sqs.receive_message(QueueUrl=dead_queue(deployed), VisibilityTimeout=100)

    result = deployed.run("replay")

    assert result.exit_code == 1
    assert result.stdout.startswith("1 more cannot be seen now")


# Put back


def test_a_dead_question_is_put_back_and_brought_in(deployed: Deployed, with_dead_question: int) -> None:
    result = deployed.run("replay", "--all")

    assert (result.exit_code, result.stdout) == (0, "1 put back.\n")
    assert deployed.bridge.dead_letters() == 0
    deployed.bridge.settle()
    assert len(deployed.bridge.messages()) == 1
    assert deployed.bridge.jobs_waiting() == 0


def test_a_dead_reply_is_put_back_and_sent_after_a_warning(
    deployed: Deployed, with_dead_reply: tuple[int, int]
) -> None:
    question, message = with_dead_reply

    result = deployed.run("replay", "--all", input="y\n")

    assert result.exit_code == 0, result.output
    assert "1 are replies whose agents were told that they failed" in result.stderr
    deployed.bridge.settle()
    assert deployed.meli.answers_published == [(question, WORDS)]
    assert deployed.bridge.message(message)["status"] == "sent"


def test_a_reply_that_went_out_is_not_sent_twice(deployed: Deployed) -> None:
    question = deployed.bridge.ask()
    deployed.meli.add_fault("commit_then_drop", method="POST", path="/answers")
    deployed.meli.add_fault("status", path=f"/questions/{question}", status=200, body='{"id": "broken"}', times=6)
    message = deployed.bridge.reply(WORDS)
    deployed.bridge.wait_out(minutes=5)
    deployed.meli.clear_faults()

    deployed.run("replay", "--all", "--yes")
    deployed.bridge.settle()

    assert deployed.meli.answers_published == [(question, WORDS)]
    assert deployed.bridge.message(message["id"])["status"] == "sent"


def test_a_reply_is_not_put_back_without_a_yes(deployed: Deployed, with_dead_reply: tuple[int, int]) -> None:
    result = deployed.run("replay", "--all", input="n\n")

    assert result.exit_code == 2
    assert "Nothing was changed" in result.stderr
    assert deployed.bridge.dead_letters() == 1
    assert len(listed(deployed)) == 1


def test_one_is_put_back_and_the_others_stay(deployed: Deployed, with_dead_question: int) -> None:
    other = Thread(deployed.seller, "question", "99")
    put(deployed, SyncThread(other, "x").to_json(), group=str(other))
    chosen = next(letter for letter in listed(deployed) if letter["thread"] != str(other))

    result = deployed.run("replay", "--id", chosen["id"][:13], "--json")

    assert json.loads(result.stdout)["put_back"] == [chosen["id"]]
    assert [letter["thread"] for letter in listed(deployed)] == [str(other)]


def test_those_of_one_thread_go_back_in_order(deployed: Deployed) -> None:
    thread = Thread(deployed.seller, "pack", "7")
    for number in range(3):
        put(deployed, SyncThread(thread, f"{number}").to_json(), group=str(thread), name=str(number))

    deployed.run("replay", "--all")

    url = deployed.bridge.queues["ThreadsQueueUrl"]
    found = deployed.bridge.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(message["Body"])["correlation_id"] for message in found] == ["0", "1", "2"]


def test_a_notification_goes_back_to_its_own_queue(deployed: Deployed) -> None:
    deployed.bridge.ask()
    body = json.dumps({"topic": "items", "resource": "/items/MLB1", "seller_id": deployed.seller} | NOTIFICATION)
    put(deployed, body)

    deployed.run("replay", "--all")
    deployed.bridge.settle()

    assert deployed.bridge.history()[-1]["outcome"] == "listing forgotten"


def test_the_history_tells_of_a_notification_that_it_was_given_up_until_it_is_resolved(deployed: Deployed) -> None:
    bridge, meli = deployed.bridge, deployed.meli
    sale = bridge.buy()
    meli.add_fault("status", status=200, body='{"messages": [5]}', times=1000)
    bridge.write(sale, "Quando chega?")
    bridge.wait_out(minutes=3)

    def outcomes() -> list[str]:
        return [str(record["outcome"]) for record in bridge.history() if record["topic"] == "messages"]

    assert outcomes() == ["given up"]
    deployed.run("replay", "--all")
    bridge.settle()
    assert outcomes() == ["failing: TypeError"]
    meli.clear_faults()
    bridge.wait_out(minutes=3)
    assert outcomes() == [f"queued: {deployed.seller}/pack/{sale}"]


NOTIFICATION = {"arrived_at": "2036-11-22T12:00:00+00:00", "correlation_id": "x", "actions": []}


def test_dying_before_it_is_deleted_does_no_harm(deployed: Deployed, with_dead_question: int) -> None:
    """The queue drops the repetition; where that is too late, bringing up to date twice changes nothing."""
    (letter,) = listed(deployed)
    url = dead_queue(deployed)
    received = deployed.bridge.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
    deployed.run("replay", "--all")
    thread = str(letter["thread"])
    put(deployed, received[0]["Body"], group=thread, name="as if it were there still")

    deployed.run("replay", "--all")
    deployed.bridge.settle()

    assert len(deployed.bridge.messages()) == 1


def test_more_than_ten_of_a_thread_take_several_times(deployed: Deployed) -> None:
    thread = Thread(deployed.seller, "pack", "7")
    for number in range(12):
        put(deployed, SyncThread(thread, f"{number}").to_json(), group=str(thread), name=str(number))
    total = 0
    for _ in range(3):
        result = json.loads(deployed.run("replay", "--all", "--json").stdout)
        total += len(result["put_back"])

    assert total == 12
    assert deployed.bridge.dead_letters() == 0


def test_an_id_that_is_not_there_is_said_so(deployed: Deployed, with_dead_question: int) -> None:
    result = deployed.run("replay", "--id", "nothing")

    assert result.exit_code == 2
    assert "There is no dead letter nothing now." in result.stderr


def test_only_one_thing_is_done_at_a_time(deployed: Deployed) -> None:
    assert deployed.run("replay", "--all", "--drop", "x").exit_code == 2


# What is no job any more


def test_a_body_that_is_no_job_is_shown_and_left(deployed: Deployed, with_dead_question: int) -> None:
    for body in ("{}", '{"job": "dance"}', "não é JSON", "[1]", '{"job": "sync", "thread": 5}'):
        put(deployed, body)

    result = deployed.run("replay", "--all")

    assert result.exit_code == 1
    assert result.stdout.startswith("1 put back.")
    assert result.stdout.count("No job any more, and left there") == 5
    assert "dance" not in result.output
    assert deployed.bridge.dead_letters() == 5


def test_what_is_no_job_is_removed_after_a_question(deployed: Deployed) -> None:
    put(deployed, "{}")
    (letter,) = listed(deployed)
    assert deployed.run("replay", "--drop", letter["id"], input="n\n").exit_code == 2
    assert deployed.bridge.dead_letters() == 1

    result = deployed.run("replay", "--drop", letter["id"], input="y\n")

    assert result.exit_code == 0, result.output
    assert "no job any more" in result.stderr
    assert deployed.bridge.dead_letters() == 0
