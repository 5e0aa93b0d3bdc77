"""What Mercado Livre posts becomes a notification, or a refusal that names what is wrong."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.errors import Malformed
from chalicelib.mercado_livre.notifications import LARGEST_ID, Notification, parse_notification, read_notification
from tests.recorded import any_json, any_object, any_text, names_in, nested, recorded, recorded_bytes, wire

NOW = datetime(2026, 6, 10, 13, 44, 34, tzinfo=UTC)
FOLDER = "mercado_livre/notifications"
SAMPLES = [name for name in names_in(FOLDER) + names_in(f"{FOLDER}/other_documents") if "/headers" not in name]


def parse(body: bytes, headers: dict[str, str] | None = None, *, now: datetime = NOW) -> Notification:
    return parse_notification(body, headers or {}, now=now, correlation_id="request-1")


def make_body(**fields: Any) -> bytes:
    """The sample of a question's notification with fields replaced; None leaves one out."""
    body = recorded(f"{FOLDER}/questions") | fields
    return wire({name: value for name, value in body.items() if value is not None})


def test_every_recorded_notification_is_understood() -> None:
    for name in SAMPLES:
        fields = recorded(name)

        notification = parse(recorded_bytes(name))

        assert notification.topic == fields["topic"], name
        assert notification.resource == fields["resource"], name
        assert notification.seller_id == 700000001, name
        assert notification.application_id == 1234567890123456, name
        assert notification.attempts == fields.get("attempts"), name
        assert notification.notification_id == fields.get("_id", fields.get("id", "")), name
        assert notification.actions == tuple(fields.get("actions", ())), name
        assert notification.sent, name


def test_every_recorded_notification_survives_the_queue() -> None:
    for name in SAMPLES:
        notification = parse(recorded_bytes(name))

        assert Notification.from_json(notification.to_json()) == notification, name


@pytest.mark.parametrize("name", ["public_offers", "public_candidates", "catalog_suggestions"])
def test_recieved_is_read_as_it_is_spelled(name: str) -> None:
    assert parse(recorded_bytes(f"{FOLDER}/{name}")).received == "2026-06-10T17:13:53.617074+00:00"


@pytest.mark.parametrize("user_id", [700000001, "700000001"])
def test_a_seller_is_the_same_as_a_number_and_as_a_string(user_id: object) -> None:
    assert parse(make_body(user_id=user_id)).seller_id == 700000001


@pytest.mark.parametrize("name", ["topic", "resource", "user_id"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_field_is_named(name: str, value: object) -> None:
    with pytest.raises(Malformed, match=f"^{name} is missing$"):
        parse(make_body(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("topic", ["questions"]),
        ("topic", 1.5),
        ("topic", True),
        ("topic", "t" * 101),
        ("resource", {"id": 1}),
        ("resource", "/" + "1" * 1000),
        ("resource", "/questions/\ud800"),
        ("user_id", "loja"),
        ("user_id", 0),
        ("user_id", -5),
        ("user_id", 2**63),
        ("user_id", 7.5),
        ("user_id", True),
        ("user_id", "٧٠٠٠٠٠٠٠١"),
        ("application_id", "app"),
    ],
)
def test_a_wrong_field_is_named(name: str, value: object) -> None:
    with pytest.raises(Malformed, match=f"^{name} "):
        parse(make_body(**{name: value}))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{}", b"[]", b"null", b'"questions"', b"7", nested(100_000)])
def test_a_body_that_is_not_a_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed, match=r"^the body is not"):
        parse(body)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse(b"\xef\xbb\xbf" + make_body()).topic == "questions"


@pytest.mark.parametrize(
    ("resource", "resource_id"),
    [
        ("/questions/13000000001", "13000000001"),
        ("questions/13000000001", "13000000001"),
        ("13000000001", "13000000001"),
        (13000000001, "13000000001"),
        ("/questions/13000000001/", "13000000001"),
        ("/questions/13000000001?api_version=4", "13000000001"),
        ("0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        ("post-purchase/v1/claims/5300000001", "5300000001"),
    ],
)
def test_a_resource_names_its_id_in_every_form(resource: object, resource_id: str) -> None:
    assert parse(make_body(resource=resource)).resource_id == resource_id


# Age


@pytest.mark.parametrize(
    ("sent", "received", "is_stale"),
    [
        ("2026-06-10T13:44:33Z", "2026-06-10T12:44:32Z", False),
        ("2026-06-10T13:34:34Z", "2026-06-10T13:34:34Z", False),
        ("2026-06-10T13:34:33Z", "2026-06-10T13:34:32Z", True),
        ("2026-06-10T13:34:33.999999999Z", None, True),
        ("2026-06-10T09:44:33-04:00", None, False),
        ("2026-06-10T13:44:33", None, False),
        (1781099073000, None, False),
        ("1781099073000", 1781098000000, False),
        (1781098000000, None, True),
        (None, None, False),
        ("yesterday", [], False),
        (float("nan"), float("inf"), False),
        (True, 10**400, False),
    ],
)
def test_a_notification_is_stale_when_all_its_times_are_older_than_ten_minutes(
    sent: object, received: object, *, is_stale: bool
) -> None:
    assert parse(make_body(sent=sent, received=received)).is_stale is is_stale


def test_the_time_of_the_delivery_counts_for_its_age() -> None:
    headers = recorded(f"{FOLDER}/other_documents/headers")
    lower_case = {name.lower(): value for name, value in headers.items()}
    body = recorded_bytes(f"{FOLDER}/other_documents/orders_v2")

    notification = parse(body, lower_case, now=datetime(2024, 1, 15, 10, 45, 5, tzinfo=UTC))

    assert (notification.age_seconds, notification.delivery_id) == (600, "d-0001")


# Which event it is


def test_every_delivery_of_an_event_has_the_same_key() -> None:
    first = parse(make_body(attempts=1, sent="2026-06-10T13:44:33Z"))
    third = parse(make_body(attempts=3, sent="2026-06-10T14:10:33Z"), now=NOW + timedelta(minutes=26))

    assert first.content_key == third.content_key


def test_a_missed_feed_has_the_key_of_the_notification_that_was_missed() -> None:
    (entry, _) = recorded("mercado_livre/missed_feeds/official.200")["messages"]
    webhook = {name: entry[name] for name in ("resource", "user_id", "topic", "application_id", "received", "actions")}
    webhook |= {"id": entry["_id"], "attempts": 1, "sent": "2026-06-10T16:15:30.279Z", "user_id": 700000001}

    recovered = read_notification(entry, now=NOW, correlation_id="missed-feeds")

    assert recovered.content_key == parse(wire(webhook)).content_key


@pytest.mark.parametrize(
    "fields",
    [
        {"received": "2026-06-10T13:44:33.984Z"},
        {"_id": "5da8a1b24be30a49eb66c52b"},
        {"resource": "/questions/13000000002"},
        {"user_id": 700000002},
        {"topic": "items"},
        {"actions": ["created"]},
    ],
)
def test_another_event_has_another_key(fields: dict[str, Any]) -> None:
    assert parse(make_body(**fields)).content_key != parse(make_body()).content_key


def test_a_delivery_id_names_the_event_by_itself() -> None:
    headers = {"x-meli-delivery-id": "d-0001"}

    first, second = parse(make_body(), headers), parse(make_body(received=None, sent=None), headers)

    assert first.content_key == second.content_key == "delivery/d-0001"


def test_events_that_nothing_tells_apart_have_no_key() -> None:
    assert parse(make_body(_id=None, sent=None, received=None)).content_key == ""


# Whatever may come


moments = st.one_of(st.sampled_from(["2026-06-10T13:44:33.006Z", "0001-01-01T00:00:00+23:59", "1781099073000"]))
hostile_bodies = any_object(
    topic=st.sampled_from(["questions", "items"]),
    resource=st.sampled_from(["/questions/13000000001", "13000000001"]),
    user_id=st.sampled_from([700000001, "700000001"]),
    application_id=st.just(1234567890123456),
    attempts=st.integers(1, 8),
    sent=moments,
    received=moments,
    actions=st.lists(any_json, max_size=3),
    _id=st.just("5da8a1b24be30a49eb66c52a"),
    id=any_json,
)


@given(st.one_of(st.binary(), any_json.map(wire), hostile_bodies.map(wire)))
def test_whatever_comes_is_understood_or_refused(body: bytes) -> None:
    try:
        notification = parse(body)
    except Malformed:
        return

    assert Notification.from_json(notification.to_json()) == notification
    assert json.loads(notification.to_json())["seller_id"] == notification.seller_id
    assert notification.content_key.isascii()


@given(hostile_bodies, any_text, any_text)
@example({"topic": "questions", "resource": "1", "user_id": 1, "attempts": 10**60}, "", "")
def test_what_is_understood_can_be_stored(fields: dict[str, Any], delivery_id: str, received_at: str) -> None:
    """SQS and DynamoDB take text that is UTF-8, and no table takes a number of any size."""
    headers = {"x-meli-delivery-id": delivery_id, "x-meli-received-at": received_at}
    body = wire({"topic": "questions", "resource": "/questions/1", "user_id": 1} | fields)
    try:
        notification = parse(body, headers)
    except Malformed:
        return

    for value in (*notification, *notification.actions):
        if isinstance(value, str):
            value.encode()
        elif isinstance(value, int):
            assert abs(value) <= LARGEST_ID


@pytest.mark.parametrize("field", ["_id", "actions", "sent", "attempts", "topic"])
def test_a_field_nested_too_deep_to_read_is_refused(field: str) -> None:
    for levels in (*range(800, 1001, 4), 3000):
        fields = {"topic": "questions", "resource": "1", "user_id": 1, field: "DEEP"}
        body = wire(fields).replace(b'"DEEP"', nested(levels))
        try:
            notification = parse(body)
        except Malformed:
            continue
        assert notification.seller_id == 1, f"{levels} levels"
