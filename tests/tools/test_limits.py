"""What the deployment sets after Chalice: triggers that take jobs back, and limits of what runs at once."""

from typing import Any

import app
from tests.tools.conftest import Deployed
from tests.tools.planted_functions import QUEUES, plant_functions, read_function
from tools.limits import API_STAGE, LIMITS_BY_METHOD, RECEIPTS_AT_ONCE, limit_api, reserve_receipts, workers_at_once
from tools.triggers import is_told, set_triggers

SMALLEST_QUOTA = 10


def triggers(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """By the end of the function's name; other tests leave theirs."""
    found = deployed.session.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return {
        suffix: trigger
        for trigger in found
        for suffix in QUEUES
        if trigger["FunctionArn"].endswith(f":ponte-{deployed.name}{suffix}")
    }


def test_every_trigger_takes_jobs_back_and_has_a_limit_before_its_function_is_told(deployed: Deployed) -> None:
    plant_functions(deployed)
    switched_off = triggers(deployed)["-work_on_thread"]["UUID"]
    deployed.session.client("lambda").update_event_source_mapping(UUID=switched_off, Enabled=False)

    set_triggers(deployed.session, deployed.name, jobs_at_once=20)

    limits = {"-resolve_notification": 10, "-work_on_thread": 20, "-work_in_background": 2}
    for suffix, trigger in triggers(deployed).items():
        assert trigger["State"] == "Enabled"
        assert trigger["FunctionResponseTypes"] == ["ReportBatchItemFailures"], suffix
        assert trigger["ScalingConfig"] == {"MaximumConcurrency": limits[suffix]}
        variables = read_function(deployed, suffix)["Environment"]["Variables"]
        assert is_told(variables)
        # What they were deployed with stays.
        assert variables["PONTE_STAGE"] == deployed.name


def test_the_functions_of_the_smallest_account_leave_room_for_webhooks() -> None:
    assert sum(workers_at_once(4).values()) <= SMALLEST_QUOTA - 2


def test_every_route_has_a_limit_of_its_own(deployed: Deployed) -> None:
    routes = {f"{path}/{method}" for path, methods in app.app.routes.items() for method in methods}
    assert LIMITS_BY_METHOD.keys() == routes
    client: Any = deployed.session.client("apigateway")
    api = client.create_rest_api(name="ponte")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="none")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    client.create_deployment(restApiId=api, stageName=API_STAGE)

    limit_api(deployed.session, api)

    settings = client.get_stage(restApiId=api, stageName=API_STAGE)["methodSettings"]
    assert {name.replace("~1", "/") for name in settings} == routes
    assert settings["~1health/GET"]["throttlingRateLimit"] == 10
    assert settings["~1webhook~1chatwoot~1{token}/POST"]["throttlingBurstLimit"] == 400


def test_what_is_reserved_for_webhooks_is_what_the_operator_said_before(deployed: Deployed) -> None:
    plant_functions(deployed)
    client: Any = deployed.session.client("lambda")
    name = f"ponte-{deployed.name}"

    assert reserve_receipts(deployed.session, deployed.name)
    assert client.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == RECEIPTS_AT_ONCE
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=7)
    assert reserve_receipts(deployed.session, deployed.name)
    assert client.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 7
