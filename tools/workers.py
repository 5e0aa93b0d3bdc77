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
    """The configuration of all functions of the stage, by their names; an earlier version may have had others."""
    pages = session.client("lambda").get_paginator("list_functions").paginate()
    found = {function["FunctionName"]: dict(function) for page in pages for function in page["Functions"]}
    own = f"ponte-{stage}"
    return {name: function for name, function in sorted(found.items()) if name == own or name.startswith(f"{own}-")}


def queue_urls(outputs: Mapping[str, str]) -> dict[str, str]:
    """The addresses of the queues, by the function that works on each; `outputs` are those of the stack."""
    return {
        function: outputs[f"{queue.removesuffix('.fifo').capitalize()}QueueUrl"]
        for function, queue in QUEUES_BY_FUNCTION.items()
    }
