"""Knocks at the public address as Mercado Livre and Chatwoot do, without handing anything in."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import requests

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, not_checked, ok, problem, warning
from chalicelib.errors import BadSettings
from chalicelib.web.health import operators_key
from chalicelib.wiring import Container
from tools.setup_checks import Unusable, check_public_url, is_private

# An API that nobody called for a while takes its time.
TIMEOUT_SECONDS = 15.0

WRONG_TOKEN = "the-doctor-knocks-with-a-wrong-token"  # noqa: S105 - that is the point of it

# It is no notification and no event, so that whoever takes the token refuses the body, and nothing is queued.
NOTHING: dict[str, str] = {}

# The door has taken the token then, and looked from where the knock comes.
FROM_ELSEWHERE = "no address that Mercado Livre has published"

DEPLOYED_WITH_ANOTHER = "refuses the token of the settings: it was deployed with another"


class Answer(NamedTuple):
    """`status` is 0 where nothing answered, and `words` then says why; else they are what the bridge said of it."""

    status: int
    body: Any
    words: str

    @property
    def brief(self) -> str:
        return f"{self.status} {self.words}".strip() if self.status else f"no answer: {self.words}"


@check("public address", "live")
def look_at_front_door(deployment: Deployment) -> Iterator[Finding]:
    bridge = deployment.bridge
    try:
        public_url = bridge.settings.public_url
    except BadSettings:
        yield not_checked("public address", "PUBLIC_URL cannot be used, as is said of the settings")
        return
    yield from _judge_url(bridge, public_url)
    key = _operators_key(bridge)
    health = _ask("GET", f"{public_url}/health", headers={"X-Ponte-Key": key})
    if not isinstance(health.body, dict) or "status" not in health.body:
        yield _nobody_home(bridge, public_url, health)
        return
    yield from _judge_health(bridge, health.body)
    if key:
        yield ok("all of /health", f"for you alone, here: {public_url}/health?key={key}")
    yield from _knock_for_mercado_livre(bridge, public_url)
    for desk in ("", *bridge.settings.desk_names()):
        yield from _knock_for_chatwoot(bridge, public_url, desk)


def _operators_key(bridge: Container) -> str:
    try:
        return operators_key(bridge.settings)
    except BadSettings:
        return ""


def _ask(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    try:
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(
                method, url, json=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
    except requests.RequestException as error:
        # The type alone: the words hold the address, and it holds a token.
        return Answer(0, None, type(error).__name__)
    try:
        said = response.json()
    except ValueError:
        said = None
    words = said.get("error") or said.get("message") if isinstance(said, dict) else ""
    return Answer(response.status_code, said, str(words or ""))


# The address


def _judge_url(bridge: Container, public_url: str) -> Iterator[Finding]:
    command = f"python -m tools setup --stage {bridge.settings.stage} --public-url …"
    cure = f"Give the address by which others reach it: {command}"
    try:
        check_public_url(public_url)
        if is_private(public_url) and not is_private(bridge.settings.mercado_livre_url):
            yield problem("public address", f"{public_url} is not one that Mercado Livre can reach", cure)
    except Unusable as error:
        yield problem("public address", f"PUBLIC_URL {error}", cure)
    except BadSettings:
        return


def _nobody_home(bridge: Container, public_url: str, health: Answer) -> Finding:
    stage = bridge.settings.stage
    if health.status // 100 == 3:
        cure = f"Set the address it redirects to: python -m tools setup --stage {stage} --public-url …"
        return problem("public address", f"{public_url}/health is redirected ({health.status})", cure)
    if health.words == "SSLError":
        cure = "Renew the certificate of its name (AWS Certificate Manager), or mend the name in PUBLIC_URL"
        return problem("public address", f"the certificate of {public_url} is not valid", cure)
    return problem(
        "public address",
        f"the bridge does not answer at {public_url}/health ({health.brief})",
        "Deploy, which also sets PUBLIC_URL (where the domain name is your own, look first where it leads): "
        f"make deploy STAGE={stage}",
    )


# What it says of itself


def _judge_health(bridge: Container, report: dict[str, Any]) -> Iterator[Finding]:
    """What only the deployed bridge sees, with its own rights and its own settings; the rest is said elsewhere."""
    # The same look from this terminal.
    own = {str(each["what"]) for each in bridge.health.report()["problems"]}
    others = [each for each in report.get("problems", []) if each.get("what") not in own]
    for each in others:
        # Settings reach it with a delay.
        cure = f"{each.get('do') or 'Look at the log'}; where that is done already, look again in five minutes"
        yield problem("the bridge itself", f"says: {each.get('what')}", cure)
    if others:
        return
    if report["status"] == "ok":
        yield ok("the bridge itself", "answers, and says that it is well")
    else:
        seen = f"answers, and says that it is {report['status']}, for what is said elsewhere here"
        yield warning("the bridge itself", seen, "Mend that; it reads its settings anew every five minutes")


# Webhooks


def _knock_for_mercado_livre(bridge: Container, public_url: str) -> Iterator[Finding]:
    about = "address for notifications"
    try:
        token = bridge.settings.mercado_livre_webhook_token
    except BadSettings:
        yield not_checked(about, "its token is not set")
        return
    cure = (
        f"make deploy STAGE={bridge.settings.stage}. Then enter the address that python -m tools setup prints in "
        "DevCenter, if it is another"
    )
    unknown = problem(about, DEPLOYED_WITH_ANOTHER, cure)
    yield _knock(bridge, about, f"{public_url}/webhook/mercado-livre", token, unknown)


def _knock_for_chatwoot(bridge: Container, public_url: str, desk: str) -> Iterator[Finding]:
    about = f"address for Chatwoot, desk {desk}" if desk else "address for Chatwoot"
    try:
        token = bridge.settings.at_desk(desk).chatwoot_webhook_token
    except BadSettings:
        yield not_checked(about, "its token is not set")
        return
    unknown = _unknown_of_desk(about) if desk else _unknown_of_first_desk(bridge, about)
    yield _knock(bridge, about, f"{public_url}/webhook/chatwoot", token, unknown)


def _unknown_of_first_desk(bridge: Container, about: str) -> Finding:
    stage = bridge.settings.stage
    cure = f"make deploy STAGE={stage}. Then python -m tools setup --stage {stage}, which tells Chatwoot"
    return problem(about, DEPLOYED_WITH_ANOTHER, cure)


def _unknown_of_desk(about: str) -> Finding:
    """No function was deployed with a further desk's token: each reads it from Parameter Store, now and then."""
    cure = "Wait ten minutes, since the functions remember settings for a while, and look again"
    return problem(about, "refuses the token of the settings: it does not know it yet", cure)


def _knock(bridge: Container, about: str, url: str, token: str, unknown: Finding) -> Finding:
    """`unknown` is what a right token that is refused means there."""
    stage = bridge.settings.stage
    right, wrong = _ask("POST", f"{url}/{token}", NOTHING), _ask("POST", f"{url}/{WRONG_TOKEN}", NOTHING)
    if broken := next((answer for answer in (right, wrong) if answer.status >= 500), None):
        if bridge.settings.problems() or bridge.settings.problems_of_desks():
            return not_checked(about, "it is not open while its settings are not in order, as is said of them")
        cure = f"Look at the log, /aws/lambda/ponte-{stage}, for 'webhook refused'"
        return problem(about, f"cannot take what comes: {broken.brief}", cure)
    is_taken = right.status == 400 or (right.status == 403 and FROM_ELSEWHERE in right.words)
    if is_taken and wrong.status == 403 and wrong.words != right.words:
        return ok(about, "takes the token of the settings, and no other")
    if is_taken:
        seen = f"should refuse a wrong token with 403 and says {wrong.brief}: something before the bridge answers"
        return problem(about, seen, "Look at what stands between: a proxy, a cache, a firewall")
    if right.status == 403 and "token in the path" in right.words:
        return unknown
    return problem(
        about,
        f"is not answered by the bridge: {right.brief}",
        f"Look at what stands between (a proxy, a firewall), or deploy again: make deploy STAGE={stage}",
    )
