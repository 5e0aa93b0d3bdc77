"""How long a reply is tried that Mercado Livre, or something before it, never takes: later ones wait behind it.

It ends only where another write gets through meanwhile; else it is not the reply, and all of them wait. And it is tried
once more after that, lest what kept it out is over.
"""

from chalicelib.models import Delivery

# How long a reply waits for one call that fails while all else works.
PATIENCE_WITH_MERCADO_LIVRE_SECONDS = 60 * 60

# A firewall says no at once, and mostly goes on saying so.
PATIENCE_WITH_FIREWALL_SECONDS = 2 * 60

MOST_UNCERTAIN_ATTEMPTS, MOST_ATTEMPTS_KEPT_OUT = 5, 3


def why_never_taken(delivery: Delivery, *, age_seconds: float) -> str:
    """The sentence for a reply that was tried for long enough; empty where it is not time yet."""
    if delivery.kept_out >= MOST_ATTEMPTS_KEPT_OUT and age_seconds > PATIENCE_WITH_FIREWALL_SECONDS:
        return "reply_kept_out"
    if delivery.attempts >= MOST_UNCERTAIN_ATTEMPTS and age_seconds > PATIENCE_WITH_MERCADO_LIVRE_SECONDS:
        return "message_not_taken"
    return ""
