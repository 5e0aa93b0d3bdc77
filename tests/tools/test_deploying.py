"""What a deployment finds, mends, removes and goes back to, on an embedded AWS that no Chalice deploys to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from boto3.session import Session
from rich.console import Console
from typer.testing import CliRunner

from tests.harness import Machine
from tools import kept_packages
from tools.__main__ import cli
from tools.deploy import plan, print_next_steps, print_orphans
from tools.deployed_state import mend_state, read_api_id
from tools.inventory import take_inventory
from tools.kept_packages import NothingKept, find_package, keep, put_back
from tools.provision import create_stack, ensure_webhook_tokens, put_settings
from tools.removing import remove
from tools.rest_api import find_apis, name_api
from tools.triggers import find_triggers
from tools.workers import FUNCTION_SUFFIXES, QUEUES_BY_FUNCTION

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


class Account:
    """An account in which functions, a trigger and APIs of one stage can be."""

    def __init__(self, session: Session, stage: str) -> None:
        self.session, self.stage = session, stage
        self._iam, self._lambda = session.client("iam"), session.client("lambda")
        self._apis: Any = session.client("apigateway")

    def add_functions(self, *suffixes: str) -> None:
        for suffix in suffixes or FUNCTION_SUFFIXES:
            name = f"ponte-{self.stage}{suffix}"
            role = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
            self._lambda.create_function(
                FunctionName=name,
                Runtime="python3.11",
                Role=role,
                Handler="app.app",
                Code={"ZipFile": b"first"},
                # As Chalice does.
                Tags={"aws-chalice": f"version=1.34.0:stage={self.stage}:app=ponte"},
            )

    def add_trigger(self, queue_arn: str, function: str = "resolve_notification") -> str:
        arn = self._lambda.get_function_configuration(FunctionName=f"ponte-{self.stage}-{function}")["FunctionArn"]
        return str(self._lambda.create_event_source_mapping(EventSourceArn=queue_arn, FunctionName=arn)["UUID"])

    def add_api(self, *, stage: str = "") -> str:
        """As one is that Chalice has just imported: its name says nothing."""
        api = self._apis.create_rest_api(name="ponte")["id"]
        root = self._apis.get_resources(restApiId=api)["items"][0]["id"]
        function = f"arn:aws:lambda:us-east-1:123456789012:function:ponte-{stage or self.stage}/invocations"
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}"
        self._apis.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
        self._apis.put_integration(
            restApiId=api, resourceId=root, httpMethod="GET", type="AWS_PROXY", integrationHttpMethod="POST", uri=uri
        )
        return str(api)


@pytest.fixture
def account(machine: Machine) -> Iterator[Account]:
    made = Account(machine.session, f"d{uuid4().hex[:8]}")
    yield made
    # Whatever a test left is nothing that another one should see.
    for api in find_apis(machine.session, made.stage):
        machine.session.client("apigateway").delete_rest_api(restApiId=api)


def test_a_lost_record_is_made_anew_from_the_account(account: Account, tmp_path: Path) -> None:
    outputs, path = create_stack(account.session, account.stage), tmp_path / "deployed" / "x.json"
    assert not mend_state(account.session, account.stage, path, "")
    assert not path.exists()
    account.add_functions()
    uuid, api = account.add_trigger(outputs["NotificationsQueueArn"]), account.add_api()

    assert mend_state(account.session, account.stage, path, "")

    trigger, rest_api = json.loads(path.read_text())["resources"]
    assert (trigger["event_uuid"], trigger["queue_arn"]) == (uuid, outputs["NotificationsQueueArn"])
    assert trigger["name"] == "resolve_notification-sqs-event-source"
    assert rest_api == {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api}
    assert not mend_state(account.session, account.stage, path, "")


def test_a_function_that_has_another_name_now_is_taken_away_with_its_trigger(account: Account, tmp_path: Path) -> None:
    """Both would take jobs, and the one of before would do what it did then."""
    outputs, path = create_stack(account.session, account.stage), tmp_path / "x.json"
    account.add_functions("", "-route_notification")
    uuid = account.add_trigger(outputs["NotificationsQueueArn"], "route_notification")

    assert mend_state(account.session, account.stage, path, "")

    role, function, trigger = json.loads(path.read_text())["resources"]
    assert (role["role_name"], trigger["event_uuid"]) == (f"ponte-{account.stage}-route_notification", uuid)
    assert function["lambda_arn"].endswith(f":ponte-{account.stage}-route_notification")
    # Chalice deletes what is recorded by a name that nothing in the app has.
    assert trigger["name"] not in {f"{name}-sqs-event-source" for name in QUEUES_BY_FUNCTION}


def test_a_stage_whose_name_begins_alike_and_functions_of_somebody_else_are_left_alone(
    account: Account, tmp_path: Path
) -> None:
    """Chalice takes away what is recorded and not in the app, and `remove` takes away all that is found."""
    session, stage, path = account.session, account.stage, tmp_path / "x.json"
    other = Account(session, f"{stage}-eu")
    other.add_functions()
    queue = session.client("sqs").create_queue(QueueName=f"ponte-{other.stage}-notifications")["QueueUrl"]
    uuid = other.add_trigger(f"arn:aws:sqs:{session.region_name}:123456789012:{queue.rpartition('/')[2]}")
    own = session.client("lambda").get_function_configuration(FunctionName=f"ponte-{other.stage}")
    session.client("lambda").create_function(
        FunctionName=f"ponte-{stage}-slack",
        Runtime="python3.11",
        Role=own["Role"],
        Handler="x.y",
        Code={"ZipFile": b""},
    )
    account.add_functions()

    assert not mend_state(session, stage, path, "")

    assert len(take(account)) == len(FUNCTION_SUFFIXES)
    assert find_triggers(session, stage) == []
    assert [trigger.uuid for trigger in find_triggers(session, other.stage)] == [uuid]
    assert len(take(other)) == len(FUNCTION_SUFFIXES)


def test_deployments_that_broke_off_leave_one_api_in_use_and_the_others_are_named(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The address that Mercado Livre and Chatwoot were told stays, whichever it is."""
    path = tmp_path / "x.json"
    first, second, third = (account.add_api() for _ in range(3))
    foreign = account.add_api(stage="other")

    mend_state(account.session, account.stage, path, f"https://{second}.execute-api.us-east-1.amazonaws.com/api")

    assert read_api_id(path) == second
    assert set(find_apis(account.session, account.stage)) == {first, second, third}
    print_orphans(Console(), find_apis(account.session, account.stage), second)
    said = capsys.readouterr().out
    assert f"delete-rest-api --rest-api-id {first}" in said
    assert f"delete-rest-api --rest-api-id {third}" in said
    assert second not in said
    assert foreign not in said


def test_an_api_that_was_deleted_by_hand_is_forgotten_once_and_not_made_at_each_deployment(
    account: Account, tmp_path: Path
) -> None:
    path = tmp_path / "x.json"
    api = account.add_api()
    mend_state(account.session, account.stage, path, "")
    account.session.client("apigateway").delete_rest_api(restApiId=api)

    assert mend_state(account.session, account.stage, path, "")
    with pytest.raises(KeyError):
        read_api_id(path)
    new = account.add_api()
    assert mend_state(account.session, account.stage, path, "")

    assert read_api_id(path) == new
    assert not mend_state(account.session, account.stage, path, "")


def test_a_stage_s_api_is_known_by_its_own_name(account: Account) -> None:
    api = account.add_api()

    name_api(account.session, account.stage, api)

    found = account.session.client("apigateway").get_rest_api(restApiId=api)
    assert found["name"] == f"ponte-{account.stage}"
    assert find_apis(account.session, account.stage) == [api]


def test_the_last_line_of_a_deployment_says_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    tokens = {"MERCADO_LIVRE_WEBHOOK_TOKEN": "m", "CHATWOOT_WEBHOOK_TOKEN": "c"}
    for settings, command in (({}, "setup"), ({"CHATWOOT_URL": "https://chat.example"}, "doctor")):
        print_next_steps(Console(), "prod", "https://api.example", {**tokens, **settings})
        assert capsys.readouterr().out.rstrip().endswith(f".venv/bin/python -m tools {command} --stage prod")


def test_a_plan_says_what_will_be_made_changed_and_left(account: Account) -> None:
    assert "Make an API, with a new address." in plan(account.stage, account.session)
    create_stack(account.session, account.stage)
    ensure_webhook_tokens(account.session, account.stage)
    account.add_functions()
    first, second = account.add_api(), account.add_api()

    lines = plan(account.stage, account.session)

    assert f"Update queues, tables, alarms and dashboard of {account.stage}." in lines
    assert f"Update the API {first}, whose address stays." in lines
    assert f"Leave the API {second}, which is of this stage too." in lines
    assert not any("Invent" in line for line in lines)


def test_a_removed_stage_leaves_nothing_that_runs_and_its_data_unless_told(account: Account, tmp_path: Path) -> None:
    session, stage, record = account.session, account.stage, tmp_path / "x.json"
    outputs = create_stack(session, stage)
    put_settings(session, stage, {"CHATWOOT_URL": "https://chat.example"})
    account.add_functions()
    account.add_trigger(outputs["NotificationsQueueArn"])
    account.add_api()
    record.write_text("{}")
    found = take_inventory(session, stage)
    assert len(found.functions) == len(found.tables) == 5
    assert found.has_stack

    left = remove(session, stage, found, record, with_data=False)

    assert "goes on with them" in left[0]
    after = take_inventory(session, stage)
    assert (after.functions, after.apis, after.has_stack) == ([], [], False)
    assert after.settings == ["CHATWOOT_URL"]
    assert not record.exists()
    assert find_triggers(session, stage) == []
    # What is removed later is found again.
    left = remove(session, stage, after, record, with_data=True)
    assert "for 35 days" in left[0]
    assert take_inventory(session, stage).is_empty


def test_a_deployment_without_credentials_a_region_or_a_known_stage_says_so_and_makes_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deploy(stage: str) -> str:
        result = CliRunner().invoke(cli, ["deploy", "--stage", stage], catch_exceptions=False)
        assert result.exit_code == 2, result.output
        return " ".join(result.output.split())

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert "There is no stage staging" in deploy("staging")
    assert take_inventory(machine.session, "staging").is_empty
    for missing, said in (("AWS_ACCESS_KEY_ID", "locate credentials"), ("AWS_DEFAULT_REGION", "specify a region")):
        with monkeypatch.context() as without:
            without.delenv(missing, raising=False)
            assert said in deploy("dev")


def test_going_back_puts_the_package_of_before_into_every_function(
    account: Account, tmp_path: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_packages, "FOLDER", tmp_path / "packages")
    account.add_functions()
    package = tmp_path / "deployment.zip"
    with pytest.raises(NothingKept, match="make deploy"):
        find_package(account.stage, "")
    for number in range(7):
        package.write_bytes(f"version {number}".encode())
        machine.clock.turn(minutes=1)
        keep(package, account.stage, machine.clock())
    assert len(kept_packages.kept_packages(account.stage)) == 5

    put_back(account.session, account.stage, find_package(account.stage, ""))

    client = account.session.client("lambda")
    sizes = {client.get_function_configuration(FunctionName=name)["CodeSize"] for name in take(account)}
    assert sizes == {len(b"version 5")}
    assert find_package(account.stage, "").read_bytes() == b"version 5"


def take(account: Account) -> list[str]:
    return take_inventory(account.session, account.stage).functions
