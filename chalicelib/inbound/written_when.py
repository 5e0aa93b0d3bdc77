"""Says of what comes late when it was written: Chatwoot shows only when a message arrived there. Pure."""

from datetime import datetime, timedelta

from chalicelib.mercado_livre.sites import time_zone
from chalicelib.sentences.wording import Wording

# A notification, and the sweep that makes up for a lost one, take a few minutes at most.
LATE_AFTER = timedelta(minutes=10)

# Mercado Livre began in 1999; what does not say when it was written comes with a moment of long ago.
FIRST_YEAR = 1999


def say_when_written(wording: Wording, written: datetime | None, *, now: datetime, site_id: str) -> str:
    """When it was written, in the time of its country; empty for what comes at once, or does not say."""
    if written is None or written.year < FIRST_YEAR or now - written <= LATE_AFTER:
        return ""
    return wording.say("written_when", moment=wording.moment(written.astimezone(time_zone(site_id))))
