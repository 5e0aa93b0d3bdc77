"""Sets right what an audit found, as far as jobs can; what stood there then is looked at once more before."""

from typing import Any, NamedTuple

from chalicelib.audit.compare import Finding
from chalicelib.errors import BridgeError
from chalicelib.models import Thread
from chalicelib.recovery.lost_replies import make_job
from chalicelib.wiring import Container
from chalicelib.work.jobs import SyncThread, ThreadJob
from tools.auditing import Audit


class Repaired(NamedTuple):
    """What was done about findings.

    Jobs that were queued, outcomes that were shown, what was set right by others meanwhile, and what is left to people.
    """

    queued: int
    shown: int
    settled: int
    left: list[Finding]

    def to_json(self) -> dict[str, Any]:
        return {**self._asdict(), "left": len(self.left)}


def repair(audit: Audit) -> Repaired:
    """Queue what is missing. Repeating it is safe: every job looks what there is before it writes anything.

    What stands twice or in the wrong order cannot be mended: neither service lets anybody move a message.
    """
    repair = Repair(audit)
    by_thread: dict[Thread, list[Finding]] = {}
    for finding in audit.report.findings:
        by_thread.setdefault(finding.thread, []).append(finding)
    for findings in by_thread.values():
        repair.mend_thread(findings)
    return Repaired(repair.queued, repair.shown, repair.settled, repair.left)


class Repair:
    """One run of it, thread by thread."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit
        self._bridge = audit.bridge
        self.queued = self.shown = self.settled = 0
        self.left: list[Finding] = []

    def mend_thread(self, findings: list[Finding]) -> None:
        """Mend of a thread what still stands as it was found; an audit takes hours, in which agents go on writing."""
        self.left += [finding for finding in findings if not finding.mend]
        mendable = [finding for finding in findings if finding.mend]
        if not mendable:
            return
        try:
            standing = {_name(finding): finding for finding in self._audit.look_again(findings[0].thread)}
        except Exception:  # noqa: BLE001 - what cannot be read must not hide what can be mended of the others
            self.left += [
                finding._replace(seen=f"{finding.seen}, and could not be looked at once more") for finding in mendable
            ]
            return
        now = [standing[_name(finding)] for finding in mendable if _name(finding) in standing]
        self.settled += len(mendable) - len(now)
        if any(finding.mend == "sync" for finding in now):
            _queue(self._bridge, SyncThread(findings[0].thread, "audit"))
            self.queued += 1
        for finding in now:
            self._mend(finding)

    def _mend(self, finding: Finding) -> None:
        try:
            if finding.mend == "show" and _show_sent(self._bridge, finding):
                self.shown += 1
            elif finding.mend in ("deliver", "tell") and _queue_reply(self._bridge, finding):
                self.queued += 1
            elif finding.mend != "sync":
                self.left.append(finding)
        except BridgeError:
            self.left.append(finding)


def _name(finding: Finding) -> tuple[str, str, str]:
    return finding.kind, finding.side, finding.what


def _queue_reply(bridge: Container, finding: Finding) -> bool:
    """Whether a reply could be put on its way again: not when it was deleted, or is shown to have failed by now."""
    record = bridge.threads.load(finding.thread)
    if record.conversation is None:
        return False
    conversation = record.conversation
    reply = bridge.desk(conversation.desk).chatwoot.get_reply(
        conversation.conversation_id,
        finding.chatwoot_message_id,
        contact_source_id=str(finding.thread),
        forwards_bots=bridge.settings.forwards_bots,
    )
    if reply is None:
        return False
    # As one that has waited since: whether it was deleted meanwhile is looked at before it is sent.
    job = make_job(finding.thread, reply, desk=conversation.desk, now=finding.written)
    _queue(bridge, job._replace(is_retry=reply.chatwoot_message_id in record.deliveries))
    return True


def _show_sent(bridge: Container, finding: Finding) -> bool:
    """Whether a reply is still sent and could be shown so; much may have happened since it was looked at."""
    record = bridge.threads.load(finding.thread)
    delivery = record.deliveries.get(finding.chatwoot_message_id)
    if delivery is None or delivery.state != "sent" or record.conversation is None:
        return False
    status = "read" if delivery.is_read else "sent"
    return bridge.desk(record.conversation.desk).chatwoot.set_message_status(
        delivery.conversation_id, delivery.chatwoot_message_id, status
    )


def _queue(bridge: Container, job: ThreadJob) -> None:
    moment = int(bridge.clock().timestamp())
    name = f"audit/{job.group}/{getattr(job, 'chatwoot_message_id', '')}/{moment}"
    bridge.sqs.send_message(
        QueueUrl=bridge.threads_queue.url,
        MessageBody=job.to_json(),
        MessageGroupId=job.group,
        MessageDeduplicationId=name,
    )
