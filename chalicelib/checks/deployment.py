"""What a check looks at: one deployed stage. What several of them need is read once."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.checks.checklist import Cost, checks_of_seller
from chalicelib.models import Seller
from chalicelib.recovery.schedule import swept_within
from chalicelib.settings import Settings
from chalicelib.stores.cache import Cache
from chalicelib.stores.troubles import Trouble

if TYPE_CHECKING:
    from boto3.session import Session

    from chalicelib.wiring import Container

WHAT_WAITS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class Deployment:
    """One look at a stage. `cost` says how deep it goes; `session` is there from a terminal only."""

    def __init__(self, bridge: "Container", cost: Cost = "cheap", session: "Session | None" = None) -> None:
        self.bridge = bridge
        self.cost = cost
        self._session = session
        self._waiting_by_queue: dict[str, int] = {}

    @property
    def settings(self) -> Settings:
        return self.bridge.settings

    @property
    def stage(self) -> str:
        return self.bridge.settings.stage

    @property
    def session(self) -> "Session":
        assert self._session, "a live check is made from a terminal"
        return self._session

    @cached_property
    def now(self) -> datetime:
        return self.bridge.clock()

    # Queues

    def waiting(self, queue_url: str) -> int:
        """How many jobs a queue holds. Raises where it does not answer."""
        if queue_url not in self._waiting_by_queue:
            sqs: Any = self.bridge.sqs
            found = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=WHAT_WAITS)["Attributes"]
            self._waiting_by_queue[queue_url] = sum(int(found.get(state, "0")) for state in WHAT_WAITS)
        return self._waiting_by_queue[queue_url]

    # Sellers

    @cached_property
    def sellers(self) -> list[Seller]:
        return sorted(self.bridge.sellers.all(), key=lambda seller: seller.nickname)

    @cached_property
    def cache(self) -> Cache:
        """The cache, in which what the checks say that they read of each seller has been read."""
        # At once: a thousand sellers, read one after the other, take longer than the API's Lambda has.
        keys = [key for one in checks_of_seller(self.cost) for key in one.cached]
        return self.bridge.cache.read_ahead(key(seller.seller_id) for seller in self.sellers for key in keys)

    @cached_property
    def _troubles(self) -> dict[tuple[str, str], Trouble]:
        return self.bridge.troubles.all()

    def trouble(self, place: str, kind: str) -> Trouble | None:
        """What the workers met lately."""
        return self._troubles.get((place, kind))

    @cached_property
    def paused_because(self) -> str:
        """Why sweeps and audits wait; empty when they do not."""
        return self.bridge.rate_limit.paused_because

    @cached_property
    def swept_within(self) -> timedelta:
        """How long ago the last sweep of a seller may be while all is well."""
        return swept_within(len(self.sellers), self.bridge.rate_limit.background_reads)

    @cached_property
    def desk_names(self) -> list[str]:
        return self.settings.desk_names()
