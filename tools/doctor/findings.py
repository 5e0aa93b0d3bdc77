"""What the doctor says: one finding for each thing that he looked at, and what to do where it is not well."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

Verdict = Literal["ok", "warning", "problem", "not checked"]


class Finding(NamedTuple):
    """`about` names the thing, `seen` says what it is like, `cure` what to do: a command, or where to click."""

    verdict: Verdict
    about: str
    seen: str
    cure: str = ""


class Check(NamedTuple):
    """A subject, as the progress names it, and the look at it. The look may raise: that is a finding too."""

    subject: str
    look: Callable[[], Iterable[Finding]]


def ok(about: str, seen: str) -> Finding:
    return Finding("ok", about, seen)


def warning(about: str, seen: str, cure: str) -> Finding:
    return Finding("warning", about, seen, cure)


def problem(about: str, seen: str, cure: str) -> Finding:
    return Finding("problem", about, seen, cure)


def not_checked(about: str, seen: str, cure: str = "") -> Finding:
    return Finding("not checked", about, seen, cure)


def examine(checks: Iterable[Check], *, tell: Callable[[str], None] = lambda _: None) -> Iterator[Finding]:
    """Every finding of every check; one that cannot be made keeps no other from being made."""
    for check in checks:
        tell(check.subject)
        try:
            yield from check.look()
        except Exception as error:  # noqa: BLE001 - whatever it is, the operator is told, and the look goes on
            # The type alone, and not the words: a service's may hold what it was given.
            seen = f"the look at it failed: {type(error).__name__}"
            yield problem(check.subject, seen, "Look again in a minute; if it stays so, look at what is said above it")
