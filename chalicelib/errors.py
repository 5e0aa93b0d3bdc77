"""Everything that can go wrong, named for what may be done about it.

BridgeError
├── TryAgainLater     nothing happened; the same call may work later (may carry retry_after_seconds)
│   ├── PutOff        work in the background has had its share of calls or of time; it goes on later
│   ├── Paused        a service takes no more of a kind in a minute; it goes on when the minute is over
│   └── ServiceAway   the service is known not to answer, and was not asked; what waits for it is called back
├── OutcomeUnknown    it may have happened; look before repeating
├── Refused           the service said no; carries status, the vendor's code, words and causes
│   ├── NotFound
│   └── NotShown      this one thing is not shown, and others of its kind are; it may be shown again some day
├── FileTooLarge      a file over the size that its way allows; nothing of it was kept
├── LoginNeeded       the grant is gone; only the seller, by authorising again, can mend it
├── OperatorNeeded    the application is refused, not the seller; only who runs the bridge can mend it
│   └── PermissionMissing   nothing of a kind is shown: questions, or messages
├── NotForUs          a webhook that is fine and not ours; acknowledged and dropped
├── Malformed         a webhook that cannot be read; refused, and the answer says what is missing
├── TooLarge          a webhook over the size that we take
├── Untrusted         a webhook that we cannot believe; refused, never queued
└── BadSettings       a setting is missing or unusable; names it and the command that sets it
"""

LONGEST_WORDS = 200


class BridgeError(Exception):
    """Base of all errors that the bridge raises on purpose."""


class TryAgainLater(BridgeError):
    """Nothing happened; the same call may work later. `status` is that of the answer, 0 where there was none.

    `is_intercepted` is whether something before the service answered: a firewall, a proxy, a maintenance page. And
    `is_unanswered` is whether the service was asked and did not answer, whatever did in its place.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: float | None = None,
        status: int = 0,
        is_intercepted: bool = False,
        is_unanswered: bool = False,
    ) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.status = status
        self.is_intercepted = is_intercepted
        self.is_unanswered = is_unanswered or is_intercepted or status >= 500


class PutOff(TryAgainLater):
    """Work in the background has had its share of calls or of time; what it did is kept, and it goes on later."""


class Paused(TryAgainLater):
    """A service takes no more of a kind in a minute: nothing is wrong, and all goes on when that is over."""

    def __init__(self, message: str, *, seconds: float) -> None:
        super().__init__(message, retry_after_seconds=seconds)
        self.seconds = seconds


class ServiceAway(TryAgainLater):
    """A service is known not to answer, and was not asked. `place` names it; what waits for it is called back."""

    def __init__(self, message: str, *, place: str) -> None:
        super().__init__(message)
        self.place = place


class OutcomeUnknown(BridgeError):
    """A write that may have happened: look on the other side before repeating it.

    `is_intercepted` is whether something before the service answered.
    """

    def __init__(self, message: str, *, retry_after_seconds: float | None = None, is_intercepted: bool = False) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        self.is_intercepted = is_intercepted


class Refused(BridgeError):
    """The service understood and said no; repeating the same call will not help."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str = "",
        words: str = "",
        causes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.words = words
        self.causes = causes

    @property
    def brief(self) -> str:
        """What the service said, short enough for a person to read."""
        return (self.words or self.code)[:LONGEST_WORDS] or str(self.status)


class NotFound(Refused):
    """The service does not know the thing, or does not show it to us."""


class NotShown(Refused):
    """Mercado Livre shows a seller others of the kind, and not this one."""


class FileTooLarge(BridgeError):
    """A file over the size that its way allows."""


class LoginNeeded(BridgeError):
    """The seller's grant is gone: only the seller, by authorising again, can mend it."""

    def __init__(self, message: str, *, seller_id: int) -> None:
        super().__init__(message)
        self.seller_id = seller_id


class OperatorNeeded(BridgeError):
    """Mercado Livre refuses the application: a wrong secret, or a block. No seller's grant is the worse for it."""

    def __init__(self, message: str, *, seller_id: int) -> None:
        super().__init__(message)
        self.seller_id = seller_id


class PermissionMissing(OperatorNeeded):
    """Mercado Livre shows nothing of a `kind`: the application lacks the functional permission for it."""

    def __init__(self, message: str, *, seller_id: int, kind: str) -> None:
        super().__init__(message, seller_id=seller_id)
        self.kind = kind


class NotForUs(BridgeError):
    """A webhook that is fine and not ours."""


class Malformed(BridgeError):
    """A webhook that cannot be read; the message names what is missing or wrong."""


class TooLarge(BridgeError):
    """A webhook over the size that we take."""


class Untrusted(BridgeError):
    """A webhook that we cannot believe: wrong path token (403), or missing, wrong or old signature (401).

    `kind` is `path`, `source`, `signature`, `clock` or `age`; `desk` is where Chatwoot calls, where that is known.
    """

    def __init__(self, message: str, *, status: int, kind: str, desk: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.desk = desk


class BadSettings(BridgeError):
    """A setting is missing or unusable; the message names it and says how to set it."""


def is_unanswered(error: Exception) -> bool:
    """Whether a service was asked and did not answer: nobody did, or something before it, or it with its last gasp."""
    return error.is_unanswered if isinstance(error, TryAgainLater) else isinstance(error, OutcomeUnknown)
