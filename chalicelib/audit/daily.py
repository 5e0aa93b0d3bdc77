"""The daily audit of the schedule: from desk to seller to thread, in jobs that each fit into a Lambda's minute.

A desk is listed once for all of its sellers, and each seller then has a job of its own: `seller_audit`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.audit.candidates import Candidates, Lead, merge
from chalicelib.audit.compare import Span
from chalicelib.audit.seller_audit import DAY_SECONDS, Run, is_stale
from chalicelib.observability import count, logger
from chalicelib.recovery.resumable import LONGEST_RUN
from chalicelib.stores.cache import Cache
from chalicelib.stores.sellers import Sellers
from chalicelib.work.jobs import AuditDesk, AuditSeller
from chalicelib.work.queue import Queue

# After a pause; the command audits as far back as it is told.
LONGEST_SPAN_SECONDS = 2 * DAY_SECONDS

# What is younger may be on its way.
GRACE_SECONDS = 5 * 60

MARK_KEPT = timedelta(days=400)

# Of an inbox, which shows 25 on a page; those of both fit into one message of the queue.
MOST_PAGES = 80


class DailyAudit:
    """Asks for the audits of desks, and of their sellers. Every method may be repeated."""

    def __init__(
        self,
        candidates: Candidates,
        sellers: Sellers,
        cache: Cache,
        background_queue: Queue,
        clock: Callable[[], datetime],
    ) -> None:
        self._candidates = candidates
        self._sellers = sellers
        self._cache = cache
        self._background_queue = background_queue
        self._clock = clock

    def ask_daily(self, desk: str) -> None:
        """Ask for an audit of a desk when a day has passed since the last one, over what was not looked at yet.

        A new desk is first audited when it is a day old.
        """
        key, until = f"audit-mark/{desk}", int(self._clock().timestamp()) - GRACE_SECONDS
        since = self._cache.get(key)
        if since is not None and until - since < DAY_SECONDS:
            return
        if since is not None:
            job = AuditDesk(desk, max(since, until - LONGEST_SPAN_SECONDS), until)
            self._background_queue.send(job.to_json())
        self._cache.put(key, until, keep=MARK_KEPT)

    def audit_desk(self, job: AuditDesk) -> None:
        """List a desk's conversations, and ask for an audit of each seller who has some there or opens them there."""
        if is_stale(job.until, int(self._clock().timestamp())):
            return
        leads, deadline = list(map(Lead.from_json, job.leads)), self._clock() + LONGEST_RUN
        span = Span(job.since, job.until)
        for page in self._candidates.pages_of_desk(
            job.desk, span, inbox=job.inbox, page=job.page, most_pages=MOST_PAGES
        ):
            if self._clock() > deadline:
                carried = [lead.to_json() for lead in leads]
                rest = job._replace(inbox=page.inbox, page=page.number, leads=carried)
                self._background_queue.send(rest.to_json())
                return
            leads = merge([*leads, *page.leads])
            if page.is_too_much:
                logger.error("too many conversations for one audit", desk=job.desk, inbox=page.inbox)
                count("AuditUnreadable")
        self._ask_for_sellers(job, leads)

    def _ask_for_sellers(self, job: AuditDesk, leads: list[Lead]) -> None:
        by_seller: dict[int, list[Lead]] = {
            seller.seller_id: [] for seller in self._sellers.all() if seller.desk == job.desk and not seller.dead_reason
        }
        for lead in leads:
            by_seller.setdefault(lead.thread.seller_id, []).append(lead)
        for seller_id, of_seller in by_seller.items():
            run = Run(AuditSeller(seller_id, job.desk, job.since, job.until), of_seller, [])
            run.send(self._background_queue)
