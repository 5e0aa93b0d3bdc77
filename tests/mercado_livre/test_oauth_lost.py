"""What becomes of a grant whose refresh fails: lost only when Mercado Livre says so."""

import pytest
import requests

from chalicelib.errors import BridgeError, LoginNeeded, OperatorNeeded, OutcomeUnknown, TryAgainLater
from chalicelib.mercado_livre.oauth import PAUSE_FOR_OPERATOR_SECONDS, PAUSE_SECONDS
from tests.mercado_livre.shop import SELLER, SIX_HOURS, Shop, Trouble, answer, make_response, raising


@pytest.mark.parametrize("code", ["invalid_grant", "unauthorized_client"])
def test_a_grant_that_is_gone_needs_its_seller(shop: Shop, code: str) -> None:
    shop.meli.troubles = [lambda: answer(f"oauth/token.{code}.400", 400)]
    shop.expire()

    with pytest.raises(LoginNeeded, match=code) as caught:
        shop.tokens.access_token(SELLER)
    assert caught.value.seller_id == SELLER
    assert shop.stored.dead_reason == code


def test_a_grant_that_is_gone_is_not_asked_for_again(shop: Shop) -> None:
    shop.meli.troubles = [lambda: answer("oauth/token.invalid_grant.400", 400)]
    shop.expire()
    with pytest.raises(LoginNeeded):
        shop.tokens.access_token(SELLER)

    for ask in (shop.tokens.access_token, shop.make_worker().access_token):
        with pytest.raises(LoginNeeded, match="authorise again: invalid_grant"):
            ask(SELLER)
    assert shop.meli.refreshes == 1


def test_a_seller_who_authorises_again_is_served_again(shop: Shop) -> None:
    shop.meli.troubles = [lambda: answer("oauth/token.invalid_grant.400", 400)]
    shop.expire()
    with pytest.raises(LoginNeeded):
        shop.tokens.access_token(SELLER)

    shop.connect(version=shop.now * 1000)

    assert shop.tokens.access_token(SELLER) == "APP_USR-1"


def test_a_grant_that_died_while_the_seller_authorised_again_kills_no_new_one(shop: Shop) -> None:
    def authorise_meanwhile() -> requests.Response:
        shop.connect(access_token="APP_USR-NEW", version=shop.now * 1000)
        return answer("oauth/token.invalid_grant.400", 400)

    shop.meli.troubles = [authorise_meanwhile]
    shop.expire()

    with pytest.raises(LoginNeeded):
        shop.tokens.access_token(SELLER)
    assert shop.stored.dead_reason == ""
    assert shop.tokens.access_token(SELLER) == "APP_USR-NEW"


@pytest.mark.parametrize(
    ("sample", "status"),
    [
        ("oauth/token.invalid_client.400", 400),
        ("oauth/token.invalid_request.400", 400),
        ("oauth/token.invalid_scope.400", 400),
        ("oauth/token.unsupported_grant_type.400", 400),
        ("oauth/token.unauthorized_application.403", 403),
        ("errors/401.app_blocked", 401),
    ],
)
def test_a_wrong_secret_or_a_blocked_application_kills_no_grant(shop: Shop, sample: str, status: int) -> None:
    shop.meli.troubles = [lambda: answer(sample, status)]
    shop.expire()

    with pytest.raises(OperatorNeeded, match=r"the refresh was refused: [a-z_]+$"):
        shop.tokens.access_token(SELLER)
    assert shop.stored.dead_reason == ""
    assert shop.stored.trouble
    # Too many refusals get an application blocked, so nobody asks again at once.
    with pytest.raises(OperatorNeeded, match="refused"):
        shop.make_worker().access_token(SELLER)
    assert shop.meli.refreshes == 1

    shop.clock.turn(seconds=PAUSE_FOR_OPERATOR_SECONDS + 1)

    assert shop.tokens.access_token(SELLER) == "APP_USR-2"
    assert shop.stored.trouble == ""


def test_while_the_old_token_lives_nobody_waits_for_an_operator(shop: Shop) -> None:
    shop.meli.troubles = [lambda: answer("oauth/token.invalid_client.400", 400)]
    shop.clock.turn(seconds=SIX_HOURS - 60)

    assert shop.tokens.access_token(SELLER) == "APP_USR-1"
    assert shop.stored.trouble == "invalid_client"


def test_the_last_token_of_a_dead_grant_serves_until_it_expires_or_is_rejected(shop: Shop) -> None:
    shop.meli.troubles = [lambda: answer("oauth/token.invalid_grant.400", 400)]
    shop.clock.turn(seconds=SIX_HOURS - 120)

    assert shop.tokens.access_token(SELLER) == "APP_USR-1"
    assert shop.stored.dead_reason == "invalid_grant"
    assert shop.get_user() == SELLER

    shop.meli.troubles = [lambda: answer("errors/401.invalid_token", 401)]
    for _ in range(2):
        with pytest.raises(LoginNeeded):
            shop.get_user()
    assert shop.meli.refreshes == 1
    assert shop.meli.troubles == []


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (raising(requests.ConnectTimeout()), TryAgainLater),
        (raising(requests.ReadTimeout()), OutcomeUnknown),
        (raising(requests.ConnectionError()), OutcomeUnknown),
        (lambda: answer("errors/429.local_rate_limited", 429), TryAgainLater),
        (lambda: answer("errors/500.internal", 500), OutcomeUnknown),
        (lambda: make_response(503, "<html>"), OutcomeUnknown),
    ],
)
def test_after_a_refresh_that_got_no_answer_anybody_may_try_soon(
    shop: Shop, trouble: Trouble, error: type[BridgeError]
) -> None:
    shop.meli.troubles = [trouble]
    shop.expire()

    with pytest.raises(error):
        shop.tokens.access_token(SELLER)
    with pytest.raises(TryAgainLater, match="another worker"):
        shop.make_worker().access_token(SELLER)

    shop.clock.turn(seconds=PAUSE_SECONDS + 1)

    assert shop.make_worker().access_token(SELLER) == "APP_USR-2"


def test_a_refresh_ahead_of_expiry_that_fails_delays_nobody(shop: Shop) -> None:
    shop.meli.troubles = [raising(requests.ReadTimeout())]
    shop.clock.turn(seconds=SIX_HOURS - 60)
    assert shop.tokens.access_token(SELLER) == "APP_USR-1"

    shop.clock.turn(seconds=PAUSE_SECONDS + 1)

    assert shop.tokens.access_token(SELLER) == "APP_USR-2"


def test_a_refresh_whose_answer_was_lost_needs_the_seller(shop: Shop) -> None:
    """Mercado Livre has used the refresh token up; the next refresh learns it."""

    def refresh_and_drop() -> requests.Response:
        shop.meli.number += 1
        raise requests.ReadTimeout

    shop.meli.troubles = [refresh_and_drop]
    shop.expire()
    with pytest.raises(OutcomeUnknown):
        shop.tokens.access_token(SELLER)
    shop.clock.turn(seconds=PAUSE_SECONDS + 1)

    with pytest.raises(LoginNeeded, match="invalid_grant"):
        shop.tokens.access_token(SELLER)


def test_a_grant_without_a_refresh_token_serves_until_it_is_about_to_expire(shop: Shop) -> None:
    shop.connect(refresh_token="")
    shop.clock.turn(hours=5)

    assert shop.tokens.access_token(SELLER) == "APP_USR-1"
    assert not shop.stored.dead_reason


def test_a_grant_without_a_refresh_token_needs_the_seller_once_it_expires(shop: Shop) -> None:
    shop.connect(refresh_token="")
    shop.expire()

    with pytest.raises(LoginNeeded, match="offline_access"):
        shop.tokens.access_token(SELLER)
    assert shop.meli.refreshes == 0
    assert "offline_access" in shop.stored.dead_reason


def test_no_error_shows_a_token_or_the_secret(shop: Shop) -> None:
    said = []
    shop.expire()
    for trouble in (
        raising(requests.ReadTimeout("client_secret=s3cret")),
        lambda: make_response(400, {"error": "invalid_client", "message": "s3cret TG-1"}),
        lambda: make_response(500, {"message": "TG-1"}),
        lambda: answer("oauth/token.invalid_grant.400", 400),
    ):
        shop.meli.troubles = [trouble]
        shop.clock.turn(minutes=2)
        with pytest.raises(BridgeError) as caught:
            shop.tokens.access_token(SELLER)
        said.append(str(caught.value))

    assert not [words for words in said if "s3cret" in words or "TG-" in words or "APP_USR" in words]
