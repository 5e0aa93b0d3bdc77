"""Files of messages: uploaded ahead of the message, downloaded by their key.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
"""

import re
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.sales import Sales
from simulators.mercado_livre.state import Attachment, Sale

File = tuple[str, str, bytes]  # original name, content type, content

NAME_LIMIT = 200
SIZE_LIMIT = 25 * 1024 * 1024
UPLOAD_KEPT = timedelta(hours=48)
BACKSLASH = re.compile(r'\\(?!")')  # werkzeug reads a name without its backslashes
FAILURES = ("ok", "missing", "empty", "expired")
# Other pages list more types; these four are what the page of messages names.
CONTENT_TYPES = {
    "jpg": ("image/jpeg", "image/jpg"),
    "jpeg": ("image/jpeg", "image/jpg"),
    "png": ("image/png",),
    "pdf": ("application/pdf",),
    "txt": ("text/plain",),
}


class Attachments(Sales):
    def fail_file(self, filename: str, how: str) -> None:
        """From now on a download is `missing` (500), `empty` (200 without bytes), `expired` (400) or `ok` again."""
        with self.lock:
            if how not in FAILURES:
                raise errors.NotPossible(f"{how} is not one of {', '.join(FAILURES)}")
            self._find_attachment(filename).failure = how

    def expire_uploads(self) -> None:
        """Every upload that no message has taken is deleted, as after 48 hours."""
        with self.lock:
            for attachment in self.state.attachments.values():
                if attachment.expires:
                    attachment.expires = self.clock()

    def _find_attachment(self, filename: str) -> Attachment:
        attachment = self.state.attachments.get(filename)
        if attachment is None:
            raise errors.Unknown(f"no file {filename}")
        return attachment

    def _keep_files(self, sale: Sale, owner_id: int, files: Iterable[File], *, threat: bool) -> list[Attachment]:
        """What comes with a message written on Mercado Livre's own pages."""
        now = self.clock()
        kept = [
            Attachment(_make_key(owner_id, name), name, kind, content, sale.seller_id, now, threat)
            for name, kind, content in files
        ]
        self.state.attachments |= {attachment.filename: attachment for attachment in kept}
        return kept

    def _find_upload(self, caller: int, key: str) -> Attachment:
        """An upload that may still be sent; one taken by a message or older than 48 hours may not."""
        attachment = self.state.attachments.get(key)
        if not attachment or attachment.seller_id != caller or self._is_gone(attachment) or not attachment.expires:
            raise invalid_key()
        return attachment

    def _is_gone(self, attachment: Attachment) -> bool:
        return attachment.expires is not None and attachment.expires <= self.clock()

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.api_route("POST", "/messages/attachments")
        def upload(caller: int) -> Response:
            check_tag()
            self._check_site()
            name, kind, content = _read_file()
            key = _make_key(caller, name)
            now = self.clock()
            self.state.attachments[key] = Attachment(key, name, kind, content, caller, now, expires=now + UPLOAD_KEPT)
            return answer({"id": key})

        @self.api_route("GET", "/messages/attachments/<filename>")
        def download(caller: int, filename: str) -> Response:
            check_tag()
            self._check_site()
            attachment = self.state.attachments.get(filename)
            if attachment is None or self._is_gone(attachment) or attachment.failure == "missing":
                raise _cannot_be_accessed()
            if attachment.seller_id != caller:
                raise errors.access_denied()
            if attachment.failure == "expired":
                raise errors.bad_request("The file has expired")  # wording not documented
            content = b"" if attachment.failure == "empty" else attachment.content
            return Response(content, content_type=attachment.content_type)

        @self.flask.get("/_control/files/<filename>")
        def show_file(filename: str) -> Response:
            with self.lock:
                attachment = self._find_attachment(filename)
                return Response(attachment.content, content_type=attachment.content_type)

    def _check_site(self) -> None:
        """Any site but the simulated one counts as unknown, for a caller has no business with another."""
        site_id = request.args.get("site_id")
        if not site_id:
            raise errors.bad_request("The queryparam 'site_id' is required")
        if site_id != self.site_id:
            raise errors.bad_request(f"Invalid site_id: '{site_id}' is not a recognized site")


def check_tag() -> None:
    """`tag` is documented as mandatory; the refusal's wording is that of `site_id`."""
    if request.args.get("tag") != "post_sale":
        raise errors.bad_request("The queryparam 'tag' is required")


def invalid_key() -> errors.APIError:
    return errors.standard_error(422, "unprocessable_entity", "Attachment key is invalid or not found")


def _read_file() -> File:
    file = request.files.get("file")
    if file is None:
        raise errors.bad_request("The file is required")  # wording not documented
    name = file.filename or ""
    if "/" in name or BACKSLASH.search(file.headers["Content-Disposition"]):
        raise errors.bad_request("File name cannot include characters like /, \\")
    if len(name) > NAME_LIMIT:
        raise errors.bad_request(f"The original_filename exceeded {NAME_LIMIT} character limit")
    _check_type(file)
    content = file.read(SIZE_LIMIT + 1)
    if not content:
        raise errors.bad_request("File attached is empty")
    if len(content) > SIZE_LIMIT:
        raise errors.bad_request("File attachment is bigger than 25 Mb.")
    return name, file.mimetype, content


def _check_type(file: FileStorage) -> None:
    """The types are documented, the refusal is not."""
    extension = _find_extension(file.filename or "")
    if file.mimetype not in CONTENT_TYPES.get(extension, ()):
        raise errors.bad_request("The file type is not supported, only JPG, PNG, PDF and TXT are allowed")


def _cannot_be_accessed() -> errors.APIError:
    """No 404 is documented: a file that is not there looks like this for ever."""
    body: dict[str, Any] = {
        "message": "File can not be accessed, try it later",
        "error": None,
        "status": 500,
        "cause": [],
    }
    return errors.APIError(500, body)


def _make_key(owner_id: int, original_filename: str) -> str:
    extension = _find_extension(original_filename)
    return f"{owner_id}_{uuid.uuid4()}" + (f".{extension}" if extension else "")


def _find_extension(name: str) -> str:
    _, dot, extension = name.rpartition(".")
    return extension.lower() if dot and extension.isascii() and extension.isalnum() else ""
