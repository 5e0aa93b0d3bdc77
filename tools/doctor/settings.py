"""Looks at the stage's settings in Parameter Store: what is readable by anybody, or misspelt."""

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from boto3.session import Session

from chalicelib.checks.checklist import check
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, ok, problem, warning
from chalicelib.settings import DESK_PREFIX, DESK_SETTINGS, INVENTED, SETTINGS, is_name_of_desk, is_secret
from tools.provision import read_settings

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

# How much of two names must agree: a letter or two may be wrong, or have changed places.
LOOKS_ALIKE = 0.8


@check("settings' encryption", "live")
def look_at_encryption(deployment: Deployment) -> Iterator[Finding]:
    stage, kinds_by_name = deployment.stage, _read_kinds(deployment.session, deployment.stage)
    readable = [name for name, kind in kinds_by_name.items() if _must_be_encrypted(name) and kind != "SecureString"]
    for name in readable:
        yield problem(
            f"setting {name}",
            "is secret, and kept unencrypted, as are its former values",
            f"aws ssm delete-parameter --name /ponte/{stage}/{name} && {_how_to_set_again(name, stage)}",
        )
    if not readable:
        yield ok("secret settings", "all are encrypted")


@check("settings' names", "live")
def look_at_names(deployment: Deployment) -> Iterator[Finding]:
    findings: list[Finding] = []
    for name, value in read_settings(deployment.session, deployment.stage).items():
        path = f"/ponte/{deployment.stage}/{name}"
        if name.startswith(DESK_PREFIX):
            findings += _look_at_desk(name, value, deployment.stage)
        elif name not in SETTINGS:
            desk = name.upper().rpartition("_")[2] if name.count("_") == DESK_PREFIX.count("_") else ""
            known = [*SETTINGS, f"{DESK_PREFIX}{desk}"]
            findings.append(_unknown(f"setting {name}", name, known, f"aws ssm delete-parameter --name {path}"))
    yield from findings or [ok("names of the settings", "each is known")]


def _read_kinds(session: Session, stage: str) -> dict[str, str]:
    """By the setting's name, how Parameter Store keeps it."""
    ssm: SSMClient = session.client("ssm")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=f"/ponte/{stage}")
    return {each["Name"].rpartition("/")[2]: each["Type"] for page in pages for each in page["Parameters"]}


def _how_to_set_again(name: str, stage: str) -> str:
    """A command that holds no value: the shell's history would remember it."""
    setup = f"python -m tools setup --stage {stage}"
    if name in INVENTED:
        # It has been read by others, so that it is to be another.
        return f"make deploy STAGE={stage} && {setup}, and enter the address that it shows in DevCenter"
    return f"{setup} --desk {name.removeprefix(DESK_PREFIX).lower()}" if name.startswith(DESK_PREFIX) else setup


def _must_be_encrypted(name: str) -> bool:
    # What is the name of no desk is to be deleted, as is said where names are looked at.
    return is_secret(name) and not (name.startswith(DESK_PREFIX) and not is_name_of_desk(name))


def _look_at_desk(name: str, value: str, stage: str) -> Iterator[Finding]:
    desk = name.removeprefix(DESK_PREFIX)
    if not is_name_of_desk(name):
        yield problem(
            f"setting {name}",
            "is the name of no desk, which has capital letters and digits only",
            f"aws ssm delete-parameter --name /ponte/{stage}/{name} && "
            f"python -m tools setup --stage {stage} --desk {re.sub('[^a-z0-9]', '', desk.lower()) or 'NAME'}",
        )
        return
    try:
        fields = json.loads(value)
    except ValueError:
        fields = None
    # What is no object is told where the values are looked at.
    for field in fields if isinstance(fields, dict) else []:
        if field not in DESK_SETTINGS:
            cure = f"python -m tools setup --stage {stage} --desk {desk.lower()}"
            yield _unknown(f"{field} in the setting {name}", str(field), DESK_SETTINGS, cure)


def _unknown(about: str, name: str, known: Iterable[str], cure: str) -> Finding:
    """What nobody reads. Where it looks like a setting, something else holds than its writer thinks."""
    if near := get_close_matches(name.upper(), list(known), n=1, cutoff=LOOKS_ALIKE):
        seen = f"is known to nobody, so that it changes nothing. Did you mean {near[0]}?"
        return problem(about, seen, f"Set {near[0]} in its place, and then: {cure}")
    return warning(about, "is known to nobody, so that it changes nothing", cure)
