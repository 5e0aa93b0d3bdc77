"""Every seller: the grant, the desk, and when the seller was last heard of, swept and audited.

Nothing here refreshes a token: a refresh token works once, and to look must not be what ends a grant.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.checks.checklist import check, check_of_seller, checks_of_seller, examine
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, not_checked, ok, problem, warning
from chalicelib.checks.moments import from_epoch, in_words
from chalicelib.checks.seller_cures import (
    TICK_PERMISSION,
    audit_command,
    cure_of_pause,
    cure_of_refusal,
    cure_of_schedule,
    desk_called,
    link_for,
    repair_command,
    sweep_log,
    told_of_pause,
)
from chalicelib.errors import BridgeError
from chalicelib.mercado_livre.messages import MOST_UNREAD
from chalicelib.mercado_livre.sites import CROSS_BORDER_SITE
from chalicelib.models import Seller
from chalicelib.recovery.silent_topics import silence_key, silent_topics
from chalicelib.recovery.unread import unread_key, unread_overflows
from chalicelib.stores.audits import Audits, audit_key
from chalicelib.stores.troubles import KINDS_SHOWN, NOT_SHOWN, seller_place
from chalicelib.work.consumer import dead_letter_url

# https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
DEAD_REASONS = {
    "invalid_grant": "the password or the secret key was changed, the access was withdrawn, or months went by unused",
    "unauthorized_client": "the application may not act for this seller any more",
}

# A grant ends after four months without any call, and six months after its last refresh; both are told a month before.
# https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
UNUSED_FOR_LONG = timedelta(days=90)
UNREFRESHED_FOR_LONG = timedelta(days=150)

AUDITED_WITHIN = timedelta(hours=36)
HEARD_WITHIN = timedelta(days=7)

# It is often a monitor that reads /health, and it should wake nobody for a sweep that is a little late.
ALARMED_TIMES = 3


class SellerCase(NamedTuple):
    """A seller who is looked at, and what is said to whoever mends it."""

    deployment: Deployment
    seller: Seller

    @property
    def name(self) -> str:
        return f"seller {self.seller.nickname} ({self.seller.seller_id})"

    @property
    def now(self) -> datetime:
        return self.deployment.now

    @property
    def stage(self) -> str:
        return self.deployment.stage

    @property
    def authorise(self) -> str:
        link = link_for(self.deployment, self.seller.site_id, self.seller.desk)
        return f"An administrator of the Mercado Livre account must open {link}"

    @property
    def swept_within(self) -> timedelta:
        """How long ago the last sweep may be while all is well."""
        is_at_rest = self.seller.is_at_rest(int(self.now.timestamp()))
        rest = timedelta(minutes=self.deployment.settings.sweep_at_rest_minutes) if is_at_rest else timedelta()
        return self.deployment.swept_within + rest

    @property
    def has_expired(self) -> bool:
        return self.seller.expires_at <= self.now.timestamp()

    @property
    def needs_someone(self) -> bool:
        """Whether the bridge has stopped calling for this seller, so that what comes of that is no news."""
        return bool(self.seller.dead_reason or self.seller.trouble)

    def is_older(self, moment: datetime, age: timedelta) -> bool:
        return self.now - moment > age

    def in_words(self, seconds: int) -> str:
        return in_words(from_epoch(seconds), self.now)


@check("sellers", "cheap")
def look_at_sellers(deployment: Deployment) -> Iterator[Finding]:
    try:
        sellers = deployment.sellers
    except (BotoCoreError, ClientError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        cure = "See what is said of the tables"
        yield not_checked("sellers", f"the table of sellers cannot be read ({code})", cure)
        return
    if not sellers:
        yield warning("sellers", "none is connected", f"A seller connects by opening {link_for(deployment)}")
    elif why := deployment.paused_because:
        told = told_of_pause(why)
        yield warning("calls to Mercado Livre", f"{told}, so that sweeps wait", cure_of_pause(why), alarm=told)
    for seller in sellers:
        case = SellerCase(deployment, seller)
        # Each apart, so that one who cannot be looked at hides no other.
        for finding in examine(checks_of_seller(deployment.cost), case):
            yield finding._replace(about=f"{case.name}: {finding.about}", seller=seller.seller_id)


@check_of_seller("country", "cheap")
def look_at_country(case: SellerCase) -> Iterator[Finding]:
    site_id = case.seller.site_id
    if site_id == CROSS_BORDER_SITE:
        seen = "sells across borders (Global Selling, CBT), which is not supported: nothing of it comes in"
        cure = (
            "Connect the seller's account of one country instead, and disconnect this one: "
            f"python -m tools sellers disconnect {case.seller.seller_id} --stage {case.stage}"
        )
        yield problem("country", seen, cure, alarm=f"the seller {seen}")


# The grant


@check_of_seller("grant", "cheap")
def look_at_grant(case: SellerCase) -> Iterator[Finding]:
    seller, found = case.seller, []
    if reason := seller.dead_reason:
        why = f" ({DEAD_REASONS[reason]})" if reason in DEAD_REASONS else ""
        found.append(problem("grant", f"gone: {reason}{why}", case.authorise, alarm=f"the grant is gone: {reason}"))
    elif seller.trouble:
        seen = f"Mercado Livre refuses the application: {seller.trouble}"
        cure = cure_of_refusal(seller.trouble, case.stage)
        found.append(problem("grant", f"not refreshed, since {seen}", cure, alarm=seen))
    elif case.has_expired:
        seen = f"the access token expired {case.in_words(seller.expires_at)} and nothing has refreshed it"
        cure = cure_of_schedule(case.stage)
        found.append(problem("grant", f"{seen}: the schedule does not run, or the sweep of this seller fails", cure))
    if seller.missing_scopes:
        seen = f"came without {', '.join(seller.missing_scopes)}"
        cure = f"Tick the scopes read, write and offline_access in DevCenter. {case.authorise}"
        found.append(problem("grant", f"it {seen}", cure, alarm=f"the grant {seen}"))
    yield from found or [ok("grant", f"alive; its token expires {case.in_words(seller.expires_at)}")]


@check_of_seller("age of the grant", "cheap")
def look_at_age(case: SellerCase) -> Iterator[Finding]:
    """A grant that is used and refreshed every few hours is never near its end."""
    seller, refreshed = case.seller, from_epoch(case.seller.refreshed_at)
    if seller.dead_reason or refreshed is None:
        return
    used = max(refreshed, from_epoch(seller.swept_at) or refreshed)
    cure = f"Let the schedule run, which refreshes it. If Mercado Livre refuses that: {case.authorise}"
    if case.is_older(used, UNUSED_FOR_LONG):
        seen = f"last used {in_words(used, case.now)}; Mercado Livre ends a grant after four months without a call"
        yield warning("age of the grant", seen, cure, alarm="the grant has not been used for three months")
    elif case.is_older(refreshed, UNREFRESHED_FOR_LONG):
        seen = f"last refreshed {in_words(refreshed, case.now)}; Mercado Livre ends a grant six months after that"
        yield warning("age of the grant", seen, cure, alarm="the grant has not been refreshed for five months")


# Where the conversations go, and what comes


@check_of_seller("desk", "cheap")
def look_at_desk(case: SellerCase) -> Iterator[Finding]:
    seller, stage = case.seller, case.stage
    try:
        known = case.deployment.desk_names
    except BridgeError as error:
        yield not_checked("desk", str(error), "Look again in a minute")
        return
    if seller.desk in ("", *known):
        yield ok("desk", f"the conversations go to {desk_called(seller.desk)}")
        return
    move = f"python -m tools sellers move {seller.seller_id} first --stage {stage}"
    cure = f"Set it up: python -m tools setup --stage {stage} --desk {seller.desk}. Or move the seller: {move}"
    seen = f"there is no desk {seller.desk}, so that the conversations go nowhere"
    yield problem("desk", seen, cure, alarm=seen)


@check_of_seller("last notification", "live")
def look_at_traffic(case: SellerCase) -> Iterator[Finding]:
    """What was recorded is kept for thirty days, so that «none» may be older than that."""
    record = case.deployment.bridge.history.last_of(case.seller.seller_id)
    moment = _read_moment(str(record.get("time", ""))) if record else None
    cure = (
        "Check the notification URL and the topics of the application in DevCenter; "
        f"python -m tools setup --stage {case.stage} prints what they must be"
    )
    if record is None or moment is None:
        yield warning("last notification", "none has come in thirty days", cure)
        return
    seen = f"{in_words(moment, case.now)} ({record.get('topic')})"
    if case.is_older(moment, HEARD_WITHIN):
        yield warning("last notification", f"it came {seen}", cure)
    else:
        yield ok("last notification", seen)


@check_of_seller("topics", "cheap", cached=(silence_key,))
def look_at_topics(case: SellerCase) -> Iterator[Finding]:
    cure = (
        "Nothing is lost, but it comes minutes later. Mercado Livre has disabled the topic, or does not reach the "
        "notifications URL in time: in DevCenter, look whether the topic is still ticked and the URL is the one that "
        "python -m tools setup prints, save both anew, and ask something to try it"
    )
    for topic in silent_topics(case.deployment.cache, case.seller.seller_id):
        seen = "its notifications no longer arrive; what happens is found by the sweeps alone, minutes later"
        yield problem(f"topic {topic}", seen, cure, alarm=f"notifications of {topic} no longer arrive")


@check_of_seller("permission", "cheap")
def look_at_permission(case: SellerCase) -> Iterator[Finding]:
    if case.deployment.cost == "live":
        # The doctor tries it.
        return
    for kind in KINDS_SHOWN:
        if case.deployment.trouble(seller_place(case.seller.seller_id), kind):
            seen = f"Mercado Livre shows no {kind} of the seller to the application (403)"
            cure = f"{TICK_PERMISSION}. {case.authorise}. What waits goes on by itself after that"
            yield problem("permission", seen, cure, alarm=seen)


@check_of_seller("what is not shown", "cheap")
def look_at_hidden(case: SellerCase) -> Iterator[Finding]:
    if trouble := case.deployment.trouble(seller_place(case.seller.seller_id), NOT_SHOWN):
        seen = f"Mercado Livre does not show {trouble.detail} to the seller, and shows others"
        cure = (
            "See on Mercado Livre's own pages what became of it; if it opens there, ask its support for developers. "
            "Sweeps try it again, with pauses of up to six hours, and this is forgotten when it is shown"
        )
        yield problem("what is not shown", seen, cure, alarm=seen)


@check_of_seller("what was given up", "cheap")
def look_at_given_up(case: SellerCase) -> Iterator[Finding]:
    """Where somebody emptied the queue that shows them, the threads lack what was in it all the same."""
    bridge = case.deployment.bridge
    number = case.seller.given_up
    queues = (bridge.threads_queue, bridge.background_queue)
    if number and not any(case.deployment.waiting(dead_letter_url(queue.url)) for queue in queues):
        seen = f"{number} questions or purchases could not be brought up to date, and their jobs are gone"
        cure = (
            "Sweeps try each again, with pauses of up to six hours, and this is forgotten when all are shown. Look in "
            f"the log for why they fail: {sweep_log(case.stage)}"
        )
        yield problem("what was given up", seen, cure, alarm=seen)


@check_of_seller("unread messages", "cheap", cached=(unread_key,))
def look_at_unread(case: SellerCase) -> Iterator[Finding]:
    if case.needs_someone or not unread_overflows(case.deployment.cache, case.seller.seller_id):
        return
    seen = f"{MOST_UNREAD} purchases or more have unread messages, and Mercado Livre lists no more of them"
    cure = (
        "Open the messages on Mercado Livre's own pages and mark old ones as read, until fewer are unread. What is "
        "announced comes in meanwhile; what is not, about a purchase beyond those listed, is found by the daily audit "
        "at best"
    )
    yield warning("unread messages", seen, cure, alarm=seen)


# What the bridge does by itself


@check_of_seller("last sweep", "cheap")
def look_at_sweep(case: SellerCase) -> Iterator[Finding]:
    seller, about, within = case.seller, "last sweep", case.swept_within
    if case.needs_someone:
        yield not_checked(about, "the seller is swept again as soon as the grant works")
        return
    swept, connected = from_epoch(seller.swept_at), from_epoch(seller.refreshed_at)
    if swept is not None and not case.is_older(swept, within):
        yield ok(about, in_words(swept, case.now))
    elif swept is None and connected is not None and not case.is_older(connected, within):
        yield ok(about, "connected a moment ago, and the first is on its way")
    elif case.deployment.paused_because:
        yield not_checked(about, f"{in_words(swept, case.now)}: sweeps wait, as is said above")
    else:
        seen = f"{in_words(swept, case.now)}: the schedule does not run, or the sweep of this seller fails"
        lately = from_epoch(max(seller.swept_at, seller.refreshed_at))
        is_alarming = lately is None or case.is_older(lately, ALARMED_TIMES * within)
        alarm = "no sweep has come to its end for long" if is_alarming else ""
        yield problem(about, seen, cure_of_schedule(case.stage), alarm=alarm)


@check_of_seller("jobs that wait", "live")
def look_at_waiting(case: SellerCase) -> Iterator[Finding]:
    number = case.deployment.bridge.parked_jobs.count(case.seller.seller_id)
    if not number:
        yield ok("jobs that wait", "none")
    elif case.needs_someone:
        cure = "Mend the grant: they go on by themselves after that"
        yield warning("jobs that wait", f"{number}, until the grant works", cure)
    else:
        cure = f"The next sweep calls them back: look again in five minutes. If they stay: {sweep_log(case.stage)}"
        yield warning("jobs that wait", f"{number}, though the grant works", cure)


@check_of_seller("last audit", "cheap", cached=(audit_key,))
def look_at_audit(case: SellerCase) -> Iterator[Finding]:
    about, audit = "last audit", Audits(case.deployment.cache).last_of(case.seller.seller_id)
    if audit is None:
        yield ok(about, "the first is still to come: every seller is audited once a day")
        return
    moment, found = from_epoch(audit.until), []
    when, compared = in_words(moment, case.now), f"{audit.tally.get('messages', 0)} messages compared, and all agree"
    if audit.found:
        cure, alarm = repair_command(case.stage, audit, case.now), f"the last audit found {audit.found}"
        found.append(problem(about, f"{audit.found}, {when}", cure, alarm=alarm))
    if audit.unread:
        cure, alarm = audit_command(case.stage, audit, case.now), f"the last audit could not read {audit.unread}"
        found.append(
            warning(about, f"{when}: {compared}, but for {audit.unread} that could not be read", cure, alarm=alarm)
        )
    if moment is not None and case.is_older(moment, AUDITED_WITHIN) and not (found or case.needs_someone):
        found.append(warning(about, when, cure_of_schedule(case.stage)))
    yield from found or [ok(about, f"{when}: {compared}")]


def _read_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.partition("#")[0])
    except ValueError:
        return None
    return moment if moment.tzinfo else None
