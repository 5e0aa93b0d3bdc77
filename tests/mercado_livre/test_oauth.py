"""A seller's access token stays alive: refreshed ahead of its expiry and when it is rejected, once at a time."""

import pytest

from chalicelib.errors import LoginNeeded, OperatorNeeded, Refused, TryAgainLater
from chalicelib.mercado_livre.oauth import (
    REFRESH_AHEAD_SECONDS,
    REFRESH_TAKES_AT_MOST_SECONDS,
    SCHEDULED_AHEAD_SECONDS,
)
from tests.mercado_livre.shop import SELLER, SIX_HOURS, Shop, answer, make_response
from tests.recorded import recorded

# Ahead of expiry


def test_a_token_that_lives_is_used_as_it_is(shop: Shop) -> None:
    shop.clock.turn(seconds=SIX_HOURS - REFRESH_AHEAD_SECONDS - 1)

    assert shop.tokens.access_token(SELLER) == "APP_USR-1"
    assert shop.meli.refreshes == 0


def test_a_token_is_refreshed_ahead_of_its_expiry(shop: Shop) -> None:
    shop.clock.turn(seconds=SIX_HOURS - REFRESH_AHEAD_SECONDS)

    token = shop.tokens.access_token(SELLER)

    assert token == "APP_USR-2"
    assert (shop.stored.access_token, shop.stored.refresh_token) == ("APP_USR-2", "TG-2")
    assert shop.stored.expires_at == shop.now + SIX_HOURS


def test_a_worker_that_runs_for_days_refreshes_each_time(shop: Shop) -> None:
    for _ in range(12):
        shop.clock.turn(hours=2)
        assert shop.tokens.access_token(SELLER) == shop.meli.access_token

    assert shop.meli.refreshes == 4


def test_a_new_authorization_is_noticed_within_a_minute(shop: Shop) -> None:
    shop.tokens.access_token(SELLER)
    shop.connect(access_token="APP_USR-NEW", version=shop.now * 1000)

    shop.clock.turn(seconds=61)

    assert shop.tokens.access_token(SELLER) == "APP_USR-NEW"


def test_a_refresh_that_gives_no_new_refresh_token_keeps_the_old_one(shop: Shop) -> None:
    shop.meli.gives_refresh_tokens = False
    shop.expire()

    shop.tokens.access_token(SELLER)

    assert (shop.stored.access_token, shop.stored.refresh_token) == ("APP_USR-2", "TG-1")


def test_a_seller_who_never_connected_must_log_in(shop: Shop) -> None:
    with pytest.raises(LoginNeeded, match="not connected") as caught:
        shop.tokens.access_token(42)
    assert caught.value.seller_id == 42


def test_the_schedule_refreshes_long_before_anybody_would_wait_for_it(shop: Shop) -> None:
    shop.clock.turn(seconds=SIX_HOURS - SCHEDULED_AHEAD_SECONDS)

    shop.tokens.refresh_ahead(SELLER)

    assert shop.stored.access_token == "APP_USR-2"
    assert shop.stored.refreshed_at == shop.now


def test_a_token_of_a_short_life_is_not_refreshed_all_the_time(shop: Shop) -> None:
    shop.connect(expires_at=shop.now + 600, refreshed_at=shop.now)

    shop.clock.turn(seconds=399)
    shop.tokens.refresh_ahead(SELLER)
    assert shop.meli.refreshes == 0

    shop.clock.turn(seconds=1)
    shop.tokens.refresh_ahead(SELLER)
    assert shop.meli.refreshes == 1


# Rejected by Mercado Livre

TOKEN_REJECTIONS = [
    ("errors/401.invalid_token", 401),
    ("errors/401.expired_token", 401),
    ("errors/401.invalid_access_token", 401),
    ("errors/401.unauthorized_no_header", 401),
    ("errors/400.malformed_token", 400),
]


@pytest.mark.parametrize(("sample", "status"), TOKEN_REJECTIONS)
def test_a_rejected_token_is_renewed_and_the_call_made_again(shop: Shop, sample: str, status: int) -> None:
    shop.meli.troubles = [lambda: answer(sample, status)]

    assert shop.get_user() == SELLER
    assert shop.stored.access_token == "APP_USR-2"


def test_a_call_is_never_made_a_third_time(shop: Shop) -> None:
    grant = recorded("mercado_livre/oauth/token.refresh.200")
    shop.meli.troubles = [
        lambda: answer("errors/401.invalid_token", 401),
        lambda: make_response(200, grant),
        lambda: answer("errors/401.invalid_token", 401),
    ]

    with pytest.raises(TryAgainLater, match="rejects a new token"):
        shop.get_user()
    assert shop.meli.refreshes == 1


def test_a_token_that_is_rejected_again_and_again_is_not_refreshed_each_time(shop: Shop) -> None:
    grant = recorded("mercado_livre/oauth/token.refresh.200")
    shop.meli.troubles = [
        lambda: answer("errors/401.invalid_token", 401),
        lambda: make_response(200, grant),
        *[lambda: answer("errors/401.invalid_token", 401)] * 9,
    ]

    for _ in range(9):
        shop.clock.turn(minutes=1)
        with pytest.raises(TryAgainLater):
            shop.get_user()

    assert shop.meli.refreshes == 1


def test_a_refresh_that_failed_for_a_rejected_token_is_made_again_soon(shop: Shop) -> None:
    shop.meli.troubles = [
        lambda: answer("errors/401.invalid_token", 401),
        lambda: answer("errors/429.local_rate_limited", 429),
    ]
    with pytest.raises(TryAgainLater):
        shop.get_user()

    shop.clock.turn(seconds=90)
    shop.meli.troubles = [lambda: answer("errors/401.invalid_token", 401)]

    assert shop.get_user() == SELLER
    assert shop.stored.access_token == "APP_USR-2"


def test_a_rejected_token_that_another_worker_renewed_costs_no_refresh(shop: Shop) -> None:
    shop.tokens.access_token(SELLER)
    shop.make_worker().renew(SELLER, rejected="APP_USR-1")

    assert shop.tokens.renew(SELLER, rejected="APP_USR-1") == "APP_USR-2"
    assert shop.tokens.access_token(SELLER) == "APP_USR-2"
    assert shop.meli.refreshes == 1


@pytest.mark.parametrize(
    ("sample", "status", "error"),
    [
        ("errors/401.app_blocked", 401, OperatorNeeded),
        ("errors/401.label_not_a_token_problem", 401, Refused),
        ("errors/403.access_denied", 403, Refused),
        ("errors/404.not_found", 404, Refused),
    ],
)
def test_a_refusal_for_another_reason_costs_no_refresh(
    shop: Shop, sample: str, status: int, error: type[Exception]
) -> None:
    shop.meli.troubles = [lambda: answer(sample, status)]

    with pytest.raises(error):
        shop.get_user()
    assert shop.meli.refreshes == 0
    assert not shop.stored.dead_reason


def test_a_block_is_seen_behind_a_rejected_token_too(shop: Shop) -> None:
    shop.meli.troubles = [
        lambda: answer("errors/401.invalid_token", 401),
        lambda: answer("errors/401.app_blocked", 401),
    ]

    with pytest.raises(OperatorNeeded):
        shop.get_user()


# One refresh at a time


def test_while_one_worker_refreshes_the_others_use_the_old_token(shop: Shop) -> None:
    seen = []
    shop.meli.meanwhile = lambda: seen.append(shop.make_worker().access_token(SELLER))
    shop.clock.turn(seconds=SIX_HOURS - 60)

    token = shop.tokens.access_token(SELLER)

    assert (token, seen) == ("APP_USR-2", ["APP_USR-1"])
    assert shop.meli.refreshes == 1


@pytest.mark.parametrize("is_rejected", [True, False])
def test_while_one_worker_refreshes_a_dead_token_the_others_come_back_later(shop: Shop, *, is_rejected: bool) -> None:
    errors = []

    def ask() -> None:
        other = shop.make_worker()
        with pytest.raises(TryAgainLater) as caught:
            other.renew(SELLER, rejected="APP_USR-1") if is_rejected else other.access_token(SELLER)
        errors.append(caught.value.retry_after_seconds)

    shop.meli.meanwhile = ask
    if not is_rejected:
        shop.expire()

    assert shop.tokens.renew(SELLER, rejected="APP_USR-1") == "APP_USR-2"
    assert errors == [2]
    assert shop.meli.refreshes == 1


def test_a_refresh_that_died_holds_the_others_up_for_a_minute_only(shop: Shop) -> None:
    shop.expire()
    shop.sellers.begin_refresh(shop.stored, now=shop.now, until=shop.now + REFRESH_TAKES_AT_MOST_SECONDS)
    with pytest.raises(TryAgainLater):
        shop.tokens.access_token(SELLER)

    shop.clock.turn(seconds=REFRESH_TAKES_AT_MOST_SECONDS + 1)

    assert shop.tokens.access_token(SELLER) == "APP_USR-2"


def test_a_new_authorization_outlives_a_refresh_that_was_under_way(shop: Shop) -> None:
    shop.expire()
    shop.meli.meanwhile = lambda: shop.connect(access_token="APP_USR-NEW", version=shop.now * 1000)

    assert shop.tokens.access_token(SELLER) == "APP_USR-NEW"
    assert shop.stored.access_token == "APP_USR-NEW"
