"""Claims of buyers, as their sellers see them.

https://developers.mercadolivre.com.br/pt_br/gerenciar-reclamacoes
"""

import copy
from datetime import timedelta
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.claim_views import (
    REASONS,
    view_claim,
    view_claim_detail,
    view_reason,
    view_reputation,
)
from simulators.mercado_livre.core import answer, read_number
from simulators.mercado_livre.sales import check_choice
from simulators.mercado_livre.shipping import Shipping
from simulators.mercado_livre.state import Claim, ClaimResolution

CLAIMS = "/post-purchase/v1/claims"
CLAIM_TYPES = ("mediations", "return", "fulfillment", "ml_case", "cancel_sale", "cancel_purchase", "change", "service")
SEARCH_FILTERS = ("status", "type", "stage", "id", "order_id", "resource_id", "resource", "reason_id")


class Claims(Shipping):
    """A claim is announced by `post_purchase`, and by the orders that it is about."""

    def open_claim(
        self,
        thread_id: int,
        *,
        reason_id: str = "PDD9549",
        kind: str = "mediations",
        about: str = "order",
        due_days: int = 2,
    ) -> int:
        """The buyer complains about a purchase: its order or its shipment; the claim's id."""
        with self.lock:
            check_choice(kind, CLAIM_TYPES)
            check_choice(about, ("order", "shipment"))
            sale, now = self._find_sale(thread_id), self.clock()
            claim = Claim(
                id=next(self.state.claim_ids),
                seller_id=sale.seller_id,
                buyer_id=sale.buyer_id,
                resource=about,
                resource_id=sale.orders[0].id if about == "order" else sale.shipment.id,
                order_ids=[order.id for order in sale.orders],
                type=kind,
                reason_id=reason_id,
                date_created=now,
                last_updated=now,
                due_date=now + timedelta(days=due_days),
            )
            if reason_id.startswith("PNR"):
                claim.action = "send_potential_shipping"
            self.state.claims[claim.id] = claim
            self._notify_claim(claim, "claims")
            return claim.id

    def mediate_claim(self, claim_id: int) -> None:
        """Mercado Livre steps between: in Brazil buyer and seller cannot write to each other meanwhile."""
        with self.lock:
            claim = self._find_open_claim(claim_id)
            claim.stage, claim.action = "dispute", "send_message_to_mediator"
            sale, _ = self._find_order(claim.order_ids[0])
            sale.blocked, sale.claim_id, sale.status_date = "blocked_by_mediation", claim.id, self.clock()
            self._notify_claim(claim, "claims_actions")

    def change_claim(self, claim_id: int, *, action: str, due_days: int = 2) -> None:
        """Something else is expected of the seller; `action` may be nothing."""
        with self.lock:
            claim = self._find_open_claim(claim_id)
            claim.action, claim.due_date = action, self.clock() + timedelta(days=due_days)
            self._notify_claim(claim, "claims_actions")

    def close_claim(
        self, claim_id: int, *, reason: str = "payment_refunded", closed_by: str = "mediator", benefited: str = "buyer"
    ) -> None:
        with self.lock:
            claim = self._find_open_claim(claim_id)
            players = ("complainant",) if benefited == "buyer" else ("respondent",)
            claim.status = "closed"
            claim.resolution = ClaimResolution(reason, closed_by, players, self.clock())
            sale, _ = self._find_order(claim.order_ids[0])
            if sale.claim_id == claim.id:
                sale.blocked, sale.claim_id, sale.status_date = "", None, self.clock()
            self._notify_claim(claim, "claims_actions")

    def claim(self, claim_id: int) -> Claim:
        """A snapshot."""
        with self.lock:
            return copy.deepcopy(self._find_claim(claim_id))

    def _notify_claim(self, claim: Claim, action: str) -> None:
        claim.last_updated = self.clock()
        self._notify_change("post_purchase", f"{CLAIMS}/{claim.id}", claim.seller_id, actions=[action])
        for order_id in claim.order_ids:
            self.touch_order(order_id)

    def _find_claim(self, claim_id: int) -> Claim:
        claim = self.state.claims.get(claim_id)
        if claim is None:
            raise errors.Unknown(f"no claim {claim_id}")
        return claim

    def _find_open_claim(self, claim_id: int) -> Claim:
        claim = self._find_claim(claim_id)
        if claim.status != "opened":
            raise errors.NotPossible(f"claim {claim_id} is closed")
        return claim

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", f"{CLAIMS}/<int:claim_id>")
        def get_claim(caller: int, claim_id: int) -> Response:
            return answer(view_claim(self._read_claim(caller, claim_id), self.site_id))

        @self.api_route("GET", f"{CLAIMS}/<int:claim_id>/detail")
        def get_detail(caller: int, claim_id: int) -> Response:
            return answer(view_claim_detail(self._read_claim(caller, claim_id)))

        @self.api_route("GET", f"{CLAIMS}/<int:claim_id>/affects-reputation")
        def get_reputation(caller: int, claim_id: int) -> Response:
            return answer(view_reputation(self._read_claim(caller, claim_id)))

        @self.api_route("GET", f"{CLAIMS}/reasons/<reason_id>")
        def get_reason(_: int, reason_id: str) -> Response:
            if reason_id[:3] not in REASONS:
                raise errors.not_found()
            return answer(view_reason(reason_id))

        @self.api_route("GET", f"{CLAIMS}/search")
        def search_claims(caller: int) -> Response:
            return answer(self._search_claims(caller))

    def _read_claim(self, caller: int, claim_id: int) -> Claim:
        claim = self.state.claims.get(claim_id)
        if claim is None:
            raise errors.not_found(f"Claim {claim_id} not found")
        if claim.seller_id != caller:
            raise errors.forbidden(f"User {caller} is not a player of claim {claim_id}")
        return claim

    def _search_claims(self, caller: int) -> dict[str, Any]:
        filters = {name: request.args[name] for name in SEARCH_FILTERS if name in request.args}
        if not filters:
            raise errors.standard_error(400, "invalid_query", "at least one filter is required")
        if ("resource" in filters) != ("resource_id" in filters):
            raise errors.standard_error(400, "invalid_params", "resource and resource_id go together")
        found = [
            view
            for claim in self.state.claims.values()
            if claim.seller_id == caller
            for view in [view_claim(claim, self.site_id)]
            if _matches(claim, view, filters)
        ]
        offset, limit = read_number("offset", 0), min(read_number("limit", 30), 100)
        return {
            "paging": {"offset": offset, "limit": limit, "total": len(found)},
            "data": found[offset : offset + limit],
        }


def _matches(claim: Claim, view: dict[str, Any], filters: dict[str, str]) -> bool:
    about_order = filters.get("order_id")
    if about_order and about_order not in map(str, claim.order_ids):
        return False
    return all(str(view[name]) == value for name, value in filters.items() if name != "order_id")
