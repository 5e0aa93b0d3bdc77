"""Reads claims, and of what stands beside them no more than is to be told."""

from datetime import timedelta

from chalicelib.errors import Refused
from chalicelib.inbound.claim_words import ClaimFacts
from chalicelib.mercado_livre.claims import Claims
from chalicelib.models import Thread
from chalicelib.observability import logger
from chalicelib.stores.cache import Cache
from chalicelib.stores.known_threads import KnownThreads

# Why there is a claim stays the same while it lasts.
REASON_KEPT = timedelta(days=60)


class ClaimReader:
    """Claims as they are now."""

    def __init__(self, claims: Claims, known_threads: KnownThreads, cache: Cache) -> None:
        self._claims = claims
        self._known_threads = known_threads
        self._cache = cache

    def read(self, thread: Thread, claim_id: str) -> ClaimFacts | None:
        """A claim, with until when its seller must act: a read or two. None where Mercado Livre does not show it."""
        try:
            claim = self._claims.get(thread.seller_id, claim_id)
        except Refused as refusal:
            logger.warning("a claim is not shown", meli_claim_id=claim_id, status=refusal.status)
            return None
        is_dated = claim.expected is not None and claim.expected.due_date is not None
        if is_dated or not claim.is_open:
            return ClaimFacts(claim)
        return ClaimFacts(claim, self._claims.get_detail(thread.seller_id, claim_id))

    def with_words(self, thread: Thread, facts: ClaimFacts, *, is_new: bool) -> ClaimFacts:
        """The same as it is told; of one that is not new why it is there was read before."""
        claim, seller_id = facts.claim, thread.seller_id
        if not claim.is_open:
            return facts
        if is_new:
            # Its own announcement, where it comes behind that of its order, then finds its purchase without a read.
            self._known_threads.remember_claim(thread, claim.id)
        key = f"claim-reason-of/{seller_id}/{claim.id}"
        reason = str(self._cache.get(key) or "")
        detail = facts.detail
        if detail is None and (is_new or not reason):
            detail = self._claims.get_detail(seller_id, claim.id)
        if not reason:
            reason = (detail.problem if detail else "") or self._claims.get_reason(seller_id, claim.reason_id)
            self._cache.put(key, reason, keep=REASON_KEPT)
        reputation = self._claims.get_reputation(seller_id, claim.id)
        return facts._replace(detail=detail, reputation=reputation, reason=reason)
