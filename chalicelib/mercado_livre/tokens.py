"""Keeps each seller's access token alive: refreshed ahead of expiry and on a 401, one refresh at a time.

A refresh token works once (https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao), so a refresh is
announced in the table by a conditional write before it is made, and the new pair is stored before it is used. Whoever
finds it announced uses the old token while that lives, and otherwise comes back later. A crash between Mercado
Livre's answer and our storing it loses the pair: the seller must then authorise again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from chalicelib.errors import LoginNeeded, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.mercado_livre.client import TokenEndpoint
from chalicelib.models import Seller

REFRESH_AHEAD_SECONDS = 20 * 60
REFRESH_TAKES_AT_MOST_SECONDS = 60
REMEMBERED_SECONDS = 60
DEAD_GRANT_CODES = ("invalid_grant", "unauthorized_client")


class SellerStore(Protocol):
    """What this module needs of the table of sellers."""

    def get(self, seller_id: int) -> Seller | None: ...

    def begin_refresh(self, seller: Seller, *, now: int, until: int) -> bool: ...

    def cancel_refresh(self, seller: Seller) -> None: ...

    def end_refresh(self, seller: Seller, *, access_token: str, refresh_token: str, expires_at: int) -> Seller: ...

    def mark_dead(self, seller: Seller, reason: str) -> None: ...


class Tokens:
    """Access tokens by seller. Raises LoginNeeded when only the seller can mend his grant."""

    def __init__(self, sellers: SellerStore, endpoint: TokenEndpoint, clock: Callable[[], datetime]) -> None:
        self._sellers = sellers
        self._endpoint = endpoint
        self._clock = clock
        self._remembered: dict[int, tuple[int, Seller]] = {}

    def access_token(self, seller_id: int) -> str:
        """A token that lives; refreshes it when it is about to expire."""
        now = self._now()
        read_at, seller = self._remembered.get(seller_id, (0, None))
        if seller is None or now - read_at > REMEMBERED_SECONDS:
            seller = self._living(seller_id)
            self._remembered[seller_id] = (now, seller)
        if now < seller.expires_at - REFRESH_AHEAD_SECONDS:
            return seller.access_token
        return self._refresh(self._living(seller_id))

    def renew(self, seller_id: int, *, rejected: str) -> str:
        """Another token than the one that Mercado Livre has just rejected."""
        seller = self._living(seller_id)
        if seller.access_token != rejected:
            self._remembered.pop(seller_id, None)
            return seller.access_token
        return self._refresh(seller, rejected=True)

    def _living(self, seller_id: int) -> Seller:
        seller = self._sellers.get(seller_id)
        if seller is None:
            raise LoginNeeded("the seller is not connected", seller_id=seller_id)
        if seller.dead_reason:
            raise LoginNeeded(f"the seller must authorise again: {seller.dead_reason}", seller_id=seller_id)
        return seller

    def _refresh(self, seller: Seller, *, rejected: bool = False) -> str:
        now = self._now()
        # Another worker may have refreshed it between our reading and now.
        if not rejected and now < seller.expires_at - REFRESH_AHEAD_SECONDS:
            return seller.access_token
        self._remembered.pop(seller.seller_id, None)
        if not self._sellers.begin_refresh(seller, now=now, until=now + REFRESH_TAKES_AT_MOST_SECONDS):
            return self._token_of_another_refresh(seller, rejected=rejected)
        if not seller.refresh_token:
            raise self._dead(seller, "the grant came without offline_access")
        try:
            grant = self._endpoint.refresh(seller.refresh_token)
        except Refused as refusal:
            if refusal.code in DEAD_GRANT_CODES:
                raise self._dead(seller, refusal.code) from refusal
            self._sellers.cancel_refresh(seller)
            # The secret is wrong or the application is blocked: an operator's matter, and no seller's grant is dead.
            raise LoginNeeded(
                f"the refresh was refused: {refusal.code or refusal.status}", seller_id=seller.seller_id
            ) from refusal
        except (TryAgainLater, OutcomeUnknown):
            self._sellers.cancel_refresh(seller)
            raise
        return self._sellers.end_refresh(
            seller,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            expires_at=now + grant.expires_in,
        ).access_token

    def _token_of_another_refresh(self, seller: Seller, *, rejected: bool) -> str:
        current = self._living(seller.seller_id)
        if current.version != seller.version or (not rejected and self._now() < current.expires_at):
            return current.access_token
        raise TryAgainLater("another worker is refreshing this seller's token", retry_after_seconds=2)

    def _dead(self, seller: Seller, reason: str) -> LoginNeeded:
        self._sellers.mark_dead(seller, reason)
        return LoginNeeded(f"the seller must authorise again: {reason}", seller_id=seller.seller_id)

    def _now(self) -> int:
        return int(self._clock().timestamp())
