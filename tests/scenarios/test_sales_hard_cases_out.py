"""What went wrong once with replies after a sale, and must not again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from simulators.chatwoot import Chatwoot
from simulators.mercado_livre import MercadoLivre, messages, sending
from tests.harness import BridgeUnderTest

PACKS, UPLOADS = "/messages/packs", "/messages/attachments"
PDF = ("a.pdf", "application/pdf", b"%PDF-1.4")
SENTENCE = "Uma frase que não diz nada, mas diz com calma. "


def sent(meli: MercadoLivre) -> list[str]:
    return [message.text for message in meli.messages_sent]


def words(bridge: BridgeUnderTest) -> list[str]:
    """What was written, without the line that tells of a late one when it was."""
    return [str(message["content"]).partition("\n\n---\n")[0] for message in bridge.messages()]


def error_of(message: dict[str, Any]) -> str:
    assert message["status"] == "failed", message
    return str(message["external_error"])


def refusal(status: int, message: str = "Something is wrong", code: str = "bad_request", cause: str = "[]") -> str:
    return f'{{"message": "{message}", "error": "{code}", "status": {status}, "cause": {cause}}}'


class LateUpdates:
    """Chatwoot's webhooks of updated messages leave so much later."""

    def __init__(self, bridge: BridgeUnderTest) -> None:
        self.seconds = 0
        self._bridge = bridge
        self._send = bridge.chatwoot._events._send
        bridge.chatwoot._events._send = self._send_late

    def _send_late(self, url: str, body: bytes, headers: dict[str, str], settle: Any) -> None:
        wait_seconds = self.seconds if b'"message_updated"' in body else 0
        due = self._bridge.clock.now + timedelta(seconds=wait_seconds)
        self._bridge.chatwoot.send_webhook(url, body, headers, settle, due)

    def stop(self) -> None:
        self._bridge.chatwoot._events._send = self._send


@pytest.fixture
def late_updates(bridge: BridgeUnderTest) -> Iterator[LateUpdates]:
    late = LateUpdates(bridge)
    yield late
    late.stop()


# Updates that are no Retry


def test_an_update_that_waits_behind_a_sync_is_no_retry(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    message = chatwoot.reply(bridge.conversation()["id"], "Obrigado!")
    # The sync of our own message waits, with the update of our own PATCH behind it.
    meli.add_fault("status", method="GET", path=PACKS, status=503, skip=1)
    bridge.settle()
    assert sent(meli) == ["Obrigado!"]

    meli.moderate(meli.messages_sent[0].message_id, "AUTOMATIC_MESSAGE")
    bridge.wait_out(minutes=3)

    assert sent(meli) == ["Obrigado!"]
    assert bridge.message(message["id"])["status"] == "failed"


def test_an_update_that_chatwoot_tells_late_is_no_retry(
    bridge: BridgeUnderTest, meli: MercadoLivre, late_updates: LateUpdates
) -> None:
    bridge.bought_and_wrote()
    late_updates.seconds = 90
    message = bridge.reply("Obrigado!")
    assert message["status"] == "sent"

    meli.moderate(meli.messages_sent[0].message_id, "AUTOMATIC_MESSAGE")
    bridge.turn(seconds=61)
    assert bridge.message(message["id"])["status"] == "failed"
    bridge.wait_out(minutes=3)

    assert sent(meli) == ["Obrigado!"]
    assert bridge.message(message["id"])["status"] == "failed"


def test_the_late_update_of_a_message_that_was_read_is_no_retry(
    bridge: BridgeUnderTest, meli: MercadoLivre, late_updates: LateUpdates
) -> None:
    sale = bridge.bought_and_wrote()
    message = bridge.reply("Obrigado!")
    bridge.write(sale, "De nada")
    late_updates.seconds = 30
    meli.read_messages(sale)
    bridge.settle()
    late_updates.seconds = 0
    assert bridge.message(message["id"])["status"] == "read"

    meli.moderate(meli.messages_sent[0].message_id, "AUTOMATIC_MESSAGE")
    bridge.settle()
    assert bridge.message(message["id"])["status"] == "failed"
    bridge.wait_out(minutes=3)

    assert sent(meli) == ["Obrigado!"]
    assert bridge.message(message["id"])["status"] == "failed"


def test_one_retry_that_is_told_twice_is_one(bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot) -> None:
    """Chatwoot's job ran again, and the conversation had changed in between: the bytes are others."""
    bridge.bought_and_wrote()
    meli.next_moderation = "AUTOMATIC_MESSAGE"
    message = bridge.reply("Obrigado!")
    meli.next_moderation = "AUTOMATIC_MESSAGE"
    chatwoot.press_retry(message["id"])
    told = next(webhook for webhook in chatwoot.outbox if b'"message_updated"' in webhook.body)
    bridge.settle()
    assert bridge.message(message["id"])["status"] == "failed"

    body = told.body.replace(b'"unread_count":', b'"unread_count": ')
    secret = next(inbox.secret for inbox in chatwoot.state.inboxes.values() if inbox.id == bridge.sales_inbox)
    assert body != told.body
    chatwoot.send_webhook(told.url, body, chatwoot._events._headers(secret, body))
    bridge.settle()
    bridge.wait_out(minutes=3)

    assert sent(meli) == ["Obrigado!"] * 2
    assert bridge.message(message["id"])["status"] == "failed"


# What may have happened


@pytest.mark.parametrize("seconds", [15, 40, 55])
def test_a_message_that_is_listed_late_is_not_sent_twice(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, seconds: int
) -> None:
    bridge.bought_and_wrote()
    meli.notifications_enabled = False
    meli.add_fault("commit_then_drop", method="POST", path=PACKS)
    message = chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    bridge.settle()
    (told,) = meli.messages_sent
    meli.hide_from_pack(told.message_id)
    bridge.wait_out(minutes=seconds / 60, step_seconds=5)
    meli.show_in_pack(told.message_id)
    bridge.wait_out(minutes=2)

    assert sent(meli) == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_send_that_was_lost_is_repeated_after_a_minute(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("drop", method="POST", path=PACKS)
    message = chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    bridge.settle()
    bridge.wait_out(minutes=50 / 60, step_seconds=5)
    assert sent(meli) == []

    bridge.wait_out(minutes=1, step_seconds=5)

    assert sent(meli) == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"


@pytest.mark.parametrize("echoes", ["on", "off"])
@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "status", "status": 429}], ids=["drop", "limit"])
def test_what_the_seller_wrote_on_mercado_livre_is_not_taken_for_a_lost_reply(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, echoes: str, fault: dict[str, Any]
) -> None:
    bridge.set(ECHO_SELLER_MESSAGES=echoes)
    sale = bridge.bought_and_wrote()
    meli.notifications_enabled = echoes == "off"
    meli.write_natively(sale, "Ok.")
    bridge.settle()
    meli.notifications_enabled = True
    meli.add_fault(method="POST", path=PACKS, **fault)

    message = chatwoot.reply(bridge.conversation()["id"], "Ok.")
    bridge.settle()
    bridge.wait_out(minutes=3)

    assert sent(meli) == ["Ok."]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_reply_whose_exchange_is_not_shown_for_a_moment_is_told_as_sent_in_the_end(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    meli.notifications_enabled = False
    meli.add_fault("commit_then_drop", method="POST", path=PACKS)
    body = refusal(403, "x", "forbidden")
    meli.add_fault("status", method="GET", path=PACKS, status=403, skip=1, body=body)

    message = chatwoot.reply(bridge.conversation()["id"], "Amanhã.")
    bridge.settle()
    bridge.wait_out(minutes=3)

    assert sent(meli) == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_reply_that_was_given_up_is_not_what_the_seller_writes_days_later(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = bridge.bought_and_wrote()
    meli.add_fault("drop", method="POST", path=PACKS)
    message = chatwoot.reply(bridge.conversation()["id"], "Sim")
    bridge.settle()
    view = MercadoLivre._view_conversation
    with monkeypatch.context() as patch:
        # Nobody foresaw messages without an id.
        patch.setattr(MercadoLivre, "_view_conversation", lambda self, *rest: view(self, *rest) | {"messages": [{}]})
        bridge.wait_out(minutes=5)
    assert bridge.message(message["id"])["status"] == "failed"

    bridge.turn(days=3)
    bridge.write(sale, "Posso devolver?")
    meli.write_natively(sale, "Sim")
    bridge.settle()
    bridge.wait_out(minutes=1)

    assert words(bridge) == ["Quando chega?", "Sim", "Posso devolver?", "Sim"]
    assert bridge.message(message["id"])["status"] == "failed"
    assert sent(meli) == []


# What becomes of it


def test_an_outcome_that_chatwoot_refuses_to_show_sends_nothing_twice(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    chatwoot.add_fault("status", method="PATCH", path="/messages/", status=422, body='{"error":"x"}', times=5)

    message = bridge.reply("Amanhã.")
    bridge.wait_out(minutes=5)

    assert sent(meli) == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"


def test_a_part_that_moderation_refuses_after_another_failed_is_told(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    meli.add_fault("status", method="POST", path=PACKS, status=400, skip=1, body=refusal(400))
    message = bridge.reply(SENTENCE * 12)
    told = error_of(message)
    chatwoot.resolve(bridge.conversation()["id"])

    meli.moderate(meli.messages_sent[0].message_id, "AUTOMATIC_MESSAGE")
    bridge.wait_out(minutes=3)

    assert error_of(bridge.message(message["id"])) != told
    assert bridge.conversation()["status"] == "open"


def test_a_message_that_was_read_refused_and_sent_anew_is_shown_as_read_again(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    sale = bridge.bought_and_wrote()
    message = bridge.reply("Amanhã.")
    meli.read_messages(sale)
    bridge.settle()
    meli.moderate(meli.messages_sent[0].message_id, "AUTOMATIC_MESSAGE")
    bridge.settle()
    chatwoot.press_retry(message["id"])
    bridge.settle()
    assert bridge.message(message["id"])["status"] == "sent"

    meli.read_messages(sale)
    bridge.settle()
    bridge.wait_out(minutes=2)

    assert sent(meli) == ["Amanhã."] * 2
    assert bridge.message(message["id"])["status"] == "read"


def test_an_agent_that_is_new_to_us_gets_the_reply(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents = {**messages.AGENTS, "MLB": 3099999999}
    monkeypatch.setattr(messages, "AGENTS", agents)
    monkeypatch.setattr(sending, "AGENTS", agents)
    sale = bridge.buy()
    meli.migrate(sale)
    bridge.write(sale, "Quando chega?")

    message = bridge.reply("Amanhã.")

    assert [told.to_user_id for told in meli.messages_sent] == [3099999999]
    assert message["status"] == "sent"


# What keeps no one waiting


@pytest.mark.parametrize("where", ["host", "home"])
def test_a_file_that_chatwoots_storage_does_not_give_keeps_the_buyer_back_for_minutes_only(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, where: str
) -> None:
    sale = bridge.bought_and_wrote()
    if where == "host":
        chatwoot.redirect_files_to = "http://minio.internal.invalid:9000/bucket/x"
    else:
        chatwoot.add_fault("status", method="GET", path="/rails", status=500, times=100_000)
    message = chatwoot.reply(bridge.conversation()["id"], "Veja", attachments=[PDF])
    bridge.settle()
    bridge.write(sale, "Alô?")

    bridge.wait_out(minutes=20, step_seconds=30)

    assert "a.pdf" in error_of(bridge.message(message["id"]))
    assert "Alô?" in words(bridge)
    assert meli.messages_sent == []


def test_a_file_is_waited_for_while_all_of_chatwoot_is_away(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    message = chatwoot.reply(bridge.conversation()["id"], "Veja", attachments=[PDF])
    chatwoot.add_fault("status", status=503, times=100_000)
    bridge.settle()
    bridge.wait_out(minutes=40, step_seconds=60)
    chatwoot.clear_faults()
    bridge.wait_out(minutes=60, step_seconds=300)

    assert [content for told in meli.messages_sent for _, _, content in told.files] == [PDF[2]]
    assert bridge.message(message["id"])["status"] == "sent"


@pytest.mark.parametrize("path", [UPLOADS, PACKS])
def test_a_reply_that_mercado_livre_never_takes_keeps_the_buyer_back_for_hours_only(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, path: str
) -> None:
    sale = bridge.bought_and_wrote()
    meli.add_fault("status", method="POST", path=path, status=500, times=100_000)
    message = chatwoot.reply(bridge.conversation()["id"], "Veja", attachments=[PDF])
    bridge.settle()
    bridge.write(sale, "Alô?")
    bridge.wait_out(minutes=55, step_seconds=60)
    assert bridge.message(message["id"])["status"] != "failed"

    bridge.wait_out(minutes=125, step_seconds=300)

    assert "Não aceita" in error_of(bridge.message(message["id"]))
    assert "Alô?" in words(bridge)
    assert sum(call.method == "POST" and path in call.path for call in meli.journal) >= 5
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0


def test_an_old_chatwoot_that_lost_a_conversation_keeps_no_message_back(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale = bridge.bought_and_wrote()
    bridge.reply("Amanhã.")
    monkeypatch.setattr(chatwoot.state, "version", (4, 1, 0))
    chatwoot.state.conversations.clear()

    meli.read_messages(sale)
    bridge.settle()
    bridge.write(sale, "Alô?")
    bridge.wait_out(minutes=6)

    assert "Alô?" in words(bridge)
    assert bridge.dead_letters() == bridge.jobs_waiting() == 0


# What Mercado Livre refuses


def test_a_file_that_was_uploaded_is_not_uploaded_at_each_retry(
    bridge: BridgeUnderTest, meli: MercadoLivre, chatwoot: Chatwoot
) -> None:
    bridge.bought_and_wrote()
    message = bridge.reply("Veja", attachments=[PDF, ("b.exe", "application/octet-stream", b"MZ")])
    for _ in range(3):
        chatwoot.press_retry(message["id"])
        bridge.settle()

    assert sum(call.method == "POST" and call.path.startswith(UPLOADS) for call in meli.journal) == 1
    assert "b.exe" in error_of(bridge.message(message["id"]))


def test_a_block_that_passes_and_came_after_the_read_is_waited_out(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    bridge.bought_and_wrote()
    cause = '[{"code": "blocked_by_payment"}]'
    code = "blocked_conversation_send_message_forbidden"
    meli.add_fault(
        "status", method="POST", path=PACKS, status=403, body=refusal(403, "The conversation is blocked", code, cause)
    )

    message = bridge.reply("Amanhã.")
    assert message["status"] != "failed"
    bridge.wait_out(minutes=1)

    assert sent(meli) == ["Amanhã."]
    assert bridge.message(message["id"])["status"] == "sent"


# What was forgotten


def test_an_update_of_a_message_that_nothing_is_known_of_any_more_sends_nothing(
    bridge: BridgeUnderTest, meli: MercadoLivre
) -> None:
    bridge.bought_and_wrote()
    message = bridge.reply("Amanhã.")
    bridge.forget()

    path = f"/conversations/{bridge.conversation()['id']}/messages/{message['id']}"
    bridge.as_administrator("PATCH", path, {"status": "delivered"})
    bridge.settle()
    bridge.wait_out(minutes=2)

    assert sent(meli) == ["Amanhã."]
