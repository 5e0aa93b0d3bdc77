"""A webhook is queued as a job, or refused for a reason that has a name."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.chatwoot.agent_messages import LONGEST_ADDRESS, MOST_FILES
from chalicelib.errors import Malformed, NotForUs, TooLarge, TryAgainLater, Untrusted
from chalicelib.mercado_livre.notifications import Notification
from chalicelib.models import LONGEST_CARRIED_CONTENT, Thread
from chalicelib.settings import Settings
from chalicelib.web.path_tokens import PathTokens, is_path_token
from chalicelib.web.webhooks import LARGEST_EVENT_BYTES, LARGEST_NOTIFICATION_BYTES, WebhookReceipt
from chalicelib.work.jobs import AttachedFile, LookUpMessage, job_from_json
from tests.harness import Clock
from tests.recorded import recorded, recorded_bytes, wire

SECRET = recorded("chatwoot/webhooks/signature_vector")["secret"]
SETTINGS = {
    "MERCADO_LIVRE_WEBHOOK_TOKEN": "meli-token",
    "CHATWOOT_WEBHOOK_TOKEN": "chatwoot-token",
    "CHATWOOT_QUESTIONS_INBOX_ID": "1",
    "CHATWOOT_SALES_INBOX_ID": "8",
    "CHATWOOT_WEBHOOK_SECRETS": json.dumps({"1": SECRET, "8": SECRET}),
}

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
LARGEST_QUEUE_MESSAGE_BYTES = 1024 * 1024


class FakeQueue:
    """Holds what was sent, and drops a repeated deduplication id as a FIFO queue does."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.groups: list[str] = []
        self.is_away = False
        self._seen: set[str] = set()

    def send(self, body: str, *, group: str = "", deduplication_id: str = "") -> None:
        if self.is_away:
            raise TryAgainLater("the queue did not answer")
        assert len(deduplication_id) <= 128
        if deduplication_id and deduplication_id in self._seen:
            return
        self._seen.add(deduplication_id)
        self.bodies.append(body)
        self.groups.append(group)


class NobodySeen:
    """No token is being replaced."""

    def note(self, place: str, digest: str) -> None:
        raise AssertionError

    def is_old_one_over(self, place: str, digest: str) -> bool:
        raise AssertionError


class Door:
    """The intake between two queues, and a clock."""

    def __init__(self, **settings: str) -> None:
        self.notifications, self.threads, self.clock = FakeQueue(), FakeQueue(), Clock()
        self.clock.now = self.clock.now.replace(day=21, hour=14, minute=10)
        environ = Settings(SETTINGS | settings, lambda _: {})
        self._environ, self.is_store_away, self.looks = environ, False, 0
        tokens = PathTokens(environ, self._read_anew, NobodySeen, self.clock)
        self.intake = WebhookReceipt(environ, tokens, self.notifications, self.threads, self.clock)  # type: ignore[arg-type]

    def _read_anew(self) -> Settings:
        self.looks += 1
        if self.is_store_away:
            raise TryAgainLater("the settings cannot be read")
        return self._environ

    def notify(
        self, body: bytes, headers: Mapping[str, str] | None = None, *, token: str = "meli-token"
    ) -> Notification:
        self.intake.receive_notification(token, body, headers or {}, request_id="request-1")
        return Notification.from_json(self.notifications.bodies[-1])

    def tell(self, body: bytes, headers: Mapping[str, str] | None = None, *, token: str = "chatwoot-token") -> Any:
        """Tell of an event, signed where no other headers are given."""
        headers = sign(body, self.clock) if headers is None else headers
        self.intake.receive_chatwoot_event(token, body, headers, request_id="request-1")
        return job_from_json(self.threads.bodies[-1])


QUESTION = recorded_bytes("mercado_livre/notifications/questions")


def make_event(name: str = "message_created.outgoing", **fields: Any) -> bytes:
    """A recorded event in the inbox of questions, in a thread of ours."""
    event = recorded(f"chatwoot/webhooks/{name}") | {"inbox": {"id": 1}}
    event["conversation"]["contact_inbox"]["source_id"] = "700000001/question/13000000001"
    return wire(event | fields)


# Tokens


@pytest.mark.parametrize("expected", ["t0ken", "sha256:" + hashlib.sha256(b"t0ken").hexdigest()])
def test_a_token_may_be_set_as_it_is_or_as_its_digest(expected: str) -> None:
    assert is_path_token("t0ken", expected)

    for given in ("", "t0ke", "t0ken ", "T0KEN", "ação", "\ud800", expected if expected.startswith("sha256:") else "x"):
        assert not is_path_token(given, expected)


@pytest.mark.parametrize("token", ["", "chatwoot-token", "sha256:" + hashlib.sha256(b"meli-token").hexdigest()])
def test_a_notification_with_a_wrong_token_is_not_queued(token: str) -> None:
    door = Door()

    with pytest.raises(Untrusted) as caught:
        door.notify(QUESTION, token=token)
    assert caught.value.status == 403
    assert door.notifications.bodies == []


def test_no_token_is_called_wrong_while_the_settings_cannot_be_read() -> None:
    """It may be a new one: Mercado Livre comes again after an error, and gives up after a refusal."""
    door = Door()
    door.is_store_away = True

    for _ in range(2):
        with pytest.raises(TryAgainLater):
            door.notify(QUESTION, token="a-new-one")
    # Whoever has a known one is not kept waiting.
    door.notify(QUESTION)
    door.is_store_away = False
    door.clock.turn(seconds=11)
    with pytest.raises(Untrusted):
        door.notify(QUESTION, token="a-new-one")
    assert door.looks == 2


@pytest.mark.parametrize("token", ["", "meli-token"])
def test_an_event_with_a_wrong_token_is_not_queued(token: str) -> None:
    door = Door()

    with pytest.raises(Untrusted):
        door.tell(make_event(), token=token)
    assert door.threads.bodies == []


def test_a_wrong_token_is_refused_before_the_body_is_looked_at() -> None:
    with pytest.raises(Untrusted):
        Door().notify(b"x" * (LARGEST_NOTIFICATION_BYTES + 1), token="x")


# Notifications


def test_a_notification_is_queued() -> None:
    notification = Door().notify(QUESTION)

    assert (notification.topic, notification.resource_id, notification.correlation_id) == (
        "questions",
        "13000000001",
        "request-1",
    )


def test_a_stale_notification_is_queued_unless_set_otherwise() -> None:
    assert Door().notify(QUESTION).is_stale

    door = Door(STALE_NOTIFICATIONS="refuse")
    with pytest.raises(Untrusted, match="older than ten minutes") as caught:
        door.notify(QUESTION)
    assert caught.value.status == 401
    assert door.notifications.bodies == []


def test_a_fresh_notification_is_queued_where_stale_ones_are_refused() -> None:
    door = Door(STALE_NOTIFICATIONS="refuse")

    assert not door.notify(QUESTION, {"x-meli-received-at": door.clock.now.isoformat()}).is_stale


@pytest.mark.parametrize(
    ("size", "is_taken"), [(LARGEST_NOTIFICATION_BYTES, True), (LARGEST_NOTIFICATION_BYTES + 1, False)]
)
def test_a_notification_has_a_largest_size(size: int, *, is_taken: bool) -> None:
    door, body = Door(), QUESTION.ljust(size)

    if is_taken:
        assert door.notify(body).topic == "questions"
    else:
        with pytest.raises(TooLarge, match=str(size)):
            door.notify(body)
    assert len(door.notifications.bodies) == is_taken


def test_a_broken_notification_is_not_queued() -> None:
    door = Door()

    with pytest.raises(Malformed):
        door.notify(b"{}")
    assert door.notifications.bodies == []


def test_a_webhook_that_cannot_be_queued_may_come_again() -> None:
    door = Door()
    door.notifications.is_away = door.threads.is_away = True

    with pytest.raises(TryAgainLater):
        door.notify(QUESTION)
    with pytest.raises(TryAgainLater):
        door.tell(make_event())


# Chatwoot's events


def test_an_agents_reply_is_queued_for_its_thread() -> None:
    door = Door()

    job = door.tell(make_event())

    assert job.thread == Thread(700000001, "question", "13000000001")
    assert (job.conversation_id, job.chatwoot_message_id, job.is_retry) == (1042, 90002, False)
    assert (job.content, job.content_length) == ("Olá! Vamos resolver isso agora.", 31)
    assert (job.files, job.correlation_id) == ((), "request-1")
    assert job.received_at == door.clock.now.timestamp()
    assert door.threads.groups == ["700000001/question/13000000001"]


def test_a_reply_after_a_sale_is_queued_with_its_files() -> None:
    door = Door()
    event = recorded("chatwoot/webhooks/message_created.outgoing_image") | {"inbox": {"id": 8}}
    event["conversation"]["contact_inbox"]["source_id"] = "700000001/pack/2000007000000001"

    job = door.tell(wire(event))

    assert job.thread == Thread(700000001, "pack", "2000007000000001")
    assert job.files == (AttachedFile(event["attachments"][0]["data_url"], 184223),)
    assert door.threads.groups == ["700000001/pack/2000007000000001"]


def test_a_reply_in_a_conversation_of_somebody_else_is_queued_for_that_conversation() -> None:
    door = Door()

    job = door.tell(wire(recorded("chatwoot/webhooks/message_created.outgoing")))

    assert job.thread is None
    assert door.threads.groups == ["conversation//1042"]


def test_a_reply_that_two_webhooks_bring_is_queued_once() -> None:
    door = Door()

    door.tell(make_event())
    door.tell(make_event())

    assert len(door.threads.bodies) == 1


def test_each_press_of_retry_is_a_wish_of_its_own() -> None:
    door, retry = Door(), "message_updated.agent_pressed_retry"

    for updated_at in (1, 1, 2):
        door.tell(make_event(retry, updated_at=updated_at))

    assert [json.loads(body)["is_retry"] for body in door.threads.bodies] == [True, True]


def test_a_very_long_reply_is_carried_cut_with_its_true_length() -> None:
    job = Door().tell(make_event(content="🛵" * 150_000))

    assert (len(job.content), job.content_length) == (LONGEST_CARRIED_CONTENT, 150_000)


@pytest.mark.parametrize("character", ["x", "ç", "🛵"])
def test_a_forged_event_still_fits_into_the_queue(character: str) -> None:
    door, attachment = Door(), {"data_url": character * LONGEST_ADDRESS, "file_size": 1}

    door.tell(make_event(content=character * LONGEST_CARRIED_CONTENT, attachments=[attachment] * MOST_FILES))

    assert len(door.threads.bodies[0].encode()) <= LARGEST_QUEUE_MESSAGE_BYTES


def test_an_event_has_a_largest_size() -> None:
    door = Door()

    door.tell(make_event().ljust(LARGEST_EVENT_BYTES))
    with pytest.raises(TooLarge):
        door.tell(make_event(id=90003).ljust(LARGEST_EVENT_BYTES + 1))
    assert len(door.threads.bodies) == 1


@pytest.mark.parametrize("inbox", [{"id": 7}, {"id": "1"}, {"id": True}, {}, None])
def test_an_event_of_another_inbox_is_not_for_us(inbox: object) -> None:
    door = Door()

    with pytest.raises(NotForUs):
        door.tell(make_event(inbox=inbox))
    assert door.threads.bodies == []


@pytest.mark.parametrize("name", ["message_created.incoming", "message_created.outgoing_private_note"])
def test_what_is_no_reply_is_not_for_us(name: str) -> None:
    with pytest.raises(NotForUs):
        Door().tell(make_event(name))


# Signatures


@pytest.mark.parametrize("owner", ["1", "account"])
def test_where_there_is_a_secret_an_unsigned_event_is_refused(owner: str) -> None:
    door = Door(CHATWOOT_WEBHOOK_SECRETS=json.dumps({owner: SECRET}))

    for inbox_id in (1, True):
        with pytest.raises((Untrusted, NotForUs)):
            door.tell(make_event(inbox={"id": inbox_id}), {})
    assert door.threads.bodies == []


def test_where_there_is_no_secret_an_event_only_tells_where_to_look() -> None:
    door, retry = Door(CHATWOOT_WEBHOOK_SECRETS="{}"), "message_updated.agent_pressed_retry"

    assert door.tell(make_event()) == LookUpMessage(1042, 90002, int(door.clock.now.timestamp()), "request-1")
    assert door.tell(make_event("message_created.outgoing_private_note", content="/ajuda")).wish == ""
    assert door.tell(make_event(retry)).wish
    assert len(set(door.threads.groups)) == 1
    assert "Olá" not in "".join(door.threads.bodies)


def test_an_event_of_one_inbox_answers_nothing_of_the_other() -> None:
    """A secret counts for its own inbox; whoever works there names any thread as the contact's."""
    for inbox_id, kind in ((8, "question"), (1, "pack")):
        event = json.loads(make_event(inbox={"id": inbox_id}))
        event["conversation"]["contact_inbox"]["source_id"] = f"700000001/{kind}/13000000001"
        note = {"private": True, "content": "/ajuda", "id": 90003}

        assert (Door().tell(wire(event)).thread, Door().tell(wire(event | note)).thread) == (None, None)


@pytest.mark.parametrize("secrets", [{"1": SECRET}, {"account": SECRET}, {"1": "other", "account": SECRET}])
def test_an_event_signed_with_a_secret_of_its_inbox_is_queued(secrets: dict[str, str]) -> None:
    door = Door(CHATWOOT_WEBHOOK_SECRETS=json.dumps(secrets))
    body, headers = make_event(), sign(make_event(), door.clock)

    assert door.tell(body, headers).chatwoot_message_id == 90002


def test_the_secret_of_another_inbox_signs_nothing_here() -> None:
    door = Door(CHATWOOT_WEBHOOK_SECRETS=json.dumps({"1": "other", "8": SECRET}))

    with pytest.raises(Untrusted):
        door.tell(make_event(), sign(make_event(), door.clock))


def sign(body: bytes, clock: Clock) -> dict[str, str]:
    timestamp = str(int(clock.now.timestamp()))
    signature = hmac.new(SECRET.encode(), f"{timestamp}.".encode() + body, "sha256").hexdigest()
    return {"x-chatwoot-timestamp": timestamp, "x-chatwoot-signature": f"sha256={signature}"}


def test_where_there_is_no_secret_nobody_takes_the_name_of_an_event_beforehand() -> None:
    """A queue drops a second one of the same name for five minutes, also when the first one is done."""
    door = Door(CHATWOOT_WEBHOOK_SECRETS="{}")

    door.tell(make_event(content="Ainda não escrito."), {})
    for _ in range(2):
        door.tell(make_event(), {})

    assert len(door.threads.bodies) == 2
