"""Brings a stage to the cloud: queues and tables, tokens, the checked package, and what the operator does next."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from boto3.session import Session
from rich.console import Console

from chalicelib.settings import SETTINGS, WEBHOOK_TOKENS
from tools.deployed_state import mend_state, read_api_id, read_api_url
from tools.first_sweep import wait_for_first_sweep
from tools.inventory import take_inventory
from tools.kept_packages import keep
from tools.limits import limit_api, reserve_receipts
from tools.package import PROJECT, build, check, read_config, run_chalice
from tools.provision import create_stack, ensure_webhook_tokens, has_alarms, protect_tables, put_settings, read_settings
from tools.rest_api import choose_api, find_apis, name_api, tag_api
from tools.triggers import set_triggers


class DeployFailed(Exception):
    """Chalice could not deploy; the message is Chalice's own."""


def deploy(stage: str, session: Session | None = None, console: Console | None = None) -> str:
    """Deploy the stage, print what to do next, and return its public URL.

    Repeating is safe, also after a deployment that broke off: each step looks at what is there. Raises
    `StackFailed`, `PackageFaulty` or `DeployFailed`; an earlier deployment then goes on running.
    """
    session, console = session or Session(), console or Console()
    state = PROJECT / ".chalice" / "deployed" / f"{stage}.json"
    read_config(stage)  # Before anything is made.

    topic = read_alarm_topic(os.environ)
    wants_alarms, is_first = is_real_aws(os.environ), not has_alarms(session, stage)
    with console.status("Queues, tables and alarms …"):
        outputs = create_stack(session, stage, has_alarms=wants_alarms and not is_first, alarm_topic=topic)
    protect_tables(session, stage)
    with console.status("Settings …"):
        ensure_webhook_tokens(session, stage)
        settings = read_settings(session, stage)
    if mend_state(session, stage, state, settings.get("PUBLIC_URL", "")):
        console.print(f"Mended {state.relative_to(PROJECT)} by what runs in the account.")
    with console.status("Package …"):
        tree = build(stage, make_environment(outputs, settings))
        package = check(stage)
    console.print(f"Package: {package.stat().st_size:,} bytes, checked.")
    with console.status("Lambdas and API …"):
        _run_chalice_deploy(session, stage, tree, state)
        _limit_api_log(session, stage)
        keep(package, stage, datetime.now(UTC))
    with console.status("Triggers and limits …"):
        set_triggers(session, stage, read_jobs_at_once(settings))
        name_api(session, stage, read_api_id(state))
        tag_api(session, stage, read_api_id(state))
        limit_api(session, read_api_id(state))
        if not reserve_receipts(session, stage):
            console.print("The account allows too few functions at once to keep some for webhooks (see operations.md).")
    if wants_alarms and is_first:
        # One that looks for a sweep would ring before there was any.
        with console.status("Waiting for the first sweep, and then alarms …"):
            wait_for_first_sweep(session, stage)
            create_stack(session, stage, has_alarms=True, alarm_topic=topic)
    public_url = _publish_address(session, stage, settings, read_api_url(state))

    print_orphans(console, find_apis(session, stage), read_api_id(state))
    print_next_steps(console, stage, public_url, settings)
    return public_url


def is_real_aws(environ: Mapping[str, str]) -> bool:
    """Whether it is AWS itself that is deployed to: an emulator may have no alarms."""
    return not any(environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFORMATION"))


def read_alarm_topic(environ: Mapping[str, str]) -> str | None:
    """ALARM_TOPIC_ARN; empty where alarms are to go to nobody any more, None where they are to go where they went."""
    topic = environ.get("ALARM_TOPIC_ARN")
    if topic and not re.fullmatch(r"arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+", topic):
        raise DeployFailed(
            "ALARM_TOPIC_ARN is not the ARN of an SNS topic, such as arn:aws:sns:sa-east-1:123456789012:ponte. "
            "Make one with: aws sns create-topic --name ponte"
        )
    return topic


def read_jobs_at_once(settings: Mapping[str, str]) -> int:
    row = SETTINGS["JOBS_AT_ONCE"]
    try:
        return int(row.parse(settings.get(row.name, row.default)))
    except ValueError as error:
        raise DeployFailed(f"{row.name} {error}.") from error


def make_environment(outputs: Mapping[str, str], settings: Mapping[str, str]) -> dict[str, str]:
    """What the functions find in their environment, so that the receipt of a webhook asks nobody for anything.

    Of the tokens in the webhook addresses it holds digests: whoever can read a function's settings learns no secret.
    """
    environment = {
        "NOTIFICATIONS_QUEUE_URL": outputs["NotificationsQueueUrl"],
        "THREADS_QUEUE_URL": outputs["ThreadsQueueUrl"],
        "BACKGROUND_QUEUE_URL": outputs["BackgroundQueueUrl"],
    }
    for row in SETTINGS.values():
        value = settings.get(row.name, row.default)
        if row.is_deployed and value:
            digest = f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
            environment[row.name] = digest if row.kind == "token" else value
    return environment


def print_next_steps(console: Console, stage: str, public_url: str, settings: Mapping[str, str]) -> None:
    """Tell the operator, on the terminal alone, what to enter where; two addresses hold their secret tokens."""
    token = settings["MERCADO_LIVRE_WEBHOOK_TOKEN"]
    is_set_up = "CHATWOOT_URL" in settings
    steps = (
        ("In your Mercado Livre application, as the notifications callback URL (keep it secret):",
         f"{public_url}/webhook/mercado-livre/{token}"),
        ("In the same place, as the redirect URI:", f"{public_url}/oauth/mercado-livre/callback"),
        ("What setup enters in Chatwoot, as the webhook URL of both inboxes (keep it secret):",
         f"{public_url}/webhook/chatwoot/{settings['CHATWOOT_WEBHOOK_TOKEN']}"),
        ("Its health:", f"{public_url}/health"),
        ("Next, look whether all is well:" if is_set_up else "Next, set it up:",
         f".venv/bin/python -m tools {'doctor' if is_set_up else 'setup'} --stage {stage}"),
    )  # fmt: skip
    for what, address in steps:
        console.print(what)
        console.print(f"  {address}", soft_wrap=True, highlight=False, markup=False)


def print_orphans(console: Console, apis: Iterable[str], own: str) -> None:
    """Name the APIs of the stage that deployments left which broke off; nobody was told their addresses."""
    for api in apis:
        if api != own:
            console.print(
                f"The API {api} is of this stage too, and not the one that is in use. If nobody calls it: "
                f"aws apigateway delete-rest-api --rest-api-id {api}",
                soft_wrap=True,
                markup=False,
            )


def plan(stage: str, session: Session) -> list[str]:
    """What a deployment would make, change and leave, a line each. Only looks."""
    found, settings = take_inventory(session, stage), read_settings(session, stage)
    api = choose_api(found.apis, settings.get("PUBLIC_URL", ""))
    kept = [table for table in found.tables if not found.has_stack]
    tokens = [name for name in WEBHOOK_TOKENS if name not in settings]
    functions = "change the code and settings of" if found.functions else "make"
    return [
        f"{'Update' if found.has_stack else 'Make'} queues, tables, alarms and dashboard of {stage}.",
        *([f"Go on with the tables that were kept: {', '.join(kept)}."] if kept else []),
        *([f"Invent {', '.join(tokens)}."] if tokens else []),
        f"{functions.capitalize()} {len(found.functions) or 'all'} functions, their policies, triggers and schedule.",
        f"Update the API {api}, whose address stays." if api else "Make an API, with a new address.",
        *(f"Leave the API {other}, which is of this stage too." for other in found.apis if other != api),
        f"Leave {sum(found.jobs.values())} jobs that wait, {len(settings)} settings, and whatever is stored.",
    ]


def _run_chalice_deploy(session: Session, stage: str, tree: Path, state: Path) -> None:
    environ = {"AWS_DEFAULT_REGION": session.region_name} if session.region_name else {}
    if session.profile_name != "default":
        environ["AWS_PROFILE"] = session.profile_name
    finished = run_chalice(["deploy", "--stage", stage], tree, environ)
    written = tree / ".chalice" / "deployed" / state.name
    if written.exists():
        state.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(written, state)
    if finished.returncode:
        # What AWS said stands at the end of a long traceback.
        reason = (finished.stdout + finished.stderr).rpartition("ChaliceDeploymentError: ")[2]
        raise DeployFailed(reason.strip())


def _limit_api_log(session: Session, stage: str) -> None:
    """Have the API's log forgotten as soon as the others: Chalice sets that for a log that nobody writes.

    It takes the API's function to be ponte-{stage}-api_handler, and names it ponte-{stage}; seen in Chalice 1.34.
    """
    config = read_config(stage)
    logs: Any = session.client("logs")
    group = f"/aws/lambda/ponte-{stage}"
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=group)
    logs.put_retention_policy(logGroupName=group, retentionInDays=config["stages"][stage]["log_retention_in_days"])


def _publish_address(session: Session, stage: str, settings: Mapping[str, str], api_url: str) -> str:
    """Set PUBLIC_URL to the API's own address; an operator's own domain name, set before, stays."""
    current = settings.get("PUBLIC_URL", api_url)
    if ".execute-api." not in current:
        return current.rstrip("/")
    put_settings(session, stage, {"PUBLIC_URL": api_url})
    return api_url
