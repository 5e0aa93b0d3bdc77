"""A function under `@check` is all that it takes: /health prints it where it is cheap, and the doctor always."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.checks import checklist
from chalicelib.checks.checklist import all_checks, cheap_checks, check, examine, load_checks
from chalicelib.checks.deployment import Deployment
from chalicelib.checks.findings import Finding, ok, problem, warning
from tests.harness import BridgeUnderTest


@pytest.fixture
def listed() -> Iterator[None]:
    """What a test puts onto the list is taken off again."""
    load_checks()
    before = [*checklist._CHECKS]
    yield
    checklist._CHECKS[:] = before


@pytest.mark.usefixtures("listed")
def test_a_new_check_shows_where_it_is_to_be_seen(bridge: BridgeUnderTest) -> None:
    assert bridge.health().json()["problems"] == []

    @check("weather", "cheap")
    def look_at_weather(deployment: Deployment) -> Iterator[Finding]:
        assert deployment.stage == bridge.name
        yield ok("sky", "is blue")
        yield warning("wind", "blows", "Wait")
        yield problem("rain", "falls", "Take an umbrella", alarm="it rains")

    @check("weather on the moon", "live")
    def look_at_moon(_: Deployment) -> Iterator[Finding]:
        yield problem("moon", "is gone", "Look again", alarm="no moon")

    assert bridge.health().json() == {
        "status": "degraded",
        "problems": [{"what": "it rains", "seller": None, "do": "Take an umbrella"}],
    }
    assert {"weather", "weather on the moon"} <= {one.subject for one in all_checks()}


@pytest.mark.usefixtures("listed")
def test_without_what_is_vital_the_bridge_is_down_and_nothing_else_is_asked(bridge: BridgeUnderTest) -> None:
    asked = []

    @check("power", "cheap", is_vital=True)
    def look_at_power(_: Deployment) -> Iterator[Finding]:
        yield problem("power", "is off", "Switch it on", alarm="no power")

    @check("weather", "cheap")
    def look_at_weather(_: Deployment) -> Iterator[Finding]:
        asked.append("weather")
        yield ok("sky", "is blue")

    assert bridge.health().json()["status"] == "down"
    assert [found["what"] for found in bridge.health().json()["problems"]] == ["no power"]
    assert asked == []


@pytest.mark.usefixtures("listed")
def test_the_doctor_goes_by_the_deeper_look_at_a_subject_alone() -> None:
    @check("weather", "cheap")
    def look_out_of_the_window(_: object) -> Iterator[Finding]:
        yield ok("sky", "is blue")

    @check("weather", "live")
    def ask_the_station(_: object) -> Iterator[Finding]:
        yield ok("sky", "is blue all week")

    assert [one.look for one in cheap_checks() if one.subject == "weather"] == [look_out_of_the_window]
    assert [one.look for one in all_checks() if one.subject == "weather"] == [ask_the_station]


@pytest.mark.usefixtures("listed")
def test_a_look_that_fails_is_told_of_without_its_words_and_hides_no_other() -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "hush"}}, "ListThings")
    errors = (ValueError("hush"), refused, EndpointConnectionError(endpoint_url="https://hush.example"))
    for number, error in enumerate(errors):

        @check(f"weather {number}", "cheap")
        def look(_: object, error: Exception = error) -> Iterator[Finding]:
            yield ok("sky", "is blue")
            raise error

    found = list(examine([one for one in cheap_checks() if one.subject.startswith("weather")], None))

    assert [finding.verdict for finding in found] == ["ok", "problem", "ok", "not checked", "ok", "not checked"]
    assert "ValueError" in found[1].seen
    assert "AWS refuses ListThings (AccessDenied)" in found[3].seen
    assert all(finding.alarm and finding.cure for finding in found if finding.verdict != "ok")
    assert "hush" not in str(found)
