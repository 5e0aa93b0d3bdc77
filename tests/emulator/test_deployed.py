"""A stage as it is deployed: API, queues and Lambdas out of the zip, under the policies that they have."""

import pytest

from tests.emulator.emulated import Emulated

pytestmark = pytest.mark.apart

PICTURE = ("foto.jpg", "image/jpeg", b"\xff\xd8\xff picture")
PAPER = ("nota.pdf", "application/pdf", b"%PDF-1.7\n paper")


def test_a_stage_that_the_deployer_made_passes_the_four_checks_of_the_manual(emulated: Emulated) -> None:
    """Logs, the way in, the way out, and files both ways."""
    meli, chatwoot = emulated.meli, emulated.chatwoot
    emulated.become_deployer()
    emulated.run("deploy")
    emulated.set_up()

    question = emulated.ask("Tem na cor verde?")
    emulated.settle(chatwoot.conversations)
    chatwoot.reply(chatwoot.conversations()[0]["id"], "Temos sim.")
    emulated.settle(lambda: meli.answers_published)
    sale = meli.buy(meli.add_buyer("COMPRADOR"), emulated.item)
    meli.write(sale, "Veja como chegou", [PICTURE])
    emulated.settle(lambda: len(chatwoot.conversations()) == 2)
    conversation = max(each["id"] for each in chatwoot.conversations())
    chatwoot.reply(conversation, "Segue a nota.", attachments=[PAPER])
    emulated.settle(lambda: meli.messages_sent)

    assert meli.answers_published == [(question, "Temos sim.")]
    pictures = [file for message in chatwoot.messages(conversation) for file in chatwoot.files(message["id"])]
    assert PICTURE in pictures
    (sent,) = meli.messages_sent
    assert sent.files == [PAPER]
    emulated.settle(lambda: not emulated.jobs())
    said = emulated.log("work_on_thread")
    assert "job done" in said
    assert "job failed" not in said
