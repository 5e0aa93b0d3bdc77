"""What an earlier version left in a queue is still done: `tests/samples/jobs.json` has each shape that ever waited.

Queues keep a job for 14 days, and dead-letter queues for as long again. So a text, once it stands in that file, stays.
"""

import json
from typing import Any, get_args

from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import Thread
from chalicelib.work.jobs import (
    AnswerCommand,
    AttachedFile,
    AttachLabel,
    AuditDesk,
    AuditSeller,
    DeliverReply,
    Job,
    LookAtService,
    LookUpMessage,
    SweepDesk,
    SweepSeller,
    SyncThread,
    job_from_json,
)
from tests.recorded import SAMPLES

RECORDED: dict[str, str] = json.loads((SAMPLES / "jobs.json").read_text(encoding="utf-8"))

QUESTION, PACK = Thread(47, "question", "13000000001"), Thread(47, "pack", "2000000001")
FILE = AttachedFile("https://chat.example/f.pdf", 9000)
DAY_BEFORE, NOON = 1795910400, 1795996800
HEARD = Notification("questions", "/questions/13000000001", 47, "2026-11-22T00:00:00+00:00", "request-6")

JOBS: dict[str, Any] = {
    "sync": SyncThread(
        PACK,
        "request-1",
        expects="0f1e",
        is_read_back=True,
        can_wait=True,
        changed="shipment/45",
        was_set_aside=True,
        desk="loja2",
    ),
    "reply": DeliverReply(
        thread=PACK,
        conversation_id=7,
        chatwoot_message_id=11,
        content="Temos sim.",
        content_length=10,
        files=(FILE,),
        is_retry=True,
        received_at=NOON,
        correlation_id="request-2",
        desk="loja2",
        is_replayed=True,
        refused_for="input_csat",
        excerpt="Como foi",
        is_silent=True,
        inbox_id=3,
    ),
    "command": AnswerCommand(PACK, 7, 12, "/pedido", "request-3", desk="loja2"),
    "label": AttachLabel(PACK, "43000000001", "request-4"),
    "look-up": LookUpMessage(7, 13, NOON, "request-5", desk="loja2", wish="1795996801"),
    "sweep": SweepSeller(47, NOON, ["MLB"]),
    "sweep-desk": SweepDesk("loja2", NOON),
    "audit": AuditSeller(47, "loja2", DAY_BEFORE, NOON),
    "audit-desk": AuditDesk("loja2", DAY_BEFORE, NOON),
    "look-at-service": LookAtService("chatwoot/loja2", "3f2a", 4, has_answered=True),
    "notification": HEARD._replace(
        arrived_at="2026-11-30T00:00:00+00:00",
        application_id=3000000001,
        notification_id="a1b2",
        delivery_id="d-1",
        attempts=2,
        sent="2026-11-30T00:00:00+00:00",
        received="2026-11-29T23:59:59+00:00",
        actions=("created",),
        age_seconds=1.5,
        can_wait=True,
    ),
    # Those of before.
    "sync of 0.1.0": SyncThread(QUESTION, "request-1"),
    # How many files there were is all that it knew: they cannot be sent, and that must be said.
    "reply of 0.1.0": DeliverReply(
        QUESTION, 7, 11, "Temos sim.", 10, (AttachedFile("", 0),) * 2, is_retry=False, received_at=NOON,
        correlation_id="request-2",
    ),
    "notification of 0.1.0": HEARD._replace(
        application_id=3000000001, notification_id="a1b2", attempts=1, sent="2026-11-22T00:00:00+00:00", age_seconds=1.5
    ),
    "sync of before the desks": SyncThread(PACK, "request-1", expects="0f1e"),
    "reply of before the desks": DeliverReply(
        None, 7, 11, "Oi", 2, (FILE,), is_retry=False, received_at=NOON, correlation_id="request-2"
    ),
    "look-at-service alone": LookAtService("chatwoot/loja2", "3f2a", 4),
    "sweep with missed feeds": SweepSeller(47, NOON),
    "sweep of missed feeds": SweepSeller(47, NOON, ["MLB"]),
    "audit in steps": AuditSeller(47, "loja2", DAY_BEFORE, NOON),
    "audit-desk in steps": AuditDesk("loja2", DAY_BEFORE, NOON),
}  # fmt: skip


def test_every_job_that_ever_waited_in_a_queue_is_read() -> None:
    assert {name: job_from_json(text) for name, text in RECORDED.items()} == JOBS


def test_every_shape_in_which_a_job_is_written_today_is_recorded() -> None:
    """Whoever gives a job another field, or another name, adds its text to the file and leaves the old one there."""
    whole = [job for job in JOBS.values() if is_whole(job)]

    assert {type(job) for job in whole} == set(get_args(Job))
    assert [job for job in whole if job.to_json() not in RECORDED.values()] == []


def is_whole(job: Any) -> bool:
    """Whether each field says something: one that says nothing may be left out of the text."""
    return all(getattr(job, name) != default for name, default in job._field_defaults.items())
