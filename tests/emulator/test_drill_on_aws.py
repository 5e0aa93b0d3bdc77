"""What becomes of a stage over the years: broken off, upgraded, gone back, lost, restored, removed and back again.

On an emulator of AWS that enforces IAM and signatures.
"""

import json
import re

import pytest
import requests

from tests.emulator.emulated import Emulated
from tests.recorded import SAMPLES
from tools.workers import FUNCTION_SUFFIXES, QUEUES_BY_FUNCTION

pytestmark = pytest.mark.night

# A deployment dies right after each of these. Each of those that follow gets further, and the last is left alone.
DEATHS = (
    "1 CreateStack",
    "2 PutParameter",
    "3 CreateFunction",
    "1 CreateEventSourceMapping",
    "1 ImportRestApi",
    "1 CreateDeployment",
    "2 UpdateEventSourceMapping",
    "1 UpdateRestApi",
)

# How an older version called what now is called otherwise.
OLDER_NAMES = {
    "resolve_notification": "route_notification",
    "ResolveNotification": "RouteNotification",
    "work_in_background": "work_later",
    "WorkInBackground": "WorkLater",
}

OLD_JOBS = {
    "notifications": "notification of 0.1.0",
    "threads.fifo": "sync of 0.1.0",
    "background": "sweep of missed feeds",
}
RECORDED: dict[str, str] = json.loads((SAMPLES / "jobs.json").read_text(encoding="utf-8"))


def test_a_deployment_that_breaks_off_anywhere_is_finished_by_the_next(emulated: Emulated) -> None:
    for call in DEATHS:
        emulated.deploy_until(call)

    emulated.run("deploy")

    assert len(emulated.apis()) == 1
    emulated.set_up()
    emulated.ask("Tem na cor verde?")
    emulated.settle(emulated.chatwoot.conversations)


def test_an_upgrade_loses_no_job_that_waits(emulated: Emulated) -> None:
    """Functions have other names, nobody works meanwhile, and the newest question is known by jobs of 0.1.0 alone."""
    meli, chatwoot = emulated.meli, emulated.chatwoot
    emulated.become_older(OLDER_NAMES)
    emulated.run("deploy")
    emulated.set_up()
    first = emulated.ask("Tem na cor verde?")
    emulated.settle(chatwoot.conversations)
    emulated.stop_work()
    chatwoot.reply(chatwoot.conversations()[0]["id"], "Temos sim.")
    emulated.ask("E azul?")
    emulated.deliver()
    meli.drop_notifications(1)
    newest = emulated.ask("E vermelha?")
    emulated.deliver()
    for queue, name in OLD_JOBS.items():
        text = RECORDED[name].replace("13000000001", str(newest))
        emulated.queue(queue, re.sub(r"\b47\b", str(emulated.seller), text))
    assert emulated.jobs().keys() >= {f"ponte-dev-{queue}" for queue in OLD_JOBS}

    emulated.lay()  # A fresh clone, which knows nothing of what was deployed.
    emulated.run("deploy")

    emulated.settle(lambda: not emulated.jobs())
    assert len(chatwoot.conversations()) == 3
    assert meli.answers_published == [(first, "Temos sim.")]
    assert emulated.triggers() == {f"ponte-dev-{function}" for function in QUEUES_BY_FUNCTION}
    assert emulated.functions() == {f"ponte-dev{suffix}" for suffix in FUNCTION_SUFFIXES}


def test_a_version_that_does_harm_is_gone_back_from_and_the_harm_undone(emulated: Emulated) -> None:
    emulated.run("deploy")
    emulated.set_up()
    question = emulated.ask("Tem na cor verde?")
    emulated.settle(emulated.chatwoot.conversations)
    app = emulated.project / "app.py"
    works = app.read_text(encoding="utf-8")
    app.write_text(works.replace("-> Response:\n", "-> Response:\n    raise RuntimeError\n"), encoding="utf-8")
    emulated.run("deploy")
    assert requests.get(f"{emulated.url}/health", timeout=60).status_code == 500

    emulated.run("rollback")

    assert requests.get(f"{emulated.url}/health", timeout=60).status_code == 200
    # What was lost of a table comes back from a copy of it. The emulator's is of now, whatever moment is asked for.
    emulated.stop_work()
    table, copy = "ponte-dev-threads", "ponte-dev-threads-restored"
    dynamodb = emulated.client("dynamodb")
    dynamodb.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=copy, UseLatestRestorableTime=True)
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={key: item[key] for key in ("thread", "item")})
    emulated.run("restore", "threads", "--from", copy, "--yes")
    app.write_text(works, encoding="utf-8")
    emulated.run("deploy")
    emulated.chatwoot.reply(emulated.chatwoot.conversations()[0]["id"], "Temos sim.")
    emulated.settle(lambda: emulated.meli.answers_published)
    assert emulated.meli.answers_published == [(question, "Temos sim.")]
    assert len(emulated.chatwoot.conversations()) == 1


def test_a_stage_is_deployed_from_a_fresh_clone_removed_and_brought_back(emulated: Emulated) -> None:
    emulated.run("deploy")
    emulated.set_up()
    (api,) = emulated.apis()

    emulated.lose_record()
    emulated.run("deploy")
    assert emulated.apis() == [api]
    emulated.ask("E azul?")
    emulated.settle(emulated.chatwoot.conversations)

    # Removed, and deployed again on the tables that were kept: the seller is still connected.
    left = emulated.run("remove", "--yes")
    assert "ponte-dev-threads, ponte-dev-sellers" in left
    assert (emulated.apis(), emulated.functions(), emulated.triggers()) == ([], set(), set())
    emulated.run("deploy")
    assert len(emulated.apis()) == 1
    assert "LOJA NOVA" in emulated.run("sellers", "list")

    # And with all that is stored: nothing is left.
    emulated.run("remove", "--yes", "--with-data")
    assert emulated.run("deploy", "--plan").startswith("Make queues")
    assert emulated.client("dynamodb").list_tables()["TableNames"] == []
    assert emulated.client("ssm").describe_parameters()["Parameters"] == []
