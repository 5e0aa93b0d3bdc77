"""The daily audit of the schedule: from desk to seller to thread, in jobs that each fit into a Lambda's minute.

A desk is listed once for all of its sellers, and each seller then has an audit of its own. It can wait: each of its
calls is taken out of the reads of a minute.
"""

from chalicelib.audit.candidates import Candidates, Lead, merge
from chalicelib.audit.compare import Span
from chalicelib.audit.seller_audit import SellerAudit, is_stale
from chalicelib.observability import count, logger
from chalicelib.recovery.resumable import Scans
from chalicelib.stores.audits import audit_mark_key
from chalicelib.stores.sellers import Sellers
from chalicelib.work.jobs import AuditDesk, AuditSeller
from chalicelib.work.queue import Queue

DAY_SECONDS = 24 * 3600

# After a pause; the command audits as far back as it is told.
LONGEST_SPAN_SECONDS = 2 * DAY_SECONDS

# What is younger may be on its way.
GRACE_SECONDS = 5 * 60

# Of an inbox, which shows 25 on a page.
MOST_PAGES = 80


class DailyAudit:
    """Asks for the audits of desks, and of their sellers. Every method may be repeated."""

    def __init__(
        self, candidates: Candidates, sellers: Sellers, seller_audit: SellerAudit, scans: Scans, queue: Queue
    ) -> None:
        self._candidates = candidates
        self._sellers = sellers
        self._seller_audit = seller_audit
        self._scans = scans
        self._queue = queue

    def ask_daily(self, desk: str) -> None:
        """Ask for an audit of a desk when a day has passed since the last one, over what was not looked at yet.

        A new desk is first audited when it is a day old.
        """
        with self._scans.resume(audit_mark_key(desk), {"until": 0}) as mark:
            since, until = mark["until"], self._scans.now - GRACE_SECONDS
            if since and until - since < DAY_SECONDS:
                return
            if since:
                self._queue.send(AuditDesk(desk, max(since, until - LONGEST_SPAN_SECONDS), until).to_json())
            mark["until"] = until

    def audit_desk(self, job: AuditDesk) -> None:
        """List a desk's conversations, and ask for an audit of each seller who has some there or opens them there."""
        if is_stale(job.until, self._scans.now):
            return
        self._scans.begin()
        key, start = f"audit-desk/{job.desk}/{job.since}", {"inbox": 0, "page": 1, "leads": []}
        with self._scans.resume(key, start, keep=SellerAudit.KEPT) as state:
            leads = list(map(Lead.from_json, state["leads"]))
            for page in self._candidates.pages_of_desk(
                job.desk, Span(job.since, job.until), inbox=state["inbox"], page=state["page"], most_pages=MOST_PAGES
            ):
                if not self._scans.has_time:
                    state.update(inbox=page.inbox, page=page.number, leads=[lead.to_json() for lead in leads])
                    self._queue.send(job.to_json())
                    return
                leads = merge([*leads, *page.leads])
                if page.is_too_much:
                    logger.error("too many conversations for one audit", desk=job.desk, inbox=page.inbox)
                    count("AuditUnreadable")
                    count("AuditFound")
        self._ask_for_sellers(job, leads)

    def _ask_for_sellers(self, job: AuditDesk, leads: list[Lead]) -> None:
        by_seller: dict[int, list[Lead]] = {
            seller.seller_id: [] for seller in self._sellers.all() if seller.desk == job.desk and not seller.dead_reason
        }
        for lead in leads:
            by_seller.setdefault(lead.thread.seller_id, []).append(lead)
        for seller_id, of_seller in by_seller.items():
            self._seller_audit.ask(AuditSeller(seller_id, job.desk, job.since, job.until), of_seller)
