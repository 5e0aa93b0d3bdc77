"""Connects a seller: the walk to Mercado Livre's authorization page and back.

https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao (state, PKCE with S256)
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from chalicelib.errors import OutcomeUnknown, Refused, TryAgainLater
from chalicelib.mercado_livre.client import TokenEndpoint
from chalicelib.models import Seller
from chalicelib.observability import count, logger
from chalicelib.pages import render_page
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.sellers import Sellers
from chalicelib.wording import Wording

STATE_KEPT = timedelta(minutes=15)


class Page(NamedTuple):
    """What a browser gets."""

    status: int
    html: str


class Authorizing:
    """Starts an authorization and finishes it. A state works once, within fifteen minutes."""

    def __init__(
        self,
        endpoint: TokenEndpoint,
        sellers: Sellers,
        cache: Cache,
        settings: Settings,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._endpoint = endpoint
        self._sellers = sellers
        self._cache = cache
        self._settings = settings
        self._wording = wording
        self._clock = clock

    @property
    def start_url(self) -> str:
        return f"{self._settings.public_url}/oauth/mercado-livre/start"

    @property
    def redirect_uri(self) -> str:
        """Must equal the one registered with the application to the letter."""
        return f"{self._settings.public_url}/oauth/mercado-livre/callback"

    def start(self) -> str:
        """The address of the authorization page for one new authorization."""
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        self._cache.put(_state_key(state), {"verifier": verifier}, keep=STATE_KEPT)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._settings.mercado_livre_app_id,
            "redirect_uri": self.redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._settings.mercado_livre_auth_url}/authorization?{urlencode(query)}"

    def finish(self, query: Mapping[str, str]) -> Page:
        """Exchange the code and store the grant; a page that says what came of it, or what to do."""
        started = self._cache.take(_state_key(query.get("state", "")))
        if started is None:
            return self._failure(400, "state_unknown")
        if error := query.get("error"):
            words = query.get("error_description") or error
            if error == "invalid_operator_user_id":
                return self._failure(400, "operator_not_allowed")
            return self._failure(400, "authorization_denied", words=words)
        if not query.get("code"):
            return self._failure(400, "authorization_denied", words="code")
        try:
            grant = self._endpoint.exchange_code(
                query["code"], redirect_uri=self.redirect_uri, code_verifier=started["verifier"]
            )
            user = self._endpoint.identify(grant)
        except (Refused, TryAgainLater, OutcomeUnknown) as error:
            logger.warning("authorization code refused", reason=str(error))
            words = getattr(error, "words", "") or getattr(error, "code", "") or str(error)
            return self._failure(502, "code_refused", words=words, redirect_uri=self.redirect_uri)
        expires_at = int(self._clock().timestamp()) + grant.expires_in
        self._sellers.connect(
            Seller(
                seller_id=grant.seller_id,
                nickname=user.nickname,
                site_id=user.site_id,
                access_token=grant.access_token,
                refresh_token=grant.refresh_token,
                expires_at=expires_at,
                # Larger than that of any grant before, so that a refresh still under way cannot overwrite this one.
                version=int(self._clock().timestamp() * 1000),
            )
        )
        count("SellerConnected")
        logger.info("seller connected", meli_seller_id=grant.seller_id)
        sentence = self._wording.say("connected", nickname=user.nickname, seller_id=grant.seller_id)
        return Page(200, self._render("connected_title", sentence))

    def _failure(self, status: int, sentence: str, **facts: str) -> Page:
        text = self._wording.say(sentence, **{"link": self.start_url, **facts})
        return Page(status, self._render("not_connected_title", text))

    def _render(self, title: str, sentence: str) -> str:
        return render_page(self._wording.say(title), sentence, language=self._wording.language)


def _state_key(state: str) -> str:
    return f"oauth-state/{state[:200]}"
