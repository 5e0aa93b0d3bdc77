"""A seller's grant, the endpoint that renews it, and a clock: what the tests of tokens are about."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from chalicelib.http import Transport
from chalicelib.mercado_livre.calls import Unwatched
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.oauth import TokenEndpoint, Tokens
from chalicelib.models import Seller
from chalicelib.stores.sellers import Sellers
from tests.harness import Clock
from tests.recorded import recorded

SELLER = 700000001
SIX_HOURS = 6 * 3600
Trouble = Callable[[], requests.Response]


class FakeMercadoLivre(BaseAdapter):
    """Its tokens, mounted in place of the network: a refresh token works once, and so does each `trouble`."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 1
        self.refreshes = 0
        self.gives_refresh_tokens = True
        self.troubles: list[Trouble] = []
        self.meanwhile: Callable[[], None] = lambda: None

    @property
    def access_token(self) -> str:
        return f"APP_USR-{self.number}"

    @property
    def refresh_token(self) -> str:
        return f"TG-{self.number}"

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        response = self._answer(request)
        response.url = str(request.url)
        return response

    def close(self) -> None:
        pass

    def _answer(self, request: requests.PreparedRequest) -> requests.Response:
        is_refresh = str(request.url).endswith("/oauth/token")
        self.refreshes += is_refresh
        if self.troubles:
            return self.troubles.pop(0)()
        if is_refresh:
            return self._refresh(dict(parse_qsl(str(request.body))))
        if request.headers["Authorization"] != f"Bearer {self.access_token}":
            return answer("errors/401.invalid_access_token", 401)
        return answer("users/me.200", 200)

    def _refresh(self, form: dict[str, str]) -> requests.Response:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if form["refresh_token"] != self.refresh_token:
            return answer("oauth/token.invalid_grant.400", 400)
        self.number += 1
        grant = recorded("mercado_livre/oauth/token.refresh.200") | {"access_token": self.access_token}
        grant |= {"refresh_token": self.refresh_token if self.gives_refresh_tokens else None}
        return make_response(200, grant)


def make_response(status: int, body: object) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.raw = HTTPResponse(BytesIO(json.dumps(body).encode()), preload_content=False)
    return response


def answer(sample: str, status: int) -> requests.Response:
    return make_response(status, recorded(f"mercado_livre/{sample}"))


def raising(error: Exception) -> Trouble:
    def trouble() -> requests.Response:
        raise error

    return trouble


class Shop:
    """A connected seller, and as many workers as a test asks for; they share the table and nothing else."""

    def __init__(self, sellers: Sellers, transport: Transport, meli: FakeMercadoLivre) -> None:
        self.sellers, self.transport, self.meli, self.clock = sellers, transport, meli, Clock()
        self.tokens = self.make_worker()
        self.connect()

    def make_worker(self) -> Tokens:
        endpoint = TokenEndpoint(self.transport, "https://meli.test", Unwatched(), app_id=1, client_secret="s3cret")
        return Tokens(self.sellers, endpoint, self.clock, lambda seller: "https://ponte.test/connect")

    def connect(self, **fields: Any) -> None:
        now = self.now
        seller = Seller(SELLER, "LOJA", "MLB", self.meli.access_token, self.meli.refresh_token, now + SIX_HOURS, now)
        self.sellers.connect(seller._replace(**fields))

    @property
    def now(self) -> int:
        return int(self.clock().timestamp())

    @property
    def stored(self) -> Seller:
        seller = self.sellers.get(SELLER)
        assert seller
        return seller

    def expire(self) -> None:
        self.clock.turn(seconds=SIX_HOURS + 1)

    def get_user(self) -> int:
        return MercadoLivre(self.transport, "https://meli.test", self.tokens, Unwatched()).get_user(SELLER, SELLER).id
