"""Whether it is Chatwoot that sent a webhook."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.chatwoot.webhooks import verify_signature
from chalicelib.errors import Untrusted
from tests.recorded import recorded

VECTOR = recorded("chatwoot/webhooks/signature_vector")
SIGNED_AT = datetime.fromtimestamp(int(VECTOR["timestamp"]), UTC)


def make_headers(**changes: str) -> dict[str, str]:
    headers = {"x-chatwoot-timestamp": VECTOR["timestamp"], "x-chatwoot-signature": VECTOR["x_chatwoot_signature"]}
    return headers | {f"x-chatwoot-{name}": value for name, value in changes.items()}


def verify(
    headers: dict[str, str],
    *,
    secrets: tuple[str, ...] = (VECTOR["secret"],),
    body: bytes = VECTOR["body"].encode(),
    now: datetime = SIGNED_AT,
) -> None:
    verify_signature(body, headers, secrets, now=now)


@pytest.mark.parametrize("seconds", [0, 300, -300])
def test_the_recorded_signature_is_right_for_five_minutes(seconds: int) -> None:
    verify(make_headers(), now=SIGNED_AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [301, -301, 86400, -86400])
def test_a_signature_from_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(Untrusted, match="older than five minutes") as caught:
        verify(make_headers(), now=SIGNED_AT + timedelta(seconds=seconds))
    assert caught.value.status == 401


@pytest.mark.parametrize("secrets", [(VECTOR["secret"], "other"), ("other", VECTOR["secret"])])
def test_one_right_secret_among_several_is_enough(secrets: tuple[str, ...]) -> None:
    verify(make_headers(), secrets=secrets)


def test_without_a_secret_there_is_nothing_to_verify() -> None:
    verify({}, secrets=())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        make_headers(signature=""),
        make_headers(timestamp=""),
        make_headers(timestamp="now"),
        make_headers(timestamp="-1795269900"),
        make_headers(timestamp="1795269900.0"),
        make_headers(timestamp="١٧٩٥٢٦٩٩٠٠"),
        make_headers(timestamp="9" * 30),
        make_headers(timestamp="1795269901"),
        make_headers(signature=VECTOR["x_chatwoot_signature"].upper()),
        make_headers(signature=VECTOR["x_chatwoot_signature"].removeprefix("sha256=")),
        make_headers(signature="sha256="),
        make_headers(signature="assinação \udce7"),
    ],
)
def test_headers_that_prove_nothing_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Untrusted) as caught:
        verify(headers)
    assert caught.value.status == 401


@pytest.mark.parametrize("body", [b"", VECTOR["body"].encode() + b" ", VECTOR["body"].replace("\\u0026", "&").encode()])
def test_a_signature_is_of_these_bytes_and_no_others(body: bytes) -> None:
    with pytest.raises(Untrusted, match="the signature is wrong"):
        verify(make_headers(), body=body)


def test_a_wrong_secret_is_refused() -> None:
    with pytest.raises(Untrusted, match="the signature is wrong"):
        verify(make_headers(), secrets=("other", ""))
