"""What AWS would bill is reckoned from what was used: units as DynamoDB counts them, and dollars by service."""

from tools.bench.cost import cost, read_prices, reckon_month
from tools.bench.meter import Used, units_of


def test_units_are_counted_as_the_tables_bill_them() -> None:
    key = {"key": {"S": "a"}}
    consistent = {"Keys": [key, key, key], "ConsistentRead": True}
    asked = {
        "GetItem": ({"Key": key, "ConsistentRead": True}, (1, 0)),
        "BatchGetItem": ({"RequestItems": {"cache": consistent, "sellers": {"Keys": [key]}}}, (3.5, 0)),
        "PutItem": ({"Item": {"value": {"S": "x" * 1500}}}, (0, 2)),
        "UpdateItem": ({"Key": key}, (0, 1)),
        "DeleteItem": ({"Key": key}, (0, 1)),
        "BatchWriteItem": ({"RequestItems": {"cache": [{}, {}], "history": [{}]}}, (0, 3)),
    }

    for operation, (details, units) in asked.items():
        used = units_of(operation, details)
        assert (used.read_units, used.write_units) == units, operation


def test_the_free_tier_is_taken_off_once_a_month() -> None:
    prices = read_prices()
    used = Used(sqs=3_000_000, lambda_requests=900_000, metric_hours=20 * 720)

    paid, listed = cost(used, prices, is_free=True), cost(used, prices)

    assert round(paid["sqs"] / listed["sqs"], 6) == round(2 / 3, 6)
    assert (paid["lambda"], listed["lambda"]) == (0, 900_000 * prices["lambda_request"])
    assert round(paid["metrics"], 6) == 3.0
    # An empty month is that of alarms, and of asking empty queues.
    assert reckon_month(Used(), prices)["after_free_tier_by_service"].keys() == {"sqs", "alarms"}
