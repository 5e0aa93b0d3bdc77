"""Keeps each seller's access token alive: refreshed ahead of expiry and on a 401, one refresh at a time.

A refresh token works once (https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao), so a refresh is
announced in the table by a conditional write before it is made, and the new pair is stored before it is used. Whoever
finds it announced uses the old token while that lives, and otherwise comes back later.

What a crash can lose: between Mercado Livre's answer and our storing it the new pair exists nowhere else. The refresh
token that we have is then spent, and only the seller can mend that, by authorising again. The access token that we
have serves until it expires: some forty minutes where the schedule refreshed it, and nothing that waits on the queues
is lost. The same holds for a refresh whose answer never came.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from chalicelib.errors import LoginNeeded, OperatorNeeded, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.http import Transport
from chalicelib.mercado_livre.calls import REFUSALS, Watch, ask_for_owner, watched
from chalicelib.mercado_livre.resources import Grant, User
from chalicelib.models import Seller
from chalicelib.observability import count, logger

# Sweeps refresh well ahead, so that no reply has to wait for it: sellers at rest have one within half an hour.
SCHEDULED_AHEAD_SECONDS = 40 * 60
REFRESH_AHEAD_SECONDS = 10 * 60
USUAL_LIFETIME_SECONDS = 6 * 3600
REFRESH_TAKES_AT_MOST_SECONDS = 60
REMEMBERED_SECONDS = 60

# A token that was given for a rejected one, and is rejected itself so soon, is not mended by yet another.
FRESH_SECONDS = 10 * 60

# Too many refusals can get an application blocked, so that a refresh that failed is not made again at once.
PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 60
PAUSE_FOR_OPERATOR_SECONDS = 60

# What only the seller can mend. Every other refusal is about the application: a wrong secret (`invalid_client`), a
# blocked application (`unauthorized_application`), a scope that it no longer has (`invalid_scope`), or `forbidden`.
DEAD_GRANT_CODES = ("invalid_grant", "unauthorized_client")


class SellerStore(Protocol):
    """What this module needs of the table of sellers."""

    def get(self, seller_id: int) -> Seller | None: ...

    def begin_refresh(self, seller: Seller, *, now: int, until: int, is_rejected: bool) -> bool: ...

    def put_off_refresh(self, seller: Seller, *, until: int, trouble: str = "") -> None: ...

    def end_refresh(
        self, seller: Seller, *, access_token: str, refresh_token: str, expires_at: int, now: int, scopes: str = ""
    ) -> Seller: ...

    def mark_dead(self, seller: Seller, reason: str, *, expires_at: int) -> None: ...


class Tokens:
    """Access tokens by seller.

    Raises LoginNeeded when only the seller can mend the grant, OperatorNeeded when it is the application that Mercado
    Livre refuses. `link_for` is the address at which a seller authorises again.
    """

    def __init__(
        self,
        sellers: SellerStore,
        endpoint: "TokenEndpoint",
        clock: Callable[[], datetime],
        link_for: Callable[[Seller], str],
    ) -> None:
        self._sellers = sellers
        self._endpoint = endpoint
        self._clock = clock
        self._link_for = link_for
        self._remembered: dict[int, tuple[int, Seller]] = {}

    def access_token(self, seller_id: int, *, ahead_seconds: int = REFRESH_AHEAD_SECONDS) -> str:
        """A token that lives; refreshes one that would expire within `ahead_seconds`."""
        now = self._now()
        read_at, seller = self._remembered.get(seller_id, (0, None))
        if seller is None or now - read_at > REMEMBERED_SECONDS:
            seller = self._usable(seller_id)
            self._remembered[seller_id] = (now, seller)
        if not self._is_due(seller, ahead_seconds):
            return seller.access_token
        self._remembered.pop(seller_id, None)
        seller = self._usable(seller_id)
        # Another worker may have refreshed it since we read it last.
        return self._refresh(seller) if self._is_due(seller, ahead_seconds) else seller.access_token

    def remember(self, seller: Seller) -> None:
        """Take a seller as just read from the table, and do not read it again. Raises LoginNeeded."""
        self._remembered[seller.seller_id] = (self._now(), self._check_alive(seller))

    def refresh_ahead(self, seller_id: int) -> None:
        """Refresh long before anybody has to wait for it; for the schedule."""
        self.access_token(seller_id, ahead_seconds=SCHEDULED_AHEAD_SECONDS)

    def renew(self, seller_id: int, *, rejected: str) -> str:
        """Another token than the one that Mercado Livre has just rejected.

        Raises TryAgainLater where that took the place of a rejected one itself: one more would be the first of many.
        """
        self._remembered.pop(seller_id, None)
        seller = self._usable(seller_id)
        if seller.access_token != rejected:
            return seller.access_token
        if seller.dead_reason:
            raise self._dead(seller, seller.dead_reason, expires_at=0)
        # A refresh that failed has given nothing, and may be made again.
        took_a_rejected_ones_place = seller.refreshed_at >= seller.rejected_at
        if took_a_rejected_ones_place and self._now() - seller.rejected_at < FRESH_SECONDS:
            logger.warning("a new token is rejected", meli_seller_id=seller_id)
            raise TryAgainLater("Mercado Livre rejects a token that it has just given", retry_after_seconds=30)
        return self._refresh(seller, is_rejected=True)

    def _usable(self, seller_id: int) -> Seller:
        """The seller as stored; of a dead grant only while its last token lives."""
        seller = self._sellers.get(seller_id)
        if seller is None:
            raise LoginNeeded("the seller is not connected", seller_id=seller_id)
        return self._check_alive(seller)

    def _check_alive(self, seller: Seller) -> Seller:
        if seller.dead_reason and self._now() >= seller.expires_at:
            raise LoginNeeded(f"the seller must authorise again: {seller.dead_reason}", seller_id=seller.seller_id)
        return seller

    def _is_due(self, seller: Seller, ahead_seconds: int) -> bool:
        lifetime = seller.expires_at - seller.refreshed_at if seller.refreshed_at else USUAL_LIFETIME_SECONDS
        ahead_seconds = min(ahead_seconds, lifetime // 3)
        return not seller.dead_reason and self._now() >= seller.expires_at - ahead_seconds

    def _refresh(self, seller: Seller, *, is_rejected: bool = False) -> str:
        now = self._now()
        until = now + REFRESH_TAKES_AT_MOST_SECONDS
        if not self._sellers.begin_refresh(seller, now=now, until=until, is_rejected=is_rejected):
            return self._token_of_another_refresh(seller, is_rejected=is_rejected)
        lives = not is_rejected and now < seller.expires_at
        try:
            return self._exchange(seller, now, expires_at=seller.expires_at if lives else 0)
        except (LoginNeeded, OperatorNeeded, OutcomeUnknown, TryAgainLater):
            if lives:
                # Nobody has to wait yet, and what is wrong is known to those who can mend it.
                return seller.access_token
            raise

    def _exchange(self, seller: Seller, now: int, *, expires_at: int) -> str:
        """Spend the refresh token; `expires_at` is when the old access token ends, 0 where it is of no use already."""
        if not seller.refresh_token:
            raise self._dead(seller, "the grant came without offline_access", expires_at=expires_at)
        try:
            grant = self._endpoint.refresh(seller.refresh_token)
        except Refused as refusal:
            reason = refusal.code or str(refusal.status)
            if refusal.code in DEAD_GRANT_CODES:
                raise self._dead(seller, reason, expires_at=expires_at) from refusal
            self._sellers.put_off_refresh(seller, until=now + PAUSE_FOR_OPERATOR_SECONDS, trouble=reason)
            logger.error("refresh refused; see /health for what to do", meli_seller_id=seller.seller_id, reason=reason)
            raise OperatorNeeded(f"the refresh was refused: {reason}", seller_id=seller.seller_id) from refusal
        except (TryAgainLater, OutcomeUnknown) as error:
            pause = min(error.retry_after_seconds or PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
            self._sellers.put_off_refresh(seller, until=now + int(pause))
            raise
        return self._sellers.end_refresh(
            seller,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            expires_at=now + grant.expires_in,
            now=now,
            scopes=grant.scopes,
        ).access_token

    def _token_of_another_refresh(self, seller: Seller, *, is_rejected: bool) -> str:
        current = self._usable(seller.seller_id)
        if current.version != seller.version or (not is_rejected and self._now() < current.expires_at):
            return current.access_token
        if current.trouble:
            raise OperatorNeeded(f"the refresh was refused: {current.trouble}", seller_id=seller.seller_id)
        raise TryAgainLater("another worker is refreshing this seller's token", retry_after_seconds=2)

    def _dead(self, seller: Seller, reason: str, *, expires_at: int) -> LoginNeeded:
        """Note that the grant is gone; until `expires_at` its last access token goes on serving."""
        self._sellers.mark_dead(seller, reason, expires_at=expires_at)
        if not seller.dead_reason:
            count("SellerNeedsLogin")
            link = self._link_for(seller)
            logger.error("seller must authorise again", meli_seller_id=seller.seller_id, reason=reason, link=link)
        return LoginNeeded(f"the seller must authorise again: {reason}", seller_id=seller.seller_id)

    def _now(self) -> int:
        return int(self._clock().timestamp())


class TokenEndpoint:
    """`POST /oauth/token`: codes and refresh tokens become grants.

    https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
    """

    def __init__(self, transport: Transport, base_url: str, watch: Watch, *, app_id: int, client_secret: str) -> None:
        self._transport = transport
        self._watch = watch
        self._base_url = base_url
        self._client = {"client_id": str(app_id), "client_secret": client_secret}

    def exchange_code(self, code: str, *, redirect_uri: str, code_verifier: str) -> Grant:
        """The grant for an authorization code, which works once."""
        return self._post(
            grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=code_verifier
        )

    def refresh(self, refresh_token: str) -> Grant:
        """A new grant; the refresh token given is dead afterwards, so store the answer before using it."""
        return self._post(grant_type="refresh_token", refresh_token=refresh_token)

    def identify(self, grant: Grant) -> User:
        """Who gave a grant that is not stored yet."""
        return User.from_json(ask_for_owner(self._transport, self._base_url, grant.access_token, self._watch).json())

    def _post(self, **form: str) -> Grant:
        url, headers, whole_form = f"{self._base_url}/oauth/token", {"Accept": "application/json"}, self._client | form
        try:
            answer = watched(
                self._watch,
                lambda: self._transport.call("POST", url, headers=headers, form=whole_form, refusals=REFUSALS),
                reads=False,
            )
        except Refused as refusal:
            if refusal.code == "unauthorized_application":
                self._watch.note_block()
            raise
        return Grant.from_json(answer.json())
