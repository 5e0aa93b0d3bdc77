"""Which errors time mends, so that a job may wait for it however long."""

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)
from chalice.local import LambdaContext

from chalicelib.errors import LoginNeeded, NotFound, OutcomeUnknown, Refused, TryAgainLater
from chalicelib.process import read_parameters
from chalicelib.work.failures import can_wait
from tests.harness import Machine
from tools.local.embedded_aws import REGION

NOWHERE = "http://127.0.0.1:1"


def make_client_error(status: int, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetItem")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "error",
    [
        TryAgainLater("x"),
        OutcomeUnknown("x"),
        LoginNeeded("x", seller_id=7),
        EndpointConnectionError(endpoint_url=NOWHERE),
        ConnectTimeoutError(endpoint_url=NOWHERE),
        ReadTimeoutError(endpoint_url=NOWHERE),
        make_client_error(500, "InternalServerError"),
        make_client_error(503, "ServiceUnavailable"),
        make_client_error(400, "ThrottlingException"),
        make_client_error(400, "RequestThrottled"),
        make_client_error(400, "ProvisionedThroughputExceededException"),
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
        make_client_error(400, "RequestLimitExceeded"),
    ],
)
def test_time_mends_an_outage(error: Exception) -> None:
    assert can_wait(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        Refused("x", status=400),
        NotFound("x", status=404),
        ParamValidationError(report="x"),
        make_client_error(400, "ValidationException"),
        make_client_error(400, "AccessDeniedException"),
        make_client_error(400, "ResourceNotFoundException"),
    ],
)
def test_time_mends_no_mistake(error: Exception) -> None:
    assert not can_wait(error)


def test_time_mends_an_outage_of_the_table_that_powertools_keeps(machine: Machine) -> None:
    """Powertools wraps the error of DynamoDB in one of its own."""
    client = boto3.client("dynamodb", REGION, endpoint_url=NOWHERE, config=Config(retries={"total_max_attempts": 1}))
    store = DynamoDBPersistenceLayer("idempotency", boto3_client=client)
    config = IdempotencyConfig(lambda_context=LambdaContext("resolve", 512, 60_000))
    resolve = idempotent_function(
        lambda *, key: key, data_keyword_argument="key", persistence_store=store, config=config
    )

    with pytest.raises(Exception, match="idempotency store") as caught:
        resolve(key="a")
    assert can_wait(caught.value)


def test_time_mends_an_outage_of_the_parameter_store(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Powertools wraps the error of SSM in one of its own."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", NOWHERE)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    parameters.clear_caches()

    with pytest.raises(TryAgainLater, match="Parameter Store") as caught:
        read_parameters("dev")
    parameters.clear_caches()
    assert can_wait(caught.value)
