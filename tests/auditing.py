"""What the audit finds of all that a scenario did: another eye on each drill, and each drill a test of the audit."""

from collections import Counter
from collections.abc import Iterable

from chalicelib.audit.candidates import merge
from chalicelib.audit.compare import KINDS, Finding, Span
from chalicelib.rate_limit import BackgroundLimit
from chalicelib.wiring import bridge as current_bridge
from tests.harness import BridgeUnderTest


class Unlimited(BackgroundLimit):
    """Takes none of the reads, which the scenario is about."""

    def note_read(self) -> None:
        pass


def disagreements(bridge: BridgeUnderTest) -> list[Finding]:
    """Everything on which the two sides do not agree, from the beginning until now."""
    auditor, clock = current_bridge().renew(), bridge.clock
    auditor.background_limit = Unlimited(auditor.cache_table, clock, auditor.reads_a_minute, auditor.scans)
    span = Span(0, int(clock().timestamp()) + 1)
    found = []
    for seller in auditor.sellers.all():
        pages = auditor.candidates.pages_at_mercado_livre(seller.seller_id, span)
        of_seller = [lead for page in pages for lead in page.leads]
        for lead in merge([*auditor.candidates.at_desk(seller.desk, span), *of_seller]):
            if lead.thread.seller_id == seller.seller_id:
                found += auditor.examiner.examine(lead, span).findings
    return found


def count_kinds(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each kind, none included."""
    counted = Counter(finding.kind for finding in findings)
    return {"lost" if kind == "missing" else kind: counted[kind] for kind in KINDS}
