"""The acts as JSON routes under /_control/, for pages and scripts; browsers of any origin may call them."""

from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.acts import Kinds, is_kind
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.dates import utc_milliseconds
from simulators.mercado_livre.questions import Questions
from simulators.mercado_livre.sales_control import SALES_CHOICES, SALES_SWITCHES, SalesControl
from simulators.mercado_livre.state import Item, Question, User
from simulators.mercado_livre.users import Users

SETTINGS: Kinds = {"redirect_uri": str, "notification_url": str}
SWITCHES: Kinds = {
    "notifications_enabled": bool,
    "notifies_only_authorized_sellers": bool,
    "missed_listings_want_a_site": bool,
    "duplicate_notifications": int,
    "notifications_to_drop": int,
    "application_blocked": bool,
    "pkce_required": bool,
    "hides_deleted_questions": bool,
    "questions_counted_unlisted": int,
    "token_error": str,
    "next_authorization_error": str,
    **SALES_SWITCHES,
}
CHOICES = {"token_error": tuple(errors.TOKEN_ERRORS), **SALES_CHOICES}
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
}


class Control(Users, Questions, SalesControl):
    def _add_routes(self) -> None:
        super()._add_routes()
        self.flask.after_request(_allow_any_origin)
        self.flask.register_error_handler(errors.NotPossible, lambda error: answer({"message": str(error)}, 409))
        self.flask.register_error_handler(errors.Unknown, lambda error: answer({"message": error.args[0]}, 404))

        @self.flask.get("/_control/state")
        def control_state() -> Response:
            with self.lock:
                return answer(self._view_state())

        act = self._add_act
        act("/sellers", self.add_seller, nickname=str)
        act("/buyers", self.add_buyer, nickname=str)
        act("/items", self.add_item, seller_id=int, title=str, price=(int, float))
        act("/items/<item_id>/status", self.set_item_status, status=str, optional={"sub_status": str})
        act("/items/<item_id>/stock", self.set_stock, quantity=int)
        act("/items/<item_id>/price", self.set_price, price=(int, float), optional={"regular_price": (int, float)})
        act("/questions", self.ask, buyer_id=int, item_id=str, text=str)
        act("/questions/<int:question_id>/answer", self.answer_natively, text=str)
        act("/questions/<int:question_id>/ban", self.ban_question, reason=str)
        act("/questions/<int:question_id>/ban_answer", self.ban_answer, reason=str)
        act("/questions/<int:question_id>/delete", self.delete_question)
        act("/questions/<int:question_id>/close", self.close_question)
        act("/questions/<int:question_id>/disable", self.disable_question)
        act("/questions/<int:question_id>/hold", self.hold_question)
        act("/questions/<int:question_id>/release", self.release_question)
        act("/grants/<int:seller_id>/revoke", self.revoke_grant)
        act("/grants/<int:seller_id>/expire", self.expire_tokens)
        act("/notifications", self.notify, topic=str, resource=str, seller_id=int)
        act("/seed_demo", self.seed_demo)
        act("/settings", lambda: self._set_attributes(SETTINGS))
        act("/switches", lambda: self._set_attributes(SWITCHES))

    def seed_demo(self) -> int:
        """A shop with three listings, and two people who have bought and may ask; returns the seller's id."""
        with self.lock:
            seller_id = self.add_seller("LOJA DEMONSTRAÇÃO")
            coffee_maker = self.add_item(seller_id, "Cafeteira Elétrica 30 Xícaras Inox 220v", 189.90)
            backpack = self.add_item(seller_id, "Mochila Notebook 15,6 Impermeável Com Usb", 129.00)
            self.add_item(seller_id, "Tênis De Corrida Leve Masculino 41", 249.99)
            self.buy(self.add_buyer("MARIANA.SOUZA"), coffee_maker)
            self.buy(self.add_buyer("RAFAEL_LIMA82"), backpack, in_pack=False)
            return seller_id

    def _set_attributes(self, kinds: Kinds) -> None:
        fields = request.get_json()
        for name, value in fields.items():
            if name not in kinds or not is_kind(value, kinds[name]):
                raise errors.bad_request(f"cannot set {name} to {value!r}")
            if value not in CHOICES.get(name, (value,)):
                raise errors.bad_request(f"{name} must be one of {', '.join(CHOICES[name])}")
        with self.lock:
            if error := fields.get("next_authorization_error"):
                self.fail_next_authorization(error)
            for name, value in fields.items():
                setattr(self, name, value)

    def _view_state(self) -> dict[str, Any]:
        state = self.state
        return {
            "sellers": [
                {**_view_user(seller), "authorized": seller.id in state.grants} for seller in state.sellers.values()
            ],
            "buyers": [_view_user(buyer) for buyer in state.buyers.values()],
            "items": [self._view_listing(item) for item in state.items.values()],
            "questions": [self._view_question(question) for question in reversed(state.questions.values())],
            "sales": self._view_sales(),
            "settings": {
                **{name: getattr(self, name) for name in SETTINGS},
                "app_id": self.app_id,
                "site_id": self.site_id,
                "token_seconds": self.token_seconds,
                "base_url": self.base_url,
            },
            "switches": {name: getattr(self, name) for name in SWITCHES},
            "missed_feeds": sum(missed.kept_until > self.clock() for missed in state.missed_feeds),
            "notifications_waiting": len(self.outbox),
        }

    def _view_listing(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.id,
            "seller_id": item.seller_id,
            "title": item.title,
            "price": item.price,
            "currency_id": self._currency,
            "status": item.status,
            "permalink": self._permalink(item),
            "picture": self._picture_url(item),
        }

    def _view_question(self, question: Question) -> dict[str, Any]:
        answer = question.answer
        return {
            "id": question.id,
            "seller_id": question.seller_id,
            "buyer_id": question.buyer_id,
            "buyer_nickname": self.state.buyers[question.buyer_id].nickname,
            "item_id": question.item_id,
            "item_title": self.state.items[question.item_id].title,
            "text": question.text,
            "status": question.status,
            "hold": question.hold,
            "date_created": utc_milliseconds(question.date_created),
            "last_updated": utc_milliseconds(question.last_updated),
            "moderation_reason": question.moderation.reason if question.moderation else None,
            "answer": answer
            and {
                "text": answer.text,
                "status": answer.status,
                "date_created": utc_milliseconds(answer.date_created),
            },
        }


def _view_user(user: User) -> dict[str, Any]:
    return {"id": user.id, "nickname": user.nickname}


def _allow_any_origin(response: Response) -> Response:
    if request.path.startswith("/_control/"):
        response.headers.update(CORS_HEADERS)
    return response
