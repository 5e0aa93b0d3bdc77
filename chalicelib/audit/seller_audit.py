"""The audit of one seller over a span of time, by one job after the other as long as there is something to look at."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.audit.candidates import Candidates, Lead, PlaceInLists, merge
from chalicelib.audit.compare import Finding, Span, add_up, count_kinds
from chalicelib.audit.examine import Examiner
from chalicelib.errors import LoginNeeded, NotShown, OperatorNeeded, PermissionMissing, PutOff, TryAgainLater
from chalicelib.models import Seller
from chalicelib.observability import count, logger
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.audits import Audits
from chalicelib.work.jobs import AuditSeller
from chalicelib.work.queue import Queue

PAUSE_SECONDS = 60

# What one item of a table holds.
MOST_LEADS = 4000

# The longest that SQS delays a message.
LONGEST_DELAY_SECONDS = 900

# What waits out an outage is called back at its end; what only one call keeps waiting comes back within 25 minutes.
SECOND_LOOK_SECONDS = 40 * 60

# So long one waits for a thread that a service does not show while it shows others.
PATIENCE_SECONDS = 6 * 3600

# Whoever could not be audited for so long is audited anew by now.
STALE_SECONDS = 3 * 24 * 3600

METRICS = {
    "missing": "AuditMissing",
    "doubled": "AuditDoubled",
    "out of order": "AuditOutOfOrder",
    "undelivered": "AuditUndelivered",
    "messages": "AuditCompared",
    "unreadable": "AuditUnreadable",
}
# All of it that a person must look at is counted together too, since each alarm costs.
HARMLESS = ("messages",)

NEW: dict[str, Any] = {"leads": [], "doubtful": [], "place": [], "tally": {}, "not_before": 0}


class Run:
    """One job at work. `state` is what is stored of the audit, and `has_compared` whether this job got to see a thread.

    The state holds the leads still to be looked at, the doubtful ones of which a job may mend something by itself, so
    that they are looked at once more from `not_before` on, the place in Mercado Livre's lists, and what was counted.
    """

    def __init__(self, job: AuditSeller, seller: Seller, state: dict[str, Any]) -> None:
        self.job = job
        self.seller = seller
        self.state = state
        self.span = span_of(seller, job.since, job.until)
        self.has_compared = False

    def count(self, numbers: Mapping[str, int]) -> None:
        self.state["tally"] = add_up(self.state["tally"], numbers)

    def add_leads(self, leads: list[Lead]) -> None:
        """What does not fit is counted as unread."""
        merged = merge([*map(Lead.from_json, self.state["leads"]), *leads])
        if left_out := len(merged[MOST_LEADS:]):
            logger.error("too many threads for one audit", meli_seller_id=self.job.seller_id, left_out=left_out)
            self.count({"threads": left_out, "unreadable": left_out})
        self.state["leads"] = [lead.to_json() for lead in merged[:MOST_LEADS]]


class SellerAudit:
    """Every method may be repeated; what is found is counted once more then."""

    # An audit may wait for days until it is done.
    KEPT = timedelta(days=5)

    def __init__(
        self,
        candidates: Candidates,
        examiner: Examiner,
        audits: Audits,
        scans: Scans,
        queue: Queue,
    ) -> None:
        self._candidates = candidates
        self._examiner = examiner
        self._audits = audits
        self._scans = scans
        self._queue = queue

    def ask(self, job: AuditSeller, leads: list[Lead]) -> None:
        """Ask for an audit, of these threads and of what Mercado Livre lists."""
        with self._scans.resume(_key(job), NEW, keep=self.KEPT) as state:
            state["leads"] = [lead.to_json() for lead in leads]
        self._queue.send(job.to_json())

    def audit_seller(self, seller: Seller, job: AuditSeller) -> None:
        """Compare as many threads as there is time for, and ask for the rest.

        Raises TryAgainLater when a service is away.
        """
        self._scans.begin()
        with self._scans.resume(_key(job), NEW, keep=self.KEPT) as state:
            run, wait_seconds = Run(job, seller, state), state["not_before"] - self._scans.now
            if wait_seconds > 0:
                self._ask_again(run, delay_seconds=min(LONGEST_DELAY_SECONDS, wait_seconds))
            elif is_stale(job.until, self._scans.now):
                self._give_up(run)
            else:
                self._go_on_or_give_up(run)

    def _go_on_or_give_up(self, run: Run) -> None:
        try:
            self._go_on(run)
        except (LoginNeeded, OperatorNeeded) as error:
            # Said loudly when it was found out.
            logger.warning("seller was not audited", meli_seller_id=run.job.seller_id, reason=str(error))
            self._give_up(run)

    def _go_on(self, run: Run) -> None:
        began_at = run.state["place"]
        try:
            self._gather(run)
            later, trouble = self._examine_all(run)
        except TryAgainLater as error:
            if not isinstance(error, PutOff) and run.state["place"] == began_at:
                raise
            self._ask_again(run, delay_seconds=PAUSE_SECONDS)
            return
        self._end(run, later, trouble)

    def _gather(self, run: Run) -> None:
        # A seller who was moved has conversations at other desks; it is gathered at its own.
        if run.seller.desk != run.job.desk:
            return
        place = PlaceInLists(*run.state["place"])
        for page in self._candidates.pages_at_mercado_livre(run.job.seller_id, run.span, place):
            run.add_leads(page.leads)
            run.state["place"] = list(page.place)
            if page.is_refused:
                run.count({"unreadable": 1})

    def _examine_all(self, run: Run) -> tuple[list[Any], TryAgainLater | None]:
        """Examine the leads; those that no service would show now, and why. Raises PutOff, with the rest in the run."""
        leads: list[Any] = run.state["leads"]
        later: list[Any] = []
        trouble: TryAgainLater | None = None
        while leads:
            try:
                self._examine(run, leads[0])
            except PutOff:
                leads += later
                raise
            except TryAgainLater as error:
                later.append(leads[0])
                trouble = error
            del leads[0]
        return later, trouble

    def _end(self, run: Run, later: list[Any], trouble: TryAgainLater | None) -> None:
        """What is left after a run: what no service would show now, and what is to be looked at once more."""
        if trouble and not run.has_compared and self._scans.now - run.job.until < PATIENCE_SECONDS:
            run.state["leads"] = later
            raise trouble
        if later and run.has_compared:
            run.state["leads"] = later
            self._ask_again(run, delay_seconds=PAUSE_SECONDS)
        elif run.state["doubtful"]:
            run.count({"threads": len(later), "unreadable": len(later)})
            not_before = self._scans.now + SECOND_LOOK_SECONDS
            run.state.update(leads=run.state["doubtful"], doubtful=[], not_before=not_before)
            self._ask_again(run, delay_seconds=LONGEST_DELAY_SECONDS)
        else:
            self._finish(run, unread=len(later))

    def _examine(self, run: Run, lead: list[Any]) -> None:
        try:
            examined = self._examiner.examine(Lead.from_json(lead), run.span)
        except (NotShown, PermissionMissing):
            # /health tells of it.
            run.count({"threads": 1, "unreadable": 1})
            return
        except (LoginNeeded, OperatorNeeded, TryAgainLater):
            raise
        except Exception:  # noqa: BLE001 - one that cannot be read must not hide those behind it, and is counted
            logger.exception("a thread was not audited", meli_thread=str(lead[0]))
            run.count({"threads": 1, "unreadable": 1})
            return
        run.has_compared = True
        if not run.state["not_before"] and any(map(_may_pass, examined.findings)):
            run.state["doubtful"].append(lead)
            return
        for finding in examined.findings:
            log_finding(finding)
        run.count({"threads": 1, "messages": examined.messages, **count_kinds(examined.findings)})

    def _give_up(self, run: Run) -> None:
        """End an audit that cannot go on: what was not looked at may be much, where not even the lists were had."""
        self._finish(run, unread=max(1, len(run.state["leads"]) + len(run.state["doubtful"])))

    def _finish(self, run: Run, *, unread: int) -> None:
        if unread:
            run.count({"threads": unread, "unreadable": unread})
        tally, job = run.state["tally"], run.job
        for name, metric in METRICS.items():
            count(metric, tally.get(name, 0))
        count("AuditFound", sum(tally.get(name, 0) for name in METRICS if name not in HARMLESS))
        logger.info("seller audited", meli_seller_id=job.seller_id, audit=tally)
        self._audits.save(job.seller_id, Span(job.since, job.until), tally, desk=job.desk)
        run.state.update(NEW)

    def _ask_again(self, run: Run, *, delay_seconds: int) -> None:
        self._queue.send(run.job.to_json(), delay_seconds=delay_seconds)


def span_of(seller: Seller, since: int, until: int) -> Span:
    """What of a span is judged: what was written before a seller connected is not ours to bring in."""
    return Span(max(since, seller.connected_at), until)


def is_stale(until: int, now: int) -> bool:
    return now - until > STALE_SECONDS


def log_finding(finding: Finding) -> None:
    details: dict[str, Any] = {"audit_side": finding.side, "audit_what": finding.what, "audit_seen": finding.seen}
    logger.error("the sides do not agree", audit_kind=finding.kind, meli_thread=str(finding.thread), **details)


def _may_pass(finding: Finding) -> bool:
    """Whether a job that mends it may be waiting on its queue, even where no audit would ask for one."""
    return bool(finding.mend) or finding.kind == "undelivered"


def _key(job: AuditSeller) -> str:
    return f"audit/{job.seller_id}/{job.desk}/{job.since}"
