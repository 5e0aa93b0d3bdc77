"""Whether an agent may have thought better of a reply that waited, and deleted it."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.models import Delivery
from chalicelib.work.jobs import DeliverReply

# A reply that comes to be sent later than this is first looked at again.
TIME_TO_THINK_SECONDS = 30


def is_withdrawn(
    conversations: Conversations, delivery: Delivery, job: DeliverReply, clock: Callable[[], datetime]
) -> bool:
    """Whether a reply that had time to be deleted was; one that goes out at once is not looked at."""
    age_seconds = clock().timestamp() - job.received_at
    has_waited = delivery.state == "sending" or age_seconds > TIME_TO_THINK_SECONDS
    return has_waited and conversations.is_withdrawn(delivery)
