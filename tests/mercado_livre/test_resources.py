"""Mercado Livre's JSON, as recorded, becomes what the bridge works with."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.mercado_livre.resources import GONE_STATES, Grant, Item, Question, User
from tests.recorded import names_in, recorded

FOLDER = "mercado_livre/questions"


def make_question(**fields: Any) -> Question:
    return Question.from_json(recorded(f"{FOLDER}/get.v4.unanswered.200") | fields)


@pytest.mark.parametrize("name", names_in(FOLDER, "get.*.200"))
def test_every_recorded_question_is_understood(name: str) -> None:
    fields = recorded(name)

    question = Question.from_json(fields)

    assert (question.id, question.seller_id, question.buyer_id) == ("13000000001", 700000001, 3100000099)
    assert (question.item_id, question.text) == (fields["item_id"], fields["text"])
    assert question.date_created
    assert question.date_created.tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("unanswered", "UNANSWERED"),
        ("answered", "ANSWERED"),
        ("answer_banned", "ANSWERED/BANNED"),
        ("under_review", "UNDER_REVIEW"),
        ("banned", "BANNED"),
        ("deleted", "DELETED"),
        ("disabled", "DISABLED"),
        ("closed_unanswered", "CLOSED_UNANSWERED"),
    ],
)
def test_a_questions_state_is_its_status_and_that_of_a_removed_answer(name: str, state: str) -> None:
    question = Question.from_json(recorded(f"{FOLDER}/get.v4.{name}.200"))

    assert question.state == state
    assert (question.status in GONE_STATES) is (name in ("banned", "deleted", "disabled", "closed_unanswered"))


def test_every_question_of_a_recorded_search_is_understood() -> None:
    questions = [Question.from_json(fields) for fields in recorded(f"{FOLDER}/search.200")["questions"]]

    assert [(q.id, q.buyer_id, q.status) for q in questions] == [
        ("13000000001", 3100000099, "UNANSWERED"),
        ("13000000000", 3100000100, "BANNED"),
    ]


def test_an_answer_comes_with_its_words_and_its_time() -> None:
    answer = Question.from_json(recorded(f"{FOLDER}/get.v4.answered.200")).answer

    assert answer
    assert (answer.text, answer.status) == ("Temos sim!", "ACTIVE")
    assert answer.date_created == datetime(2026, 6, 10, 13, 52, 13, 580000, UTC)


def test_nine_fraction_digits_are_read() -> None:
    assert make_question().date_created == datetime(2026, 6, 10, 13, 44, 21, 746608, UTC)


@pytest.mark.parametrize("moment", ["", None, "yesterday", 12])
def test_a_time_that_cannot_be_read_is_unknown(moment: object) -> None:
    assert make_question(date_created=moment).date_created is None


def test_a_question_on_hold_is_under_review() -> None:
    assert make_question(hold=True).state == "UNDER_REVIEW"


def test_an_answered_question_stays_answered_whatever_hold_says() -> None:
    answered = recorded(f"{FOLDER}/get.v4.answered.200")

    assert Question.from_json(answered | {"hold": True}).state == "ANSWERED"


@pytest.mark.parametrize(
    "fields", [{"text": None}, {"from": None}, {"buyer_id": None, "from": None}, {"item_id": None}]
)
def test_a_question_may_lack_what_the_bridge_can_do_without(fields: dict[str, Any]) -> None:
    question = make_question(**fields)

    assert question.id == "13000000001"
    assert "None" not in (question.text, question.item_id)


def test_a_recorded_listing_is_understood() -> None:
    assert Item.from_json(recorded("mercado_livre/items/get.200")) == Item(
        id="MLB9000000001",
        title="Produto de teste",
        permalink="https://produto.mercadolivre.com.br/MLB-9000000001-produto-de-teste-_JM",
        price=62.96,
        currency_id="BRL",
        status="active",
        picture_url="https://http2.mlstatic.com/D_800000-MLB00000000000_012026-I.jpg",
        available_quantity=8,
    )


def test_a_listing_tells_its_state_its_stock_its_choices_and_what_buyers_pay() -> None:
    for name, state, choices in (
        ("active", "active", 0),
        ("paused.out_of_stock", "out_of_stock", 0),
        ("paused.by_seller", "paused", 0),
        ("under_review.waiting_for_patch", "under_review", 0),
        ("closed", "closed", 0),
        ("user_product", "active", 0),
        ("variations", "active", 3),
    ):
        item = Item.from_json(recorded(f"mercado_livre/items/{name}.200"))

        assert item.state == state, name
        assert len(item.choices) == choices, name
        assert Item.from_stored(json.loads(json.dumps(asdict(item)))) == item, name

    offered = item.with_price(recorded("mercado_livre/items/sale_price.200"))
    assert (offered.shown_price, offered.regular_amount) == (80.0, 100.0)
    regular = item.with_price(recorded("mercado_livre/items/sale_price.no_offer.200"))
    assert (regular.shown_price, regular.regular_amount) == (100.0, None)
    assert Item.from_json(recorded("mercado_livre/items/without_price.200")).shown_price is None


def test_a_listing_may_have_no_price_and_no_picture() -> None:
    item = Item.from_json({"id": "MLB1", "price": None, "thumbnail": None})

    assert (item.price, item.picture_url, item.title) == (None, "", "")


@pytest.mark.parametrize(
    ("name", "user"),
    [
        ("me.200", User(700000001, "LOJATESTE", "MLB", "http://perfil.mercadolivre.com.br/LOJATESTE")),
        ("public.200", User(3100000099, "COMPRADORTESTE", "MLB", "http://perfil.mercadolivre.com.br/COMPRADORTESTE")),
    ],
)
def test_a_recorded_user_is_understood(name: str, user: User) -> None:
    assert User.from_json(recorded(f"mercado_livre/users/{name}")) == user


@pytest.mark.parametrize("name", ["authorization_code", "refresh", "no_offline"])
def test_a_recorded_grant_is_understood(name: str) -> None:
    fields = recorded(f"mercado_livre/oauth/token.{name}.200")

    grant = Grant.from_json(fields)

    assert (grant.seller_id, grant.expires_in) == (700000001, 21600)
    assert grant.access_token == fields["access_token"]
    assert grant.refresh_token == fields.get("refresh_token", "")


@pytest.mark.parametrize("nothing", [None, 0, "", "0", False])
def test_a_question_of_nobody_has_no_buyer(nothing: object) -> None:
    assert make_question(buyer_id=nothing, **{"from": {"id": nothing}}).buyer_id == 0


def test_a_time_beyond_all_times_is_none() -> None:
    assert make_question(date_created="0001-01-01T00:00:00.000+05:00").date_created is None


def test_a_user_that_a_newer_version_stored_can_be_read() -> None:
    user = User(5, "ANA", "MLB", "https://perfil.mercadolivre.com.br/ANA")

    assert User.from_stored({**asdict(user), "reputation": "5_green"}) == user
