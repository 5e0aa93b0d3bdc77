"""What the doctor sees in AWS and at the front door. Each test plants faults and reads what is said of them."""

import json
from collections.abc import Iterable

import pytest
from botocore.exceptions import ClientError

from chalicelib.checks.checklist import Check, examine
from chalicelib.checks.findings import Finding
from chalicelib.models import Thread
from chalicelib.settings import DESK_SETTINGS
from chalicelib.work.consumer import dead_letter_url
from chalicelib.work.jobs import SyncThread
from tests.tools.conftest import Deployed, examine_stage
from tests.tools.planted_functions import add_function, plant_functions, read_function
from tools.function_environment import tell_functions
from tools.provision import protect_tables, put_settings, read_settings


@pytest.fixture
def healthy(deployed: Deployed) -> Deployed:
    plant_functions(deployed)
    return deployed


def faults(deployed: Deployed, *subjects: str) -> list[Finding]:
    return [finding for finding in examine_stage(deployed, *subjects) if finding.verdict != "ok"]


def of_settings(deployed: Deployed) -> list[Finding]:
    return faults(deployed, "settings", "settings of desks", "settings' encryption", "settings' names")


def of_infrastructure(deployed: Deployed) -> list[Finding]:
    return faults(deployed, "AWS", "queues", "tables")


def of_functions(deployed: Deployed) -> list[Finding]:
    return faults(deployed, "functions", "triggers of the functions", "schedule of the sweep")


def of_front_door(deployed: Deployed) -> list[Finding]:
    return faults(deployed, "public address")


def of_queues(deployed: Deployed) -> list[Finding]:
    return faults(deployed, "jobs")


def test_a_healthy_stage_has_no_faults(healthy: Deployed) -> None:
    for look in (of_settings, of_infrastructure, of_functions, of_front_door, of_queues):
        assert look(healthy) == []


# Settings


def test_a_missing_setting_comes_with_the_command_that_sets_it(deployed: Deployed) -> None:
    deployed.unset("CHATWOOT_URL", "CHATWOOT_WEBHOOK_TOKEN")

    url, token = of_settings(deployed)

    assert (url.verdict, url.seen) == ("problem", "CHATWOOT_URL is not set")
    assert f"aws ssm put-parameter --overwrite --type String --name /ponte/{deployed.name}/CHATWOOT_URL" in url.cure
    assert token.seen == "CHATWOOT_WEBHOOK_TOKEN is not set"
    assert token.cure.startswith(f"make deploy STAGE={deployed.name} makes a new one")


def test_an_unusable_setting_is_named_without_its_value(deployed: Deployed) -> None:
    deployed.set(CHATWOOT_ACCOUNT_ID="seven", CHATWOOT_WEBHOOK_SECRETS="s3cret")

    found = of_settings(deployed)

    assert {finding.seen.partition(" ")[0] for finding in found} == {"CHATWOOT_ACCOUNT_ID", "CHATWOOT_WEBHOOK_SECRETS"}
    assert "s3cret" not in str(found)


@pytest.mark.parametrize(
    ("name", "then"),
    [
        ("CHATWOOT_TOKEN", "python -m tools setup --stage {stage}"),
        ("CHATWOOT_WEBHOOK_TOKEN", "make deploy STAGE={stage} && python -m tools setup --stage {stage}"),
        ("CHATWOOT_DESK_LOJA2", "python -m tools setup --stage {stage} --desk loja2"),
    ],
)
def test_a_secret_in_plain_text_is_a_problem(deployed: Deployed, name: str, then: str) -> None:
    """What sets it again holds no value, which the shell's history would remember."""
    value = json.dumps(deployed.bridge.settings) if name.startswith("CHATWOOT_DESK_") else "x"
    deployed.session.client("ssm").delete_parameters(Names=[f"/ponte/{deployed.name}/{name}"])
    deployed.session.client("ssm").put_parameter(Name=f"/ponte/{deployed.name}/{name}", Value=value, Type="String")

    (finding,) = [finding for finding in of_settings(deployed) if finding.about == f"setting {name}"]

    assert finding.verdict == "problem"
    assert "kept unencrypted" in finding.seen
    deleting = f"aws ssm delete-parameter --name /ponte/{deployed.name}/{name}"
    assert finding.cure.startswith(f"{deleting} && {then.format(stage=deployed.name)}")
    assert "--value" not in finding.cure


def test_a_misspelt_setting_is_recognised_and_a_foreign_one_only_mentioned(deployed: Deployed) -> None:
    put_settings(deployed.session, deployed.name, {"AGENT_LANGAUGE": "es", "CHATWOOT_NOTES": "ours"})

    misspelt, foreign = sorted(of_settings(deployed))

    assert (misspelt.verdict, foreign.verdict) == ("problem", "warning")
    assert "Did you mean AGENT_LANGUAGE?" in misspelt.seen
    assert misspelt.cure.startswith("Set AGENT_LANGUAGE in its place")
    assert foreign.about == "setting CHATWOOT_NOTES"


def test_the_settings_of_a_desk_are_looked_at_too(deployed: Deployed) -> None:
    desk = {"CHATWOOT_URL": "https://chat.example.com", "CHATWOOT_TOKEN": "x", "CHATWOOT_WEBHOOK_TOKEN": "y"}
    desk |= {"CHATWOOT_QUESTIONS_INBOX_ID": "1", "CHATWOOT_SALES_INBOX": "2"}
    name = f"/ponte/{deployed.name}/CHATWOOT_DESK_LOJA2"
    deployed.session.client("ssm").put_parameter(Name=name, Value=json.dumps(desk), Type="String")

    missing, unencrypted, misspelt = of_settings(deployed)

    assert missing.seen == "CHATWOOT_SALES_INBOX_ID of the desk loja2 is not set"
    assert "unencrypted" in unencrypted.seen
    assert "Did you mean CHATWOOT_SALES_INBOX_ID?" in misspelt.seen
    assert misspelt.cure.endswith(f"python -m tools setup --stage {deployed.name} --desk loja2")


def test_a_desk_whose_setting_is_misnamed_is_told_to_set_up_anew(deployed: Deployed) -> None:
    deployed.set(CHATWOOT_DESK_loja2="{}")

    assert f"python -m tools setup --stage {deployed.name} --desk loja2" in of_settings(deployed)[-1].cure
    assert "unencrypted" not in str(of_settings(deployed))


# Queues and tables


def test_queues_that_are_missing_or_changed_are_found(healthy: Deployed) -> None:
    sqs, queues = healthy.bridge.sqs, healthy.bridge.queues
    sqs.delete_queue(QueueUrl=queues["NotificationsDeadQueueUrl"])
    sqs.set_queue_attributes(QueueUrl=queues["NotificationsQueueUrl"], Attributes={"RedrivePolicy": ""})
    sqs.set_queue_attributes(QueueUrl=queues["ThreadsQueueUrl"], Attributes={"VisibilityTimeout": "30"})

    redrive, missing, changed = of_infrastructure(healthy)

    assert (
        redrive.seen
        == f"does not hand what it gives up to ponte-{healthy.name}-notifications-dead (its redrive policy)"
    )
    assert "aws sqs set-queue-attributes --queue-url" in redrive.cure
    assert (missing.about, missing.seen) == (f"queue ponte-{healthy.name}-notifications-dead", "is not there")
    assert f"aws sqs create-queue --queue-name ponte-{healthy.name}-notifications-dead" in missing.cure
    assert (changed.verdict, changed.seen) == ("warning", "VisibilityTimeout is 30 and should be 360")


def test_a_queue_that_gives_up_early_is_a_problem(healthy: Deployed) -> None:
    queues = healthy.bridge.queues
    policy = {"deadLetterTargetArn": queues["ThreadsDeadQueueArn"], "maxReceiveCount": "3"}
    healthy.bridge.sqs.set_queue_attributes(
        QueueUrl=queues["ThreadsQueueUrl"], Attributes={"RedrivePolicy": json.dumps(policy)}
    )

    (finding,) = of_infrastructure(healthy)

    assert "gives a job up after 3 tries and should after 1000" in finding.seen


def test_tables_that_are_missing_or_unprotected_are_found(healthy: Deployed) -> None:
    dynamodb = healthy.session.client("dynamodb")
    protect_tables(healthy.session, healthy.name, is_protected=False)
    dynamodb.delete_table(TableName=f"ponte-{healthy.name}-threads")
    dynamodb.update_continuous_backups(
        TableName=f"ponte-{healthy.name}-sellers",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )
    dynamodb.update_time_to_live(
        TableName=f"ponte-{healthy.name}-cache",
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"},
    )

    missing, not_restorable, unprotected, growing = of_infrastructure(healthy)

    assert (missing.verdict, missing.about) == ("problem", f"table ponte-{healthy.name}-threads")
    assert "Restore it under the same name" in missing.cure
    assert (not_restorable.verdict, not_restorable.about) == ("warning", f"table ponte-{healthy.name}-sellers")
    assert "aws dynamodb update-continuous-backups" in not_restorable.cure
    assert unprotected.seen == "can be deleted by mistake: it is not protected"
    assert unprotected.cure == f"make deploy STAGE={healthy.name}"
    assert (growing.verdict, growing.about) == ("warning", f"table ponte-{healthy.name}-cache")
    assert growing.cure.endswith("Enabled=true,AttributeName=expires_at")


def test_what_aws_refuses_is_not_checked_and_is_no_problem() -> None:
    def look(_: object) -> Iterable[Finding]:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "GetFunctionConfiguration")

    (finding,) = examine([Check("functions", look)], None)

    assert (finding.verdict, finding.about) == ("not checked", "functions")
    assert finding.seen == "AWS refuses GetFunctionConfiguration (AccessDeniedException)"


# Functions


def test_a_stage_without_functions_is_told_to_deploy(deployed: Deployed) -> None:
    found = of_functions(deployed)

    assert [finding.seen.partition(";")[0] for finding in found] == ["is not there"] * 5
    assert {finding.cure for finding in found} == {f"make deploy STAGE={deployed.name}"}


def test_functions_that_were_stopped_or_go_by_old_values_are_found(healthy: Deployed) -> None:
    functions, name = healthy.session.client("lambda"), f"ponte-{healthy.name}"
    variables = read_function(healthy, "-work_on_thread")["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"MERCADO_LIVRE_WEBHOOK_TOKEN": "sha256:0"}}
    )
    functions.update_function_configuration(
        FunctionName=f"{name}-work_on_thread", Environment={"Variables": variables | {"PONTE_STAGE": "prod"}}
    )
    del variables["MERCADO_LIVRE_APP_ID"]
    functions.update_function_configuration(
        FunctionName=f"{name}-resolve_notification", Environment={"Variables": variables}
    )
    functions.put_function_concurrency(FunctionName=f"{name}-sweep", ReservedConcurrentExecutions=0)

    stopped, slow, old_token, other_stage = of_functions(healthy)

    assert old_token.seen == f"MERCADO_LIVRE_WEBHOOK_TOKEN is another than the settings now say, in {name}"
    assert old_token.cure == f"make deploy STAGE={healthy.name}"
    assert slow.verdict == "warning"
    assert slow.seen.startswith(f"MERCADO_LIVRE_APP_ID is missing in {name}-resolve_notification, ")
    assert other_stage.seen == f"PONTE_STAGE is another than the settings now say, in {name}-work_on_thread"
    assert stopped.seen == "is stopped: its reserved concurrency is 0"
    assert stopped.cure == f"aws lambda delete-function-concurrency --function-name {name}-sweep"


def test_what_setup_changed_reaches_the_functions_without_a_deployment(healthy: Deployed) -> None:
    healthy.set(MERCADO_LIVRE_APP_ID="77")
    assert [finding.seen.partition(" ")[0] for finding in of_functions(healthy)] == ["MERCADO_LIVRE_APP_ID"]

    assert tell_functions(healthy.session, healthy.name)

    assert of_functions(healthy) == []


def test_triggers_that_are_off_or_somebody_else_s_are_found(healthy: Deployed) -> None:
    functions, name = healthy.session.client("lambda"), f"ponte-{healthy.name}"
    mappings = {each["FunctionArn"].rpartition(":")[2]: each["UUID"] for each in all_mappings(healthy)}
    functions.update_event_source_mapping(UUID=mappings[f"{name}-resolve_notification"], Enabled=False)
    functions.update_event_source_mapping(UUID=mappings[f"{name}-work_on_thread"], BatchSize=10)
    add_function(healthy, f"{name}-copy", read_function(healthy, "")["Role"], {})
    functions.create_event_source_mapping(
        FunctionName=f"{name}-copy", EventSourceArn=healthy.bridge.queues["ThreadsQueueArn"]
    )

    off, foreign, greedy = of_functions(healthy)

    assert off.seen == f"is switched off: nobody works on the jobs in {name}-notifications"
    assert (
        off.cure
        == f"aws lambda update-event-source-mapping --uuid {mappings[f'{name}-resolve_notification']} --enabled"
    )
    assert f"another function, {name}-copy, takes jobs from {name}-threads.fifo too" in foreign.seen
    assert "aws lambda delete-event-source-mapping" in foreign.cure
    assert greedy.cure.endswith("--batch-size 1")


def test_triggers_that_do_not_agree_with_their_functions_are_found(healthy: Deployed) -> None:
    functions, name = healthy.session.client("lambda"), f"ponte-{healthy.name}"
    mappings = {each["FunctionArn"].rpartition(":")[2]: each["UUID"] for each in all_mappings(healthy)}
    functions.update_event_source_mapping(UUID=mappings[f"{name}-resolve_notification"], FunctionResponseTypes=[])
    functions.update_event_source_mapping(UUID=mappings[f"{name}-work_on_thread"], ScalingConfig={})
    variables = read_function(healthy, "")["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=f"{name}-work_in_background", Environment={"Variables": variables}
    )

    losing, unlimited, slow = of_functions(healthy)

    assert (losing.verdict, losing.about) == ("problem", f"trigger of {name}-resolve_notification")
    assert losing.seen.startswith("deletes each job that has to wait")
    assert (unlimited.verdict, unlimited.seen.partition(":")[0]) == ("warning", "has no limit")
    assert (slow.verdict, slow.seen.partition(":")[0]) == ("warning", "slows all jobs down while one waits")
    assert {finding.cure for finding in (losing, unlimited, slow)} == {f"make deploy STAGE={healthy.name}"}


def test_a_trigger_that_is_gone_is_missed(healthy: Deployed) -> None:
    for mapping in all_mappings(healthy):
        healthy.session.client("lambda").delete_event_source_mapping(UUID=mapping["UUID"])

    found = of_functions(healthy)

    assert len(found) == 3
    assert found[0].seen == f"is not there: nobody works on the jobs in ponte-{healthy.name}-notifications"
    assert f"make deploy STAGE={healthy.name}" in found[0].cure


def test_a_sweep_without_its_schedule_is_found(healthy: Deployed) -> None:
    events, rule = healthy.session.client("events"), f"ponte-{healthy.name}-sweep-event"

    events.disable_rule(Name=rule)
    (off,) = of_functions(healthy)
    events.remove_targets(Rule=rule, Ids=["1"])
    (gone,) = of_functions(healthy)

    assert "is switched off" in off.seen
    assert off.cure == f"aws events enable-rule --name {rule}"
    assert "is not there" in gone.seen
    assert gone.cure == f"make deploy STAGE={healthy.name}"


def all_mappings(deployed: Deployed) -> list[dict[str, str]]:
    """Those of this stage: other tests leave theirs."""
    mappings = deployed.session.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return [each for each in mappings if f"ponte-{deployed.name}-" in each["FunctionArn"]]


# The front door


def test_an_address_where_nobody_answers_is_found(deployed: Deployed) -> None:
    deployed.set(PUBLIC_URL="http://127.0.0.1:9")

    (finding,) = of_front_door(deployed)

    assert "the bridge does not answer at http://127.0.0.1:9/health (no answer: ConnectionError)" in finding.seen
    assert finding.cure.endswith(f"make deploy STAGE={deployed.name}")


def test_an_address_where_something_else_answers_is_found(deployed: Deployed) -> None:
    deployed.set(PUBLIC_URL=deployed.chatwoot.base_url)

    (finding,) = of_front_door(deployed)

    assert (finding.verdict, finding.about) == ("problem", "public address")


def test_an_address_that_mercado_livre_cannot_reach_is_found(deployed: Deployed) -> None:
    deployed.set(MERCADO_LIVRE_URL="https://api.mercadolibre.com")

    (finding,) = of_front_door(deployed)

    assert finding.seen == f"{deployed.url} is not one that Mercado Livre can reach"
    assert f"python -m tools setup --stage {deployed.name} --public-url" in finding.cure


def test_tokens_that_were_changed_and_not_deployed_are_found(deployed: Deployed) -> None:
    before = deployed.bridge.notify().status_code
    # A stranger has just made the door look for new tokens, which it does now and then alone.
    deployed.bridge.notify(token="wrong")
    put_settings(
        deployed.session,
        deployed.name,
        {"MERCADO_LIVRE_WEBHOOK_TOKEN": "another", "CHATWOOT_WEBHOOK_TOKEN": "a-third"},
    )

    meli, chatwoot = of_front_door(deployed)

    assert (meli.about, chatwoot.about) == ("address for notifications", "address for Chatwoot")
    assert meli.seen == "refuses the token of the settings: it was deployed with another"
    assert meli.cure.startswith(f"make deploy STAGE={deployed.name}")
    assert "DevCenter" in meli.cure
    assert f"python -m tools setup --stage {deployed.name}" in chatwoot.cure
    assert "another-" not in str([meli, chatwoot])
    deployed.bridge.clock.turn(seconds=11)
    assert of_front_door(deployed) == []
    # Those before count too, since nobody is told yet.
    assert deployed.bridge.notify().status_code == before == 200


def test_the_token_of_a_new_desk_is_to_be_waited_for(deployed: Deployed) -> None:
    """No function is deployed with it: each reads it from Parameter Store, at most every ten seconds."""
    present = read_settings(deployed.session, deployed.name)
    desk = {name: present[name] for name in DESK_SETTINGS if name in present}
    deployed.set(CHATWOOT_DESK_LOJA2=json.dumps(desk | {"CHATWOOT_WEBHOOK_TOKEN": "of-loja2"}))
    assert of_front_door(deployed) == []
    # Its functions have looked just now.
    put_settings(
        deployed.session,
        deployed.name,
        {"CHATWOOT_DESK_LOJA2": json.dumps(desk | {"CHATWOOT_WEBHOOK_TOKEN": "of-now"})},
    )

    (finding,) = of_front_door(deployed)

    assert (finding.verdict, finding.about) == ("problem", "address for Chatwoot, desk loja2")
    assert finding.cure.startswith("Wait ten minutes")
    assert "make deploy" not in finding.cure


def test_a_door_for_mercado_livre_alone_is_seen_to_take_the_token(deployed: Deployed) -> None:
    deployed.bridge.set(NOTIFICATION_SOURCES="published")

    assert of_front_door(deployed) == []
    deployed.bridge.clock.turn(seconds=11)
    put_settings(deployed.session, deployed.name, {"MERCADO_LIVRE_WEBHOOK_TOKEN": "another"})
    deployed.bridge.notify(token="wrong")
    put_settings(deployed.session, deployed.name, {"MERCADO_LIVRE_WEBHOOK_TOKEN": "a-third"})
    (finding,) = of_front_door(deployed)
    assert finding.seen == "refuses the token of the settings: it was deployed with another"


def test_knocking_queues_nothing(deployed: Deployed) -> None:
    deployed.bridge.settle()

    of_front_door(deployed)

    assert (deployed.bridge.jobs_waiting(), deployed.bridge.dead_letters()) == (0, 0)


def test_what_only_the_deployed_bridge_finds_wrong_is_repeated(deployed: Deployed) -> None:
    # Its functions still have a value that the settings have no longer.
    deployed.bridge.set(CHATWOOT_ACCOUNT_ID="seven")

    (finding,) = of_front_door(deployed)

    assert (finding.verdict, finding.about) == ("problem", "the bridge itself")
    assert finding.seen == "says: CHATWOOT_ACCOUNT_ID must be a whole number"
    assert "look again in five minutes" in finding.cure


def test_what_is_said_elsewhere_is_not_said_of_the_bridge_too(deployed: Deployed) -> None:
    deployed.unset("CHATWOOT_URL")

    (finding,) = of_front_door(deployed)

    assert finding.verdict == "warning"
    assert finding.seen == "answers, and says that it is down, for what is said elsewhere here"


def test_a_broken_desk_is_not_taken_for_a_broken_address(deployed: Deployed) -> None:
    deployed.set(CHATWOOT_DESK_LOJA2="not JSON")

    found = of_front_door(deployed)

    assert {finding.verdict for finding in found} == {"warning", "not checked"}


# Jobs


def test_dead_letters_and_long_queues_are_found(deployed: Deployed) -> None:
    deployed.bridge.settle()
    sqs, queues = deployed.bridge.sqs, deployed.bridge.queues
    job = SyncThread(Thread(deployed.seller, "question", "1"), "question_created").to_json()
    sqs.send_message(QueueUrl=dead_letter_url(queues["NotificationsQueueUrl"]), MessageBody=job)
    for number in range(110):
        sqs.send_message(QueueUrl=queues["NotificationsQueueUrl"], MessageBody=f"{number}")

    waiting, dead = of_queues(deployed)

    assert (waiting.verdict, waiting.seen) == ("warning", "110 wait")
    assert (dead.verdict, dead.seen) == ("problem", "1 given up, and kept for 14 days")
    assert dead.cure.endswith(f"python -m tools replay --stage {deployed.name}")
    sqs.purge_queue(QueueUrl=queues["NotificationsQueueUrl"])
