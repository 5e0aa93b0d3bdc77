"""Takes the files of a reply from Chatwoot to Mercado Livre, where they wait for the message that takes them along.

https://developers.mercadolivre.com.br/pt_br/mensagens-post-venda
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.errors import FileTooLarge, NotFound, Refused, TryAgainLater
from chalicelib.http import File
from chalicelib.mercado_livre.messages import LARGEST_ATTACHMENT_BYTES, LONGEST_FILE_NAME, MOST_ATTACHMENTS, Messaging
from chalicelib.models import Delivery, UploadedFile
from chalicelib.outbound.parts import Errand
from chalicelib.outbound.patience import PATIENCE_WITH_FIREWALL_SECONDS, PATIENCE_WITH_MERCADO_LIVRE_SECONDS
from chalicelib.outbound.refusals import NotSendable
from chalicelib.sentences.wording import Wording
from chalicelib.stores.sellers import Sellers
from chalicelib.work.jobs import AttachedFile, DeliverReply

# Chatwoot tells of a message before it has stored the files (app/models/message.rb).
TIME_TO_APPEAR_SECONDS = 60
PAUSE_SECONDS = 2

# How long a reply waits for one file that fails while all else works; its thread waits behind it.
PATIENCE_WITH_STORAGE_SECONDS = 10 * 60
LONGEST_UPLOADING = timedelta(seconds=50)

# What no message took along is deleted after 48 hours.
UPLOAD_KEPT = timedelta(hours=47)
MEGABYTE = 1024 * 1024

NAMELESS = "arquivo"
LONGEST_EXTENSION = 4


class Kind(NamedTuple):
    """A type of file that messages may carry; the first extension is the one it gets."""

    content_type: str
    extensions: tuple[str, ...]
    signature: bytes


PDF = Kind("application/pdf", ("pdf",), b"%PDF-")
PDF_BEGINS_WITHIN = 1024
KINDS = (
    Kind("image/jpeg", ("jpg", "jpeg"), b"\xff\xd8\xff"),
    Kind("image/png", ("png",), b"\x89PNG\r\n\x1a\n"),
    PDF,
)
TEXT = Kind("text/plain", ("txt",), b"")
EXTENSIONS = frozenset(extension for kind in (*KINDS, TEXT) for extension in kind.extensions)
CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class ReplyFiles:
    """The files of agents' replies."""

    def __init__(
        self,
        messaging: Messaging,
        conversations: Conversations,
        sellers: Sellers,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._messaging = messaging
        self._conversations = conversations
        self._sellers = sellers
        self._wording = wording
        self._clock = clock

    def upload(self, errand: Errand, delivery: Delivery) -> Delivery:
        """The delivery with a key for each file of the reply; what was uploaded before is not uploaded again.

        Raises NotSendable for a file that Mercado Livre does not take, and TryAgainLater while one is not there yet.
        """
        job = errand.job
        if len(job.files) > MOST_ATTACHMENTS:
            raise NotSendable(self._wording.say("files_too_many", count=len(job.files), limit=MOST_ATTACHMENTS))
        oldest = self._clock().timestamp() - UPLOAD_KEPT.total_seconds()
        if any(file.uploaded_at < oldest for file in delivery.files):
            delivery = delivery._replace(files=())
        started = self._clock()
        for attached in job.files[len(delivery.files) :]:
            if self._clock() - started > LONGEST_UPLOADING:
                raise TryAgainLater("more files are to be uploaded", retry_after_seconds=1)
            file = self._fetch(attached, delivery, job)
            uploaded = UploadedFile(self._upload(errand, file), int(self._clock().timestamp()))
            delivery = delivery._replace(files=(*delivery.files, uploaded))
            errand.record.save_delivery(delivery)
        return delivery

    def _fetch(self, attached: AttachedFile, delivery: Delivery, job: DeliverReply) -> File:
        """The file, under a name and a type that Mercado Livre takes."""
        if not attached.data_url:
            # A location or a contact, say.
            raise NotSendable(self._wording.say("attachment_without_file"))
        name = file_name(attached.data_url)
        if attached.size > LARGEST_ATTACHMENT_BYTES:
            raise self._too_large(name)
        try:
            content = self._conversations.fetch_file(attached.data_url, largest_bytes=LARGEST_ATTACHMENT_BYTES)
        except FileTooLarge as error:
            raise self._too_large(name) from error
        except NotFound as error:
            self._wait_for_it(job)
            raise NotSendable(self._wording.say("file_unavailable", name=name)) from error
        except Refused as error:
            raise NotSendable(self._wording.say("file_unavailable", name=name)) from error
        except TryAgainLater as error:
            # While Chatwoot as a whole is away, asking it for the message raises the same.
            if self._age_seconds(job) < PATIENCE_WITH_STORAGE_SECONDS or not self._conversations.has(delivery):
                raise
            raise NotSendable(self._wording.say("file_unavailable", name=name)) from error
        if not content:
            self._wait_for_it(job)
            raise NotSendable(self._wording.say("file_empty", name=name))
        kind = find_kind(name, content)
        if kind is None:
            raise self._of_another_kind(name)
        return File(with_extension(name, kind), kind.content_type, content)

    def _age_seconds(self, job: DeliverReply) -> float:
        return self._clock().timestamp() - job.received_at

    def _wait_for_it(self, job: DeliverReply) -> None:
        if self._age_seconds(job) < TIME_TO_APPEAR_SECONDS:
            raise TryAgainLater("Chatwoot has not stored the file yet", retry_after_seconds=PAUSE_SECONDS)

    def _too_large(self, name: str) -> NotSendable:
        limit_mb = LARGEST_ATTACHMENT_BYTES // MEGABYTE
        return NotSendable(self._wording.say("file_too_large", name=name, limit_mb=limit_mb))

    def _of_another_kind(self, name: str) -> NotSendable:
        extension = name.rpartition(".")[2]
        if extension.lower() in EXTENSIONS:
            return NotSendable(self._wording.say("file_misnamed", name=name, kind=extension.upper()))
        kind = f".{extension}" if extension != name and extension.isalnum() else name
        return NotSendable(self._wording.say("file_type_refused", name=name, kind=kind))

    def _upload(self, errand: Errand, file: File) -> str:
        seller_id = errand.record.thread.seller_id
        site_id = errand.exchange.site_id or self._sellers.site_of(seller_id)
        try:
            return self._messaging.upload_attachment(seller_id, site_id, file)
        except Refused as refusal:
            raise NotSendable(self._wording.say("file_refused", name=file.name, words=refusal.brief)) from refusal
        except TryAgainLater as error:
            # Mercado Livre has just shown what was written, so it is not away; other messages must not wait for ever.
            patience_seconds = (
                PATIENCE_WITH_FIREWALL_SECONDS if error.is_intercepted else PATIENCE_WITH_MERCADO_LIVRE_SECONDS
            )
            has_waited = self._age_seconds(errand.job) >= patience_seconds
            if not has_waited or not self._messaging.is_reached_without_files(seller_id):
                raise
            raise NotSendable(self._wording.say("message_not_taken")) from error


def file_name(data_url: str) -> str:
    """What a file is called, by the end of its address; never a path."""
    # Cut by hand, since an address may be too broken for a parser.
    path = re.sub(r"^[a-z]+://[^/?#]*|[?#].*$", "", data_url)
    last = unquote(path.rpartition("/")[2])
    name = last.replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isprintable, name)).strip(" .") or NAMELESS


def find_kind(name: str, content: bytes) -> Kind | None:
    """What a file is, by its bytes; a text also by its name. None for what messages may not carry."""
    for kind in KINDS:
        if content.startswith(kind.signature):
            return kind
    # What stands before it is passed over by those who read such a file: a byte-order mark, or a line break.
    if name.lower().endswith(".pdf") and PDF.signature in content[:PDF_BEGINS_WITHIN]:
        return PDF
    is_text = name.lower().endswith(".txt") and not CONTROL_BYTES.search(content)
    return TEXT if is_text else None


def with_extension(name: str, kind: Kind) -> str:
    """The name with an extension that tells the truth, within the length that Mercado Livre takes."""
    stem, dot, extension = name.rpartition(".")
    if extension.lower() not in kind.extensions:
        is_extension = dot and len(extension) <= LONGEST_EXTENSION and (extension.isalpha() or not extension)
        stem, extension = stem if is_extension else name, kind.extensions[0]
    return f"{stem[: LONGEST_FILE_NAME - len(extension) - 1] or NAMELESS}.{extension}"
