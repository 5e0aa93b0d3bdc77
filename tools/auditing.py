"""The audit as a person runs it: every seller, or one, with progress and a report."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.audit.candidates import Lead, merge
from chalicelib.audit.compare import Finding, Span, add_up, count_kinds
from chalicelib.audit.seller_audit import span_of
from chalicelib.checks.seller_cures import told_of_pause
from chalicelib.errors import BridgeError, LoginNeeded, OperatorNeeded
from chalicelib.models import Seller, Thread
from chalicelib.rate_limit import BackgroundLimit
from chalicelib.wiring import Container

# How often one looks whether the reads of the minute allow more.
PAUSE_SECONDS = 5


class PatientLimit(BackgroundLimit):
    """Waits for each call until it may be made: a person is there, who sees why."""

    def __init__(self, bridge: Container, wait: Callable[[], None]) -> None:
        super().__init__(bridge.cache_table, bridge.clock, bridge.reads_a_minute, bridge.scans)
        self._wait = wait

    def reserve(self, number: int) -> None:
        while not self.take_reads(number):
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
    """One run. `tell` is given each step in words; `wait` lets some seconds pass while no reads are left."""

    def __init__(
        self,
        bridge: Container,
        span: Span,
        *,
        tell: Callable[[str], None] = lambda _: None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.bridge = bridge.renew()
        self.bridge.background_limit = PatientLimit(bridge, self._let_others_go_first)
        self._span = span
        self._tell = tell
        self._wait = wait
        self._step = ""
        self._leads: dict[Thread, Lead] = {}
        self._has_all_desks = False
        self.report = Report()

    def run(self, sellers: Iterable[Seller]) -> Report:
        """Compare everything of these sellers; what cannot be read is told, and hides nothing else."""
        wanted = {seller.seller_id: seller for seller in sellers}
        listed = self._list_desks(wanted)
        for seller in wanted.values():
            self.report.sellers += 1
            with self._skipping(f"seller {seller.nickname} ({seller.seller_id})"):
                self._audit(seller, [lead for lead in listed if lead.thread.seller_id == seller.seller_id])
        return self.report

    def look_again(self, thread: Thread) -> list[Finding]:
        """What does not agree by now in a thread of which something was found."""
        self._step = "Looking once more before anything is queued"
        now = int(self.bridge.clock().timestamp())
        return self.bridge.examiner.examine(self._leads[thread], self._span._replace(until=now)).findings

    def _list_desks(self, wanted: dict[int, Seller]) -> list[Lead]:
        found: list[Lead] = []
        for desk in ("", *self.bridge.settings.desk_names()):
            about = f"the desk {desk}" if desk else "Chatwoot"
            self._tell(f"Looking what happened in {about} …")
            with self._skipping(about):
                found += self.bridge.candidates.at_desk(desk, self._span)
        self._has_all_desks = not self.report.skipped
        return [lead for lead in found if lead.thread.seller_id in wanted]

    def _audit(self, seller: Seller, listed: list[Lead]) -> None:
        span = span_of(seller, self._span.since, self._span.until)
        self._step = f"Looking what happened at Mercado Livre to {seller.nickname}"
        self._tell(f"{self._step} …")
        skipped = len(self.report.skipped)
        leads = merge([*listed, *self._list(seller, span)])
        tally: dict[str, int] = {}
        for number, lead in enumerate(leads, start=1):
            self._step = f"{seller.nickname}: {number - 1} of {len(leads)} compared"
            self._tell(f"{seller.nickname}: comparing {number} of {len(leads)} …")
            tally = add_up(tally, self._examine(lead, span))
        if self._has_all_desks and len(self.report.skipped) == skipped:
            self.bridge.audits.save(seller.seller_id, self._span, tally)

    def _list(self, seller: Seller, span: Span) -> Iterator[Lead]:
        for page in self.bridge.candidates.pages_at_mercado_livre(seller.seller_id, span):
            yield from page.leads
            if page.is_refused:
                why = "Mercado Livre refuses it: python -m tools doctor says which permission is missing"
                self.report.skipped.append(Skipped(f"a list of seller {seller.nickname} ({seller.seller_id})", why))

    def _let_others_go_first(self) -> None:
        why = self.bridge.rate_limit.paused_because
        self._tell(f"{self._step}; {told_of_pause(why) if why else 'live traffic goes first'} …")
        self._wait(PAUSE_SECONDS)

    def _examine(self, lead: Lead, span: Span) -> dict[str, int]:
        self.report.threads += 1
        try:
            examined = self.bridge.examiner.examine(lead, span)
        except (LoginNeeded, OperatorNeeded):
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot be read must not hide those behind it
            self._skip(f"thread {lead.thread}", error)
            return {"threads": 1, "unreadable": 1}
        self.report.messages += examined.messages
        self.report.findings += examined.findings
        if examined.findings:
            self._leads[lead.thread] = lead
        return {"threads": 1, "messages": examined.messages, **count_kinds(examined.findings)}

    @contextmanager
    def _skipping(self, what: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError):
            # AWS itself is away, or refuses: nothing of what follows would be worth more.
            raise
        except Exception as error:  # noqa: BLE001 - as with a thread
            self._skip(what, error)

    def _skip(self, what: str, error: Exception) -> None:
        # Of what nobody foresaw the type alone: its words may be anybody's.
        why = str(error) if isinstance(error, BridgeError) else type(error).__name__
        self.report.skipped.append(Skipped(what, why))
