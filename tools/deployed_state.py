"""Chalice's record of what it deployed, and how to get it back when it is lost.

Chalice finds functions and roles again by their names. The REST API and the queues' triggers it finds only through
`.chalice/deployed/{stage}.json`, which it writes once, at the end: without the file (a fresh clone, a first
deployment that broke off) it would make a second API under a new address and stumble over the existing triggers.
"""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from boto3.session import Session

from tools.workers import QUEUES_BY_FUNCTION


def restore_state(session: Session, stage: str, path: Path) -> bool:
    """Write the record anew from what runs in the account; true when there was something to write.

    Leaves an existing record alone, so repeating is safe.
    """
    if path.exists():
        return False
    resources = [*_triggers(session, stage), *_rest_api(session, stage)]
    if resources:
        path.parent.mkdir(parents=True, exist_ok=True)
        state = {"resources": resources, "schema_version": "2.0", "backend": "api"}
        path.write_text(json.dumps(state, indent=2) + "\n", encoding="utf-8")
    return bool(resources)


def read_api_url(path: Path) -> str:
    """The address of the deployed REST API, without a slash at its end. Raises `KeyError` where there is none."""
    return str(_read_api(path)["rest_api_url"]).rstrip("/")


def read_api_id(path: Path) -> str:
    """The id of the deployed REST API. Raises `KeyError` where there is none."""
    return str(_read_api(path)["rest_api_id"])


def _read_api(path: Path) -> dict[str, Any]:
    for resource in json.loads(path.read_text(encoding="utf-8"))["resources"]:
        if resource["name"] == "rest_api":
            return dict(resource)
    raise KeyError(f"{path} knows of no REST API")


def _triggers(session: Session, stage: str) -> list[dict[str, str]]:
    client: Any = session.client("lambda")
    found = []
    for name in QUEUES_BY_FUNCTION:
        mappings: list[dict[str, str]] = []
        with suppress(client.exceptions.ResourceNotFoundException):
            function = client.get_function_configuration(FunctionName=f"ponte-{stage}-{name}")
            mappings = client.list_event_source_mappings(FunctionName=function["FunctionArn"])["EventSourceMappings"]
        found += [
            {
                "name": f"{name}-sqs-event-source",
                "resource_type": "sqs_event",
                "queue_arn": mapping["EventSourceArn"],
                "event_uuid": mapping["UUID"],
                "queue": mapping["EventSourceArn"].rpartition(":")[2],
                "lambda_arn": mapping["FunctionArn"],
            }
            for mapping in mappings
        ]
    return found


def _rest_api(session: Session, stage: str) -> list[dict[str, str]]:
    """The API that may call the stage's function: its name says nothing, every stage's API has the same."""
    client: Any = session.client("lambda")
    policy = ""
    with suppress(client.exceptions.ResourceNotFoundException):
        policy = client.get_policy(FunctionName=f"ponte-{stage}")["Policy"]
    caller = re.search(r"arn:[a-z-]+:execute-api:[^:]+:\d+:([a-z0-9]+)/", policy)
    return [{"name": "rest_api", "resource_type": "rest_api", "rest_api_id": caller[1]}] if caller else []
