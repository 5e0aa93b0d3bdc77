"""A job survives its way through the queue."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit.candidates import Lead
from chalicelib.models import Thread
from chalicelib.work.jobs import (
    AnswerCommand,
    AttachedFile,
    AttachLabel,
    AuditDesk,
    AuditSeller,
    DeliverReply,
    RoundJob,
    SweepDesk,
    SweepSeller,
    SyncThread,
    ThreadJob,
    job_from_json,
    may_wait,
)
from tests.recorded import any_text

ids = st.integers(1, 10**19 - 1)
threads = st.builds(Thread, ids, st.sampled_from(["question", "pack"]), ids.map(str))
syncs = st.builds(
    SyncThread,
    threads,
    any_text,
    expects=any_text,
    is_read_back=st.booleans(),
    was_set_aside=st.booleans(),
    changed=st.sampled_from(["", "messages", "shipment/45"]),
)
commands = st.builds(AnswerCommand, st.none() | threads, ids, ids, any_text, any_text, any_text)
labels = st.builds(AttachLabel, threads, ids.map(str), any_text)
files = st.builds(AttachedFile, any_text, st.integers(0, 40 * 1024 * 1024))
replies = st.builds(
    DeliverReply,
    thread=st.none() | threads,
    conversation_id=ids,
    chatwoot_message_id=ids,
    content=any_text,
    content_length=st.integers(0, 150_000),
    files=st.lists(files, max_size=15).map(tuple),
    is_retry=st.booleans(),
    received_at=st.integers(0, 2**40),
    correlation_id=any_text,
)

moments = st.integers(0, 2**40)
leads = st.builds(Lead, threads, st.lists(ids, max_size=3).map(tuple))
rounds = st.one_of(
    st.builds(SweepSeller, ids, moments, st.none() | st.lists(st.sampled_from(["MLB", "MLA"]))),
    st.builds(SweepDesk, any_text, moments),
    st.builds(AuditDesk, any_text, moments, moments),
    st.builds(AuditSeller, ids, any_text, moments, moments),
)


@given(rounds)
def test_what_the_schedule_asks_for_comes_back_as_it_was(job: RoundJob) -> None:
    wire = job.to_json()

    wire.encode()
    assert job_from_json(wire) == job
    assert may_wait(job)


@given(leads)
def test_a_lead_comes_back_as_it_was(lead: Lead) -> None:
    assert Lead.from_json(json.loads(json.dumps(lead.to_json()))) == lead


@given(syncs | replies | commands | labels)
def test_a_job_comes_back_as_it_was(job: ThreadJob) -> None:
    wire = job.to_json()

    wire.encode()
    assert job_from_json(wire) == job


@given(threads, replies)
def test_all_jobs_of_a_thread_are_worked_on_in_turn(thread: Thread, reply: DeliverReply) -> None:
    assert SyncThread(thread, "").group == reply._replace(thread=thread, desk="").group == str(thread)
    at_desk = SyncThread(thread, "", desk="loja")
    assert at_desk.group == reply._replace(thread=thread, desk="loja").group == f"loja/{thread}"


@given(threads, commands)
def test_a_command_waits_for_no_reply(thread: Thread, command: AnswerCommand) -> None:
    assert command._replace(thread=thread).group == command.group == f"command/{command.desk}/{command.conversation_id}"


@given(replies)
def test_a_reply_without_a_thread_waits_for_its_conversation_only(reply: DeliverReply) -> None:
    assert reply._replace(thread=None, desk="").group == f"conversation//{reply.conversation_id}"
    assert reply._replace(thread=None, desk="loja").group == f"conversation/loja/{reply.conversation_id}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sync",
        "null",
        "[]",
        "7",
        "{}",
        '{"job": "sync"}',
        '{"job": "sync", "thread": null, "correlation_id": ""}',
        '{"job": "sync", "thread": "7/claim/1", "correlation_id": ""}',
        '{"job": "sync", "thread": 7, "correlation_id": ""}',
        '{"job": "sync", "thread": "7/question/1"}',
        '{"job": "dance", "thread": "7/question/1"}',
        '{"job": "reply", "thread": "7/question/1"}',
        '{"job": "reply", "thread": "7/pack/1", "files": null}',
        '{"job": "reply", "thread": "7/pack/1", "files": [7]}',
        '{"job": "reply", "thread": "7/pack/1", "files": [["https://chat.example"]]}',
    ],
)
def test_what_is_no_job_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        job_from_json(text)


def test_a_job_carries_no_more_than_it_says() -> None:
    job = SyncThread(Thread(7, "pack", "1"), "request-1", expects="0f1e", is_read_back=True)

    assert json.loads(job.to_json()) == {
        "job": "sync",
        "thread": "7/pack/1",
        "correlation_id": "request-1",
        "expects": "0f1e",
        "is_read_back": True,
        "can_wait": False,
    }


def test_a_job_that_a_newer_version_asked_for_is_done() -> None:
    """Functions are deployed one after the other, and a deployment may be taken back."""
    job = SyncThread(Thread(7, "pack", "1"), "request-1", changed="shipment/45", was_set_aside=True)

    assert job_from_json(json.dumps(json.loads(job.to_json()) | {"colour": "blue"})) == job
