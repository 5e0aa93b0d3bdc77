"""Says whether the bridge can do its work and, where it cannot, what is wrong and what to do. Shows nothing secret."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import TryAgainLater
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers
from chalicelib.worker import dead_letter_url

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

Problem = dict[str, Any]


class Health:
    """Looks at settings, queues, tables and grants."""

    def __init__(
        self,
        settings: Settings,
        sellers: Sellers,
        sqs: "SQSClient",
        dynamodb: "DynamoDBClient",
        *,
        queue_urls: tuple[str, ...],
        table_names: tuple[str, ...],
    ) -> None:
        self._settings = settings
        self._sellers = sellers
        self._sqs = sqs
        self._dynamodb = dynamodb
        self._queue_urls = queue_urls
        self._table_names = table_names

    def report(self) -> dict[str, Any]:
        """`status` is `ok`; `degraded` when a person is needed but the bridge works; `down` when it cannot receive."""
        broken = [*self._settings_problems(), *self._queue_problems(), *self._table_problems()]
        if broken:
            return {"status": "down", "problems": broken}
        problems = [*self._grant_problems(), *self._dead_letter_problems()]
        return {"status": "degraded" if problems else "ok", "problems": problems}

    def _settings_problems(self) -> list[Problem]:
        problems = []
        try:
            sentences = self._settings.problems()
        except TryAgainLater as error:
            return [_problem(str(error), "Check that the function may read it (make deploy) and that AWS answers")]
        for sentence in sentences:
            what, _, cure = sentence.partition(". ")
            problems.append(_problem(what, cure))
        return problems

    def _queue_problems(self) -> list[Problem]:
        problems = []
        for url in self._queue_urls:
            try:
                self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            except (BotoCoreError, ClientError) as error:
                problems.append(_problem(f"queue {_name(url)} does not answer ({_code(error)})", "Run make deploy"))
        return problems

    def _table_problems(self) -> list[Problem]:
        problems = []
        for name in self._table_names:
            try:
                self._dynamodb.describe_table(TableName=name)
            except (BotoCoreError, ClientError) as error:
                problems.append(_problem(f"table {name} does not answer ({_code(error)})", "Run make deploy"))
        return problems

    def _grant_problems(self) -> list[Problem]:
        link = f"{self._settings.public_url}/oauth/mercado-livre/start"
        return [
            _problem(
                f"the grant is gone: {seller.dead_reason}",
                f"An administrator of the Mercado Livre account must open {link}",
                seller=seller.seller_id,
            )
            for seller in self._sellers.all()
            if seller.dead_reason
        ]

    def _dead_letter_problems(self) -> list[Problem]:
        problems = []
        for url in map(dead_letter_url, self._queue_urls):
            attributes = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            waiting = int(attributes["Attributes"]["ApproximateNumberOfMessages"])
            if waiting:
                problems.append(
                    _problem(
                        f"{waiting} jobs in {_name(url)}", "Look at the log for 'job failed', then redrive the queue"
                    )
                )
        return problems


def _problem(what: str, cure: str, *, seller: int | None = None) -> Problem:
    return {"what": what, "seller": seller, "do": cure}


def _name(queue_url: str) -> str:
    return queue_url.rpartition("/")[2]


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
