"""The audit as a person runs it: every seller, or one, with progress and a report; and what can be repaired of it."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.allowance import Allowance
from chalicelib.audit.comparing import Finding, Span, add_up, count_kinds
from chalicelib.audit.gathering import Lead, merge
from chalicelib.audit.rounds import span_of
from chalicelib.bridge import Bridge
from chalicelib.errors import BridgeError, LoginNeeded, OperatorNeeded
from chalicelib.health import told_of_pause
from chalicelib.jobs import SyncThread, ThreadJob
from chalicelib.models import Seller
from chalicelib.stores.budget import Budget
from chalicelib.unheard import make_job

# How often one looks whether the budget of the minute allows more.
PAUSE_SECONDS = 5


class Patient(Allowance):
    """Waits for each call until it may be made: a person is there, who sees why."""

    def __init__(self, budget: Budget, clock: Callable[[], datetime], wait: Callable[[], None]) -> None:
        super().__init__(budget, "audit", clock)
        self._wait = wait

    def _take(self, reads: int) -> None:
        while not self._budget.take_reads(reads, self._work):
            self._wait()


class Skipped(NamedTuple):
    """Something that could not be compared, and why."""

    what: str
    why: str

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


@dataclass
class Report:
    """What an audit found."""

    sellers: int = 0
    threads: int = 0
    messages: int = 0
    findings: list[Finding] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "sellers": self.sellers,
            "threads": self.threads,
            "messages": self.messages,
            "found": count_kinds(self.findings),
            "findings": [{**finding._asdict(), "thread": str(finding.thread)} for finding in self.findings],
            "skipped": [one.to_json() for one in self.skipped],
        }


class Audit:
    """One run. `tell` is given each step in words; `wait` lets some seconds pass while the budget is used up."""

    def __init__(
        self,
        bridge: Bridge,
        span: Span,
        *,
        tell: Callable[[str], None] = lambda _: None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._bridge = bridge.renew()
        self._bridge.audit_allowance = Patient(bridge.budget, bridge.clock, self._let_others_go_first)
        self._span = span
        self._tell = tell
        self._wait = wait
        self._step = ""
        self.report = Report()

    def run(self, sellers: Iterable[Seller]) -> Report:
        """Compare everything of these sellers; what cannot be read is told, and hides nothing else."""
        wanted = {seller.seller_id: seller for seller in sellers}
        listed = self._list_desks(wanted)
        for seller in wanted.values():
            self.report.sellers += 1
            try:
                self._audit(seller, [lead for lead in listed if lead.thread.seller_id == seller.seller_id])
            except BridgeError as error:
                self._skip(f"seller {seller.nickname} ({seller.seller_id})", error)
        return self.report

    def _list_desks(self, wanted: dict[int, Seller]) -> list[Lead]:
        found: list[Lead] = []
        for desk in ("", *self._bridge.settings.desk_names()):
            about = f"the desk {desk}" if desk else "Chatwoot"
            self._tell(f"Looking what happened in {about} …")
            try:
                found += self._bridge.gathering.at_desk(desk, self._span)
            except BridgeError as error:
                self._skip(about, error)
        return [lead for lead in found if lead.thread.seller_id in wanted]

    def _audit(self, seller: Seller, listed: list[Lead]) -> None:
        span = span_of(seller, self._span.since, self._span.until)
        self._step = f"Looking what happened at Mercado Livre to {seller.nickname}"
        self._tell(f"{self._step} …")
        leads = merge([*listed, *self._list(seller, span)])
        tally: dict[str, int] = {}
        for number, lead in enumerate(leads, start=1):
            self._step = f"{seller.nickname}: {number - 1} of {len(leads)} compared"
            self._tell(f"{seller.nickname}: comparing {number} of {len(leads)} …")
            tally = add_up(tally, self._examine(lead, span))
        if not self.report.skipped:
            self._bridge.audits.save(seller.seller_id, self._span, tally)

    def _list(self, seller: Seller, span: Span) -> Iterator[Lead]:
        for page in self._bridge.gathering.pages_at_mercado_livre(seller.seller_id, span):
            yield from page.leads
            if page.is_refused:
                why = "Mercado Livre refuses it: python -m tools doctor says which permission is missing"
                self.report.skipped.append(Skipped(f"a list of seller {seller.nickname} ({seller.seller_id})", why))

    def _let_others_go_first(self) -> None:
        why = self._bridge.budget.paused_because
        self._tell(f"{self._step}; {told_of_pause(why) if why else 'live traffic goes first'} …")
        self._wait(PAUSE_SECONDS)

    def _examine(self, lead: Lead, span: Span) -> dict[str, int]:
        self.report.threads += 1
        try:
            examined = self._bridge.examining.examine(lead, span)
        except (LoginNeeded, OperatorNeeded):
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot be read must not hide those behind it
            self._skip(f"thread {lead.thread}", error)
            return {"threads": 1, "unreadable": 1}
        self.report.messages += examined.messages
        self.report.findings += examined.findings
        return {"threads": 1, "messages": examined.messages, **count_kinds(examined.findings)}

    def _skip(self, what: str, error: Exception) -> None:
        # Of what nobody foresaw the type alone: its words may be anybody's.
        why = str(error) if isinstance(error, BridgeError) else type(error).__name__
        self.report.skipped.append(Skipped(what, why))


class Repaired(NamedTuple):
    """What was done about findings: jobs that were queued, outcomes that were shown, and what is left to people."""

    queued: int
    shown: int
    left: list[Finding]

    def to_json(self) -> dict[str, Any]:
        return {"queued": self.queued, "shown": self.shown, "left": len(self.left)}


def repair(bridge: Bridge, findings: Sequence[Finding]) -> Repaired:
    """Queue what is missing. Repeating it is safe: every job looks what there is before it writes anything.

    What stands twice or in the wrong order cannot be mended: neither service lets anybody move a message.
    """
    queued, shown, left = 0, 0, []
    by_thread = {finding.thread for finding in findings if finding.mend == "sync"}
    for thread in by_thread:
        _queue(bridge, SyncThread(thread, "audit"))
    for finding in findings:
        try:
            if finding.mend == "show" and _show_sent(bridge, finding):
                shown += 1
            elif finding.mend in ("deliver", "tell") and _queue_reply(bridge, finding):
                queued += 1
            elif finding.mend != "sync":
                left.append(finding)
        except BridgeError:
            left.append(finding)
    return Repaired(queued + len(by_thread), shown, left)


def _queue_reply(bridge: Bridge, finding: Finding) -> bool:
    """Whether a reply could be put on its way again: not when it was deleted, or is shown to have failed by now."""
    record = bridge.threads.load(finding.thread)
    if record.conversation is None:
        return False
    conversation = record.conversation
    reply = bridge.at(conversation.desk).chatwoot.get_reply(
        conversation.conversation_id, finding.chatwoot_message_id, contact_source_id=str(finding.thread)
    )
    if reply is None:
        return False
    # As one that has waited since: whether it was deleted meanwhile is looked at before it is sent.
    job = make_job(finding.thread, reply, desk=conversation.desk, now=finding.written)
    _queue(bridge, job._replace(is_retry=reply.chatwoot_message_id in record.deliveries))
    return True


def _show_sent(bridge: Bridge, finding: Finding) -> bool:
    """Whether a reply is still sent and could be shown so; much may have happened since it was looked at."""
    record = bridge.threads.load(finding.thread)
    delivery = record.deliveries.get(finding.chatwoot_message_id)
    if delivery is None or delivery.state != "sent" or record.conversation is None:
        return False
    status = "read" if delivery.is_read else "sent"
    return bridge.at(record.conversation.desk).chatwoot.set_message_status(
        delivery.conversation_id, delivery.chatwoot_message_id, status
    )


def _queue(bridge: Bridge, job: ThreadJob) -> None:
    moment = int(bridge.clock().timestamp())
    name = f"audit/{job.group}/{getattr(job, 'chatwoot_message_id', '')}/{moment}"
    bridge.sqs.send_message(
        QueueUrl=bridge.threads_queue.url,
        MessageBody=job.to_json(),
        MessageGroupId=job.group,
        MessageDeduplicationId=name,
    )
