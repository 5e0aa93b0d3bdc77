"""OAuth: the consent page, the token endpoint, and a seller's grant coming and going.

https://developers.mercadolibre.com.ar/es_ar/autenticacion-y-autorizacion
"""

import base64
import copy
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from markupsafe import Markup

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import Core, answer
from simulators.mercado_livre.state import AccessToken, AuthorizationCode, Grant

CODE_LIFETIME = timedelta(minutes=10)
REFRESH_TOKEN_LIFETIME = timedelta(days=180)  # "6 months"
IDLE_LIFETIME = timedelta(days=120)  # "4 months without any call"

# That the error comes back in the redirect, and these descriptions, are not documented.
AUTHORIZATION_ERRORS = {
    "access_denied": "the user denied the request",
    "invalid_operator_user_id": "operator accounts cannot authorise",
}

# Except for invalid_grant the codes are documented and the wording and status are not.
TOKEN_ENDPOINT_ERRORS = {
    "invalid_client": (400, "invalid client_id or client_secret."),
    "invalid_request": (400, "a required parameter is missing"),
    "unsupported_grant_type": (400, "grant_type must be authorization_code or refresh_token"),
    "unauthorized_application": (403, "the application is blocked"),
}


class OAuth(Core):
    """Acts on grants, and the two endpoints."""

    @property
    def grants(self) -> dict[int, Grant]:
        """A snapshot, by seller id."""
        with self.lock:
            return copy.deepcopy(self.state.grants)

    def grant_access(self, seller_id: int) -> dict[str, Any]:
        """Tokens for a seller without the walk through the browser: the body `/oauth/token` would answer."""
        with self.lock:
            if seller_id not in self.state.sellers:
                raise errors.Unknown(f"no seller {seller_id}")
            return self._issue_tokens(seller_id)

    def revoke_grant(self, seller_id: int) -> None:
        """The seller, or Mercado Livre, takes the permission back; all its tokens die."""
        with self.lock:
            self.state.grants.pop(seller_id, None)
            tokens = self.state.access_tokens
            for value in [value for value, token in tokens.items() if token.seller_id == seller_id]:
                del tokens[value]

    def expire_tokens(self, seller_id: int) -> None:
        """Access tokens lapse before their time; the refresh token still works."""
        with self.lock:
            for token in self.state.access_tokens.values():
                if token.seller_id == seller_id:
                    token.expires = min(token.expires, self.clock())

    def block_application(self, blocked: bool = True) -> None:
        with self.lock:
            self.application_blocked = blocked

    def fail_next_authorization(self, error: str) -> None:
        """The next consent comes back as `access_denied` or, for an operator, `invalid_operator_user_id`."""
        with self.lock:
            if error not in AUTHORIZATION_ERRORS:
                raise errors.NotPossible(f"{error} is not one of {', '.join(AUTHORIZATION_ERRORS)}")
            self.next_authorization_error = error

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.flask.get("/authorization")
        def authorize() -> Response:
            with self.lock:
                return self._authorize()

        @self.flask.post("/oauth/token")
        def issue_token() -> Response:
            with self.lock:
                return answer(self._answer_token_request())

    def _authorize(self) -> Response:
        if problem := self._find_authorization_problem():
            return _page("Não foi possível conectar", Markup("<p>{}</p>").format(problem), 400)
        seller_id = self._choose_seller()
        if seller_id is None:
            return self._show_sellers()
        query = {"state": request.args["state"]} if "state" in request.args else {}
        if error := self.next_authorization_error:
            self.next_authorization_error = ""
            return self._redirect_back({"error": error, "error_description": AUTHORIZATION_ERRORS[error], **query})
        code = f"TG-{secrets.token_hex(12)}-{seller_id}"
        self.state.codes[code] = AuthorizationCode(
            seller_id,
            self.redirect_uri,
            request.args.get("code_challenge", ""),
            request.args.get("code_challenge_method", "plain"),
            self.clock() + CODE_LIFETIME,
        )
        return self._redirect_back({"code": code, **query})

    def _find_authorization_problem(self) -> str:
        args = request.args
        if args.get("response_type") != "code":
            return "response_type must be code"
        if args.get("client_id") != str(self.app_id):
            return "client_id is not known"
        if not self.redirect_uri or args.get("redirect_uri") != self.redirect_uri:
            return "redirect_uri is not the one registered for the application"
        if self.application_blocked:
            return "the application is blocked"
        challenge = args.get("code_challenge", "")
        if self.pkce_required and not challenge:
            return "code_challenge is required"
        if "code_challenge_method" in args and not challenge:
            return "code_challenge_method came without code_challenge"
        if challenge and args.get("code_challenge_method", "plain") not in ("S256", "plain"):
            return "code_challenge_method must be S256 or plain"
        chosen = args.get("as", "")
        if chosen and not (chosen.isdecimal() and int(chosen) in self.state.sellers):
            return "this seller does not exist"
        return ""

    def _choose_seller(self) -> int | None:
        if chosen := request.args.get("as"):
            return int(chosen)
        if self.logged_in_seller in self.state.sellers:
            return self.logged_in_seller
        sellers = list(self.state.sellers)
        return sellers[0] if len(sellers) == 1 else None

    def _show_sellers(self) -> Response:
        query = request.args.to_dict()
        links = Markup().join(
            Markup('<li><a href="?{}">{}</a></li>').format(urlencode({**query, "as": str(seller.id)}), seller.nickname)
            for seller in self.state.sellers.values()
        )
        return _page("Entrar como", Markup("<ul>{}</ul>").format(links), 200)

    def _redirect_back(self, query: dict[str, str]) -> Response:
        separator = "&" if "?" in self.redirect_uri else "?"
        return Response(status=302, headers={"Location": f"{self.redirect_uri}{separator}{urlencode(query)}"})

    def _answer_token_request(self) -> dict[str, Any]:
        form = request.form
        if request.mimetype != "application/x-www-form-urlencoded" or request.args:
            raise _token_error("invalid_request")
        if any(not form.get(name) for name in ("grant_type", "client_id", "client_secret")):
            raise _token_error("invalid_request")
        if form["grant_type"] not in ("authorization_code", "refresh_token"):
            raise _token_error("unsupported_grant_type")
        secret_matches = hmac.compare_digest(form["client_secret"].encode(), self.client_secret.encode())
        if form["client_id"] != str(self.app_id) or not secret_matches:
            raise _token_error("invalid_client")
        if self.application_blocked:
            raise _token_error("unauthorized_application")
        if form["grant_type"] == "refresh_token":
            return self._issue_tokens(self._redeem_refresh_token())
        return self._issue_tokens(self._redeem_code())

    def _redeem_code(self) -> int:
        """A code is spent by the first attempt to redeem it, even one that fails."""
        form = request.form
        if not form.get("code") or not form.get("redirect_uri"):
            raise _token_error("invalid_request")
        code = self.state.codes.pop(form["code"], None)
        if code is None or code.expires <= self.clock() or form["redirect_uri"] != code.redirect_uri:
            raise _invalid_grant()
        if code.code_challenge and not form.get("code_verifier"):
            raise _token_error("invalid_request")
        if code.code_challenge and not _verifier_matches(form["code_verifier"], code):
            raise _invalid_grant()
        return code.seller_id

    def _redeem_refresh_token(self) -> int:
        value = request.form.get("refresh_token")
        if not value:
            raise _token_error("invalid_request")
        now = self.clock()
        for grant in self.state.grants.values():
            if grant.refresh_token == value:
                if grant.refresh_token_expires <= now or grant.last_call + IDLE_LIFETIME <= now:
                    break
                return grant.seller_id
        raise _invalid_grant()

    def _issue_tokens(self, seller_id: int) -> dict[str, Any]:
        """A new pair; the refresh token before it no longer works, access tokens live on until they expire."""
        now = self.clock()
        access_token = f"APP_USR-{self.app_id}-{now:%m%d%H}-{secrets.token_hex(16)}-{seller_id}"
        self.state.access_tokens[access_token] = AccessToken(seller_id, now + timedelta(seconds=self.token_seconds))
        offline = "offline_access" in self.scopes.split()
        refresh_token = f"TG-{secrets.token_hex(12)}-{seller_id}" if offline else ""
        before = self.state.grants.get(seller_id)
        self.state.grants[seller_id] = Grant(
            seller_id,
            self.scopes.split(),
            before.date_created if before else now,
            now,
            refresh_token,
            now + REFRESH_TOKEN_LIFETIME,
        )
        body = {
            "access_token": access_token,
            "token_type": "bearer",
            "expires_in": self.token_seconds,
            "scope": self.scopes,
            "user_id": seller_id,
        }
        return {**body, "refresh_token": refresh_token} if offline else body


def _verifier_matches(verifier: str, code: AuthorizationCode) -> bool:
    if code.code_challenge_method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        verifier = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return verifier == code.code_challenge


def _token_error(error: str) -> errors.APIError:
    status, message = TOKEN_ENDPOINT_ERRORS[error]
    return errors.standard_error(status, error, message)


def _invalid_grant() -> errors.APIError:
    """The one published body; it has `error_description` where the others have `message`."""
    description = (
        "Error validating grant. Your authorization code or refresh token may be expired or it was already used"
    )
    return errors.APIError(
        400, {"error_description": description, "error": "invalid_grant", "status": 400, "cause": []}
    )


def _page(title: str, content: Markup, status: int) -> Response:
    html = Markup(
        '<!doctype html><html lang="pt-BR"><meta charset="utf-8"><title>{0}</title><h1>{0}</h1>{1}</html>'
    ).format(title, content)
    return Response(html, status, content_type="text/html; charset=utf-8")
