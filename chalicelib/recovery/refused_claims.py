"""Claims that could not be read for want of a permission, which somebody may have ticked since."""

from collections.abc import Callable, Iterable
from datetime import datetime

from chalicelib.mercado_livre.claims import CLAIMS, Claims
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.recovery.found import Found
from chalicelib.stores.refused_claims import RefusedClaims


class RefusedClaimsFeed:
    """Looks whether claims are shown again, while some wait for it, and queues those as if they were announced now."""

    name = "claims that were refused"

    def __init__(self, claims: Claims, refused: RefusedClaims, clock: Callable[[], datetime]) -> None:
        self._claims = claims
        self._refused = refused
        self._clock = clock

    def keys(self, found: Found) -> Iterable[str]:  # noqa: ARG002 - it has no place in a list
        return ()

    def queue(self, found: Found) -> None:
        seller_id = found.seller.seller_id
        waiting = self._refused.of(seller_id)
        if not waiting:
            return
        self._claims.look_at_opened(seller_id)
        found.has_read = True
        found.shown.add("claims")
        for claim_id in waiting:
            resource, now = f"{CLAIMS}/{claim_id}", self._clock().isoformat()
            found.add_notification(Notification("post_purchase", resource, seller_id, now, "sweep", can_wait=True))
            self._refused.remove(seller_id, claim_id)
