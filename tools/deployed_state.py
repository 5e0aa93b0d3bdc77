"""Chalice's record of what it deployed, and how to mend it from what runs in the account.

Chalice finds functions and roles again by their names. The REST API and the queues' triggers it finds only through
`.chalice/deployed/{stage}.json`, which it writes once, at the end: without the file (a fresh clone, a first
deployment that broke off) it would make a second API under a new address and stumble over the existing triggers; with
one that names what somebody deleted it would not make it again.
"""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from boto3.session import Session

from tools.rest_api import choose_api, find_apis
from tools.triggers import find_triggers
from tools.workers import FUNCTION_SUFFIXES, find_functions

Resource = dict[str, Any]

# What Chalice does not find by its name.
FOUND_BY_RECORD = ("rest_api", "sqs_event")


def mend_state(session: Session, stage: str, path: Path, public_url: str) -> bool:
    """Have the record name the API and the triggers that there are; true when it did not.

    Of several APIs it is the one that `public_url` leads to. Repeating is safe.
    """
    recorded = _read(path)
    kept = [resource for resource in recorded if resource["resource_type"] not in FOUND_BY_RECORD]
    named = [resource for resource in recorded if resource["resource_type"] in FOUND_BY_RECORD]
    apis = find_apis(session, stage)
    found = [*_triggers(session, stage), *_rest_api(named, apis, public_url)]
    former = _former_functions(session, stage, {resource["name"] for resource in kept})
    if not former and {_id(each) for each in found} == {_id(each) for each in named}:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {"resources": [*kept, *former, *found], "schema_version": "2.0", "backend": "api"}
    path.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
    return True


def read_api_url(path: Path) -> str:
    """The address of the deployed REST API, without a slash at its end. Raises `KeyError` where there is none."""
    return str(_read_api(path)["rest_api_url"]).rstrip("/")


def read_api_id(path: Path) -> str:
    """The id of the deployed REST API. Raises `KeyError` where there is none."""
    return str(_read_api(path)["rest_api_id"])


def _read_api(path: Path) -> Resource:
    for resource in _read(path):
        if resource["name"] == "rest_api":
            return resource
    raise KeyError(f"{path} knows of no REST API")


def _read(path: Path) -> list[Resource]:
    if not path.exists():
        return []
    return list(json.loads(path.read_text(encoding="utf-8")).get("resources", []))


def _id(resource: Resource) -> str:
    return str(resource.get("rest_api_id") or resource.get("event_uuid"))


def _triggers(session: Session, stage: str) -> list[Resource]:
    """One that no function of this version is for has a name that Chalice does not know, and takes away."""
    return [
        {
            "name": f"{trigger.function if trigger.is_known else trigger.uuid}-sqs-event-source",
            "resource_type": "sqs_event",
            "queue_arn": trigger.queue_arn,
            "event_uuid": trigger.uuid,
            "queue": trigger.queue_arn.rpartition(":")[2],
            "lambda_arn": trigger.function_arn,
        }
        for trigger in find_triggers(session, stage)
    ]


def _former_functions(session: Session, stage: str, recorded: Collection[str]) -> list[Resource]:
    """Those of an earlier version, with their roles: Chalice takes away what is recorded and not in the app."""
    former = []
    for name, function in find_functions(session, stage).items():
        suffix = name.removeprefix(f"ponte-{stage}")
        short, role = suffix.removeprefix("-"), function["Role"]
        if suffix not in FUNCTION_SUFFIXES and short not in recorded:
            # The last is taken away first.
            former += [
                {"name": f"{short}_role", "resource_type": "iam_role", "role_name": role.rpartition("/")[2]},
                {"name": short, "resource_type": "lambda_function", "lambda_arn": function["FunctionArn"]},
            ]
    return former


def _rest_api(named: list[Resource], apis: list[str], public_url: str) -> list[Resource]:
    """The record of the API that there is, as it was where it is the same one."""
    chosen = choose_api(apis, public_url)
    if not chosen:
        return []
    same = [resource for resource in named if resource.get("rest_api_id") == chosen]
    return same[:1] or [{"name": "rest_api", "resource_type": "rest_api", "rest_api_id": chosen}]
