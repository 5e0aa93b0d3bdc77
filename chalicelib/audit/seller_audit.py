"""The audit of one seller, in as many jobs as its threads need. What can wait waits here too."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.audit.candidates import Candidates, Lead, Place, merge
from chalicelib.audit.compare import Finding, Span, add_up, count_kinds
from chalicelib.audit.examine import Examiner
from chalicelib.errors import LoginNeeded, OperatorNeeded, PutOff, TryAgainLater
from chalicelib.models import Seller
from chalicelib.observability import count, logger
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.audits import Audits
from chalicelib.work.jobs import AuditSeller
from chalicelib.work.queue import Queue

DAY_SECONDS = 24 * 3600

PAUSE_SECONDS = 60

# The longest that SQS delays a message.
LONGEST_DELAY_SECONDS = 900

# A message of the queue takes 256 KB.
LARGEST_JOB_BYTES = 240_000

# Jobs that wait out an outage come back within 25 minutes of its end.
SECOND_LOOK_SECONDS = 40 * 60

# So long one waits for a thread that a service does not show while it shows others.
PATIENCE_SECONDS = 6 * 3600

# Whoever could not be audited for so long is audited anew by now.
STALE_SECONDS = 3 * DAY_SECONDS

METRICS = {
    "missing": "AuditMissing",
    "doubled": "AuditDoubled",
    "out of order": "AuditOutOfOrder",
    "undelivered": "AuditUndelivered",
    "messages": "AuditCompared",
    "unreadable": "AuditUnreadable",
}


class Run:
    """One job of a seller's audit at work: what is still to be looked at, and what was counted."""

    def __init__(self, job: AuditSeller, leads: list[Lead], doubtful: list[Lead]) -> None:
        self.job = job
        self.leads = leads
        self.doubtful = doubtful
        self.place = Place(*job.place)
        self.tally: dict[str, int] = dict(job.tally or {})
        self.has_compared = False

    def count(self, numbers: Mapping[str, int]) -> None:
        self.tally = add_up(self.tally, numbers)

    def to_job(self) -> AuditSeller:
        return self.job._replace(
            leads=[lead.to_json() for lead in self.leads],
            doubtful=[lead.to_json() for lead in self.doubtful],
            place=self.place,
            tally=self.tally,
        )

    def send(self, queue: Queue, *, delay_seconds: int = 0) -> None:
        """Ask for the rest; what does not fit into one message of the queue is counted as unread."""
        carried = self.to_job()
        while self.leads and len(carried.to_json()) > LARGEST_JOB_BYTES:
            left_out = max(1, len(self.leads) // 10)
            logger.error("too many threads for one audit", meli_seller_id=carried.seller_id, left_out=left_out)
            del self.leads[-left_out:]
            self.count({"threads": left_out, "unreadable": left_out})
            carried = self.to_job()
        queue.send(carried.to_json(), delay_seconds=delay_seconds)


class SellerAudit:
    """Compares the threads of a seller. It may be repeated; what is found is counted once more then."""

    def __init__(
        self,
        candidates: Candidates,
        examiner: Examiner,
        audits: Audits,
        scans: Scans,
        background_queue: Queue,
        clock: Callable[[], datetime],
    ) -> None:
        self._candidates = candidates
        self._examiner = examiner
        self._audits = audits
        self._scans = scans
        self._background_queue = background_queue
        self._clock = clock

    def audit_seller(self, seller: Seller, job: AuditSeller) -> None:
        """Compare the threads of a seller, as many as there is time for, and ask for the rest.

        Raises TryAgainLater when a service is away.
        """
        if self._now() < job.not_before:
            wait_seconds = min(LONGEST_DELAY_SECONDS, job.not_before - self._now())
            self._background_queue.send(job.to_json(), delay_seconds=wait_seconds)
            return
        run = Run(job, list(map(Lead.from_json, job.leads)), list(map(Lead.from_json, job.doubtful)))
        if is_stale(job.until, self._now()):
            self._give_up(seller, run)
            return
        try:
            self._go_on(seller, run)
        except (LoginNeeded, OperatorNeeded) as error:
            # Said loudly when it was found out.
            logger.warning("seller was not audited", meli_seller_id=seller.seller_id, reason=str(error))
            self._give_up(seller, run)

    def _go_on(self, seller: Seller, run: Run) -> None:
        span, began_at = span_of(seller, run.job.since, run.job.until), run.place
        self._scans.begin()
        try:
            self._gather(seller, run, span)
            later, trouble = self._examine_all(run, span)
        except TryAgainLater as error:
            if not isinstance(error, PutOff) and run.place == began_at:
                raise
            run.send(self._background_queue, delay_seconds=PAUSE_SECONDS)
            return
        self._end(seller, run, later, trouble)

    def _gather(self, seller: Seller, run: Run, span: Span) -> None:
        # A seller who was moved has conversations at other desks; they are gathered at its own.
        if seller.desk != run.job.desk:
            return
        for page in self._candidates.pages_at_mercado_livre(seller.seller_id, span, run.place):
            run.leads, run.place = merge([*run.leads, *page.leads]), page.place
            if page.is_refused:
                run.count({"unreadable": 1})

    def _examine_all(self, run: Run, span: Span) -> tuple[list[Lead], TryAgainLater | None]:
        """Examine the leads; those that no service would show now, and why. Raises PutOff, with the rest in the run."""
        later: list[Lead] = []
        trouble: TryAgainLater | None = None
        while run.leads:
            lead = run.leads[0]
            try:
                self._examine(run, lead, span)
            except PutOff:
                run.leads += later
                raise
            except TryAgainLater as error:
                later.append(lead)
                trouble = error
            del run.leads[0]
        return later, trouble

    def _end(self, seller: Seller, run: Run, later: list[Lead], trouble: TryAgainLater | None) -> None:
        """What is left after a run: what no service would show now, and what is to be looked at once more."""
        if trouble and not run.has_compared and self._now() - run.job.until < PATIENCE_SECONDS:
            raise trouble
        if later and run.has_compared:
            run.leads = later
            run.send(self._background_queue, delay_seconds=PAUSE_SECONDS)
        elif run.doubtful:
            run.count({"threads": len(later), "unreadable": len(later)})
            run.leads, run.doubtful = run.doubtful, []
            run.job = run.job._replace(not_before=self._now() + SECOND_LOOK_SECONDS)
            run.send(self._background_queue, delay_seconds=LONGEST_DELAY_SECONDS)
        else:
            self._finish(seller, run, unread=len(later))

    def _examine(self, run: Run, lead: Lead, span: Span) -> None:
        try:
            examined = self._examiner.examine(lead, span)
        except (LoginNeeded, OperatorNeeded, TryAgainLater):
            raise
        except Exception:  # noqa: BLE001 - one that cannot be read must not hide those behind it, and is counted
            logger.exception("a thread was not audited", meli_thread=str(lead.thread))
            run.count({"threads": 1, "unreadable": 1})
            return
        run.has_compared = True
        if not run.job.not_before and any(map(_may_pass, examined.findings)):
            run.doubtful.append(lead)
            return
        for finding in examined.findings:
            log_finding(finding)
        run.count({"threads": 1, "messages": examined.messages, **count_kinds(examined.findings)})

    def _give_up(self, seller: Seller, run: Run) -> None:
        """End an audit that cannot go on: what was not looked at may be much, where not even the lists were had."""
        self._finish(seller, run, unread=max(1, len(run.leads) + len(run.doubtful)))

    def _finish(self, seller: Seller, run: Run, *, unread: int) -> None:
        if unread:
            run.count({"threads": unread, "unreadable": unread})
        for name, metric in METRICS.items():
            count(metric, run.tally.get(name, 0))
        logger.info("seller audited", meli_seller_id=seller.seller_id, audit=run.tally)
        span = Span(run.job.since, run.job.until)
        self._audits.save(seller.seller_id, span, run.tally, desk=run.job.desk)

    def _now(self) -> int:
        return int(self._clock().timestamp())


def is_stale(until: int, now: int) -> bool:
    """Whether an audit waited so long that another one has looked by now."""
    return now - until > STALE_SECONDS


def span_of(seller: Seller, since: int, until: int) -> Span:
    """What of a span is judged: what was written before a seller connected is not ours to bring in."""
    return Span(max(since, seller.connected_at), until)


def _may_pass(finding: Finding) -> bool:
    """Whether a job that mends it may be waiting on its queue, even where no audit would ask for one."""
    return bool(finding.mend) or finding.kind == "undelivered"


def log_finding(finding: Finding) -> None:
    details: dict[str, Any] = {"audit_side": finding.side, "audit_what": finding.what, "audit_seen": finding.seen}
    logger.error("the sides do not agree", audit_kind=finding.kind, meli_thread=str(finding.thread), **details)
