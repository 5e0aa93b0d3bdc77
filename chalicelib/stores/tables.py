"""Plain Python in and out of DynamoDB items, so that no store spells out attribute types."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from chalicelib.errors import TryAgainLater

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MOST_KEYS_AT_ONCE = 100

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
MOST_ITEMS_AT_ONCE = 25

# DynamoDB does a part of what it is asked for at once where an answer would be too large, which ends soon, or where it
# is busy, which a job waits out.
MOST_ROUNDS = 20


class Table:
    """One table. Reads are consistent: a worker must see what the one before it wrote.

    What may lag, by a second or so, costs half as much.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self.client = client
        self.name = name

    def get(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        answer = self.client.get_item(TableName=self.name, Key=_wire(key), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Mapping[str, str]], *, may_lag: bool = False) -> list[dict[str, Any]]:
        """The items that there are with these keys, each named once; in no order."""
        chunks = [keys[start : start + MOST_KEYS_AT_ONCE] for start in range(0, len(keys), MOST_KEYS_AT_ONCE)]
        places = ([(self, key) for key in chunk] for chunk in chunks)
        return [item for chunk in places for _, item in _batch_get(chunk, may_lag=may_lag)]

    def put(self, item: Mapping[str, Any]) -> None:
        self.client.put_item(TableName=self.name, Item=_wire(item))

    def put_many(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put several items at once; where it raises, some may be stored."""
        put_together([(self, item) for item in items])

    def put_new(self, item: Mapping[str, Any], *, key_name: str, or_over: str = "") -> bool:
        """Put an item unless there is one with its key, and say whether; one with the attribute `or_over` gives way."""
        gives_way = {"#over": or_over} if or_over else {}
        try:
            self.client.put_item(
                TableName=self.name,
                Item=_wire(item),
                ConditionExpression=" OR ".join(
                    ["attribute_not_exists(#key)", *(f"attribute_exists({name})" for name in gives_way)]
                ),
                ExpressionAttributeNames={"#key": key_name, **gives_way},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def take(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        """Delete an item and return it: of several callers, one gets it."""
        answer = self.client.delete_item(TableName=self.name, Key=_wire(key), ReturnValues="ALL_OLD")
        return _plain(answer["Attributes"]) if answer.get("Attributes") else None

    def delete_where(self, key: Mapping[str, str], condition: str, values: Mapping[str, Any]) -> None:
        """Delete an item for which a condition holds; any other stays."""
        try:
            self.client.delete_item(
                TableName=self.name,
                Key=_wire(key),
                ConditionExpression=condition,
                ExpressionAttributeValues=_wire(values),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def update(
        self,
        key: Mapping[str, str],
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str = "",
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        """The item after the update; None when the condition did not hold. `names` are of attributes called `#…`."""
        conditions: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        if names:
            conditions["ExpressionAttributeNames"] = dict(names)
        try:
            answer = self.client.update_item(
                TableName=self.name,
                Key=_wire(key),
                UpdateExpression=expression,
                ExpressionAttributeValues=_wire(values),
                ReturnValues="ALL_NEW",
                **conditions,
            )
        except ClientError as error:
            if condition and error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return None
            raise
        return _plain(answer["Attributes"])

    def query(self, key_name: str, value: str) -> list[dict[str, Any]]:
        """Every item with this partition key, in the order of the sort key."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key_name},
            ExpressionAttributeValues=_wire({":value": value}),
            ConsistentRead=True,
        )
        return [_plain(item) for page in pages for item in page["Items"]]

    def query_from(self, key_name: str, value: str, sort_name: str, start: str) -> list[dict[str, Any]]:
        """The items with this partition key whose sort key is `start` or greater, in its order."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#key = :value AND #sort >= :start",
            ExpressionAttributeNames={"#key": key_name, "#sort": sort_name},
            ExpressionAttributeValues=_wire({":value": value, ":start": start}),
        )
        return [_plain(item) for page in pages for item in page["Items"]]

    def values_from(
        self, key_name: str, value: str, sort_name: str, start: str, *, attribute: str, prefix: str
    ) -> Iterator[list[str]]:
        """Page by page, what an attribute says that begins so, of the items that `query_from` finds; nothing else."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="#key = :value AND #sort >= :start",
            FilterExpression="begins_with(#attribute, :prefix)",
            ProjectionExpression="#attribute",
            ExpressionAttributeNames={"#key": key_name, "#sort": sort_name, "#attribute": attribute},
            ExpressionAttributeValues=_wire({":value": value, ":start": start, ":prefix": prefix}),
        )
        for page in pages:
            yield [str(_plain(item)[attribute]) for item in page["Items"]]

    def last(self, key_name: str, value: str) -> dict[str, Any] | None:
        """The item with this partition key whose sort key is the greatest."""
        answer = self.client.query(
            TableName=self.name,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key_name},
            ExpressionAttributeValues=_wire({":value": value}),
            ScanIndexForward=False,
            Limit=1,
        )
        return _plain(answer["Items"][0]) if answer["Items"] else None

    def scan(self, *, may_lag: bool = False) -> list[dict[str, Any]]:
        pages = self.client.get_paginator("scan").paginate(TableName=self.name, ConsistentRead=not may_lag)
        return [_plain(item) for page in pages for item in page["Items"]]

    def scan_from(self, sort_name: str, start: str) -> list[dict[str, Any]]:
        """Every item whose sort key is `start` or greater, in no order.

        Reads the whole table: for a person at a terminal, and for no worker.
        """
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name,
            FilterExpression="#sort >= :start",
            ExpressionAttributeNames={"#sort": sort_name},
            ExpressionAttributeValues=_wire({":start": start}),
        )
        return [_plain(item) for page in pages for item in page["Items"]]

    def find(self, key_name: str, prefix: str, **attributes: Any) -> list[dict[str, Any]]:
        """Every item whose partition key begins so and which has these attributes.

        Reads the whole table: for a person at a terminal, and for no worker.
        """
        names = [key_name, *attributes]
        # By placeholders, since any name may be one of DynamoDB's reserved words.
        conditions = ["begins_with(#0, :0)", *(f"#{number} = :{number}" for number in range(1, len(names)))]
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name,
            FilterExpression=" AND ".join(conditions),
            ExpressionAttributeNames={f"#{number}": name for number, name in enumerate(names)},
            ExpressionAttributeValues=_wire(
                {f":{number}": value for number, value in enumerate([prefix, *attributes.values()])}
            ),
            ConsistentRead=True,
        )
        return [_plain(item) for page in pages for item in page["Items"]]


def get_together(places: "Sequence[ItemPlace]") -> list[dict[str, Any] | None]:
    """The items at these places in several tables, in one call; None where there is none."""
    found = _batch_get(places)
    return [
        next((item for name, item in found if name == table.name and key.items() <= item.items()), None)
        for table, key in places
    ]


def put_together(items: "Sequence[TableItem]") -> None:
    """Put items into several tables, as many in one call as it takes; where it raises, some may be stored."""
    for start in range(0, len(items), MOST_ITEMS_AT_ONCE):
        requests: dict[str, list[Any]] = {}
        for table, item in items[start : start + MOST_ITEMS_AT_ONCE]:
            requests.setdefault(table.name, []).append({"PutRequest": {"Item": _wire(item)}})
        left: Mapping[str, Any] = requests
        for _ in range(MOST_ROUNDS):
            left = items[0][0].client.batch_write_item(RequestItems=left)["UnprocessedItems"]
            if not left:
                break
        else:
            raise TryAgainLater("DynamoDB takes only a part of what is to be stored")


# A table and the key of an item in it.
ItemPlace = tuple[Table, Mapping[str, str]]

# A table and an item for it.
TableItem = tuple[Table, Mapping[str, Any]]


def _batch_get(places: Sequence[ItemPlace], *, may_lag: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """The items that there are, each with the name of its table, in no order."""
    keys: dict[str, Any] = {}
    for table, key in places:
        keys.setdefault(table.name, {"Keys": [], "ConsistentRead": not may_lag})["Keys"].append(_wire(key))
    found: list[tuple[str, dict[str, Any]]] = []
    asked: Mapping[str, Any] = keys
    for _ in range(MOST_ROUNDS):
        answer = places[0][0].client.batch_get_item(RequestItems=asked)
        found += [(name, _plain(item)) for name, items in answer["Responses"].items() for item in items]
        # What one answer had no room for.
        asked = answer["UnprocessedKeys"]
        if not asked:
            return found
    raise TryAgainLater("DynamoDB gives only a part of what is asked for")


def _wire(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _serializer.serialize(value) for name, value in item.items()}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _whole(_deserializer.deserialize(value)) for name, value in item.items()}


def _whole(value: Any) -> Any:
    """The same with integers for decimals, at any depth: DynamoDB returns decimals, and we store whole numbers only."""
    if isinstance(value, list):
        return [_whole(element) for element in value]
    if isinstance(value, dict):
        return {name: _whole(element) for name, element in value.items()}
    return int(value) if isinstance(value, Decimal) else value
