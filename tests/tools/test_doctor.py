"""`python -m tools doctor`: the whole look at a stage, for a person and for a script."""

import json

import pytest

from tests.harness import CHATWOOT_TOKEN, MELI_TOKEN
from tests.tools.conftest import Deployed
from tests.tools.planted_functions import plant_functions


@pytest.fixture
def healthy(deployed: Deployed) -> Deployed:
    # So that a notification has come.
    deployed.bridge.ask()
    plant_functions(deployed)
    return deployed


def test_a_healthy_stage_is_fine(healthy: Deployed) -> None:
    result = healthy.run("doctor")

    assert result.exit_code == 0, result.output
    assert "0 problems, 0 warnings, " in result.stdout
    assert "the bridge itself: answers, and says that it is well" in result.stdout
    for secret in (MELI_TOKEN, CHATWOOT_TOKEN, healthy.meli.client_secret, healthy.chatwoot.admin_token):
        assert secret not in result.output


def test_every_fault_is_told_with_its_cure_and_nothing_else(healthy: Deployed) -> None:
    name = healthy.name
    healthy.set(AGENT_LANGUAGE="fr", CHATWOOT_DESC_LOJA2="x")
    healthy.session.client("lambda").put_function_concurrency(
        FunctionName=f"ponte-{name}-sweep", ReservedConcurrentExecutions=0
    )
    healthy.session.client("events").disable_rule(Name=f"ponte-{name}-sweep-event")
    healthy.bridge.sqs.send_message(QueueUrl=healthy.bridge.queues["NotificationsDeadQueueUrl"], MessageBody="{}")

    result = healthy.run("doctor", "--json")

    found = {finding["about"]: finding for finding in json.loads(result.stdout) if finding["verdict"] != "ok"}
    assert result.exit_code == 1
    assert {about for about, finding in found.items() if finding["verdict"] == "problem"} == {
        "settings",
        "setting CHATWOOT_DESC_LOJA2",
        f"function ponte-{name}-sweep",
        "schedule of the sweep",
        f"jobs in ponte-{name}-notifications-dead",
    }
    assert "AGENT_LANGUAGE must be one of pt-BR, es, en" in found["settings"]["seen"]
    assert "Did you mean CHATWOOT_DESK_LOJA2?" in found["setting CHATWOOT_DESC_LOJA2"]["seen"]
    assert all(finding["cure"] for finding in found.values())


def test_a_cure_stands_under_what_it_cures(healthy: Deployed) -> None:
    healthy.session.client("events").disable_rule(Name=f"ponte-{healthy.name}-sweep-event")

    result = healthy.run("doctor")

    lines = [line.strip() for line in result.stdout.splitlines()]
    number = next(number for number, line in enumerate(lines) if line.startswith("problem"))
    assert "schedule of the sweep: is switched off" in lines[number]
    assert lines[number + 1] == f"→ aws events enable-rule --name ponte-{healthy.name}-sweep-event"
    assert lines[-1].startswith("1 problem, 0 warnings, ")
    assert result.exit_code == 1


def test_a_stage_that_does_not_exist_is_one_sentence(deployed: Deployed) -> None:
    deployed.name = "nowhere"

    result = deployed.run("doctor")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "There is no stage nowhere in the region us-east-1 of this AWS account." in result.stderr
    assert "make deploy STAGE=nowhere" in result.stderr
