"""Mercado Livre's API, one method a call. https://developers.mercadolivre.com.br/pt_br/api-docs-pt-br"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from chalicelib.errors import LoginNeeded, NotFound, Refused
from chalicelib.mercado_livre.resources import Grant, Item, Question, User
from chalicelib.transport import Answer, Transport

PAGE_LENGTH = 50


class AccessTokens(Protocol):
    """Where a seller's access token comes from; `mercado_livre.tokens` has it."""

    def access_token(self, seller_id: int) -> str: ...

    def renew(self, seller_id: int, *, rejected: str) -> str: ...


class MercadoLivre:
    """Calls made in a seller's name. Raises the errors of `transport`, and LoginNeeded when his grant is gone."""

    def __init__(self, transport: Transport, base_url: str, tokens: AccessTokens) -> None:
        self._transport = transport
        self._base_url = base_url
        self._tokens = tokens

    def get_question(self, seller_id: int, question_id: str) -> Question:
        """https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas"""
        answer = self._call(seller_id, "GET", f"/questions/{question_id}", params={"api_version": 4})
        return Question.from_json(answer.json())

    def answer_question(self, seller_id: int, question_id: str, text: str) -> None:
        """Publish the answer to a question; a question takes one answer only, and it cannot be taken back.

        https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
        """
        self._call(seller_id, "POST", "/answers", json={"question_id": int(question_id), "text": text})

    def find_unanswered_questions(self, seller_id: int) -> Iterator[Question]:
        """Every unanswered question of a seller, oldest first, page by page.

        https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
        """
        offset = 0
        while True:
            page = self._call(
                seller_id,
                "GET",
                "/questions/search",
                params={
                    "seller_id": seller_id,
                    "status": "UNANSWERED",
                    "api_version": 4,
                    "sort_fields": "date_created",
                    "sort_types": "ASC",
                    "limit": PAGE_LENGTH,
                    "offset": offset,
                },
            ).json()["questions"]
            yield from map(Question.from_json, page)
            if len(page) < PAGE_LENGTH:
                return
            offset += PAGE_LENGTH

    def find_moderation_reason(self, seller_id: int, question_id: str) -> str:
        """Why a question or its answer was removed, in Mercado Livre's words; empty when it does not say.

        https://developers.mercadolivre.com.br/pt_br/gerenciar-moderacoes
        """
        try:
            moderations = self._call(seller_id, "GET", f"/moderations/last_moderation/{question_id}-QUE").json()
        except Refused:
            return ""
        wordings = moderations[0].get("wordings") or [] if isinstance(moderations, list) and moderations else []
        reasons = [wording.get("value") for wording in wordings if wording.get("type") == "REASON"]
        return str(reasons[0] if reasons else (moderations[0].get("name") if moderations else "") or "")

    def get_item(self, seller_id: int, item_id: str) -> Item:
        """https://developers.mercadolivre.com.br/pt_br/itens-e-buscas"""
        return Item.from_json(self._call(seller_id, "GET", f"/items/{item_id}").json())

    def get_user(self, seller_id: int, user_id: int) -> User:
        """https://developers.mercadolivre.com.br/pt_br/produto-consulta-usuarios"""
        return User.from_json(self._call(seller_id, "GET", f"/users/{user_id}").json())

    def find_missed_feeds(self, seller_id: int, app_id: int, *, offset: int, limit: int) -> list[dict[str, Any]]:
        """A page of the notifications that failed all their deliveries, of every seller of the application.

        https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes
        """
        fields = self._call(
            seller_id, "GET", "/missed_feeds", params={"app_id": app_id, "offset": offset, "limit": limit}
        ).json()
        # The official key is `messages`; other documents and code read `notifications` and `results`.
        keys = [key for key in ("messages", "notifications", "results") if key in fields]
        entries = fields[keys[0]] if keys else []
        return [entry for entry in entries if isinstance(entry, dict)]

    def _call(
        self,
        seller_id: int,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        json: object = None,
    ) -> Answer:
        token = self._tokens.access_token(seller_id)
        try:
            return self._send(token, method, path, params=params, json=json)
        except Refused as refusal:
            if is_application_blocked(refusal):
                raise LoginNeeded("Mercado Livre has blocked the application", seller_id=seller_id) from refusal
            if not is_token_rejected(refusal):
                raise
        # Refused for the token, so nothing happened: once more with a new one, and never a third time.
        token = self._tokens.renew(seller_id, rejected=token)
        return self._send(token, method, path, params=params, json=json)

    def _send(self, token: str, method: str, path: str, **what: Any) -> Answer:
        # The token never stands in the query string.
        # https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return self._transport.call(method, f"{self._base_url}{path}", headers=headers, **what)


class TokenEndpoint:
    """`POST /oauth/token`: codes and refresh tokens become grants.

    https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
    """

    def __init__(self, transport: Transport, base_url: str, *, app_id: int, client_secret: str) -> None:
        self._transport = transport
        self._url = f"{base_url}/oauth/token"
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
        headers = {"Authorization": f"Bearer {grant.access_token}"}
        return User.from_json(
            self._transport.call("GET", self._url.replace("/oauth/token", "/users/me"), headers=headers).json()
        )

    def _post(self, **form: str) -> Grant:
        answer = self._transport.call(
            "POST", self._url, headers={"Accept": "application/json"}, form={**self._client, **form}
        )
        return Grant.from_json(answer.json())


def is_token_rejected(refusal: Refused) -> bool:
    """Whether a new access token may help. Bodies differ by resource, so the status decides first."""
    if isinstance(refusal, NotFound):
        return False
    if refusal.status == 401:
        # `unauthorized_scopes` is about something else than the token's life.
        return refusal.code != "unauthorized_scopes"
    return refusal.status == 400 and refusal.words.startswith("Malformed access_token")


def is_application_blocked(refusal: Refused) -> bool:
    """Whether Mercado Livre has blocked the whole application: refreshing will not help."""
    # The label of a delivered shipment answers the same code with other words.
    return refusal.status == 401 and refusal.code == refusal.words == "unauthorized_scopes"
