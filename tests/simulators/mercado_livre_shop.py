"""A shop at the simulated Mercado Livre: its seller with a token, and what tests ask about its answers."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import Client

from simulators.mercado_livre import MercadoLivre
from simulators.service import Server

SAMPLES = Path(__file__).parents[1] / "samples" / "mercado_livre"
REDIRECT_URI = "https://bridge.example.invalid/oauth/callback"
Reply = Any  # a werkzeug TestResponse, whose `json` a type checker takes for None


class TurnableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 6, 10, 13, 44, 21, 746608, UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class Shop:
    """The simulator with one seller, one listing and one buyer, and a client that bears the seller's token."""

    def __init__(self, meli: MercadoLivre) -> None:
        self.meli = meli
        self.http: Any = Client(meli.wsgi)
        self.seller_id = meli.add_seller("LOJATESTE")
        self.buyer_id = meli.add_buyer("COMPRADORTESTE")
        self.item_id = meli.add_item(self.seller_id, "Produto de teste", 62.96)
        self.tokens = meli.grant_access(self.seller_id)

    def ask(self, text: str = "Bom dia, tem na cor azul?") -> int:
        return self.meli.ask(self.buyer_id, self.item_id, text)

    def call(self, method: str, path: str, **options: Any) -> Reply:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        return self.http.open(path, method=method, headers=headers, **options)

    def get(self, path: str) -> Reply:
        return self.call("GET", path)

    def post_answer(self, question_id: Any, text: Any = "Temos sim!") -> Reply:
        return self.call("POST", "/answers", json={"question_id": question_id, "text": text})

    def request_token(self, **fields: str) -> Reply:
        form = {"client_id": str(self.meli.app_id), "client_secret": self.meli.client_secret, **fields}
        return self.http.post("/oauth/token", data=form)

    def authorize(self, **query: str) -> Reply:
        defaults = {"response_type": "code", "client_id": str(self.meli.app_id), "redirect_uri": REDIRECT_URI}
        return self.http.get("/authorization", query_string={**defaults, **query})

    def obtain_code(self, **query: str) -> str:
        return read_query(self.authorize(**query))["code"]

    def redeem(self, code: str, **fields: str) -> Reply:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI, **fields}
        return self.request_token(**form)

    def refresh(self, refresh_token: str) -> Reply:
        return self.request_token(grant_type="refresh_token", refresh_token=refresh_token)

    def missed(self, query: str = "") -> list[dict[str, Any]]:
        body: dict[str, Any] = self.get(f"/missed_feeds?app_id={self.meli.app_id}{query}").json
        return list(body["messages"])


class Receiver:
    """Stands where the application's callback is, and answers with the status it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.notifications: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.server = Server(self._receive)
        self.url = f"{self.server.url}/webhooks/meli"

    def _receive(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.notifications.append(json.loads(body))
        self.headers.append({name: environ[name] for name in ("HTTP_ACCEPT", "CONTENT_TYPE", "CONTENT_LENGTH")})
        start_response(f"{self.status} Told", [("Content-Length", "0")])
        return [b""]


def load_sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def read_query(response: Reply) -> dict[str, str]:
    assert response.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


def shape(value: Any) -> Any:
    """Keys and types, and of dates their precision and zone."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value]
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return re.sub(r"\d", "0", value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return type(value).__name__


def without_numbers(body: Any) -> Any:
    """The words of an error, whatever ids are in them."""
    return re.sub(r"\d{6,}", "N", json.dumps(body, sort_keys=True))
