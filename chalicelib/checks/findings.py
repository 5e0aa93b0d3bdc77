"""What a check says: one finding for each thing that it looked at, and what to do where it is not well."""

from typing import Literal, NamedTuple

Verdict = Literal["ok", "warning", "problem", "not checked"]


class Finding(NamedTuple):
    """`about` names the thing, `seen` says what it is like, `cure` what to do: a command, or where to click.

    `alarm` is how `/health` says it, which wakes people: empty where it is for the doctor alone. `seller` is whom it
    is about, where it is about one.
    """

    verdict: Verdict
    about: str
    seen: str
    cure: str = ""
    alarm: str = ""
    seller: int | None = None


def ok(about: str, seen: str) -> Finding:
    return Finding("ok", about, seen)


def warning(about: str, seen: str, cure: str, *, alarm: str = "") -> Finding:
    return Finding("warning", about, seen, cure, alarm)


def problem(about: str, seen: str, cure: str, *, alarm: str = "") -> Finding:
    return Finding("problem", about, seen, cure, alarm)


def not_checked(about: str, seen: str, cure: str = "", *, alarm: str = "") -> Finding:
    return Finding("not checked", about, seen, cure, alarm)
