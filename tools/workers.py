"""Which function works on which queue. What is deployed, checked, run on one machine and tested goes by this list."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boto3.session import Session

QUEUES_BY_FUNCTION = {
    "resolve_notification": "notifications",
    "work_on_thread": "threads.fifo",
    "work_in_background": "background",
}


# By what it is named after the stage's own name; the API's has none. As Chalice names them, seen in Chalice 1.34.
FUNCTION_SUFFIXES = ("", *(f"-{function}" for function in QUEUES_BY_FUNCTION), "-sweep")


def find_functions(session: "Session", stage: str) -> dict[str, dict[str, Any]]:
    """The configuration of all functions of the stage, by their names; an earlier version may have had others.

    Those of a stage whose name begins alike, and what somebody else calls so, are none of them.
    """
    client = session.client("lambda")
    pages = client.get_paginator("list_functions").paginate()
    found = {function["FunctionName"]: dict(function) for page in pages for function in page["Functions"]}
    names = {f"ponte-{stage}{suffix}" for suffix in FUNCTION_SUFFIXES}

    def is_former(name: str) -> bool:
        if not name.startswith(f"ponte-{stage}-"):
            return False
        tags: dict[str, str] = client.list_tags(Resource=str(found[name]["FunctionArn"])).get("Tags", {})
        return tags.get("aws-chalice", "").endswith(f":stage={stage}:app=ponte")

    return {name: found[name] for name in sorted(found) if name in names or is_former(name)}


def queue_urls(outputs: Mapping[str, str]) -> dict[str, str]:
    """The addresses of the queues, by the function that works on each; `outputs` are those of the stack."""
    return {
        function: outputs[f"{queue.removesuffix('.fifo').capitalize()}QueueUrl"]
        for function, queue in QUEUES_BY_FUNCTION.items()
    }
