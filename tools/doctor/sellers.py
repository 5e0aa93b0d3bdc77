"""Looks at every seller: his grant, what his token may read, his desk, and when he was last heard of and swept.

Nothing here refreshes a token: a refresh token works once, and to look must not be what ends a grant.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import BadSettings, BridgeError, NotFound, OperatorNeeded, Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.messages import Messaging
from chalicelib.models import Seller
from chalicelib.recovery.schedule import swept_within
from chalicelib.recovery.silent_topics import silent_topics
from chalicelib.recovery.unread import unread_overflows
from chalicelib.web.health import (
    MARK_AS_READ,
    SUBSCRIBE,
    TOO_MUCH_UNREAD,
    cure_of,
    cure_of_pause,
    repair_command,
    told_of_pause,
    unread_cure,
)
from chalicelib.wiring import Container
from tools.doctor.findings import Check, Finding, examine, not_checked, ok, problem, warning
from tools.moments import from_epoch, in_words
from tools.sellers import DEAD_REASONS, desk_called
from tools.setup_report import FUNCTIONAL_PERMISSION

# A grant ends after four months without any call, and six months after its last refresh; both are told a month before.
# https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
UNUSED_FOR_LONG = timedelta(days=90)
UNREFRESHED_FOR_LONG = timedelta(days=150)

AUDITED_WITHIN = timedelta(hours=36)
HEARD_WITHIN = timedelta(days=7)

CALLS_FOR_EACH = 3


def seller_checks(bridge: Container) -> list[Check]:
    return [Check("sellers", lambda: _look(bridge))]


class TokenRejected(BridgeError):
    """Mercado Livre does not take a token that should live."""


class StoredToken:
    """A seller's token as it stands in the table, which is never exchanged for another."""

    def __init__(self, seller: Seller) -> None:
        self._seller = seller

    def access_token(self, seller_id: int) -> str:  # noqa: ARG002 - it is one seller's, and asked for no other
        return self._seller.access_token

    def renew(self, seller_id: int, *, rejected: str) -> str:  # noqa: ARG002 - another token is what there is not
        raise TokenRejected("Mercado Livre rejects his access token, which should still live")


def calls_as_he_is(bridge: Container, seller: Seller) -> MercadoLivre:
    """Calls in a seller's name; they raise TokenRejected where the bridge's own would refresh his token."""
    url = bridge.settings.mercado_livre_url
    return MercadoLivre(bridge.transport, url, StoredToken(seller), bridge.rate_limit)


class Case(NamedTuple):
    """A seller who is looked at, and what is said to whoever mends it."""

    bridge: Container
    seller: Seller
    swept_within: timedelta

    def about(self, thing: str) -> str:
        return f"seller {self.seller.nickname} ({self.seller.seller_id}): {thing}"

    @property
    def now(self) -> datetime:
        return self.bridge.clock()

    @property
    def stage(self) -> str:
        return self.bridge.settings.stage

    @property
    def authorise(self) -> str:
        return f"An administrator of the Mercado Livre account opens {_link(self.bridge, self.seller.site_id)}"

    @property
    def has_expired(self) -> bool:
        return self.seller.expires_at <= self.now.timestamp()

    @property
    def needs_someone(self) -> bool:
        """Whether the bridge has stopped calling in his name, so that what comes of that is no news."""
        return bool(self.seller.dead_reason or self.seller.trouble)

    def is_older(self, moment: datetime, age: timedelta) -> bool:
        return self.now - moment > age


def _look(bridge: Container) -> Iterator[Finding]:
    try:
        sellers = sorted(bridge.sellers.all(), key=lambda seller: seller.nickname)
    except (BotoCoreError, ClientError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        cure = f"See what is said of the tables; where one is missing: make deploy STAGE={bridge.settings.stage}"
        yield not_checked("sellers", f"the table of sellers cannot be read ({code})", cure)
        return
    if not sellers:
        yield warning("sellers", "none is connected", f"A seller connects by opening {_link(bridge)}")
    elif why := bridge.rate_limit.paused_because:
        yield warning("calls to Mercado Livre", f"{told_of_pause(why)}, so that sweeps wait", cure_of_pause(why))
    # Each by himself, so that one who cannot be looked at hides no other.
    within = swept_within(len(sellers), bridge.rate_limit.background_reads)
    yield from examine(
        Check(f"seller {seller.nickname} ({seller.seller_id})", partial(_look_at, Case(bridge, seller, within)))
        for seller in sellers
    )


def _look_at(case: Case) -> Iterator[Finding]:
    for look in (_grant, _age, _calls, _desk, _traffic, _sweep, _waiting, _audit):
        yield from look(case)


# His grant


def _grant(case: Case) -> Iterator[Finding]:
    seller, about, found = case.seller, case.about("grant"), []
    if seller.dead_reason:
        why = DEAD_REASONS.get(seller.dead_reason)
        found.append(problem(about, f"gone: {seller.dead_reason}" + (f" ({why})" if why else ""), case.authorise))
    elif seller.trouble:
        seen = f"not refreshed, since Mercado Livre refuses the application: {seller.trouble}"
        found.append(problem(about, seen, cure_of(seller.trouble, case.stage)))
    elif case.has_expired:
        seen = f"his access token expired {_moment(case, seller.expires_at)} and nothing has refreshed it"
        found.append(problem(about, f"{seen}: the schedule does not run, or his sweep fails", _schedule(case)))
    if missing := seller.missing_scopes:
        cure = f"Tick the scopes read, write and offline_access of the application in DevCenter. {case.authorise}"
        found.append(problem(about, f"it came without {', '.join(missing)}", cure))
    yield from found or [ok(about, f"alive; its token expires {_moment(case, seller.expires_at)}")]


def _age(case: Case) -> Iterator[Finding]:
    """A grant that is used and refreshed every few hours is never near its end."""
    seller, about = case.seller, case.about("age of the grant")
    refreshed = from_epoch(seller.refreshed_at)
    if seller.dead_reason or refreshed is None:
        return
    used = max(refreshed, from_epoch(seller.swept_at) or refreshed)
    cure = f"Let the schedule run, which refreshes it. If Mercado Livre refuses that: {case.authorise}"
    if case.is_older(used, UNUSED_FOR_LONG):
        seen = f"last used {in_words(used, case.now)}; Mercado Livre ends a grant after four months without a call"
        yield warning(about, seen, cure)
    elif case.is_older(refreshed, UNREFRESHED_FOR_LONG):
        seen = f"last refreshed {in_words(refreshed, case.now)}; Mercado Livre ends a grant six months after that"
        yield warning(about, seen, cure)


# What his token may read


def _calls(case: Case) -> Iterator[Finding]:
    """Three reads with the token as it is; none with one that Mercado Livre would refuse anyway."""
    about, seller_id = case.about("test calls"), case.seller.seller_id
    if case.seller.dead_reason:
        yield not_checked(about, "not made: his grant is gone")
        return
    if case.has_expired:
        yield not_checked(about, "not made: his token needs a refresh, and the doctor makes none")
        return
    # What stands over for live traffic is not the doctor's to take.
    if not case.bridge.rate_limit.take_reads(CALLS_FOR_EACH):
        seen = "not made: the application has made as many calls in this minute as it should"
        yield not_checked(about, seen, "Look again in a minute")
        return
    try:
        meli = calls_as_he_is(case.bridge, case.seller)
    except BridgeError as error:
        yield not_checked(about, str(error))
        return
    himself = _call(case, "test call", lambda: meli.get_user(seller_id, seller_id))
    yield himself
    if himself.verdict != "ok":
        return
    # https://developers.mercadolivre.com.br/pt_br/perguntas-e-respostas
    search: dict[str, str | int] = {"seller_id": seller_id, "api_version": 4, "limit": 1}
    yield _call(case, "questions", lambda: meli.call(seller_id, "GET", "/questions/search", params=search))
    yield _call(case, "messages", lambda: Messaging(meli).find_unread(seller_id))


def _call(case: Case, thing: str, call: Callable[[], object]) -> Finding:
    about = case.about(thing)
    try:
        call()
    except TokenRejected as error:
        cure = (
            f"The bridge exchanges it at its next sweep: look again in five minutes. If it stays so: {case.authorise}"
        )
        return problem(about, str(error), cure)
    except OperatorNeeded as error:
        return problem(about, str(error), cure_of("", case.stage))
    except Refused as refusal:
        return _judge(case, about, refusal, is_himself=thing == "test call")
    except BridgeError as error:
        return not_checked(about, str(error), "Look again in a minute")
    return ok(about, "Mercado Livre answers it")


def _judge(case: Case, about: str, refusal: Refused, *, is_himself: bool) -> Finding:
    if not refusal.is_json:
        # Whoever says so, it is not the API.
        seen = f"something before Mercado Livre's API refuses it ({refusal.status})"
        return not_checked(about, seen, "Look again in a minute")
    seen = f"Mercado Livre refuses it ({refusal.status} {refusal.brief})"
    if refusal.status == 403 and not is_himself:
        # https://developers.mercadolivre.com.br/pt_br/permissoes-funcionais
        permission = f"Tick the functional permission «{FUNCTIONAL_PERMISSION}» of the application in DevCenter"
        return problem(about, seen, f"{permission}. {case.authorise}")
    if refusal.status == 403 or isinstance(refusal, NotFound):
        # https://developers.mercadolivre.com.br/pt_br/error-403
        cure = "See in Mercado Livre whether his account is active, and in DevCenter whether the application is"
        return problem(about, seen, cure)
    return problem(
        about, seen, "Look again in some minutes; if it stays so, ask Mercado Livre's support for developers"
    )


# What the bridge does with him


def _desk(case: Case) -> Iterator[Finding]:
    seller, about, stage = case.seller, case.about("desk"), case.stage
    try:
        known = case.bridge.settings.desk_names()
    except BridgeError as error:
        yield not_checked(about, str(error), "Look again in a minute")
        return
    if seller.desk in ("", *known):
        yield ok(about, f"his conversations go to {desk_called(seller.desk)}")
        return
    move = f"python -m tools sellers move {seller.seller_id} first --stage {stage}"
    cure = f"Set it up: python -m tools setup --stage {stage} --desk {seller.desk}. Or move him: {move}"
    yield problem(about, f"there is no desk {seller.desk}, so that his conversations go nowhere", cure)


def _traffic(case: Case) -> Iterator[Finding]:
    """What was recorded is kept for thirty days, so that «none» may be older than that."""
    about = case.about("last notification")
    record = case.bridge.history.last_of(case.seller.seller_id)
    moment = _read_moment(str(record.get("time", ""))) if record else None
    cure = (
        "Check the notification URL and the topics of the application in DevCenter; "
        f"python -m tools setup --stage {case.stage} prints what they must be"
    )
    if record is None or moment is None:
        yield warning(about, "none has come in thirty days", cure)
    elif case.is_older(moment, HEARD_WITHIN):
        yield warning(about, f"it came {in_words(moment, case.now)} ({record.get('topic')})", cure)
    else:
        yield ok(about, f"{in_words(moment, case.now)} ({record.get('topic')})")
    for topic in silent_topics(case.bridge.cache, case.seller.seller_id):
        seen = "its notifications no longer arrive; what happens is found by the sweeps alone, minutes later"
        yield problem(case.about(f"topic {topic}"), seen, SUBSCRIBE)
    if not case.needs_someone and unread_overflows(case.bridge.cache, case.seller.seller_id):
        yield warning(case.about("unread messages"), TOO_MUCH_UNREAD, MARK_AS_READ)


def _sweep(case: Case) -> Iterator[Finding]:
    seller, about = case.seller, case.about("last sweep")
    if case.needs_someone:
        yield not_checked(about, "he is swept again as soon as his grant works")
        return
    swept, connected = from_epoch(seller.swept_at), from_epoch(seller.refreshed_at)
    if swept is not None and not case.is_older(swept, case.swept_within):
        yield ok(about, in_words(swept, case.now))
    elif swept is None and connected is not None and not case.is_older(connected, case.swept_within):
        yield ok(about, "he was connected a moment ago, and his first is on its way")
    elif case.bridge.rate_limit.paused_because:
        yield not_checked(about, f"{in_words(swept, case.now)}: sweeps wait, as is said above")
    else:
        seen = f"{in_words(swept, case.now)}: the schedule does not run, or his sweep fails"
        yield problem(about, seen, _schedule(case))


def _waiting(case: Case) -> Iterator[Finding]:
    about = case.about("jobs that wait")
    number = case.bridge.parked_jobs.count(case.seller.seller_id)
    if not number:
        yield ok(about, "none")
    elif case.needs_someone:
        yield warning(about, f"{number}, until his grant works", "Mend his grant: they go on by themselves after that")
    else:
        cure = f"The next sweep calls them back: look again in five minutes. If they stay: {_log(case)}"
        yield warning(about, f"{number}, though his grant works", cure)


def _audit(case: Case) -> Iterator[Finding]:
    about, audit = case.about("last audit"), case.bridge.audits.last_of(case.seller.seller_id)
    if audit is None:
        yield ok(about, "the first is still to come: he is audited once a day")
        return
    moment = from_epoch(audit.until)
    if audit.found:
        cure = repair_command(case.stage, audit, now=int(case.now.timestamp()))
        yield problem(about, f"{audit.found}, {in_words(moment, case.now)}", cure)
    elif moment is not None and case.is_older(moment, AUDITED_WITHIN) and not case.needs_someone:
        yield warning(about, in_words(moment, case.now), _schedule(case))
    else:
        compared = audit.tally.get("messages", 0)
        seen = f"{in_words(moment, case.now)}: {compared} messages compared, and all agree"
        if audit.unread:
            cure = unread_cure(case.stage, audit, now=int(case.now.timestamp()))
            yield warning(about, f"{seen}, but for {audit.unread} that could not be read", cure)
        else:
            yield ok(about, seen)


def _schedule(case: Case) -> str:
    return (
        f"See in EventBridge that the rule of ponte-{case.stage}-sweep is enabled (make deploy STAGE={case.stage} "
        f"makes it anew), and in the log why a sweep fails: {_log(case)}"
    )


def _log(case: Case) -> str:
    return f"aws logs tail /aws/lambda/ponte-{case.stage}-work_in_background --since 15m"


def _link(bridge: Container, site: str = "") -> str:
    try:
        return bridge.settings.connecting_link(site)
    except BadSettings:
        return f"the link that python -m tools authorize --stage {bridge.settings.stage} prints"


def _moment(case: Case, seconds: int) -> str:
    return in_words(from_epoch(seconds), case.now)


def _read_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.partition("#")[0])
    except ValueError:
        return None
    return moment if moment.tzinfo else None
