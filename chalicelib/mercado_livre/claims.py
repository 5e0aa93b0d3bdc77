"""Claims: Mercado Livre's API, one method a call.

https://developers.mercadolivre.com.br/pt_br/gerenciar-reclamacoes
"""

from datetime import timedelta
from typing import Any

from chalicelib.errors import PermissionMissing, Refused
from chalicelib.mercado_livre.calls import judge
from chalicelib.mercado_livre.claim_resources import OPENED, Claim, ClaimDetail, ClaimReputation, without_buyer
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.stores.cache import Cache
from chalicelib.stores.refused_claims import RefusedClaims

CLAIMS = "/post-purchase/v1/claims"

# A claim is read for its purchase, and told by the job that this leads to. Where that has to wait, and what else is
# announced meanwhile goes with it (routing/hint_gate.py, from five seconds on), it is read again.
PASSED_ON = timedelta(seconds=5)
# What reasons mean is Mercado Livre's, and changes with its pages.
REASON_KEPT = timedelta(days=7)


class Claims:
    """What buyers claim, read in a seller's name."""

    def __init__(self, meli: MercadoLivre, refused: RefusedClaims, cache: Cache) -> None:
        self._meli = meli
        self._refused = refused
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
        try:
            fields: dict[str, Any] = self._meli.call(seller_id, "GET", f"{CLAIMS}/{claim_id}").json()
        except Refused as refusal:
            try:
                raise judge(refusal, lambda: self.look_at_opened(seller_id)) from refusal
            except PermissionMissing:
                # A sweep finds when claims are shown again; till then neither messages nor other hints wait for this.
                self._refused.add(seller_id, claim_id)
                raise refusal from None
        return fields

    def look_at_opened(self, seller_id: int) -> None:
        """Raises PermissionMissing where Mercado Livre shows no claims of a seller at all."""
        params: dict[str, str | int] = {
            "players.user_id": seller_id,
            "players.role": "respondent",
            "status": OPENED,
            "limit": 1,
        }
        self._meli.list_all(seller_id, "claims", f"{CLAIMS}/search", params)

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
