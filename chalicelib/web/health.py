"""Says whether the bridge can do its work and, where it cannot, what is wrong and what to do. Shows nothing secret."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import TryAgainLater
from chalicelib.mercado_livre.messages import MOST_UNREAD
from chalicelib.models import Seller
from chalicelib.rate_limit import BLOCKED, RateLimit
from chalicelib.recovery.schedule import swept_within
from chalicelib.recovery.silent_topics import silence_key, silent_topics
from chalicelib.recovery.unread import unread_key, unread_overflows
from chalicelib.settings import Settings
from chalicelib.stores.audits import KEPT_SECONDS, Audits, LastAudit, audit_key
from chalicelib.stores.cache import Cache
from chalicelib.stores.sellers import Sellers
from chalicelib.work.consumer import dead_letter_url

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

Problem = dict[str, Any]

SUBSCRIBE = (
    "Nothing is lost, but it comes minutes later. Mercado Livre has disabled the topic, or does not reach the "
    "notifications URL in time: in DevCenter, look whether the topic is still ticked and the URL is the one that "
    "python -m tools setup prints, save both anew, and ask something to try it"
)
TOO_MUCH_UNREAD = f"{MOST_UNREAD} purchases or more have unread messages, and Mercado Livre lists no more of them"
MARK_AS_READ = (
    "Open the messages on Mercado Livre's own pages and mark old ones as read, until fewer are unread. What is "
    "announced comes in meanwhile; what is not, about a purchase beyond those listed, is found by the daily audit at "
    "best"
)

# A grant dies after four months without any call, and six after its last refresh.
# https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
UNUSED_FOR_TOO_LONG = timedelta(days=90)

# It is often a monitor that reads this, and it should wake nobody for a sweep that is a little late.
UNSWEPT_TIMES = 3


class Health:
    """Looks at settings, queues, tables and grants."""

    def __init__(
        self,
        settings: Settings,
        sellers: Sellers,
        cache: Cache,
        rate_limit: RateLimit,
        sqs: "SQSClient",
        dynamodb: "DynamoDBClient",
        *,
        clock: Callable[[], datetime],
        queue_urls: tuple[str, ...],
        table_names: tuple[str, ...],
    ) -> None:
        self._settings = settings
        self._sellers = sellers
        self._cache = cache
        self._rate_limit = rate_limit
        self._sqs = sqs
        self._dynamodb = dynamodb
        self._clock = clock
        self._queue_urls = queue_urls
        self._table_names = table_names

    def report(self) -> dict[str, Any]:
        """`status` is `ok`; `degraded` when a person is needed but the bridge works; `down` when it cannot receive."""
        broken = [*self._settings_problems(), *self._queue_problems(), *self._table_problems()]
        if broken:
            return {"status": "down", "problems": broken}
        desks = map(_setting_problem, self._settings.problems_of_desks())
        problems = [*desks, *self._seller_problems(), *self._pause_problems(), *self._dead_letter_problems()]
        return {"status": "degraded" if problems else "ok", "problems": problems}

    def _settings_problems(self) -> list[Problem]:
        try:
            return list(map(_setting_problem, self._settings.problems()))
        except TryAgainLater as error:
            return [_problem(str(error), "Check that the function may read it (make deploy) and that AWS answers")]

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

    def _seller_problems(self) -> list[Problem]:
        sellers = self._sellers.all()
        # At once: a thousand sellers, read one after the other, take longer than the API's Lambda has.
        cache = self._cache.read_ahead(key for seller in sellers for key in _keys_of(seller.seller_id))
        problems = [problem for seller in sellers for problem in self._problems_of(seller, cache)]
        return [*problems, *self._unswept(sellers)]

    def _unswept(self, sellers: list[Seller]) -> list[Problem]:
        """Who should have been swept long ago, though nothing is known that keeps him from it."""
        if self._rate_limit.paused_because:
            return []
        latest = (
            self._clock() - UNSWEPT_TIMES * swept_within(len(sellers), self._rate_limit.background_reads)
        ).timestamp()
        stage = self._settings.stage
        cure = (
            f"What is announced comes in, but what was missed is not found. Run make deploy STAGE={stage}, which makes "
            f"the schedule anew, and look in the log of ponte-{stage}-work_in_background why a sweep fails"
        )
        return [
            _problem("no sweep has come to its end for long", cure, seller=seller.seller_id)
            for seller in sellers
            if not (seller.dead_reason or seller.trouble) and max(seller.swept_at, seller.refreshed_at) < latest
        ]

    def _problems_of(self, seller: Seller, cache: Cache) -> list[Problem]:
        """What a person must mend of one seller's connection."""
        link = self._settings.connecting_link(seller.site_id, seller.desk)
        authorise = f"An administrator of the Mercado Livre account must open {link}"
        found = []
        if seller.dead_reason:
            found.append(_problem(f"the grant is gone: {seller.dead_reason}", authorise, seller=seller.seller_id))
        if seller.trouble:
            what = f"Mercado Livre refuses the application: {seller.trouble}"
            found.append(_problem(what, cure_of(seller.trouble, self._settings.stage), seller=seller.seller_id))
        if missing := seller.missing_scopes:
            what = f"the grant came without {', '.join(missing)}"
            cure = f"Tick the scopes read, write and offline_access in DevCenter. {authorise}"
            found.append(_problem(what, cure, seller=seller.seller_id))
        if not seller.dead_reason and self._is_dying(seller):
            found.append(_problem("the grant has not been used for three months", authorise, seller=seller.seller_id))
        found += [
            _problem(f"notifications of {topic} no longer arrive", SUBSCRIBE, seller=seller.seller_id)
            for topic in silent_topics(cache, seller.seller_id)
        ]
        if not seller.dead_reason and unread_overflows(cache, seller.seller_id):
            found.append(_problem(TOO_MUCH_UNREAD, MARK_AS_READ, seller=seller.seller_id))
        audit = Audits(cache).last_of(seller.seller_id)
        if audit and audit.found:
            cure = repair_command(self._settings.stage, audit, now=int(self._clock().timestamp()))
            found.append(_problem(f"the last audit found {audit.found}", cure, seller=seller.seller_id))
        if audit and audit.unread:
            cure = unread_cure(self._settings.stage, audit, now=int(self._clock().timestamp()))
            found.append(_problem(f"the last audit could not read {audit.unread}", cure, seller=seller.seller_id))
        return found

    def _is_dying(self, seller: Seller) -> bool:
        """Whether a grant is a month from its end; one that is refreshed every few hours never is."""
        return 0 < seller.refreshed_at < self._clock().timestamp() - UNUSED_FOR_TOO_LONG.total_seconds()

    def _pause_problems(self) -> list[Problem]:
        why = self._rate_limit.paused_because
        return [_problem(told_of_pause(why), cure_of_pause(why))] if why else []

    def _dead_letter_problems(self) -> list[Problem]:
        problems = []
        for url in map(dead_letter_url, self._queue_urls):
            attributes = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            waiting = int(attributes["Attributes"]["ApproximateNumberOfMessages"])
            if waiting:
                cure = f"Run python -m tools replay --stage {self._settings.stage}: it shows them and puts them back"
                problems.append(_problem(f"{waiting} jobs in {_name(url)}", cure))
        return problems


def told_of_pause(why: str) -> str:
    """What keeps the background waiting, in words."""
    is_blocked = why == BLOCKED
    return "Mercado Livre has blocked the application" if is_blocked else f"Mercado Livre answers that there are {why}"


def cure_of_pause(why: str) -> str:
    """What an operator does about it."""
    if why == BLOCKED:
        return (
            "Look in DevCenter why, and ask Mercado Livre's support for what lifts it. Nothing is lost: what buyers "
            "and agents write waits for up to 13 days, and goes on by itself within half an hour"
        )
    return "Sweeps wait, and live traffic goes on. If it stays so, look in the log for what is refused"


def unread_cure(stage: str, audit: LastAudit, *, now: int) -> str:
    """What an operator does about what an audit could not read."""
    return (
        f"Run python -m tools audit --since {_hours_since(audit, now)}h --stage {stage}: it says of each why. This is "
        "forgotten when it reads everything, or after 30 days"
    )


def repair_command(stage: str, audit: LastAudit, *, now: int) -> str:
    """What an operator does about what an audit found: look as far back as it did."""
    hours = _hours_since(audit, now)
    return (
        f"Run python -m tools audit --since {hours}h --repair --stage {stage}: it shows each, queues what is missing, "
        "and says what is left to you. This is forgotten when it finds nothing any more, or after 30 days"
    )


def _hours_since(audit: LastAudit, now: int) -> int:
    # The command looks no further back.
    return min((now - audit.since) // 3600 + 2, KEPT_SECONDS // 3600)


def cure_of(trouble: str, stage: str) -> str:
    """What an operator does about a refusal of the application by the token endpoint.

    https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao (the codes)
    """
    cures = {
        "invalid_client": f"Set the App ID and the secret key of DevCenter: python -m tools setup --stage {stage}",
        "invalid_scope": "Tick the scopes read, write and offline_access of the application in DevCenter",
    }
    return cures.get(trouble, "Look in DevCenter whether the application is blocked, and why")


def _keys_of(seller_id: int) -> tuple[str, ...]:
    """What is cached about a seller and shown here; what is missing here is read by itself."""
    return silence_key(seller_id), unread_key(seller_id), audit_key(seller_id)


def _setting_problem(sentence: str) -> Problem:
    what, _, cure = sentence.partition(". ")
    return _problem(what, cure)


def _problem(what: str, cure: str, *, seller: int | None = None) -> Problem:
    return {"what": what, "seller": seller, "do": cure}


def _name(queue_url: str) -> str:
    return queue_url.rpartition("/")[2]


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
