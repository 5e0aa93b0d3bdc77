"""Mercado Livre's API, one method a call. https://developers.mercadolivre.com.br/pt_br/api-docs-pt-br"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from chalicelib.errors import OperatorNeeded, OutcomeUnknown, PermissionMissing, Refused, TryAgainLater
from chalicelib.http import Answer, File, Transport
from chalicelib.mercado_livre.calls import (
    FORBIDDEN,
    REFUSALS,
    Watch,
    authorization,
    is_application_blocked,
    is_token_rejected,
    judge,
    watched,
)
from chalicelib.mercado_livre.entries import read_each
from chalicelib.mercado_livre.resources import Item, Question, User
from chalicelib.mercado_livre.sale_resources import Order, Pack
from chalicelib.paging import page_numbers

PAGE_LENGTH = 50
PARTIAL_CONTENT = 206


class QuestionPage(NamedTuple):
    """Some of the questions that a search found.

    `total` is how many it found in all, and `next_offset` where the page after this one begins.
    """

    questions: list[Question]
    total: int
    next_offset: int


class OrderPage(NamedTuple):
    """Some of the orders that a search found.

    `total` is how many it found in all, and `next_offset` where the page after this one begins.
    """

    orders: list[Order]
    total: int
    next_offset: int


class AccessTokens(Protocol):
    """Where a seller's access token comes from; `mercado_livre.oauth` has it."""

    def access_token(self, seller_id: int) -> str: ...

    def renew(self, seller_id: int, *, rejected: str) -> str: ...


class MercadoLivre:
    """Calls made in a seller's name.

    Raises the errors of `transport`, LoginNeeded when the grant is gone, and OperatorNeeded when it is the application
    that is refused.
    """

    def __init__(self, transport: Transport, base_url: str, tokens: AccessTokens, watch: Watch) -> None:
        self._transport = transport
        self._base_url = base_url
        self._tokens = tokens
        self._watch = watch

    def get_question(self, seller_id: int, question_id: str) -> Question:
        """https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas; NotShown where it alone is refused."""
        try:
            answer = self.call(seller_id, "GET", f"/questions/{question_id}", params={"api_version": 4})
        except Refused as refusal:
            raise judge(refusal, lambda: next(self.find_unanswered_questions(seller_id))) from refusal
        return Question.from_json(answer.json())

    def answer_question(self, seller_id: int, question_id: str, text: str) -> None:
        """Publish the answer to a question; a question takes one answer only, and it cannot be taken back.

        https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
        """
        self.call(seller_id, "POST", "/answers", json={"question_id": int(question_id), "text": text})

    def is_reached(self, seller_id: int) -> bool:
        """Whether a write gets through to Mercado Livre: an answer to no question, which it refuses."""
        try:
            self.answer_question(seller_id, "0", "ok")
        except Refused:
            return True
        except (TryAgainLater, OutcomeUnknown):
            return False
        return True

    def find_unanswered_questions(self, seller_id: int, *, offset: int = 0) -> Iterator[QuestionPage]:
        """The unanswered questions of a seller, newest first, page by page; one page at least.

        https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
        """
        return self._search_questions(seller_id, offset, status="UNANSWERED")

    def find_newest_questions(self, seller_id: int, *, offset: int = 0) -> Iterator[QuestionPage]:
        """Every question of a seller, newest first, page by page; one page at least.

        https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
        """
        return self._search_questions(seller_id, offset)

    def _search_questions(self, seller_id: int, offset: int, **filters: str) -> Iterator[QuestionPage]:
        for _ in page_numbers():
            params: dict[str, str | int] = {
                "seller_id": seller_id,
                "api_version": 4,
                "sort_fields": "date_created",
                "sort_types": "DESC",
                **filters,
                "limit": PAGE_LENGTH,
                "offset": offset,
            }
            fields = self.list_all(seller_id, "questions", "/questions/search", params).json()
            listed, total = fields["questions"], int(fields.get("total") or 0)
            offset += len(listed)
            questions = read_each(Question.from_json, listed, kind="questions")
            yield QuestionPage([question for question in questions if question.id], total, offset)
            if not listed or (len(listed) < PAGE_LENGTH and offset >= total):
                return

    def find_moderation_reason(self, seller_id: int, question_id: str) -> str:
        """Why a question or its answer was removed, in Mercado Livre's words; empty when it does not say.

        https://developers.mercadolivre.com.br/pt_br/gerenciar-moderacoes
        """
        try:
            moderations = self.call(seller_id, "GET", f"/moderations/last_moderation/{question_id}-QUE").json()
        except Refused:
            return ""
        wordings = moderations[0].get("wordings") or [] if isinstance(moderations, list) and moderations else []
        reasons = [wording.get("value") for wording in wordings if wording.get("type") == "REASON"]
        return str(reasons[0] if reasons else (moderations[0].get("name") if moderations else "") or "")

    def get_item(self, seller_id: int, item_id: str) -> Item:
        """A listing with the price that buyers see: two reads.

        https://developers.mercadolivre.com.br/pt_br/itens-e-buscas
        https://developers.mercadolivre.com.br/pt_br/api-de-precos
        """
        item = Item.from_json(self.call(seller_id, "GET", f"/items/{item_id}").json())
        try:
            params = {"context": "channel_marketplace"}
            return item.with_price(self.call(seller_id, "GET", f"/items/{item_id}/sale_price", params=params).json())
        except Refused:
            # Of some it shows none; what the listing itself says is on its way out.
            return item

    def get_user(self, seller_id: int, user_id: int) -> User:
        """https://developers.mercadolivre.com.br/pt_br/produto-consulta-usuarios"""
        return User.from_json(self.call(seller_id, "GET", f"/users/{user_id}").json())

    def get_order(self, seller_id: int, order_id: str) -> Order:
        """https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas; NotFound for the id of a pack."""
        answer = self.call(seller_id, "GET", f"/orders/{order_id}")
        return Order.from_json(answer.json(), is_partial=answer.status == PARTIAL_CONTENT)

    def find_new_orders(self, seller_id: int, *, since: int) -> list[Order]:
        """The orders of a seller that were made since a moment, in epoch seconds, the newest first; a page of them.

        https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
        """
        params: dict[str, str | int] = {
            "seller": seller_id,
            "order.date_created.from": _written(since),
            "sort": "date_desc",
            "limit": PAGE_LENGTH,
        }
        found = self.call(seller_id, "GET", "/orders/search", params=params).json()["results"]
        return [order for order in map(Order.from_json, found) if order.id]

    def find_changed_orders(
        self, seller_id: int, *, since: int, until: int, offset: int = 0, total: int = 0
    ) -> Iterator[OrderPage]:
        """The orders of a seller that changed in a span, in epoch seconds, page by page; one page at least.

        `offset` and `total` are those of the page after which one goes on.
        https://developers.mercadolivre.com.br/pt_br/gerenciamento-de-vendas
        """
        for _ in page_numbers():
            page = self.call(
                seller_id,
                "GET",
                "/orders/search",
                params={
                    "seller": seller_id,
                    "order.date_last_updated.from": _written(since),
                    "order.date_last_updated.to": _written(until),
                    "sort": "date_desc",
                    "limit": PAGE_LENGTH,
                    "offset": offset,
                },
            ).json()
            found, before, total = page["results"], total, int((page.get("paging") or {}).get("total") or 0)
            # An order that changes meanwhile leaves the span, and those behind it move up: to before this page.
            offset = offset + len(found) if total >= before else max(0, offset - (before - total))
            orders = [order for order in read_each(Order.from_json, found, kind="orders") if order.id]
            yield OrderPage(orders, total, offset)
            # A total may be too small: a full page tells that there may be more.
            is_last = not found or len(found) < PAGE_LENGTH
            if (offset >= total and is_last) or (not found and total >= before):
                return

    def get_pack(self, seller_id: int, pack_id: str) -> Pack:
        """https://developers.mercadolivre.com.br/pt_br/gestao-de-packs; NotFound for the id of an order."""
        return Pack.from_json(self.call(seller_id, "GET", f"/packs/{pack_id}").json())

    def revoke(self, seller_id: int, app_id: int) -> None:
        """Take a seller's grant back; all of its tokens are dead afterwards.

        https://developers.mercadolibre.com.ar/es_ar/gestiona-tus-aplicaciones
        """
        self.call(seller_id, "DELETE", f"/users/{seller_id}/applications/{app_id}")

    def find_missed_feeds(
        self, seller_id: int, app_id: int, *, offset: int, limit: int, site_id: str = ""
    ) -> list[dict[str, Any]]:
        """A page of the notifications that failed all their deliveries, of every seller of the application.

        Those on listings are had for one site alone: of the `site_id` that is given.
        https://developers.mercadolivre.com.br/pt_br/produto-receba-notificacoes
        """
        params: dict[str, str | int] = {"app_id": app_id, "offset": offset, "limit": limit}
        if site_id:
            params |= {"topic": "items", "site_id": site_id}
        fields = self.call(seller_id, "GET", "/missed_feeds", params=params).json()
        # The official key is `messages`; other documents and code read `notifications` and `results`.
        keys = [key for key in ("messages", "notifications", "results") if key in fields]
        entries = fields[keys[0]] if keys else []
        return [entry for entry in entries if isinstance(entry, dict)]

    def call(
        self,
        seller_id: int,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        files: Sequence[tuple[str, File]] = (),
        repeatable: bool = False,
    ) -> Answer:
        """One call in a seller's name; the methods of this package name those that the bridge makes."""

        def send(token: str) -> Answer:
            return self._transport.call(
                method,
                f"{self._base_url}{path}",
                headers={**(headers or {}), **authorization(token)},
                params=params,
                json=json,
                files=files,
                repeatable=repeatable,
                refusals=REFUSALS,
            )

        return self._with_token(seller_id, send, reads=method == "GET")

    def download(
        self,
        seller_id: int,
        path: str,
        *,
        params: Mapping[str, str | int],
        largest_bytes: int,
        may_be_refused_alone: bool = False,
    ) -> bytes:
        """The bytes of a file; raises FileTooLarge for more than `largest_bytes`.

        One that may be refused alone is refused in the words that elsewhere tell of a blocked application.
        """

        def send(token: str) -> Answer:
            return self._transport.download(
                f"{self._base_url}{path}",
                headers=authorization(token),
                params=params,
                largest_bytes=largest_bytes,
                refusals=REFUSALS,
            )

        return self._with_token(seller_id, send, tells_of_blocks=not may_be_refused_alone).body

    def list_all(self, seller_id: int, kind: str, path: str, params: Mapping[str, str | int]) -> Answer:
        """One call for what a seller has of a kind. Raises PermissionMissing where nothing of it is shown."""
        try:
            return self.call(seller_id, "GET", path, params=params)
        except Refused as refusal:
            if refusal.status != FORBIDDEN:
                raise
            # https://developers.mercadolivre.com.br/pt_br/permissoes-funcionais
            self._watch.note_permission_missing(seller_id, kind)
            raise PermissionMissing(f"Mercado Livre shows no {kind} (403)", seller_id=seller_id, kind=kind) from refusal

    def _with_token(
        self, seller_id: int, send: Callable[[str], Answer], *, reads: bool = True, tells_of_blocks: bool = True
    ) -> Answer:
        token = self._tokens.access_token(seller_id)
        try:
            return watched(self._watch, lambda: send(token), reads=reads)
        except Refused as refusal:
            if tells_of_blocks:
                self._tell_of_block(refusal, seller_id)
            if not is_token_rejected(refusal):
                raise
        # Refused for the token, so nothing happened: once more with a new one, and never a third time.
        new_token = self._tokens.renew(seller_id, rejected=token)
        try:
            return watched(self._watch, lambda: send(new_token), reads=reads)
        except Refused as refusal:
            if tells_of_blocks:
                self._tell_of_block(refusal, seller_id)
            if is_token_rejected(refusal):
                # A new token may take a moment until all of Mercado Livre knows it.
                raise TryAgainLater("Mercado Livre rejects a new token", retry_after_seconds=30) from refusal
            raise

    def _tell_of_block(self, refusal: Refused, seller_id: int) -> None:
        """Raises OperatorNeeded where Mercado Livre has blocked the application."""
        if is_application_blocked(refusal):
            self._watch.note_block()
            raise OperatorNeeded("Mercado Livre has blocked the application", seller_id=seller_id) from refusal


def _written(moment: int) -> str:
    """A moment as a search takes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
