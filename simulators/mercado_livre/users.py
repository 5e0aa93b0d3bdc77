"""Sellers and buyers, and the application they authorise.

https://developers.mercadolibre.com.ar/es_ar/producto-consulta-usuarios
"""

from typing import Any

from flask import Response

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer, read_number
from simulators.mercado_livre.dates import site_milliseconds
from simulators.mercado_livre.oauth import OAuth
from simulators.mercado_livre.state import Grant, User


class Users(OAuth):
    def add_seller(self, nickname: str, seller_id: int | None = None) -> int:
        with self.lock:
            return self._add_user(self.state.sellers, nickname, seller_id or next(self.state.seller_ids))

    def add_buyer(self, nickname: str, buyer_id: int | None = None) -> int:
        with self.lock:
            return self._add_user(self.state.buyers, nickname, buyer_id or next(self.state.buyer_ids))

    def _add_user(self, users: dict[int, User], nickname: str, user_id: int) -> int:
        if not nickname.strip():
            raise errors.NotPossible("a user needs a nickname")
        if self.state.find_user(user_id):
            raise errors.NotPossible(f"user {user_id} exists already")
        users[user_id] = User(user_id, nickname, self.clock())
        return user_id

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("GET", "/users/me")
        def get_me(caller: int) -> Response:
            return answer(self._view_own_user(self.state.sellers[caller]))

        @self.api_route("GET", "/users/<int:user_id>")
        def get_user(caller: int, user_id: int) -> Response:
            user = self.state.find_user(user_id)
            if user is None:
                raise errors.not_found(f"The user with id {user_id} was not found")  # wording not documented
            return answer(self._view_own_user(user) if user_id == caller else self._view_public_user(user))

        # https://developers.mercadolibre.com.ar/es_ar/gestiona-tus-aplicaciones
        @self.api_route("GET", "/applications/<int:app_id>")
        def get_application(caller: int, app_id: int) -> Response:
            self._check_app(app_id)
            return answer(
                {
                    "id": self.app_id,
                    "site_id": self.site_id,
                    "thumbnail": None,
                    "url": "http://apps.mercadolivre.com.br/ponte",
                    "sandbox_mode": True,
                    "project_id": None,
                    "active": True,
                    "max_requests_per_hour": 18000,
                    "certification_status": "not_certified",
                }
            )

        @self.api_route("GET", "/applications/<int:app_id>/grants")
        def list_grants(caller: int, app_id: int) -> Response:
            self._check_app(app_id)
            offset, limit = read_number("offset", 0), min(read_number("limit", 50), 50)
            grants = list(self.state.grants.values())
            return answer(
                {
                    "paging": {"total": len(grants), "limit": limit, "offset": offset},
                    "grants": [self._view_grant(grant) for grant in grants[offset : offset + limit]],
                }
            )

        @self.api_route("DELETE", "/users/<int:user_id>/applications/<int:app_id>")
        def delete_grant(caller: int, user_id: int, app_id: int) -> Response:
            self._check_app(app_id)
            if user_id != caller:
                raise errors.access_denied()
            self.revoke_grant(user_id)
            return answer({"user_id": str(user_id), "app_id": str(app_id), "msg": "Autorización eliminada"})

    def _check_app(self, app_id: int) -> None:
        if app_id != self.app_id:
            raise errors.access_denied()

    def _view_grant(self, grant: Grant) -> dict[str, Any]:
        return {
            "user_id": grant.seller_id,
            "app_id": self.app_id,
            "date_created": site_milliseconds(grant.date_created),
            "scopes": grant.scopes,
        }

    def _view_own_user(self, user: User) -> dict[str, Any]:
        return {
            "id": user.id,
            "nickname": user.nickname,
            "registration_date": site_milliseconds(user.date_created),
            "first_name": "Test",
            "last_name": "Test",
            "country_id": "BR",
            "email": f"test_user_{user.id}@example.invalid",
            "identification": {"type": "CPF", "number": "00000000000"},
            "address": {
                "state": "BR-SP",
                "city": "São Paulo",
                "address": "Rua Inventada 1",
                "zip_code": "00000000",
            },
            "phone": {"area_code": "00", "number": "0000-0000", "extension": "", "verified": False},
            "alternative_phone": {"area_code": "", "number": "", "extension": ""},
            "user_type": "normal",
            "tags": ["normal", "test_user", "user_info_verified"],
            "logo": None,
            "points": 100,
            "site_id": self.site_id,
            "permalink": _make_permalink(user),
            "seller_experience": "ADVANCED",
            "status": {"site_status": "active"},
        }

    def _view_public_user(self, user: User) -> dict[str, Any]:
        """What anyone may see: no name, e-mail or phone."""
        return {
            "id": user.id,
            "nickname": user.nickname,
            "country_id": "BR",
            "address": {"city": "São Paulo", "state": "BR-SP"},
            "user_type": "normal",
            "site_id": self.site_id,
            "permalink": _make_permalink(user),
            "seller_reputation": {
                "level_id": None,
                "power_seller_status": None,
                "transactions": {"period": "historic", "total": 1},
            },
            "status": {"site_status": "active"},
        }


def _make_permalink(user: User) -> str:
    return f"http://perfil.mercadolivre.com.br/{user.nickname.replace(' ', '+')}"
