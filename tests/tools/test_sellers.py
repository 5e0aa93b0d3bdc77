"""`python -m tools sellers`: who is connected, and how one moves or leaves."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from chalicelib.checks.moments import in_words
from chalicelib.models import Seller
from tests.tools.conftest import Deployed
from tools.commands import sellers as commands
from tools.sellers import Report, state_of
from tools.stage_access import open_stage

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SELLER = Seller(700000001, "LOJA TESTE", "MLB", "APP_USR-1", "TG-1", int(NOW.timestamp()) + 5 * 3600)


def add_desk(deployed: Deployed, name: str) -> None:
    settings = deployed.bridge.settings | {"CHATWOOT_URL": deployed.chatwoot.base_url}
    deployed.set(**{f"CHATWOOT_DESK_{name.upper()}": json.dumps({key: str(value) for key, value in settings.items()})})


# What is listed


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (5, "in less than a minute"),
        (-200, "3 min ago"),
        (5 * 3600 + 100, "in 5 h"),
        (-49 * 3600, "2 d ago"),
    ],
)
def test_moments_read_as_people_say_them(seconds: int, words: str) -> None:
    assert in_words(NOW + timedelta(seconds=seconds), NOW) == words
    assert in_words(None, NOW) == "never"


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "connected", "connected"),
        ({"dead_reason": "invalid_grant"}, "must_authorise", "must authorise again: invalid_grant"),
        ({"dead_reason": "invalid_grant", "trouble": "x"}, "must_authorise", "must authorise again"),
        ({"trouble": "invalid_client"}, "operator_must_mend", "an operator must mend: invalid_client"),
        ({"refresh_token": ""}, "no_offline_access", "no offline_access"),
        ({"scopes": "read write"}, "no_offline_access", "no offline_access"),
        ({"scopes": "offline_access read"}, "missing_scopes", "granted without write"),
    ],
)
def test_a_grant_says_who_can_mend_it(changes: dict[str, Any], state: str, words: str) -> None:
    found, said = state_of(SELLER._replace(**changes))

    assert found == state
    assert said.startswith(words)


def test_a_connected_seller_is_listed_with_what_was_heard_of_him(deployed: Deployed) -> None:
    deployed.bridge.ask()

    result = deployed.run("sellers", "list")

    assert result.exit_code == 0
    for words in (
        "LOJA TESTE",
        str(deployed.seller),
        "MLB",
        "(first)",
        "connected",
        "expires in 5 h",
        "traffic just now",
        "swept just now",
    ):
        assert words in result.stdout


def test_the_list_for_a_script_has_instants_and_no_token(deployed: Deployed) -> None:
    deployed.bridge.ask()
    deployed.bridge.sweep()

    result = deployed.run("sellers", "list", "--json")

    (seller,) = json.loads(result.stdout)
    assert (seller["seller_id"], seller["state"], seller["reason"]) == (deployed.seller, "connected", "")
    assert datetime.fromisoformat(seller["expires_at"]) > deployed.bridge.clock.now
    assert seller["last_topic"] == "questions"
    assert seller["last_outcome"].startswith("queued: ")
    assert datetime.fromisoformat(seller["swept_at"]) == deployed.bridge.clock.now
    assert not any(token in result.output for token in ("APP_USR", "TG-"))


def test_a_dead_grant_is_listed_with_the_link_that_mends_it(deployed: Deployed) -> None:
    bridge = open_stage(deployed.name)
    seller = bridge.sellers.get(deployed.seller)
    assert seller
    bridge.sellers.connect(seller._replace(dead_reason="invalid_grant"))

    result = deployed.run("sellers", "list")

    assert "must authorise again: invalid_grant" in result.stdout
    assert f"{deployed.url}/oauth/mercado-livre/start" in result.stdout


def test_with_nobody_connected_the_list_tells_how_to_connect_one(deployed: Deployed) -> None:
    deployed.run("sellers", "disconnect", str(deployed.seller), "--yes")

    result = deployed.run("sellers", "list")

    assert result.exit_code == 0
    assert f"{deployed.url}/oauth/mercado-livre/start" in result.stdout


def test_the_list_fits_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = Console(width=80, file=io.StringIO())
    monkeypatch.setattr(commands, "console", narrow)
    dead = SELLER._replace(seller_id=70000000000, dead_reason="invalid_grant", desk="loja_do_interior")
    reports = [
        Report(seller, *state_of(seller), link="", last_traffic=NOW, last_topic="questions", last_outcome="")
        for seller in (SELLER._replace(refreshed_at=1_780_000_000, swept_at=1_780_000_000), dead)
    ]

    commands._show(reports, NOW)

    text = narrow.file.getvalue()  # type: ignore[attr-defined]
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "70000000000" in text
    assert "…" not in text


# Leaving


def test_disconnecting_revokes_the_grant_and_removes_the_tokens(deployed: Deployed) -> None:
    result = deployed.run("sellers", "disconnect", "loja teste", input="y\n")

    assert result.exit_code == 0, result.output
    assert "The grant is revoked." in result.stdout
    assert deployed.meli.grants == {}
    assert open_stage(deployed.name).sellers.all() == []


@pytest.mark.parametrize(
    ("site", "desk", "query"),
    [("MLB", "", "site=MLB&until="), ("MLA", "", "site=MLA&until="), ("MLA", "loja2", "site=MLA&desk=loja2&until=")],
)
def test_whoever_is_disconnected_gets_the_link_back_to_his_own_desk(
    deployed: Deployed, site: str, desk: str, query: str
) -> None:
    """The seller's desk is forgotten too."""
    add_desk(deployed, "loja2")
    bridge = open_stage(deployed.name)
    seller = bridge.sellers.get(deployed.seller)
    assert seller
    bridge.sellers.connect(seller._replace(site_id=site, desk=desk))

    result = deployed.run("sellers", "disconnect", str(deployed.seller), "--yes")

    assert result.exit_code == 0, result.output
    assert f"{deployed.url}/oauth/mercado-livre/start?{query}" in result.stdout.splitlines()[-1]


def test_a_stage_that_has_no_address_any_more_keeps_no_seller(deployed: Deployed) -> None:
    deployed.unset("PUBLIC_URL")

    result = deployed.run("sellers", "disconnect", str(deployed.seller), "--yes")

    assert result.exit_code == 0, result.output
    assert open_stage(deployed.name).sellers.all() == []


def test_disconnecting_asks_first(deployed: Deployed) -> None:
    for answer in ("n\n", ""):
        result = deployed.run("sellers", "disconnect", str(deployed.seller), input=answer)

        assert result.exit_code == 2
        assert "Nothing was changed" in result.stderr
    assert deployed.seller in deployed.meli.grants
    assert open_stage(deployed.name).sellers.get(deployed.seller)


def test_what_waits_for_him_is_said_before_it_is_asked(deployed: Deployed) -> None:
    deployed.bridge.ask()
    deployed.meli.add_fault("status", method="POST", path="/answers", status=503, body="away", times=3)
    deployed.bridge.reply("Temos.")

    result = deployed.run("sellers", "disconnect", str(deployed.seller), input="n\n")

    assert "Replies under way to buyers: 1." in result.stdout


def test_disconnecting_again_says_that_nobody_is_connected(deployed: Deployed) -> None:
    deployed.run("sellers", "disconnect", str(deployed.seller), "--yes")

    result = deployed.run("sellers", "disconnect", str(deployed.seller), "--yes")

    assert result.exit_code == 2
    assert f"No seller {deployed.seller} is connected. None is." in result.stderr


def refuse(deployed: Deployed) -> None:
    deployed.meli.add_fault("status", method="DELETE", status=403, body='{"message": "no", "error": "forbidden"}')


def go_away(deployed: Deployed) -> None:
    deployed.meli.add_fault("status", method="DELETE", status=503, body="away")


def hang_up(deployed: Deployed) -> None:
    deployed.meli.add_fault("commit_then_drop", method="DELETE")


def withdraw(deployed: Deployed) -> None:
    deployed.meli.revoke_grant(deployed.seller)


def block(deployed: Deployed) -> None:
    deployed.meli.block_application()


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (refuse, "refused to revoke it: 403"),
        (go_away, ""),
        (hang_up, "whether it was revoked is not known"),
        (withdraw, "the grant is dead already"),
        (block, "refuses the application"),
    ],
)
def test_a_grant_that_cannot_be_revoked_keeps_its_tokens_unless_forced(
    deployed: Deployed, trouble: object, words: str
) -> None:
    trouble(deployed)  # type: ignore[operator]

    result = deployed.run("sellers", "disconnect", str(deployed.seller), "--yes")

    assert result.exit_code == 2
    assert words in result.stderr
    assert "--force" in result.stderr
    assert open_stage(deployed.name).sellers.get(deployed.seller)

    trouble(deployed)  # type: ignore[operator]
    result = deployed.run("sellers", "disconnect", str(deployed.seller), "--yes", "--force")

    assert result.exit_code == 0, result.output
    assert "was not revoked" in result.stdout
    assert open_stage(deployed.name).sellers.get(deployed.seller) is None


def test_a_seller_who_left_may_connect_again(deployed: Deployed) -> None:
    deployed.bridge.ask("Tem azul?")
    deployed.run("sellers", "disconnect", str(deployed.seller), "--yes")

    deployed.bridge.connect(deployed.seller)
    deployed.bridge.ask("Tem verde?")

    assert len(deployed.chatwoot.conversations()) == 2


# Moving


def test_a_seller_moves_to_another_desk_and_back(deployed: Deployed) -> None:
    add_desk(deployed, "loja2")

    result = deployed.run("sellers", "move", str(deployed.seller), "loja2")

    assert result.exit_code == 0, result.output
    assert "go to the desk loja2; those that are open stay at the first desk" in result.stdout
    seller = open_stage(deployed.name).sellers.get(deployed.seller)
    assert seller
    assert seller.desk == "loja2"

    result = deployed.run("sellers", "move", "LOJA TESTE", "first")

    seller = open_stage(deployed.name).sellers.get(deployed.seller)
    assert seller
    assert seller.desk == ""
    assert "is at the first desk already" in deployed.run("sellers", "move", "LOJA TESTE", "first").stdout


def test_an_unknown_desk_lists_the_known_ones(deployed: Deployed) -> None:
    add_desk(deployed, "loja2")

    result = deployed.run("sellers", "move", str(deployed.seller), "loja3")

    assert result.exit_code == 2
    assert "There is no desk loja3. Known: first, loja2." in result.stderr


def test_an_unknown_seller_lists_the_connected_ones(deployed: Deployed) -> None:
    result = deployed.run("sellers", "move", "LOJA", "first")

    assert result.exit_code == 2
    assert f"No seller LOJA is connected. Connected: LOJA TESTE ({deployed.seller})." in result.stderr


def test_a_nickname_of_two_sellers_does_not_tell_which(deployed: Deployed) -> None:
    bridge = open_stage(deployed.name)
    bridge.sellers.connect(SELLER._replace(seller_id=5))

    result = deployed.run("sellers", "disconnect", "LOJA TESTE", "--yes")

    assert result.exit_code == 2
    assert "name the id" in result.stderr
    assert len(bridge.sellers.all()) == 2


def test_a_stage_that_is_not_there_is_said_so(deployed: Deployed) -> None:
    deployed.name = "nowhere"

    result = deployed.run("sellers", "list")

    assert result.exit_code == 2
    assert "Check the credentials, the region and --stage." in result.stderr
