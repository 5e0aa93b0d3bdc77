"""The table of topics, and who else speaks of topics."""

import json
from pathlib import Path

import pytest

from chalicelib.routing.topics import find_topic, no_work, topics_to_tick
from tools.topics_document import topics_as_markdown

PROJECT = Path(__file__).parents[2]

NAMES_OF_DOCUMENTS = """
orders_v2 order messages seller_messages items item catalogs catalog shipments_milestone shipments promotions questions
orders_feedback items_prices payments post_purchase claims invoices catalog_item_competition_status catalog_suggestions
price_suggestion public_offers public_candidates stock-location user-products-families user_products
user_products_families fbm_stock_operations flex-handshakes vis_leads leads-credits quotations
"""

OTHER_NAMES = {
    "order": "orders_v2",
    "orders": "orders_v2",
    "created_orders": "orders_v2",
    "seller_messages": "messages",
    "item": "items",
    "shipments_milestone": "shipments",
    "claims": "post_purchase",
    "catalog": "catalog_item_competition_status",
    "catalogs": "catalog_item_competition_status",
    "promotions": "public_offers",
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

    assert sorted(ticked[:3]) == ["items", "messages", "questions"]
    assert sorted(ticked[3:]) == ["items_prices", "orders_v2", "post_purchase", "public_offers", "shipments"]
    assert not [name for name in ticked if (topic := find_topic(name)) and topic.resolve is no_work]


@pytest.mark.parametrize("document", ["README.md", "docs/pt-BR/manual-de-implantacao.md"])
def test_the_documents_name_the_topics_to_tick(document: str) -> None:
    text = (PROJECT / document).read_text(encoding="utf-8")

    for name in (*topics_to_tick("required"), *topics_to_tick("recommended")):
        assert f"`{name}`" in text


def test_every_name_of_the_sellers_documents_and_of_the_official_list_has_a_row_that_says_what_it_does() -> None:
    names = NAMES_OF_DOCUMENTS.split()

    assert [name for name in names if not (topic := find_topic(name)) or not topic.about] == []


def test_the_list_of_topics_is_made_of_the_table() -> None:
    made = topics_as_markdown()

    shown = (PROJECT / "docs/topics.md").read_text(encoding="utf-8")
    assert shown == made, "python -m tools topics --markdown > docs/topics.md"
