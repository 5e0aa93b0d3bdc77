"""Claims: Mercado Livre's API, one method a call.

https://developers.mercadolivre.com.br/pt_br/gerenciar-reclamacoes
"""

from chalicelib.errors import Refused
from chalicelib.mercado_livre.claim_resources import Claim, ClaimDetail, ClaimReputation
from chalicelib.mercado_livre.client import MercadoLivre

CLAIMS = "/post-purchase/v1/claims"


class Claims:
    """What buyers claim, read in a seller's name."""

    def __init__(self, meli: MercadoLivre) -> None:
        self._meli = meli

    def get(self, seller_id: int, claim_id: str) -> Claim:
        return Claim.from_json(self._meli.call(seller_id, "GET", f"{CLAIMS}/{claim_id}").json())

    def get_detail(self, seller_id: int, claim_id: str) -> ClaimDetail | None:
        """What Mercado Livre tells of it in words; None where it does not."""
        try:
            answer = self._meli.call(seller_id, "GET", f"{CLAIMS}/{claim_id}/detail")
        except Refused:
            return None
        return ClaimDetail.from_json(answer.json())

    def get_reputation(self, seller_id: int, claim_id: str) -> ClaimReputation | None:
        """Whether it counts against its seller, which is only told of open ones."""
        try:
            answer = self._meli.call(seller_id, "GET", f"{CLAIMS}/{claim_id}/affects-reputation")
        except Refused:
            return None
        return ClaimReputation.from_json(answer.json())

    def get_reason(self, seller_id: int, reason_id: str) -> str:
        """What a reason means, in Mercado Livre's words; empty where it does not say. It may be remembered."""
        try:
            answer = self._meli.call(seller_id, "GET", f"{CLAIMS}/reasons/{reason_id}")
        except Refused:
            return ""
        return str(answer.json().get("detail") or "")
