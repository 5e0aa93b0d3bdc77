"""What is said to whoever mends what was found of a seller: what keeps it, what to run, whom to ask."""

from contextlib import suppress
from datetime import datetime

from chalicelib.checks.deployment import Deployment
from chalicelib.errors import BadSettings
from chalicelib.rate_limit import BLOCKED
from chalicelib.stores.audits import KEPT_SECONDS, LastAudit

CURES_OF_REFUSALS = {
    "invalid_client": "Set the App ID and the secret key of DevCenter: python -m tools setup --stage {stage}",
    "invalid_scope": "Tick the scopes read, write and offline_access of the application in DevCenter",
}

# https://developers.mercadolivre.com.br/pt_br/permissoes-funcionais
FUNCTIONAL_PERMISSION = "Pre- and post-sales communication (pré e pós-venda)"
TICK_PERMISSION = f"Tick the functional permission «{FUNCTIONAL_PERMISSION}» of the application in DevCenter"


def told_of_pause(why: str) -> str:
    """What keeps the background waiting."""
    is_blocked = why == BLOCKED
    return "Mercado Livre has blocked the application" if is_blocked else f"Mercado Livre answers that there are {why}"


def cure_of_pause(why: str) -> str:
    if why == BLOCKED:
        return (
            "Look in DevCenter why, and ask Mercado Livre's support for what lifts it. Nothing is lost: what buyers "
            "and agents write waits for up to 13 days, and goes on by itself within half an hour"
        )
    return "Sweeps wait, and live traffic goes on. If it stays so, look in the log for what is refused"


def cure_of_refusal(code: str, stage: str) -> str:
    """What an operator does where the token endpoint refuses the application."""
    cure = CURES_OF_REFUSALS.get(code, "Look in DevCenter whether the application is blocked, and why")
    return cure.format(stage=stage)


def audit_command(stage: str, audit: LastAudit, now: datetime) -> str:
    return (
        f"Run python -m tools audit --since {_hours_since(audit, now)}h --stage {stage}: it says of each why. This is "
        "forgotten when it reads everything, or after 30 days"
    )


def repair_command(stage: str, audit: LastAudit, now: datetime) -> str:
    """It looks as far back as the audit did."""
    hours = _hours_since(audit, now)
    return (
        f"Run python -m tools audit --since {hours}h --repair --stage {stage}: it shows each, queues what is missing, "
        "and says what is left to you. This is forgotten when it finds nothing any more, or after 30 days"
    )


def _hours_since(audit: LastAudit, now: datetime) -> int:
    # The command looks no further back.
    return min((int(now.timestamp()) - audit.since) // 3600 + 2, KEPT_SECONDS // 3600)


def cure_of_schedule(stage: str) -> str:
    return (
        f"See in EventBridge that the rule of ponte-{stage}-sweep is enabled (make deploy STAGE={stage} makes it anew)"
        f", and in the log why a sweep fails: {sweep_log(stage)}"
    )


def sweep_log(stage: str) -> str:
    return f"aws logs tail /aws/lambda/ponte-{stage}-work_in_background --since 15m"


def link_for(deployment: Deployment, site: str = "", desk: str = "") -> str:
    """Where a seller connects: an invitation at the operator's terminal alone."""
    command = f"python -m tools authorize --stage {deployment.stage}"
    with suppress(BadSettings):
        if deployment.cost == "live":
            link: str = deployment.bridge.invitations.link(site, desk)
            return link
        if deployment.settings.is_open:
            return deployment.settings.connecting_link(site, desk)
        command += f" --site {site}" if site and site != deployment.settings.mercado_livre_site else ""
    return f"the link that {command}{f' --desk {desk}' if desk else ''} prints"


def desk_called(desk: str) -> str:
    return f"the desk {desk}" if desk else "the first desk"
