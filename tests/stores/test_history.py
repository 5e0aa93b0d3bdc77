"""A day of a large seller is more than a worker's memory should hold at once."""

from datetime import timedelta
from uuid import uuid4

import boto3
import pytest

from chalicelib.stores.history import History
from chalicelib.stores.tables import Table
from tests.harness import Clock, Machine

SELLER = 4700000001


@pytest.fixture
def table(machine: Machine) -> Table:
    client, name = boto3.client("dynamodb"), uuid4().hex
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("seller_id", "time")],
        KeySchema=[{"AttributeName": "seller_id", "KeyType": "HASH"}, {"AttributeName": "time", "KeyType": "RANGE"}],
    )
    return Table(client, name)


def test_what_was_queued_is_read_page_by_page_and_nothing_else_of_it(table: Table) -> None:
    clock = Clock()
    for number in range(40):
        moment = (clock() + timedelta(minutes=number)).isoformat()
        outcome = f"queued: {SELLER}/question/{number + 1}" if number % 2 else "listing forgotten"
        # As long as no record is; a page of DynamoDB ends at a megabyte.
        record = {"seller_id": str(SELLER), "time": f"{moment}#{number}", "outcome": outcome, "resource": "x" * 100_000}
        table.put(record)

    pages = list(History(table, clock).queued_since(SELLER, clock() + timedelta(minutes=10)))

    assert [name for page in pages for name in page] == [f"{SELLER}/question/{one}" for one in range(12, 41, 2)]
    assert len(pages) > 1
