"""Reads what agents write: which signs are words depends on the version of the Chatwoot in which they type."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.chatwoot.client import Chatwoot
from chalicelib.stores.cache import Cache
from chalicelib.text import to_plain_text, without_formatting

# Since then the editor of an API inbox knows bold and italic only, and sends all else as it was typed. Before, it wrote
# Markdown, in which a sign that is a word is escaped. Seen on a running 4.16.2; the release from the tags of
# https://github.com/chatwoot/chatwoot
SENDS_AS_TYPED_SINCE = (4, 9)

# An upgrade is noticed within the hour; in an outage what was known last holds on. Where nothing is known it is asked
# for each minute.
ASKED_ANEW_AFTER_SECONDS = 60 * 60
ASKED_AGAIN_AFTER_SECONDS = 60
REMEMBERED = timedelta(days=30)


class Editor:
    """The editor of one desk's Chatwoot."""

    def __init__(self, chatwoot: Chatwoot, cache: Cache, clock: Callable[[], datetime], *, desk: str) -> None:
        self._chatwoot = chatwoot
        self._cache = cache
        self._clock = clock
        self._key = f"chatwoot-version/{desk}"

    def read(self, content: str) -> str:
        """The words for the buyer.

        What Mercado Livre has cannot be taken back: where the version is not known, words go out as they were typed.
        """
        typed, plain = without_formatting(content), to_plain_text(content)
        # Most words read the same in every version, and cost no call.
        return typed if typed == plain or self._sends_as_typed() else plain

    def _sends_as_typed(self) -> bool:
        found = re.match(r"v?(\d{1,4})\.(\d{1,4})", self._version())
        return found is None or (int(found[1]), int(found[2])) >= SENDS_AS_TYPED_SINCE

    def _version(self) -> str:
        now = int(self._clock().timestamp())
        version, asked_at = self._cache.get(self._key) or ("", 0)
        if now - asked_at > (ASKED_ANEW_AFTER_SECONDS if version else ASKED_AGAIN_AFTER_SECONDS):
            version = self._chatwoot.read_version() or version
            self._cache.put(self._key, (version, now), keep=REMEMBERED)
        return str(version)
