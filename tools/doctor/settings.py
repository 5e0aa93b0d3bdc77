"""Looks at the stage's settings in Parameter Store: what is missing or unusable, readable by anybody, or misspelt."""

import json
import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from boto3.session import Session

from chalicelib.errors import BridgeError
from chalicelib.settings import DESK_PREFIX, DESK_SETTINGS, SETTINGS, WEBHOOK_TOKENS, is_name_of_desk, is_secret
from chalicelib.wiring import Container
from tools.doctor.findings import Check, Finding, ok, problem, warning
from tools.doctor.refusals import check_on_aws
from tools.provision import read_settings

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

# How much of two names must agree: a letter or two may be wrong, or have changed places.
LOOKS_ALIKE = 0.8


def settings_checks(bridge: Container, session: Session) -> list[Check]:
    stage = bridge.settings.stage
    return [
        check_on_aws("settings", lambda: _look_at_values(bridge)),
        check_on_aws("settings' encryption", lambda: _look_at_encryption(_read_kinds(session, stage), stage)),
        check_on_aws("settings' names", lambda: _look_at_names(read_settings(session, stage), stage)),
    ]


def _look_at_values(bridge: Container) -> Iterator[Finding]:
    try:
        sentences = bridge.settings.problems() + bridge.settings.problems_of_desks()
    except BridgeError as error:
        yield problem("settings", str(error), "Look whether these credentials may read and decrypt them")
        return
    for sentence in sentences:
        what, _, cure = sentence.partition(". ")
        yield problem("settings", what, cure)
    if not sentences:
        desks = bridge.settings.desk_names()
        of_desks = f", also those of the desk{'s' if len(desks) > 1 else ''} {', '.join(desks)}" if desks else ""
        yield ok("settings", f"all are there that must be{of_desks}, and each can be read")


def _read_kinds(session: Session, stage: str) -> dict[str, str]:
    """By the setting's name, how Parameter Store keeps it."""
    ssm: SSMClient = session.client("ssm")
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=f"/ponte/{stage}")
    return {each["Name"].rpartition("/")[2]: each["Type"] for page in pages for each in page["Parameters"]}


def _look_at_encryption(kinds_by_name: dict[str, str], stage: str) -> Iterator[Finding]:
    readable = [name for name, kind in kinds_by_name.items() if _must_be_encrypted(name) and kind != "SecureString"]
    for name in readable:
        yield problem(
            f"setting {name}",
            "is secret, and kept unencrypted, as are its former values",
            f"aws ssm delete-parameter --name /ponte/{stage}/{name} && {_how_to_set_again(name, stage)}",
        )
    if not readable:
        yield ok("secret settings", "all are encrypted")


def _how_to_set_again(name: str, stage: str) -> str:
    """A command that holds no value: the shell's history would remember it."""
    setup = f"python -m tools setup --stage {stage}"
    if name in WEBHOOK_TOKENS:
        # It has been read by others, so that it is to be another.
        return f"make deploy STAGE={stage} && {setup}, and enter the address that it shows in DevCenter"
    return f"{setup} --desk {name.removeprefix(DESK_PREFIX).lower()}" if name.startswith(DESK_PREFIX) else setup


def _must_be_encrypted(name: str) -> bool:
    # What is the name of no desk is to be deleted, as is said where names are looked at.
    return is_secret(name) and not (name.startswith(DESK_PREFIX) and not is_name_of_desk(name))


def _look_at_names(values_by_name: dict[str, str], stage: str) -> Iterator[Finding]:
    findings: list[Finding] = []
    for name, value in values_by_name.items():
        path = f"/ponte/{stage}/{name}"
        if name.startswith(DESK_PREFIX):
            findings += _look_at_desk(name, value, stage)
        elif name not in SETTINGS:
            desk = name.upper().rpartition("_")[2] if name.count("_") == DESK_PREFIX.count("_") else ""
            known = [*SETTINGS, f"{DESK_PREFIX}{desk}"]
            findings.append(_unknown(f"setting {name}", name, known, f"aws ssm delete-parameter --name {path}"))
    yield from findings or [ok("names of the settings", "each is known")]


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
