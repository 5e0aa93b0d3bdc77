"""The way of a webhook on AWS: through API, queues and Lambdas out of the zip, under the policies that they have."""

import pytest

from tests.emulator.emulated import Emulated

pytestmark = pytest.mark.apart


def test_a_question_and_its_answer_cross_a_stage_as_it_is_deployed(emulated: Emulated) -> None:
    meli, chatwoot = emulated.meli, emulated.chatwoot
    emulated.become_deployer()
    emulated.run("deploy")
    emulated.set_up()

    question = emulated.ask("Tem na cor verde?")
    emulated.settle(chatwoot.conversations)
    chatwoot.reply(chatwoot.conversations()[0]["id"], "Temos sim.")
    emulated.settle(lambda: meli.answers_published)

    assert meli.answers_published == [(question, "Temos sim.")]
    assert emulated.jobs() == {}
