"""Moments as a person reads them: how long ago, or how soon."""

from datetime import UTC, datetime

UNITS = ((24 * 3600, "d"), (3600, "h"), (60, "min"))


def in_words(moment: datetime | None, now: datetime) -> str:
    """`3 min ago`, `in 5 h`, `just now`; `never` for no moment."""
    if moment is None:
        return "never"
    seconds = (moment - now).total_seconds()
    for unit_seconds, unit in UNITS:
        number = int(abs(seconds) // unit_seconds)
        if number:
            return f"in {number} {unit}" if seconds > 0 else f"{number} {unit} ago"
    return "in less than a minute" if seconds > 0 else "just now"


def from_epoch(seconds: int) -> datetime | None:
    """0 stands for never."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
