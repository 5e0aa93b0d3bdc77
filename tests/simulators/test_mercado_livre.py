"""The Mercado Livre simulator: what it keeps, what it refuses, and that its answers have the recorded shapes."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from werkzeug.test import Client

from simulators.mercado_livre import MercadoLivre, NotPossible, Unknown
from simulators.service import ConnectionDropped, Server
from tests.simulators.mercado_livre_shop import (
    REDIRECT_URI,
    Receiver,
    Reply,
    Shop,
    TurnableClock,
    load_sample,
    read_query,
    shape,
    without_numbers,
)

VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123"


def make_challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


# Shapes: each case makes the recorded situation and returns the answer to compare with the sample of that name.


def read_v4(shop: Shop, act: Callable[[int], Any] = lambda question_id: None) -> Reply:
    question_id = shop.ask()
    act(question_id)
    return shop.get(f"/questions/{question_id}?api_version=4")


def read_banned_answer(shop: Shop) -> Reply:
    question_id = shop.ask()
    shop.post_answer(question_id)
    shop.meli.ban_answer(question_id, "PERSONAL_DATA")
    return shop.get(f"/questions/{question_id}?api_version=4")


def search(shop: Shop) -> Reply:
    shop.ask()
    shop.meli.ban_question(shop.ask(), "PERSONAL_DATA")
    return shop.get(f"/questions/search?seller_id={shop.seller_id}&api_version=4")


def search_received(shop: Shop) -> Reply:
    shop.ask()
    return shop.get("/my/received_questions/search?api_version=4")


def read_moderation(shop: Shop) -> Reply:
    question_id = shop.ask()
    shop.meli.ban_question(question_id, "PERSONAL_DATA")
    return shop.get(f"/moderations/last_moderation/{question_id}-QUE")


def read_two_items(shop: Shop) -> Reply:
    attributes = "id,title,permalink,thumbnail,price,currency_id"
    return shop.get(f"/items?ids={shop.item_id},MLB9000099999&attributes={attributes}")


def request_without_offline(shop: Shop) -> Reply:
    shop.meli.scopes = "read write"
    return shop.redeem(shop.obtain_code())


ANSWERS: dict[str, Callable[[Shop], Reply]] = {
    "questions/get.v4.unanswered.200": read_v4,
    "questions/get.v4.answered.200": lambda shop: read_v4(shop, shop.post_answer),
    "questions/get.v4.answer_banned.200": read_banned_answer,
    "questions/get.v4.banned.200": lambda shop: read_v4(
        shop, lambda question: shop.meli.ban_question(question, "SPAM")
    ),
    "questions/get.v4.closed_unanswered.200": lambda shop: read_v4(shop, shop.meli.close_question),
    "questions/get.v4.deleted.200": lambda shop: read_v4(shop, shop.meli.delete_question),
    "questions/get.v4.disabled.200": lambda shop: read_v4(shop, shop.meli.disable_question),
    "questions/get.v4.under_review.200": lambda shop: read_v4(shop, shop.meli.hold_question),
    "questions/get.with_from.200": lambda shop: shop.get(f"/questions/{shop.ask()}"),
    "questions/search.200": search,
    "questions/received_questions_search.200": search_received,
    "questions/answers.200": lambda shop: shop.post_answer(shop.ask()),
    "questions/delete.200": lambda shop: shop.call("DELETE", f"/questions/{shop.ask()}"),
    "questions/last_moderation.200": read_moderation,
    "items/get.200": lambda shop: shop.get(f"/items/{shop.item_id}"),
    "items/multiget.200": read_two_items,
    "users/me.200": lambda shop: shop.get("/users/me"),
    "users/public.200": lambda shop: shop.get(f"/users/{shop.buyer_id}"),
    "applications/get.200": lambda shop: shop.get(f"/applications/{shop.meli.app_id}"),
    "applications/grants.200": lambda shop: shop.get(f"/applications/{shop.meli.app_id}/grants"),
    "oauth/revoke_grant.200": lambda shop: shop.call(
        "DELETE", f"/users/{shop.seller_id}/applications/{shop.meli.app_id}"
    ),
    "oauth/token.authorization_code.200": lambda shop: shop.redeem(shop.obtain_code()),
    "oauth/token.refresh.200": lambda shop: shop.refresh(shop.tokens["refresh_token"]),
    "oauth/token.no_offline.200": request_without_offline,
    "missed_feeds/official.empty.200": lambda shop: shop.get(f"/missed_feeds?app_id={shop.meli.app_id}"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_has_the_shape_of_its_sample(shop: Shop, name: str) -> None:
    response = ANSWERS[name](shop)

    assert response.status_code == 200, response.text
    assert shape(response.json) == shape(load_sample(name))
    if "get.v4" in name:
        visible = {"status", "hold", "deleted_from_listing", "text"}
        sample = load_sample(name)
        assert {field: response.json[field] for field in visible} == {field: sample[field] for field in visible}


def answer_again(shop: Shop) -> Reply:
    question_id = shop.ask()
    shop.post_answer(question_id)
    return shop.post_answer(question_id)


def answer_on_paused_item(shop: Shop) -> Reply:
    question_id = shop.ask()
    shop.meli.set_item_status(shop.item_id, "paused")
    return shop.post_answer(question_id)


def delete_answered(shop: Shop) -> Reply:
    question_id = shop.ask()
    shop.post_answer(question_id)
    return shop.call("DELETE", f"/questions/{question_id}")


def read_forbidden_item(shop: Shop) -> Reply:
    stranger = shop.meli.add_seller("OUTRALOJA")
    return shop.get(f"/items/{shop.meli.add_item(stranger, 'Alheio', 1.0, forbidden=True)}")


def call_with_dead_token(shop: Shop, token_error: str) -> Reply:
    shop.meli.token_error = token_error
    shop.meli.expire_tokens(shop.seller_id)
    return shop.get("/users/me")


def call_blocked(shop: Shop) -> Reply:
    shop.meli.block_application()
    return shop.get("/users/me")


def refresh_blocked(shop: Shop) -> Reply:
    shop.meli.block_application()
    return shop.refresh(shop.tokens["refresh_token"])


def write_with_read_scope(shop: Shop) -> Reply:
    shop.meli.scopes = "read"
    shop.tokens = shop.meli.grant_access(shop.seller_id)
    return shop.post_answer(shop.ask())


REFUSALS: dict[str, Callable[[Shop], Reply]] = {
    "questions/get.404": lambda shop: shop.get("/questions/13000099999"),
    "questions/answers.400.invalid_post_body": lambda shop: shop.call("POST", "/answers", data={"text": "Oi"}),
    "questions/answers.400.invalid_question": lambda shop: shop.post_answer(13000099999),
    "questions/answers.400.not_active_item": answer_on_paused_item,
    "questions/answers.400.not_unanswered_question": answer_again,
    "questions/delete.400": delete_answered,
    "items/get.404": lambda shop: shop.get("/items/MLB9000099999"),
    "oauth/token.invalid_client.400": lambda shop: shop.request_token(
        grant_type="refresh_token", refresh_token="TG-1", client_secret="wrong"
    ),
    "oauth/token.invalid_grant.400": lambda shop: shop.refresh("TG-unknown"),
    "oauth/token.invalid_request.400": lambda shop: shop.request_token(),
    "oauth/token.unsupported_grant_type.400": lambda shop: shop.request_token(grant_type="client_credentials"),
    "oauth/token.unauthorized_application.403": refresh_blocked,
    "errors/400.malformed_token": lambda shop: call_with_dead_token(shop, "malformed_token"),
    "errors/401.invalid_token": lambda shop: call_with_dead_token(shop, "invalid_token"),
    "errors/401.expired_token": lambda shop: call_with_dead_token(shop, "expired_token"),
    "errors/401.invalid_access_token": lambda shop: call_with_dead_token(shop, "invalid_access_token"),
    "errors/401.unauthorized_no_header": lambda shop: shop.http.get("/users/me"),
    "errors/401.app_blocked": call_blocked,
    "errors/403.access_denied": read_forbidden_item,
    "errors/403.invalid_scopes": write_with_read_scope,
    "errors/404.not_found": lambda shop: shop.get("/no/such/path"),
    "missed_feeds/items_without_site.400": lambda shop: shop.get(
        f"/missed_feeds?app_id={shop.meli.app_id}&topic=items"
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_the_words_of_its_sample(shop: Shop, name: str) -> None:
    response = REFUSALS[name](shop)

    assert str(response.status_code) in name.replace("/", ".").split(".")
    assert without_numbers(response.json) == without_numbers(load_sample(name))


# Authorisation


def test_a_consent_leads_back_with_a_code_and_the_state(shop: Shop) -> None:
    response = shop.authorize(state="kept=as it was&")

    query = read_query(response)
    assert response.location.startswith(f"{REDIRECT_URI}?")
    assert query["code"].startswith("TG-")
    assert query["state"] == "kept=as it was&"


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": f"{REDIRECT_URI}/"},
        {"client_id": "1"},
        {"response_type": "token"},
        {"code_challenge": "x", "code_challenge_method": "S512"},
        {"as": "1"},
    ],
)
def test_a_wrong_authorization_request_stays_on_an_error_page(shop: Shop, wrong: dict[str, str]) -> None:
    response = shop.authorize(**wrong)

    assert response.status_code == 400
    assert response.mimetype == "text/html"


def test_with_several_sellers_the_page_asks_which_one_is_logged_in(shop: Shop) -> None:
    other = shop.meli.add_seller("<OUTRALOJA>")

    page = shop.authorize(state="s").text
    code = shop.obtain_code(**{"as": str(other)})

    assert "LOJATESTE" in page
    assert "&lt;OUTRALOJA&gt;" in page
    assert f"state=s&amp;as={other}" in page
    assert shop.redeem(code).json["user_id"] == other


def test_the_logged_in_seller_is_not_asked(shop: Shop) -> None:
    shop.meli.logged_in_seller = shop.meli.add_seller("OUTRALOJA")

    code = shop.obtain_code()

    assert shop.redeem(code).json["user_id"] == shop.meli.logged_in_seller


def test_an_operator_comes_back_with_an_error_and_the_next_one_with_a_code(shop: Shop) -> None:
    shop.meli.fail_next_authorization("invalid_operator_user_id")

    refused, allowed = read_query(shop.authorize(state="s")), read_query(shop.authorize(state="s"))

    assert refused == {**load_sample("oauth/callback.error.query"), "state": "s"}
    assert "code" in allowed


def test_a_code_works_once(shop: Shop) -> None:
    code = shop.obtain_code()

    first, second = shop.redeem(code), shop.redeem(code)

    assert first.status_code == 200
    assert second.json["error"] == "invalid_grant"


def test_a_code_expires_after_ten_minutes(shop: Shop, clock: TurnableClock) -> None:
    code = shop.obtain_code()
    clock.turn(minutes=10)

    assert shop.redeem(code).json["error"] == "invalid_grant"


def test_a_code_needs_the_redirect_uri_it_was_made_for(shop: Shop) -> None:
    response = shop.redeem(shop.obtain_code(), redirect_uri="https://elsewhere.example.invalid")

    assert response.json["error"] == "invalid_grant"


@pytest.mark.parametrize(("method", "challenge"), [("S256", make_challenge(VERIFIER)), ("plain", VERIFIER)])
def test_a_challenged_code_needs_its_verifier(shop: Shop, method: str, challenge: str) -> None:
    codes = [shop.obtain_code(code_challenge=challenge, code_challenge_method=method) for _ in range(3)]

    right = shop.redeem(codes[0], code_verifier=VERIFIER)
    wrong = shop.redeem(codes[1], code_verifier="x" * 43)
    none = shop.redeem(codes[2])

    assert right.status_code == 200
    assert wrong.json["error"] == "invalid_grant"
    assert none.json["error"] == "invalid_request"


def test_an_application_with_pkce_must_send_a_challenge(shop: Shop) -> None:
    shop.meli.pkce_required = True

    assert shop.authorize().status_code == 400
    assert shop.authorize(code_challenge="x").status_code == 302


def test_token_parameters_are_taken_from_a_form_only(shop: Shop) -> None:
    form = {
        "grant_type": "refresh_token",
        "client_id": str(shop.meli.app_id),
        "client_secret": shop.meli.client_secret,
        "refresh_token": shop.tokens["refresh_token"],
    }

    in_json = shop.http.post("/oauth/token", json=form)
    in_query = shop.http.post("/oauth/token", query_string=form)
    in_form = shop.http.post("/oauth/token", data=form)

    assert [in_json.status_code, in_query.status_code, in_form.status_code] == [400, 400, 200]


def test_a_refresh_token_works_once_and_is_replaced(shop: Shop) -> None:
    first = shop.refresh(shop.tokens["refresh_token"])
    repeated = shop.refresh(shop.tokens["refresh_token"])
    second = shop.refresh(first.json["refresh_token"])

    assert repeated.json["error"] == "invalid_grant"
    assert second.status_code == 200


def test_an_access_token_expires_by_the_clock_and_stays_expired(shop: Shop, clock: TurnableClock) -> None:
    clock.turn(seconds=shop.meli.token_seconds)

    expired = shop.get("/users/me")
    renewed = shop.refresh(shop.tokens["refresh_token"]).json
    still_expired = shop.get("/users/me")
    shop.tokens = renewed

    assert [expired.status_code, still_expired.status_code, shop.get("/users/me").status_code] == [401, 401, 200]


def test_a_grant_lapses_after_four_months_without_calls(shop: Shop, clock: TurnableClock) -> None:
    clock.turn(days=121)

    assert shop.refresh(shop.tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_a_revoked_grant_leaves_neither_token_alive(shop: Shop) -> None:
    shop.meli.revoke_grant(shop.seller_id)

    assert shop.get("/users/me").status_code == 401
    assert shop.refresh(shop.tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert shop.meli.grants == {}


def test_a_token_in_the_query_string_is_refused(shop: Shop) -> None:
    alone = shop.http.get(f"/users/me?access_token={shop.tokens['access_token']}")
    beside_the_header = shop.get(f"/users/me?access_token={shop.tokens['access_token']}")

    assert [alone.status_code, beside_the_header.status_code] == [401, 401]


# Users and items


def test_user_ids_exceed_32_bits(shop: Shop) -> None:
    assert min(shop.seller_id, shop.buyer_id) > 2**32


def test_another_user_is_seen_without_private_data(shop: Shop) -> None:
    other = shop.meli.add_seller("OUTRALOJA")

    assert "email" not in shop.get(f"/users/{other}").json
    assert shop.get(f"/users/{shop.seller_id}").json == shop.get("/users/me").json
    assert shop.get("/users/1").status_code == 404


def test_a_listing_of_another_seller_is_public_unless_forbidden(shop: Shop) -> None:
    stranger = shop.meli.add_seller("OUTRALOJA")
    public = shop.meli.add_item(stranger, "Público", 1.0)
    forbidden = shop.meli.add_item(stranger, "Proibido", 1.0, forbidden=True)

    codes = [entry["code"] for entry in shop.get(f"/items?ids={public},{forbidden}").json]

    assert codes == [200, 403]


def test_a_multiget_takes_twenty_items(shop: Shop) -> None:
    assert shop.get(f"/items?ids={','.join([shop.item_id] * 20)}").status_code == 200
    assert shop.get(f"/items?ids={','.join([shop.item_id] * 21)}").status_code == 400
    assert shop.get("/items").status_code == 400


def test_pictures_are_served_by_the_simulator_itself(shop: Shop) -> None:
    item = shop.get(f"/items/{shop.item_id}").json

    picture = shop.http.get(urlsplit(item["secure_thumbnail"]).path)

    assert item["secure_thumbnail"].startswith(shop.meli.base_url)
    assert picture.mimetype == "image/svg+xml"
    assert "Produto de teste" in picture.text


# Questions


def test_a_question_of_another_seller_is_missing_or_forbidden(shop: Shop) -> None:
    stranger = shop.meli.add_seller("OUTRALOJA")
    question_id = shop.meli.ask(shop.buyer_id, shop.meli.add_item(stranger, "Alheio", 1.0), "Tem?")

    assert shop.get(f"/questions/{question_id}?api_version=4").status_code == 404
    assert shop.get(f"/moderations/last_moderation/{question_id}-QUE").status_code == 404
    assert shop.call("DELETE", f"/questions/{question_id}").status_code == 404
    assert shop.get(f"/questions/search?seller_id={stranger}").status_code == 403
    assert (shop.post_answer(question_id).status_code, shop.meli.answers_published) == (403, [])


def test_a_question_takes_one_answer_only(shop: Shop) -> None:
    question_id = shop.ask()

    statuses = [shop.post_answer(question_id, text).status_code for text in ("Temos sim!", "Temos, sim.")]

    assert statuses == [200, 400]
    assert shop.meli.answers_published == [(question_id, "Temos sim!")]


@pytest.mark.parametrize("question_id", ["13000000001", 1.0, True, None])
def test_a_question_id_must_be_an_integer(shop: Shop, question_id: Any) -> None:
    shop.ask()

    assert shop.post_answer(question_id).json["error"] == "invalid_question"


def test_a_text_has_one_to_two_thousand_characters(shop: Shop) -> None:
    question_id = shop.ask()

    statuses = [shop.post_answer(question_id, text).status_code for text in ("", " \n", None, "x" * 2001, "x" * 2000)]

    assert statuses == [400, 400, 400, 400, 200]


@pytest.mark.parametrize("act", ["hold_question", "close_question", "disable_question"])
def test_only_an_unanswered_question_can_be_answered(shop: Shop, act: str) -> None:
    question_id = shop.ask()
    getattr(shop.meli, act)(question_id)

    assert shop.post_answer(question_id).json["error"] == "not_unanswered_question"


def test_a_released_question_can_be_answered(shop: Shop) -> None:
    question_id = shop.ask()
    shop.meli.hold_question(question_id)
    shop.meli.release_question(question_id)

    assert shop.post_answer(question_id).status_code == 200


def test_a_deleted_question_is_missing_for_an_answer(shop: Shop) -> None:
    question_id = shop.ask()
    shop.call("DELETE", f"/questions/{question_id}")

    assert shop.post_answer(question_id).status_code == 404
    assert shop.call("DELETE", f"/questions/{question_id}").status_code == 404
    assert shop.meli.question(question_id).status == "DELETED"


def test_deleted_questions_vanish_when_told(shop: Shop) -> None:
    question_id = shop.ask()
    shop.meli.delete_question(question_id)
    shop.meli.hides_deleted_questions = True

    assert shop.get(f"/questions/{question_id}?api_version=4").status_code == 404


def test_an_answer_written_on_mercado_livre_itself_closes_the_question(shop: Shop) -> None:
    question_id = shop.ask()
    shop.meli.answer_natively(question_id, "Temos!")

    assert shop.get(f"/questions/{question_id}?api_version=4").json["answer"]["text"] == "Temos!"
    assert shop.post_answer(question_id).status_code == 400
    assert shop.meli.answers_published == []


def test_nobody_asks_on_a_listing_that_is_not_active(shop: Shop) -> None:
    shop.meli.set_item_status(shop.item_id, "paused")

    with pytest.raises(NotPossible):
        shop.ask()
    with pytest.raises(Unknown):
        shop.meli.ask(shop.buyer_id, "MLB1", "Tem?")
    assert shop.meli.questions() == []


def test_an_unmoderated_question_has_no_moderation(shop: Shop) -> None:
    assert shop.get(f"/moderations/last_moderation/{shop.ask()}-QUE").status_code == 404


def test_a_search_filters_sorts_and_pages(shop: Shop, clock: TurnableClock) -> None:
    asked = []
    for _ in range(4):
        asked.append(shop.ask())
        clock.turn(minutes=1)
    shop.post_answer(asked[0])
    base = f"/questions/search?seller_id={shop.seller_id}&status=UNANSWERED"

    newest = shop.get(f"{base}&sort_fields=date_created&sort_types=DESC&limit=2").json
    rest = shop.get(f"{base}&sort_fields=date_created&sort_types=DESC&limit=2&offset=2").json
    unsorted = shop.get(f"{base}&sort_order=DESC").json

    assert newest["total"] == 3
    assert [question["id"] for question in newest["questions"]] == [asked[3], asked[2]]
    assert [question["id"] for question in rest["questions"]] == [asked[1]]
    assert [question["id"] for question in unsorted["questions"]] == asked[1:]


def test_a_search_by_item_can_be_narrowed_to_a_buyer(shop: Shop) -> None:
    shop.ask()
    other_buyer = shop.meli.add_buyer("OUTRA")
    question_id = shop.meli.ask(other_buyer, shop.item_id, "E verde?")

    found = shop.get(f"/questions/search?item={shop.item_id}&from={other_buyer}").json

    assert [question["id"] for question in found["questions"]] == [question_id]


def test_a_search_needs_a_seller_or_an_item_and_gives_fifty_at_most(shop: Shop) -> None:
    for _ in range(51):
        shop.ask()

    assert shop.get("/questions/search").status_code == 400
    assert len(shop.get(f"/questions/search?seller_id={shop.seller_id}&limit=100").json["questions"]) == 50


# Notifications


def test_every_change_of_a_question_is_notified(shop: Shop, receiver: Receiver) -> None:
    meli = shop.meli
    question_id = shop.ask()
    meli.hold_question(question_id)
    meli.release_question(question_id)
    shop.post_answer(question_id)
    meli.ban_answer(question_id, "PERSONAL_DATA")
    meli.ban_question(question_id, "PERSONAL_DATA")
    meli.delete_question(question_id)

    sent = meli.deliver_webhooks()

    assert sent == 7
    assert {notification["resource"] for notification in receiver.notifications} == {f"/questions/{question_id}"}


def test_notifications_have_the_shape_of_their_samples(shop: Shop, receiver: Receiver) -> None:
    shop.ask()
    shop.meli.set_item_status(shop.item_id, "paused")
    shop.meli.notify("messages", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", shop.seller_id, actions=["created"])

    shop.meli.deliver_webhooks()

    names = ["notifications/questions", "notifications/items", "notifications/messages.created"]
    assert [shape(body) for body in receiver.notifications] == [shape(load_sample(name)) for name in names]
    assert receiver.notifications[0]["received"] < receiver.notifications[0]["sent"]
    assert receiver.headers[0]["HTTP_ACCEPT"] == receiver.headers[0]["CONTENT_TYPE"] == "application/json"


@pytest.mark.parametrize("status", [201, 204, 400, 500])
def test_anything_but_200_is_retried_eight_times_within_an_hour_and_then_missed(
    shop: Shop, receiver: Receiver, clock: TurnableClock, status: int
) -> None:
    receiver.status = status
    shop.ask()

    shop.meli.deliver_webhooks()
    after_one = len(receiver.notifications), shop.missed()
    clock.turn(hours=1)
    shop.meli.deliver_webhooks()
    clock.turn(hours=1)
    shop.meli.deliver_webhooks()

    assert after_one == (1, [])
    assert [body["attempts"] for body in receiver.notifications] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len({body["_id"] for body in receiver.notifications}) == 1
    missed = shop.missed()
    assert [entry["attempts"] for entry in missed] == [8]
    assert missed[0]["response"]["http_code"] == status


def test_a_retry_that_is_answered_ends_the_retries(shop: Shop, receiver: Receiver, clock: TurnableClock) -> None:
    receiver.status = 500
    shop.ask()
    shop.meli.deliver_webhooks()
    receiver.status = 200
    clock.turn(hours=2)

    shop.meli.deliver_webhooks()

    assert len(receiver.notifications) == 2
    assert shop.missed() == []


def test_missed_feeds_have_the_shape_of_the_sample(shop: Shop, receiver: Receiver) -> None:
    shop.meli.drop_notifications(2)
    shop.meli.notify("messages", "0f1e", shop.seller_id, user_id=str(shop.seller_id), actions=["created"])
    shop.meli.set_item_status(shop.item_id, "paused")

    missed = shop.missed()

    sample = load_sample("missed_feeds/official.200")["messages"]
    sample[0]["response"]["headers"] = missed[0]["response"]["headers"]
    assert shape(missed) == shape(sample)
    assert json.loads(missed[0]["request"]["data"])["resource"] == "0f1e"
    assert (shop.meli.deliver_webhooks(), receiver.notifications) == (0, [])


def test_missed_feeds_are_paged_by_ten_filtered_by_topic_and_never_acknowledged(shop: Shop, receiver: Receiver) -> None:
    shop.meli.drop_notifications(13)
    for _ in range(12):
        shop.ask()
    shop.meli.set_item_status(shop.item_id, "paused")

    assert len(shop.missed()) == 10
    assert len(shop.missed("&offset=10")) == 3
    assert len(shop.missed("&limit=50&topic=questions")) == 12
    assert len(shop.missed("&topic=items&site_id=MLB")) == 1
    assert len(shop.missed()) == 10


def test_missed_feeds_are_kept_two_days(shop: Shop, receiver: Receiver, clock: TurnableClock) -> None:
    shop.meli.drop_notifications(1)
    shop.ask()
    before = shop.missed()
    clock.turn(days=2)
    shop.tokens = shop.meli.grant_access(shop.seller_id)

    assert (len(before), shop.missed()) == (1, [])


def test_missed_feeds_are_for_the_application_itself(shop: Shop) -> None:
    assert shop.get("/missed_feeds").status_code == 400
    assert shop.get("/missed_feeds?app_id=1").status_code == 403


def test_events_of_a_disabled_topic_are_kept_nowhere(shop: Shop, receiver: Receiver) -> None:
    shop.meli.notifications_enabled = False
    shop.ask()
    shop.meli.notifications_enabled = True

    assert (shop.meli.deliver_webhooks(), shop.missed()) == (0, [])


def test_notifications_can_be_doubled(shop: Shop, receiver: Receiver) -> None:
    shop.meli.duplicate_notifications = 2
    shop.ask()

    assert shop.meli.deliver_webhooks() == 2


def test_sellers_without_a_grant_are_silent_when_told(shop: Shop, receiver: Receiver) -> None:
    shop.meli.notifies_only_authorized_sellers = True
    shop.ask()
    shop.meli.revoke_grant(shop.seller_id)
    shop.ask()

    assert shop.meli.deliver_webhooks() == 1


# Faults and control


def test_a_rate_limit_may_be_plain_text(shop: Shop) -> None:
    shop.meli.add_fault("status", status=429, body="local_rate_limited", content_type="text/plain")

    limited, served = shop.get("/users/me"), shop.get("/users/me")

    assert (limited.status_code, limited.text, served.status_code) == (429, "local_rate_limited", 200)


def test_an_answer_may_be_published_though_the_connection_is_cut(shop: Shop) -> None:
    question_id = shop.ask()
    shop.meli.add_fault("commit_then_drop", method="POST", path="/answers")

    with pytest.raises(ConnectionDropped):
        shop.post_answer(question_id)

    assert shop.meli.answers_published == [(question_id, "Temos sim!")]


def test_a_page_can_tell_a_whole_story_through_the_control_routes(meli: MercadoLivre) -> None:
    http: Any = Client(meli.wsgi)

    def act(path: str, **body: Any) -> Reply:
        return http.post(f"/_control/{path}", json=body)

    act("seed_demo")
    before = http.get("/_control/state").json
    buyer, item = before["buyers"][0]["id"], before["items"][0]["id"]
    questions = [act("questions", buyer_id=buyer, item_id=item, text=f"Pergunta {n}").json["id"] for n in range(4)]
    statuses = [
        act(f"questions/{questions[0]}/answer", text="Sim.").status_code,
        act(f"questions/{questions[0]}/ban_answer", reason="PERSONAL_DATA").status_code,
        act(f"questions/{questions[1]}/hold").status_code,
        act(f"questions/{questions[1]}/release").status_code,
        act(f"questions/{questions[1]}/close").status_code,
        act(f"questions/{questions[2]}/ban", reason="PERSONAL_DATA").status_code,
        act(f"questions/{questions[3]}/delete").status_code,
        act(f"items/{item}/status", status="paused").status_code,
        act("switches", notifications_enabled=False, duplicate_notifications=2).status_code,
        act("settings", notification_url="http://127.0.0.1:9/").status_code,
    ]
    after = http.get("/_control/state").json

    assert statuses == [200] * 10
    assert [seller["nickname"] for seller in before["sellers"]] == ["LOJA DEMONSTRAÇÃO"]
    assert (len(before["items"]), len(before["buyers"])) == (3, 2)
    assert [question["id"] for question in after["questions"]] == questions[::-1]
    assert [question["status"] for question in after["questions"]] == [
        "DELETED",
        "BANNED",
        "CLOSED_UNANSWERED",
        "ANSWERED",
    ]
    assert after["questions"][0]["buyer_nickname"] == before["buyers"][0]["nickname"]
    assert after["questions"][3]["answer"]["status"] == "BANNED"
    assert after["items"][0]["status"] == "paused"
    assert after["switches"]["duplicate_notifications"] == 2
    assert after["settings"]["notification_url"] == "http://127.0.0.1:9/"


def test_the_journal_tells_what_was_notified(shop: Shop, receiver: Receiver) -> None:
    question_id = shop.ask()

    shop.meli.deliver_webhooks()

    assert shop.meli.journal[-1].path == f"{receiver.url} questions /questions/{question_id}"
    assert shop.meli.journal[-1].status == 200


def test_control_routes_say_what_is_wrong(shop: Shop) -> None:
    question_id = shop.ask()

    def act(path: str, **body: Any) -> int:
        status: int = shop.http.post(f"/_control/{path}", json=body).status_code
        return status

    assert act("questions/1/answer", text="Oi") == 404
    assert act(f"questions/{question_id}/answer") == 400
    assert act(f"questions/{question_id}/release") == 409
    assert act("items", seller_id=shop.seller_id, title="X", price=1, colour="blue") == 400
    assert act("switches", no_such_switch=True) == 400
    assert act("switches", token_error="odd") == 400


def test_only_control_routes_may_be_called_from_any_origin(shop: Shop) -> None:
    control = shop.http.options("/_control/questions")
    api = shop.get("/users/me")

    assert control.status_code == 200
    assert control.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in api.headers


def test_a_reset_forgets_everything_but_the_registration(shop: Shop) -> None:
    shop.ask()
    shop.meli.notifications_enabled = False

    shop.http.post("/_control/reset")

    assert shop.meli.questions() == []
    assert shop.get("/users/me").status_code == 401
    assert shop.meli.notifications_enabled
    assert shop.meli.redirect_uri == REDIRECT_URI


def test_it_serves_on_a_port(shop: Shop) -> None:
    server = Server(shop.meli.wsgi)
    shop.meli.base_url = server.url
    headers = {"Authorization": f"Bearer {shop.tokens['access_token']}"}
    try:
        item = requests.get(f"{server.url}/items/{shop.item_id}", headers=headers, timeout=5).json()
        picture = requests.get(item["thumbnail"], timeout=5)
    finally:
        server.stop()

    assert picture.headers["Content-Type"].startswith("image/svg+xml")
