"""Brings the files of a message from Mercado Livre, or says why one could not be brought and where to see it."""

import mimetypes
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.errors import FileTooLarge, Refused, TryAgainLater
from chalicelib.foreign_text import safe
from chalicelib.http import File
from chalicelib.mercado_livre.message_resources import Message, MessageAttachment
from chalicelib.mercado_livre.messages import LARGEST_ATTACHMENT_BYTES, Messaging
from chalicelib.models import Post
from chalicelib.observability import logger
from chalicelib.sentences.wording import Wording
from chalicelib.stores.threads import ThreadRecord

# All files of a message are in memory at once.
LARGEST_MESSAGE_BYTES = 100 * 1024 * 1024

# A file that is gone for good answers 500, as one does that is not there yet; other troubles are an outage. A message
# is not held back for long by either.
PATIENCE_WITH_500_SECONDS = 10
PATIENCE_WITH_OUTAGE_SECONDS = 120
PAUSE_SECONDS = 2

# A Lambda has two minutes for the files and for handing them on.
LONGEST_FETCHING = timedelta(seconds=40)

# As the end of a path these name what is above a file.
NO_KEYS = ("", ".", "..")

NAMELESS = "arquivo"

TOO_MANY_REQUESTS, INTERNAL_SERVER_ERROR = 429, 500
MEGABYTE = 1024 * 1024


class Brought(NamedTuple):
    """The files that could be had, a sentence for each that could not, and the keys of those."""

    files: tuple[File, ...]
    troubles: tuple[str, ...]
    lacking: tuple[str, ...]


class Files:
    """The files of buyers' messages, and of those that the seller wrote on Mercado Livre's own pages."""

    def __init__(self, messaging: Messaging, wording: Wording, clock: Callable[[], datetime]) -> None:
        self._messaging = messaging
        self._wording = wording
        self._clock = clock

    def bring(
        self,
        record: ThreadRecord,
        source_id: str,
        message: Message,
        attachments: Sequence[MessageAttachment],
        link: str,
    ) -> Brought:
        """These files of a message, and a sentence for each that cannot be had; `link` is where it can be seen.

        Raises TryAgainLater while a file may still appear.
        """
        files: list[File] = []
        troubles: list[str] = []
        lacking: list[str] = []
        room, started = LARGEST_MESSAGE_BYTES, self._clock()
        for attachment in attachments:
            limit = min(LARGEST_ATTACHMENT_BYTES, room)
            content, trouble = b"", "attachment_missing"
            if self._clock() - started < LONGEST_FETCHING:
                content, trouble = self._fetch(record, source_id, message, attachment, limit)
            if trouble:
                logger.info("attachment not brought in", reason=trouble)
                lacking.append(attachment.filename)
                name = safe(attachment.original_filename, "line of markdown")
                megabytes = max(1, round(attachment.size / MEGABYTE))
                troubles.append(self._wording.say(trouble, name=name, link=link, megabytes=megabytes))
            else:
                room -= len(content)
                files.append(File(_safe_name(attachment), _content_type(attachment), content))
        return Brought(tuple(files), tuple(troubles), tuple(lacking))

    def _fetch(
        self, record: ThreadRecord, source_id: str, message: Message, attachment: MessageAttachment, limit: int
    ) -> tuple[bytes, str]:
        """The bytes, or the name of the sentence that says why there are none."""
        if attachment.is_threat:
            return b"", "attachment_threat"
        if attachment.size > limit:
            return b"", "attachment_too_large"
        if attachment.filename in NO_KEYS:
            return b"", "attachment_missing"
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
            self._wait_for_it(record, source_id, error)
            return b"", "attachment_missing"
        if not content:
            self._wait_for_it(record, source_id, TryAgainLater("the file has no bytes", status=INTERNAL_SERVER_ERROR))
            return b"", "attachment_missing"
        return content, ""

    def _wait_for_it(self, record: ThreadRecord, source_id: str, error: TryAgainLater) -> None:
        """Raise while there is patience left with this trouble."""
        is_limit = error.status == TOO_MANY_REQUESTS
        is_500 = error.status == INTERNAL_SERVER_ERROR
        patience_seconds = PATIENCE_WITH_500_SECONDS if is_500 else PATIENCE_WITH_OUTAGE_SECONDS
        if is_limit or self._has_patience(record, source_id, patience_seconds):
            pause_seconds = max(PAUSE_SECONDS, error.retry_after_seconds or 0)
            raise TryAgainLater(str(error), retry_after_seconds=pause_seconds) from error

    def _has_patience(self, record: ThreadRecord, source_id: str, seconds: float) -> bool:
        """Whether to wait for a file some more; when it was first missed is stored."""
        now = int(self._clock().timestamp())
        post = record.posts.get(source_id)
        if post is None:
            post = Post(source_id, "fetching", begun_at=now)
            record.save_post(post)
        return post.state == "fetching" and now - post.begun_at < seconds


def _safe_name(attachment: MessageAttachment) -> str:
    """The name alone: what a buyer called a file must not lead anywhere."""
    for path in (attachment.original_filename, attachment.filename):
        name = path.replace("\\", "/").rpartition("/")[2]
        if shown := "".join(filter(str.isprintable, name)).strip(" ."):
            return shown
    return NAMELESS


def _content_type(attachment: MessageAttachment) -> str:
    """Chatwoot shows as a picture what is called one."""
    is_type = re.fullmatch(r"[0-9A-Za-z.+-]+/[0-9A-Za-z.+-]+", attachment.type)
    if is_type and attachment.type != "application/octet-stream":
        return attachment.type
    return mimetypes.guess_type(attachment.original_filename)[0] or "application/octet-stream"
