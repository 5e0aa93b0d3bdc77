"""Looks at the clocks: a signature that seems older than five minutes is refused, by AWS and by the bridge.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from urllib.parse import urlsplit

from boto3.session import Session
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, not_checked, ok, problem, warning
from chalicelib.errors import BridgeError
from chalicelib.wiring import Container
from tools.doctor.sellers import calls_with_stored_token

NOTICED_SECONDS = 60
TOO_FAR_SECONDS = 240

AWS, MERCADO_LIVRE = "AWS", "Mercado Livre"


class NotTold(Exception):
    """A service does not say what time it has; the message says why."""


@check("clocks", "live")
def look_at_clocks(deployment: Deployment) -> Iterator[Finding]:
    """AWS's clock, or else Mercado Livre's, is taken for right: this machine's and the others are judged by it.

    It is by AWS's that a signature of Chatwoot is judged, and one of this machine.
    """
    bridge = deployment.bridge
    readers: dict[str, Callable[[], datetime]] = {
        AWS: partial(_read_aws, deployment.session),
        MERCADO_LIVRE: partial(_read_mercado_livre, bridge),
        **{f"Chatwoot at {_host(url)}": partial(_read_chatwoot, bridge, url) for url in _chatwoots(bridge)},
    }
    offsets, untold = {}, []
    for service, read in readers.items():
        try:
            offsets[service] = _measure(bridge.clock, read)
        except NotTold as error:
            untold.append(not_checked(f"clock of {service}", str(error)))
    judge = next((service for service in (AWS, MERCADO_LIVRE) if service in offsets), "this machine")
    right = offsets.pop(judge, 0.0)
    if judge != "this machine":
        yield _judge("clock of this machine", -right, judge, "Let it set its clock: timedatectl set-ntp true")
    for service, offset in offsets.items():
        cure = "See whether something stands between this machine and Mercado Livre"
        if service != MERCADO_LIVRE:
            cure = "Let Chatwoot's server set its clock: timedatectl set-ntp true, on that server"
        yield _judge(f"clock of {service}", offset - right, judge, cure)
    yield from untold


def _judge(about: str, seconds: float, judge: str, cure: str) -> Finding:
    seen = f"{abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} that of {judge}"
    if abs(seconds) > TOO_FAR_SECONDS:
        return problem(about, f"{seen}; what is signed by it is refused from five minutes on", cure)
    if abs(seconds) > NOTICED_SECONDS:
        return warning(about, f"{seen}; what is signed by it is refused from five minutes on", cure)
    return ok(about, f"goes with that of {judge}")


def _measure(clock: Callable[[], datetime], read: Callable[[], datetime]) -> float:
    """By how many seconds what is read is ahead of this machine."""
    before = clock()
    told = read()
    after = clock()
    return (told - (before + (after - before) / 2)).total_seconds()


def _read_aws(session: Session) -> datetime:
    try:
        metadata = session.client("sts").get_caller_identity()["ResponseMetadata"]
    except ClientError as error:
        # A clock that is wrong is refused, and the refusal bears the right time.
        metadata = error.response.get("ResponseMetadata", {})
    except BotoCoreError as error:
        raise NotTold(f"AWS does not answer ({type(error).__name__})") from error
    return _read_date(metadata.get("HTTPHeaders", {}).get("date", ""))


def _read_mercado_livre(bridge: Container) -> datetime:
    """It answers nothing without a token, so that a seller is needed whose token lives."""
    now = bridge.clock().timestamp()
    try:
        seller = next((s for s in bridge.sellers.all() if s.expires_at > now and not s.dead_reason), None)
    except (BotoCoreError, ClientError) as error:
        raise NotTold("the table of sellers cannot be read") from error
    if seller is None:
        raise NotTold("no seller has a token that lives, and without one it tells nothing")
    try:
        answer = calls_with_stored_token(bridge, seller).call(seller.seller_id, "GET", f"/users/{seller.seller_id}")
    except BridgeError as error:
        raise NotTold(str(error)) from error
    return _read_date(answer.headers.get("Date", ""))


def _chatwoots(bridge: Container) -> list[str]:
    """The addresses of all desks; one whose settings are wrong is told of elsewhere."""
    found: list[str] = []
    try:
        desks = ("", *bridge.settings.desk_names())
        found.extend(bridge.settings.at_desk(desk).chatwoot_url for desk in desks)
    except BridgeError:
        pass
    return list(dict.fromkeys(found))


def _read_chatwoot(bridge: Container, url: str) -> datetime:
    """What Chatwoot itself says; the date of the answer may be that of a proxy, which signs nothing."""
    try:
        answer = bridge.transport.call("GET", f"{url}/api", headers={"Accept": "application/json"})
        body = answer.json()
    except BridgeError as error:
        raise NotTold(str(error)) from error
    try:
        # app/controllers/api_controller.rb: `2026-11-22 12:00:00`, in UTC.
        return datetime.strptime(str(body["timestamp"]), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except (ValueError, KeyError, TypeError):
        return _read_date(answer.headers.get("Date", ""))


def _read_date(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError) as error:
        raise NotTold("its answer bears no date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
