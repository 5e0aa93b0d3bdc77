"""What becomes of a stage over the years: broken off, upgraded, gone back, lost, restored, removed and back again.

On an emulator of AWS that enforces IAM and signatures.
"""

import json

import pytest

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
OLDER_NAMES = {"resolve_notification": "route_notification", "work_in_background": "work_later"}


def test_a_deployment_that_breaks_off_anywhere_is_finished_by_the_next(emulated: Emulated) -> None:
    for call in DEATHS:
        emulated.deploy_until(call)

    emulated.run("deploy")

    assert len(emulated.apis()) == 1
    emulated.set_up()
    emulated.ask("Tem na cor verde?")
    emulated.settle(emulated.chatwoot.conversations)


def test_an_upgrade_loses_no_job_that_waits(emulated: Emulated) -> None:
    emulated.become_older(OLDER_NAMES)
    emulated.run("deploy")
    emulated.set_up()
    meli, chatwoot = emulated.meli, emulated.chatwoot
    first = emulated.ask("Tem na cor verde?")
    emulated.settle(chatwoot.conversations)
    # Nobody works, webhooks still come, and there wait jobs of every shape that there was.
    emulated.stop(OLDER_NAMES.get(name, name) for name in QUEUES_BY_FUNCTION)
    chatwoot.reply(chatwoot.conversations()[0]["id"], "Temos sim.")
    emulated.ask("E azul?")
    emulated.deliver()
    for name, text in json.loads((SAMPLES / "jobs.json").read_text(encoding="utf-8")).items():
        emulated.queue(text, group=name)
    assert sum(emulated.jobs().values()) > len(QUEUES_BY_FUNCTION)

    emulated.lay()
    emulated.run("deploy")

    emulated.settle(lambda: not emulated.jobs())
    assert len(chatwoot.conversations()) == 2
    assert meli.answers_published == [(first, "Temos sim.")]
    assert emulated.functions() >= {f"ponte-dev{suffix}" for suffix in FUNCTION_SUFFIXES}
