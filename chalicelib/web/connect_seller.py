"""Connects a seller: the walk to Mercado Livre's authorization page and back, or a code that somebody copied.

https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao (state, PKCE with S256)
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from chalicelib.errors import BridgeError, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.mercado_livre.oauth import TokenEndpoint
from chalicelib.mercado_livre.resources import Grant
from chalicelib.mercado_livre.sites import AUTHORIZATION_HOSTS, CROSS_BORDER_SITE
from chalicelib.models import Seller
from chalicelib.observability import logger
from chalicelib.sentences.wording import Wording
from chalicelib.settings import SETTINGS, Settings
from chalicelib.stores.sellers import AWAKE_SECONDS, Sellers
from chalicelib.web.authorizations import Authorizations
from chalicelib.web.invitations import Invitation, Invitations
from chalicelib.web.pages import render_page

# The state of a walk whose end somebody copies from the address bar.
BY_HAND = "by-hand"

# What the token endpoint answers, and the sentence that says what to do about it. `invalid_grant` is an expired or used
# code, another redirect URI than the registered one, or a seller whose identity data Mercado Livre still waits for.
REFUSALS = {
    "invalid_grant": "code_expired",
    "invalid_client": "client_refused",
    "unauthorized_client": "client_refused",
    "invalid_scope": "scopes_refused",
    "unauthorized_application": "application_blocked",
    "forbidden": "application_blocked",
}


class Page(NamedTuple):
    """What a browser gets; with a location, where it goes, and with a cookie, what it keeps."""

    status: int
    html: str
    location: str = ""
    cookie: str = ""


def page_whatever_happens(make: Callable[[], Page]) -> Page:
    """What `make` makes; where it fails, a page that says to come again, for a seller can mend nothing of it."""
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - whatever it is, a person waits for a page
        if isinstance(error, BridgeError):
            logger.error("page not made", reason=str(error))
        else:
            logger.exception("page not made", reason=type(error).__name__)
        # The settings, which may be what is missing, would say which language.
        wording = Wording(SETTINGS["AGENT_LANGUAGE"].default)
        title, sentence = wording.say("not_ready_title"), wording.say("not_ready")
        return Page(503, render_page(title, sentence, links=(), language=wording.language))


class SellerConnection:
    """Starts an authorization and finishes it, in the browser of whoever was invited."""

    def __init__(
        self,
        endpoint: TokenEndpoint,
        sellers: Sellers,
        authorizations: Authorizations,
        settings: Settings,
        clock: Callable[[], datetime],
        ask_for_sweep: Callable[[int], None],
    ) -> None:
        self._endpoint = endpoint
        self._sellers = sellers
        self._authorizations = authorizations
        self._invitations = Invitations(settings, clock)
        self._settings = settings
        self._wording = Wording(settings.language)
        self._clock = clock
        self._ask_for_sweep = ask_for_sweep

    @property
    def redirect_uri(self) -> str:
        """Must equal the one registered with the application to the letter."""
        return f"{self._settings.public_url}/oauth/mercado-livre/callback"

    def start(self, query: Mapping[str, str], cookies: str) -> Page:
        """The way to the authorization page, for whoever is invited; a page that says whom to ask, for others."""
        invitation = self._invitations.read(query)
        if invitation is None:
            return self._failure(403, "not_invited")
        site, desk, _ = invitation
        if site not in AUTHORIZATION_HOSTS:
            return self._failure(400, "site_unknown", called=_called(site), sites=", ".join(AUTHORIZATION_HOSTS))
        if desk and desk not in self._settings.desk_names():
            return self._failure(400, "desk_unknown", called=_called(desk))
        begun = self._authorizations.begin(invitation, cookies)
        return Page(302, "", self._authorization_link(site, begun.state, begun.verifier), begun.cookie)

    def link_by_hand(self, site: str) -> tuple[str, str]:
        """The authorization page for somebody who copies the code, and the verifier that its exchange needs."""
        verifier = secrets.token_urlsafe(64)
        return self._authorization_link(site, BY_HAND, verifier), verifier

    def finish(self, query: Mapping[str, str], cookies: str) -> Page:
        """Exchange the code and store the grant; a page that says what came of it, or what to do."""
        if query.get("state") == BY_HAND and query.get("code"):
            link = self._way_back()
            return Page(
                400, self._render("one_step_left_title", self._wording.say("copy_the_address", link=link), link)
            )
        authorization = self._authorizations.resume(query.get("state", ""), cookies)
        if authorization is None:
            return self._failure(400, "state_unknown")
        invitation = authorization.invitation
        if query.get("error") or not query.get("code"):
            return self._not_granted(query, invitation)
        try:
            seller = self.connect(
                query["code"], verifier=authorization.verifier, desk=invitation.desk, site=invitation.site
            )
        except (Refused, TryAgainLater, OutcomeUnknown) as error:
            link = self._way_back(invitation)
            return Page(502, self._render("not_connected_title", self.explain(error, link), link))
        return self._connected(seller, self._way_back(invitation))

    def connect(
        self, code: str, *, verifier: str, desk: str | None = None, site: str = "", moves: bool = False
    ) -> Seller:
        """Exchange a code, which works once, and store the grant.

        A seller who is connected keeps their desk, unless `moves`: a link can be sent to anybody, and must
        not carry their conversations elsewhere. Raises Refused, TryAgainLater or OutcomeUnknown; `explain` has the
        sentence.
        """
        try:
            grant = self._endpoint.exchange_code(code, redirect_uri=self.redirect_uri, code_verifier=verifier)
        except (Refused, TryAgainLater, OutcomeUnknown) as error:
            logger.warning("seller was not connected", reason=str(error))
            raise
        now, known = self._clock().timestamp(), self._sellers.get(grant.seller_id)
        keeps = known.desk if known and not (moves and desk is not None) else desk or ""
        seller = Seller(
            seller_id=grant.seller_id,
            nickname=known.nickname if known else str(grant.seller_id),
            site_id=known.site_id if known else site or self._settings.mercado_livre_site,
            access_token=grant.access_token,
            refresh_token=grant.refresh_token,
            expires_at=int(now) + grant.expires_in,
            # Larger than that of any grant before, so that a refresh still under way cannot overwrite this one.
            version=int(now * 1000),
            refreshed_at=int(now),
            scopes=grant.scopes,
            desk=keeps,
            connected_at=int(now),
            awake_until=int(now) + AWAKE_SECONDS,
        )
        # At once: the grant before it is dead from now on, and nothing else holds this one.
        self._sellers.connect(seller)
        logger.info("seller connected", meli_seller_id=grant.seller_id)
        seller = self._identify(seller, grant)
        try:
            # What waited for the seller flows again.
            self._ask_for_sweep(seller.seller_id)
        except Exception:  # noqa: BLE001 - the seller is connected, and the schedule asks for the same within two minutes
            logger.exception("a sweep could not be asked for", meli_seller_id=seller.seller_id)
        return seller

    def _identify(self, seller: Seller, grant: Grant) -> Seller:
        """The seller with nickname and country; without, where Mercado Livre does not tell now."""
        try:
            user = self._endpoint.identify(grant)
        except (Refused, TryAgainLater, OutcomeUnknown) as error:
            logger.warning("the seller's name is not known", meli_seller_id=seller.seller_id, reason=str(error))
            return seller
        seller = seller._replace(nickname=user.nickname, site_id=user.site_id)
        self._sellers.rename(seller)
        if seller.site_id == CROSS_BORDER_SITE:
            logger.warning("sellers across borders are not supported", meli_seller_id=seller.seller_id)
        return seller

    def explain(self, error: BridgeError, link: str) -> str:
        """What to do about a code that was not exchanged; `link` is where to begin anew."""
        facts = {"link": link, "redirect_uri": self.redirect_uri}
        if isinstance(error, Refused):
            sentence = REFUSALS.get(error.code, "code_refused")
            return self._wording.say(sentence, **facts, words=error.brief)
        return self._wording.say("mercado_livre_away", **facts)

    def _not_granted(self, query: Mapping[str, str], invitation: Invitation) -> Page:
        error = query.get("error", "")
        if error == "invalid_operator_user_id":
            return self._failure(400, "operator_not_allowed", invitation)
        if error in ("access_denied", ""):
            return self._failure(400, "authorization_denied", invitation)
        words = (query.get("error_description") or error)[:200]
        return self._failure(400, "authorization_failed", invitation, words=words)

    def _connected(self, seller: Seller, link: str) -> Page:
        sentence = self._wording.say("connected", nickname=seller.nickname, seller_id=seller.seller_id)
        if missing := seller.missing_scopes:
            sentence += " " + self._wording.say("scopes_missing", scopes=", ".join(missing), link=link)
        if seller.site_id == CROSS_BORDER_SITE:
            sentence = self._wording.say("site_not_supported", nickname=seller.nickname, seller_id=seller.seller_id)
        return Page(200, self._render("connected_title", sentence, link))

    def _authorization_link(self, site: str, state: str, verifier: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._settings.mercado_livre_app_id,
            "redirect_uri": self.redirect_uri,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        base_url = self._settings.mercado_livre_auth_url or f"https://{AUTHORIZATION_HOSTS[site]}"
        return f"{base_url}/authorization?{urlencode(query)}"

    def _failure(self, status: int, sentence: str, invitation: Invitation | None = None, **facts: str) -> Page:
        link = self._way_back(invitation)
        said = self._wording.say(sentence, link=link, **facts)
        return Page(status, self._render("not_connected_title", said, link))

    def _way_back(self, invitation: Invitation | None = None) -> str:
        """Where to begin anew: by the same invitation, for whoever has shown one; others are told whom to ask."""
        if invitation and invitation.until:
            return self._invitations.link_of(invitation)
        if self._settings.is_open:
            site, desk = (invitation.site, invitation.desk) if invitation else ("", "")
            return self._settings.connecting_link(site, desk)
        return self._wording.say("link_to_ask_for")

    def _render(self, title: str, sentence: str, link: str) -> str:
        links = [one for one in (link, self.redirect_uri) if one.startswith(self._settings.public_url)]
        return render_page(self._wording.say(title), sentence, links=links, language=self._wording.language)


def _called(name: str) -> str:
    """What somebody wrote into an address, as far as it could be a name at all."""
    return name if re.fullmatch(r"[A-Za-z0-9]{1,40}", name) else "?"
