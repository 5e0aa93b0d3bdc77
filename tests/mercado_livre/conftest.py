"""The fixture of whoever tests tokens."""

from collections.abc import Iterator
from uuid import uuid4

import boto3
import pytest
import requests

from chalicelib.http import Transport
from chalicelib.stores.sellers import Sellers
from chalicelib.stores.tables import Table
from tests.harness import Machine
from tests.mercado_livre.shop import FakeMercadoLivre, Shop


@pytest.fixture
def shop(machine: Machine) -> Iterator[Shop]:
    client = boto3.client("dynamodb")
    name = f"sellers-{uuid4().hex}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "seller_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "seller_id", "KeyType": "HASH"}],
    )
    meli = FakeMercadoLivre()
    with requests.Session() as session:
        session.mount("https://", meli)
        yield Shop(Sellers(Table(client, name)), Transport(session), meli)
