"""Messages after a sale: Mercado Livre's API, one method a call.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from chalicelib.errors import Refused, TryAgainLater
from chalicelib.http import File
from chalicelib.mercado_livre.calls import judge
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.entries import read_each
from chalicelib.mercado_livre.message_resources import (
    SELLER_MAX_MESSAGE_LENGTH,
    Exchange,
    Message,
    MessageAttachment,
    Receipt,
    put_in_order,
    read_message,
)
from chalicelib.paging import page_numbers

PAGE_LENGTH = 100

# Nobody wrote 20,000 messages about a purchase.
MOST_PAGES = 200

# https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
LARGEST_ATTACHMENT_BYTES = 25 * 1024 * 1024
MOST_ATTACHMENTS = 25
LONGEST_FILE_NAME = 200
NOBODYS_FILE = File("ok.txt", "text/plain", b"ok")

# https://developers.mercadolivre.com.br/pt_br/mensagens-pendentes
MOST_UNREAD = 500

# Ids go into paths, and hints are anybody's words. One without a digit is a word of the API's own, such as `unread`.
USABLE_MESSAGE_ID = re.compile(r"(?=.*[0-9])[0-9A-Za-z_-]{1,64}")


class Messaging:
    """What is written about a purchase, read and sent in a seller's name."""

    def __init__(self, meli: MercadoLivre) -> None:
        self._meli = meli

    def get_message(self, seller_id: int, message_id: str) -> Message | None:
        """One message by its id. NotFound may only mean that it is too new."""
        fields = self._read(seller_id, f"/messages/{message_id}", {"tag": "post_sale"})
        if "messages" not in fields:
            return read_message(fields)
        return read_message(fields["messages"][0]) if fields["messages"] else None

    def read_exchange(
        self, seller_id: int, pack_id: str, *, state_alone: bool = False, marks_read: bool = False
    ) -> Exchange:
        """Everything written about a purchase; unless told otherwise, it stays unread at Mercado Livre.

        Where its state alone is wanted, no page after the first is read.
        """
        page = self._read_page(seller_id, pack_id, offset=0, marks_read=marks_read)
        entries = more = list(page.get("messages") or ())
        for _ in page_numbers(most=MOST_PAGES):
            has_more = bool(more) and _may_go_on(page, seen=len(entries), last=len(more))
            if state_alone or not has_more:
                break
            # A message that arrives meanwhile moves the others on, so that one is seen twice and none is missed.
            more = list(self._read_page(seller_id, pack_id, offset=len(entries)).get("messages") or ())
            entries = entries + more
        status = page.get("conversation_status") or {}
        return Exchange(
            messages=put_in_order(list(map(read_message, entries))),
            status=str(status.get("status") or "").lower(),
            substatus=str(status.get("substatus") or ""),
            path=str(status.get("path") or ""),
            longest_message=max(0, int(page.get("seller_max_message_length") or 0)) or SELLER_MAX_MESSAGE_LENGTH,
            total=int((page.get("paging") or {}).get("total") or 0),
            is_whole=not has_more,
        )

    def _read_page(self, seller_id: int, pack_id: str, *, offset: int, marks_read: bool = False) -> Mapping[str, Any]:
        params: dict[str, str | int] = {"tag": "post_sale", "limit": PAGE_LENGTH, "offset": offset}
        if not marks_read:
            # Without it the mere reading marks what was written as read; there is no other way to mark it.
            # https://developers.mercadolivre.com.br/pt_br/mensagens-pendentes
            params["mark_as_read"] = "false"
        return self._read(seller_id, f"/messages/packs/{pack_id}/sellers/{seller_id}", params)

    def _read(self, seller_id: int, path: str, params: Mapping[str, str | int]) -> Mapping[str, Any]:
        """Raises NotShown where this alone is refused, and PermissionMissing where all messages are."""
        try:
            fields: Mapping[str, Any] = self._meli.call(seller_id, "GET", path, params=params).json()
        except Refused as refusal:
            raise judge(refusal, lambda: self.find_unread(seller_id)) from refusal
        return fields

    def send_message(
        self, seller_id: int, pack_id: str, *, recipient_id: int, text: str, file_keys: Sequence[str]
    ) -> Receipt:
        """Send one message. Repeating it doubles it; a 2xx does not say that the buyer gets it."""
        body: dict[str, Any] = {
            "from": {"user_id": str(seller_id)},
            "to": {"user_id": str(recipient_id)},
            "text": text,
        }
        if file_keys:
            body["attachments"] = list(file_keys)
        path = f"/messages/packs/{pack_id}/sellers/{seller_id}"
        return Receipt.from_json(
            self._meli.call(seller_id, "POST", path, params={"tag": "post_sale"}, json=body).read_json()
        )

    def upload_attachment(self, seller_id: int, site_id: str, file: File) -> str:
        """The key of an uploaded file; one that no message takes along is forgotten after 48 hours."""
        answer = self._meli.call(
            seller_id,
            "POST",
            "/messages/attachments",
            params={"tag": "post_sale", "site_id": site_id},
            files=[("file", file)],
            repeatable=True,
        )
        return str(answer.json()["id"])

    def is_reached(self, seller_id: int, site_id: str) -> bool:
        """Whether a write gets through to Mercado Livre: a file that no message takes along, so that nobody sees it."""
        try:
            self.upload_attachment(seller_id, site_id, NOBODYS_FILE)
        except Refused:
            # Then too it is Mercado Livre that speaks.
            return True
        except TryAgainLater:
            return False
        return True

    def is_reached_without_files(self, seller_id: int) -> bool:
        """Whether any other write gets through."""
        return self._meli.is_reached(seller_id)

    def download_attachment(
        self, seller_id: int, site_id: str, attachment: MessageAttachment, *, largest_bytes: int
    ) -> bytes:
        """The bytes of a file. One that is gone looks like an outage: the page knows only 400 and 500."""
        path = f"/messages/attachments/{quote(attachment.filename, safe='')}"
        params: dict[str, str | int] = {"tag": "post_sale", "site_id": site_id}
        return self._meli.download(seller_id, path, params=params, largest_bytes=largest_bytes)

    def find_unread(self, seller_id: int) -> list[tuple[str, int]]:
        """Packs with messages that nobody has read, and how many; at most `MOST_UNREAD`."""
        params = {"role": "seller", "tag": "post_sale"}
        fields = self._meli.list_all(seller_id, "messages", "/messages/unread", params).json()
        return list(filter(None, read_each(_read_unread, fields.get("results") or (), kind="unread")))


def _read_unread(entry: Mapping[str, Any]) -> tuple[str, int] | None:
    match = re.match(r"/packs/([0-9]+)/", str(entry.get("resource")))
    return (match[1], int(entry.get("count") or 0)) if match else None


def _may_go_on(page: Mapping[str, Any], *, seen: int, last: int) -> bool:
    """Whether there may be another page: by the total that the first one names, or because the last one was full."""
    paging = page.get("paging") or {}
    limit = min(PAGE_LENGTH, int(paging.get("limit") or PAGE_LENGTH))
    return seen < int(paging.get("total") or 0) or last >= limit
