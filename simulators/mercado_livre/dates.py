"""The ways Mercado Livre writes a moment."""

from datetime import UTC, datetime, timedelta, timezone

SITE_TIME = timezone(timedelta(hours=-4))


def utc_milliseconds(moment: datetime) -> str:
    """As in notifications and items: 2026-06-10T13:44:33.006Z"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + _milliseconds(moment) + "Z"


def site_milliseconds(moment: datetime) -> str:
    """As in question searches and answers: 2026-06-10T09:44:21.746-04:00"""
    return moment.astimezone(SITE_TIME).strftime("%Y-%m-%dT%H:%M:%S.") + _milliseconds(moment) + "-04:00"


def site_milliseconds_without_colon(moment: datetime) -> str:
    """As in packs and moderations: 2026-06-10T09:44:21.746-0400"""
    return site_milliseconds(moment).replace("-04:00", "-0400")


def utc_nanoseconds(moment: datetime, *, nanoseconds: int) -> str:
    """As in a question read by id: 2026-06-10T13:44:21.746608612Z; the last three digits are given."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + f"{nanoseconds % 1000:03d}Z"


def _milliseconds(moment: datetime) -> str:
    return f"{moment.microsecond // 1000:03d}"
