"""Claims: Mercado Livre's API, one method a call.

https://developers.mercadolivre.com.br/pt_br/gerenciar-reclamacoes
"""

from datetime import timedelta
from typing import Any

from chalicelib.errors import Refused
from chalicelib.mercado_livre.claim_resources import Claim, ClaimDetail, ClaimReputation, without_buyer
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.stores.cache import Cache

CLAIMS = "/post-purchase/v1/claims"

# A claim is read for its purchase, and told by the job that this leads to.
PASSED_ON = timedelta(minutes=1)
# What reasons mean is Mercado Livre's, and changes with its pages.
REASON_KEPT = timedelta(days=7)


class Claims:
    """What buyers claim, read in a seller's name."""

    def __init__(self, meli: MercadoLivre, cache: Cache) -> None:
        self._meli = meli
        self._cache = cache

    def get(self, seller_id: int, claim_id: str) -> Claim:
        """A claim as it is now, or as it was passed on a moment ago, which is used once."""
        passed_on = self._cache.take(_passed_on_key(seller_id, claim_id))
        return Claim.from_json(passed_on or self._read(seller_id, claim_id))

    def get_and_pass_on(self, seller_id: int, claim_id: str) -> Claim:
        """A claim as it is now, for whoever asks next too."""
        fields = self._read(seller_id, claim_id)
        self._cache.put(_passed_on_key(seller_id, claim_id), without_buyer(fields), keep=PASSED_ON)
        return Claim.from_json(fields)

    def _read(self, seller_id: int, claim_id: str) -> dict[str, Any]:
        fields: dict[str, Any] = self._meli.call(seller_id, "GET", f"{CLAIMS}/{claim_id}").json()
        return fields

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
        """What a reason means, in Mercado Livre's words, kept for a week; empty where it does not say."""
        key = f"claim-reason/{seller_id}/{reason_id}"
        if known := self._cache.get(key):
            return str(known)
        try:
            answer = self._meli.call(seller_id, "GET", f"{CLAIMS}/reasons/{reason_id}")
        except Refused:
            return ""
        meaning = str(answer.json().get("detail") or "")
        self._cache.put(key, meaning, keep=REASON_KEPT)
        return meaning


def _passed_on_key(seller_id: int, claim_id: str) -> str:
    return f"claim-passed-on/{seller_id}/{claim_id}"
