"""What the template of queues and tables says that there should be."""

from functools import cache
from typing import Any, NamedTuple

import yaml

from tools.provision import TEMPLATE


class WantedQueue(NamedTuple):
    """`attributes` as SQS has them, without the dead-letter queue; `dead` is that one's name, '' for one itself."""

    name: str
    attributes: dict[str, str]
    dead: str
    tries: str


class WantedTable(NamedTuple):
    """`expiry` is the attribute by which items are forgotten; '' where none is."""

    name: str
    expiry: str
    is_restorable: bool


def wanted_queues(stage: str) -> list[WantedQueue]:
    resources = _properties("AWS::SQS::Queue")
    names = {key: properties["QueueName"].replace("${Stage}", stage) for key, properties in resources.items()}
    queues = []
    for key, properties in resources.items():
        policy = properties.get("RedrivePolicy", {})
        attributes = {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in properties.items()
            if name not in ("QueueName", "RedrivePolicy")
        }
        dead = names[policy["deadLetterTargetArn"].removesuffix(".Arn")] if policy else ""
        queues.append(WantedQueue(names[key], attributes, dead, str(policy.get("maxReceiveCount", ""))))
    return queues


def wanted_tables(stage: str) -> list[WantedTable]:
    return [
        WantedTable(
            properties["TableName"].replace("${Stage}", stage),
            properties.get("TimeToLiveSpecification", {}).get("AttributeName", ""),
            properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False),
        )
        for properties in _properties("AWS::DynamoDB::Table").values()
    ]


def count_alarms() -> int:
    return len(_properties("AWS::CloudWatch::Alarm"))


def count_dashboards() -> int:
    return len(_properties("AWS::CloudWatch::Dashboard"))


def _properties(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of the template's resources of a kind, by their names in it."""
    return {key: part["Properties"] for key, part in _read_template()["Resources"].items() if part["Type"] == kind}


@cache
def _read_template() -> dict[str, Any]:
    """Once, since that takes a tenth of a second; nobody changes what is given."""
    template: dict[str, Any] = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is a safe one
    return template


class _Loader(yaml.SafeLoader):
    """Reads `!Sub X` and its like as plain X."""


_Loader.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))
