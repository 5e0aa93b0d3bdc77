"""What a job says that changed of a purchase, read anew, and whether that may have changed who may write.

Mercado Livre announces no blocks: what keeps buyer and seller apart is looked at with what may be its cause.
"""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.inbound.claim_words import ClaimFacts
from chalicelib.inbound.claims import told_of_claim
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.shipment_phases import OVER, phase_of
from chalicelib.sale_words import payment_of, refunded_of
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread


class Changed(NamedTuple):
    """`sale` is None where nothing of it was announced, or the conversation does not show what it was before.

    `claims` has by its id the one that a job names and those that the sale has and nobody was told of; None for one
    that Mercado Livre does not show.
    """

    sale: Sale | None
    claims: Mapping[str, ClaimFacts | None]

    @property
    def shown_claims(self) -> list[ClaimFacts]:
        return [facts for facts in self.claims.values() if facts]


def leaves_writing_alone(record: ThreadRecord, changed: Changed, job: SyncThread) -> bool:
    """Whether the buyer may be written to as before, so that what was written needs no look."""
    if any(_keeps_apart_otherwise(record, facts) for facts in changed.shown_claims):
        return False
    if job.changed_noun == "claim":
        return record.has_conversation
    return changed.sale is not None and not _may_open_or_close(record, changed.sale, job)


def _keeps_apart_otherwise(record: ThreadRecord, facts: ClaimFacts) -> bool:
    """Whether a claim is new, mediated from now on, or over."""
    told = told_of_claim(record, facts.claim.id) or ""
    return told.split()[:2] != facts.value.split()[:2]


def _may_open_or_close(record: ThreadRecord, sale: Sale, job: SyncThread) -> bool:
    """An order may with each version, but for one that a payment or a claim explains.

    A parcel may when it arrives or will not.
    """
    before, is_blocked = Sale.from_json(record.sale), bool(record.opened.told_of("state"))
    if job.changed_noun == "order":
        has_other_version = [order.without_names for order in sale.orders] != [*before.orders]
        return has_other_version and (is_blocked or not _is_explained(before, sale))
    phases = [phase_of(one.shipment) if one.shipment else "none" for one in (before, sale)]
    return phases[0] != phases[1] and (phases[1] in OVER or is_blocked)


def _is_explained(before: Sale, sale: Sale) -> bool:
    """Whether a sale is as it was, but that it is paid now or has another claim, which is looked at for itself."""
    is_whole = all(order.status == "paid" for order in sale.orders) and not refunded_of(sale)
    return is_whole and (payment_of(before) == "waiting" or {*before.claim_ids} != {*sale.claim_ids})
