"""A shop that has sold: purchases, their conversations, and files."""

import copy
from collections.abc import Sequence
from typing import Any

import requests

from tests.simulators.mercado_livre_shop import Reply, Shop

PHOTO = ("foto do produto.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 not much of a photo")
INVOICE = ("nota.pdf", "application/pdf", b"%PDF-1.4 not much of an invoice")
AGENT = 3037675074


class SalesShop(Shop):
    """Its buyer buys, writes and is answered."""

    def renew_token(self) -> None:
        """After turning the clock by more than six hours."""
        self.tokens = self.meli.grant_access(self.seller_id)

    def make_stranger(self) -> "SalesShop":
        """The same shop to another seller, with a token of their own."""
        stranger = copy.copy(self)
        stranger.seller_id = self.meli.add_seller("OUTRALOJA")
        stranger.renew_token()
        return stranger

    def buy(self, **options: Any) -> int:
        return self.meli.buy(self.buyer_id, self.item_id, **options)

    def ask_about(self, thread_id: int, text: str = "Bom dia, quando envia?") -> str:
        return self.meli.write(thread_id, text)

    def path(self, thread_id: int) -> str:
        return f"/messages/packs/{thread_id}/sellers/{self.seller_id}"

    def read(self, thread_id: int, query: str = "") -> Reply:
        return self.get(f"{self.path(thread_id)}?tag=post_sale&mark_as_read=false{query}")

    def list_ids(self, thread_id: int, query: str = "") -> list[str]:
        return [message["id"] for message in self.read(thread_id, query).json["messages"]]

    def read_message(self, message_id: str) -> Reply:
        return self.get(f"/messages/{message_id}?tag=post_sale")

    def send(self, thread_id: int, text: Any = "Enviamos hoje.", *, to: Any = None, **fields: Any) -> Reply:
        body = {
            "from": {"user_id": str(self.seller_id)},
            "to": {"user_id": str(to or self.buyer_id)},
            "text": text,
            **fields,
        }
        return self.send_body(thread_id, {name: value for name, value in body.items() if value is not None})

    def send_body(self, thread_id: int, body: Any) -> Reply:
        return self.call("POST", f"{self.path(thread_id)}?tag=post_sale", json=body)

    def upload(
        self,
        name: str = INVOICE[0],
        kind: str = INVOICE[1],
        content: bytes = INVOICE[2],
        query: str = "tag=post_sale&site_id=MLB",
    ) -> Reply:
        form = requests.Request("POST", "http://meli.test", files={"file": (name, content, kind)}).prepare()
        content_type = form.headers["Content-Type"]
        return self.call("POST", f"/messages/attachments?{query}", data=form.body, content_type=content_type)

    def upload_all(self, files: Sequence[tuple[str, str, bytes]]) -> list[str]:
        return [self.upload(*file).json["id"] for file in files]

    def download(self, filename: str, query: str = "tag=post_sale&site_id=MLB") -> Reply:
        return self.get(f"/messages/attachments/{filename}?{query}")

    def count_unread(self) -> Reply:
        return self.get("/messages/unread?role=seller&tag=post_sale")


def keys(value: Any) -> Any:
    """Only the names of fields, whatever their values and however many entries a list has."""
    if isinstance(value, dict):
        return {name: keys(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [keys(entry) for entry in value[:1] if isinstance(entry, dict)]
    return None
