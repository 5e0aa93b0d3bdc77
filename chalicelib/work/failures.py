"""Which failures need only be waited out, and how often a job failed for a reason that nobody foresaw.

SQS counts how often a message was received, whatever the reason, so a long outage would look like many failures. Here
a try is counted when a job comes back, before it is worked on, and taken off again when it only has to wait: what is
left are the failures, a killed Lambda among them. A job that succeeds the first time writes nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from chalicelib.errors import BadSettings, LoginNeeded, OperatorNeeded, OutcomeUnknown, TryAgainLater
from chalicelib.stores.tables import Table

# What AWS answers with status 400 when it is busy, besides the codes that speak of throttling.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
BUSY_CODES = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded"})

# As long as the queue keeps a message.
KEPT = timedelta(days=14)


class Failures:
    """Counts by SQS message id; they live in the table of idempotency records, which forgets by itself."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def of(self, message_id: str) -> int:
        """The count, where one is kept."""
        item = self._table.get({"id": f"tries/{message_id}"})
        return int(item["tries"]) if item else 0

    def add(self, message_id: str, number: int) -> int:
        """Count tries, or take them off; the new count."""
        item = self._table.update(
            {"id": f"tries/{message_id}"},
            "ADD tries :number SET expiration = :end",
            {":number": number, ":end": int((self._clock() + KEPT).timestamp())},
        )
        return int(item["tries"]) if item else 0


def can_wait(error: Exception) -> bool:
    """Whether a job that failed so need only be tried again later, however often."""
    waitable = TryAgainLater | OutcomeUnknown | LoginNeeded | OperatorNeeded | BadSettings
    return isinstance(error, waitable) or is_aws_away(error)


def is_not_permitted(error: BaseException) -> bool:
    """Whether AWS refused a call since the function's policy does not allow it, which a deployment mends."""
    cause = error.__cause__ or error.__context__
    code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
    return code.startswith("AccessDenied") or (cause is not None and is_not_permitted(cause))


def is_aws_away(error: BaseException) -> bool:
    """Whether AWS did not answer, or answered that it is busy: time mends that. Powertools wraps such errors."""
    cause = error.__cause__ or error.__context__
    return _is_aws_away(error) or (cause is not None and is_aws_away(cause))


def _is_aws_away(error: BaseException) -> bool:
    if isinstance(error, HTTPClientError | NoConnection):
        return True
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response.get("Error", {}).get("Code", "")
    return status >= 500 or "Throttl" in code or code in BUSY_CODES
