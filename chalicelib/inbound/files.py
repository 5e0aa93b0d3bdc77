"""Brings the files of a message from Mercado Livre, or says why one could not be brought and where to see it."""

import mimetypes
from collections.abc import Callable
from datetime import datetime

from chalicelib.errors import FileTooLarge, Refused, TryAgainLater
from chalicelib.mercado_livre.message_resources import Message, MessageAttachment
from chalicelib.mercado_livre.messaging import LARGEST_ATTACHMENT_BYTES, Messaging
from chalicelib.models import Post, ThreadRecord
from chalicelib.observability import count, logger
from chalicelib.stores.threads import Threads
from chalicelib.transport import File
from chalicelib.wording import Wording

# All files of a message are in memory at once.
LARGEST_MESSAGE_BYTES = 100 * 1024 * 1024

# A file that is gone for good answers 500, as one does that is not there yet; other troubles are an outage. A message
# is not held back for long by either.
PATIENCE_WITH_500_SECONDS = 10
PATIENCE_WITH_OUTAGE_SECONDS = 120
PAUSE_SECONDS = 2

INTERNAL_SERVER_ERROR = 500
MEGABYTE = 1024 * 1024


class Files:
    """The files of buyers' messages, and of those that the seller wrote on Mercado Livre's own pages."""

    def __init__(self, messaging: Messaging, threads: Threads, wording: Wording, clock: Callable[[], datetime]) -> None:
        self._messaging = messaging
        self._threads = threads
        self._wording = wording
        self._clock = clock

    def bring(self, record: ThreadRecord, source_id: str, message: Message, link: str) -> tuple[list[File], list[str]]:
        """The files of a message, and a sentence for each that cannot be had; `link` is where it can be seen.

        Raises TryAgainLater while a file may still appear.
        """
        files: list[File] = []
        troubles: list[str] = []
        room = LARGEST_MESSAGE_BYTES
        for attachment in message.attachments:
            limit = min(LARGEST_ATTACHMENT_BYTES, room)
            content, trouble = self._fetch(record, source_id, message, attachment, limit)
            if trouble:
                count("AttachmentNotBrought", reason=trouble)
                name = attachment.original_filename
                troubles.append(
                    self._wording.say(trouble, name=name, link=link, megabytes=_megabytes(attachment, limit))
                )
            else:
                room -= len(content)
                files.append(File(_safe_name(attachment), _content_type(attachment), content))
        return files, troubles

    def _fetch(
        self, record: ThreadRecord, source_id: str, message: Message, attachment: MessageAttachment, limit: int
    ) -> tuple[bytes, str]:
        """The bytes, or the name of the sentence that says why there are none."""
        if attachment.is_threat:
            return b"", "attachment_threat"
        if attachment.size > limit:
            return b"", "attachment_too_large"
        try:
            content = self._messaging.download_attachment(
                record.thread.seller_id, message.site_id, attachment, largest_bytes=limit
            )
        except FileTooLarge:
            return b"", "attachment_too_large"
        except Refused as refusal:
            logger.warning("a file was refused", reason=str(refusal))
            return b"", "attachment_missing"
        except TryAgainLater as error:
            is_500 = error.status == INTERNAL_SERVER_ERROR
            patience_seconds = PATIENCE_WITH_500_SECONDS if is_500 else PATIENCE_WITH_OUTAGE_SECONDS
            if self._has_patience(record, source_id, patience_seconds):
                raise TryAgainLater(str(error), retry_after_seconds=PAUSE_SECONDS) from error
            return b"", "attachment_missing"
        if not content:
            if self._has_patience(record, source_id, PATIENCE_WITH_500_SECONDS):
                raise TryAgainLater("the file came without bytes", retry_after_seconds=PAUSE_SECONDS)
            return b"", "attachment_missing"
        return content, ""

    def _has_patience(self, record: ThreadRecord, source_id: str, seconds: float) -> bool:
        """Whether to wait for a file some more; when it was first missed is stored."""
        now = int(self._clock().timestamp())
        post = record.posts.get(source_id)
        if post is None:
            post = Post(source_id, "fetching", begun_at=now)
            record.posts[source_id] = post
            self._threads.save_post(record.thread, post)
        return post.state == "fetching" and now - post.begun_at < seconds


def _safe_name(attachment: MessageAttachment) -> str:
    """The name alone: what a buyer called a file must not lead anywhere."""
    name = attachment.original_filename.replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isprintable, name)) or attachment.filename


def _content_type(attachment: MessageAttachment) -> str:
    """Chatwoot shows as a picture what is called one."""
    if "/" in attachment.type and attachment.type != "application/octet-stream":
        return attachment.type
    return mimetypes.guess_type(attachment.original_filename)[0] or "application/octet-stream"


def _megabytes(attachment: MessageAttachment, limit: int) -> int:
    return max(1, round(max(attachment.size, limit) / MEGABYTE))
