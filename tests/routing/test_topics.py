"""The table of topics, and who else speaks of topics."""

import json
from pathlib import Path

import pytest

from chalicelib.routing.topics import find_topic, no_work, topics_to_tick

PROJECT = Path(__file__).parents[2]

OTHER_NAMES = {
    "order": "orders_v2",
    "orders": "orders_v2",
    "created_orders": "orders_v2",
    "seller_messages": "messages",
    "item": "items",
    "shipments_milestone": "shipments",
    "claims": "post_purchase",
    "catalog": "catalogs",
    "stock-locations": "stock-location",
}


def test_every_topic_of_a_recorded_notification_is_in_the_table() -> None:
    bodies = [json.loads(path.read_text()) for path in (PROJECT / "tests/samples").rglob("*notification*/*.json")]
    named = {body["topic"] for body in bodies if isinstance(body, dict) and "topic" in body}

    assert named, "no notification was recorded"
    assert [name for name in named if find_topic(name) is None] == []


def test_a_topic_is_found_by_each_of_its_names() -> None:
    found = {name: topic.name for name in OTHER_NAMES if (topic := find_topic(name))}

    assert found == OTHER_NAMES
    assert find_topic("brand_new_topic") is None


def test_what_an_application_must_have_ticked_leads_somewhere() -> None:
    ticked = [*topics_to_tick("required"), *topics_to_tick("recommended")]

    assert ticked == ["questions", "messages", "items", "orders_v2", "shipments", "post_purchase"]
    assert not [name for name in ticked if (topic := find_topic(name)) and topic.resolve is no_work]


@pytest.mark.parametrize("document", ["README.md", "docs/pt-BR/manual-de-implantacao.md"])
def test_the_documents_name_the_topics_to_tick(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")

    for name in (*topics_to_tick("required"), *topics_to_tick("recommended")):
        assert f"`{name}`" in text
