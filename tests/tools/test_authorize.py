"""`authorize`: the link of a seller's country, and a code taken by hand."""

import json
import os
import subprocess
import sys
from urllib.parse import parse_qsl

import pytest
import requests

from chalicelib.settings import DESK_SETTINGS
from simulators.service import Fault
from tests.harness import Machine
from tests.tools.conftest import Deployed
from tools.provision import read_settings
from tools.stage_access import open_stage


@pytest.fixture
def second(deployed: Deployed) -> int:
    """A seller who is not connected yet, and who is the one at the browser."""
    seller = deployed.meli.add_seller("SEGUNDA LOJA")
    deployed.meli.logged_in_seller = seller
    return seller


def add_desk(deployed: Deployed, name: str = "loja2") -> None:
    settings = read_settings(deployed.session, deployed.name)
    values = {setting: settings[setting] for setting in DESK_SETTINGS if setting in settings}
    deployed.set(**{f"CHATWOOT_DESK_{name.upper()}": json.dumps(values)})


def said_by(link: str) -> tuple[str, dict[str, str]]:
    """Address, country and desk of a link."""
    address, _, query = link.partition("?")
    return address, {name: value for name, value in parse_qsl(query) if name in ("site", "desk")}


def ended_at(link: str) -> str:
    """The address at which the seller's browser ends when they open a link and allow the application."""
    return requests.get(link, allow_redirects=False, timeout=10).headers["Location"]


def code_in(address: str) -> str:
    return address.partition("code=")[2].partition("&")[0]


def link_by_hand(deployed: Deployed) -> tuple[str, str]:
    return open_stage(deployed.name).seller_connection.link_by_hand("MLB")


# The link


def test_it_prints_the_link_that_a_seller_opens(deployed: Deployed) -> None:
    result = deployed.run("authorize")

    assert result.exit_code == 0
    assert said_by(result.stdout.split()[-1]) == (f"{deployed.url}/oauth/mercado-livre/start", {"site": "MLB"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--site", "MLB"], {"site": "MLB"}),
        (["--site", "mla"], {"site": "MLA"}),
        (["--desk", "loja2"], {"site": "MLB", "desk": "loja2"}),
        (["--site", "MLM", "--desk", "loja2"], {"site": "MLM", "desk": "loja2"}),
    ],
)
def test_the_link_is_an_invitation_to_a_country_and_a_desk(
    deployed: Deployed, arguments: list[str], said: dict[str, str]
) -> None:
    add_desk(deployed)

    result = deployed.run("authorize", "--json", *arguments)

    link = json.loads(result.stdout)["link"]
    assert said_by(link) == (f"{deployed.url}/oauth/mercado-livre/start", said)
    assert "invitation=" in link


def test_the_printed_link_connects_a_seller_at_his_desk(deployed: Deployed, second: int) -> None:
    add_desk(deployed)
    deployed.set(ACCESS="invited")
    link = json.loads(deployed.run("authorize", "--json", "--desk", "loja2").stdout)["link"]

    page = requests.get(link, timeout=10)

    assert page.status_code == 200
    assert "SEGUNDA LOJA" in page.text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--site", "BRA"], "MLB, MLA"),
        (["--desk", "nowhere"], "These are known: loja2"),
        (["--verifier", "x"], "--code"),
        (["--by-hand", "--code", "TG-1"], "Either"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(deployed: Deployed, arguments: list[str], words: str) -> None:
    add_desk(deployed)

    result = deployed.run("authorize", *arguments)

    assert result.exit_code == 2
    assert words in result.stderr


def test_a_stage_that_is_not_set_up_says_what_to_set(deployed: Deployed) -> None:
    deployed.unset("PUBLIC_URL")

    result = deployed.run("authorize")

    assert result.exit_code == 2
    assert "PUBLIC_URL" in result.stderr


# A code by hand


def test_a_code_with_its_verifier_connects_a_seller(deployed: Deployed, second: int) -> None:
    link, verifier = link_by_hand(deployed)
    code = code_in(ended_at(link))

    result = deployed.run("authorize", "--code", code, "--verifier", verifier)

    assert result.exit_code == 0, result.output
    assert f"SEGUNDA LOJA ({second}) is connected" in result.stdout
    assert code not in result.output


def test_the_whole_address_does_as_well_and_a_script_gets_json_alone(deployed: Deployed, second: int) -> None:
    link, verifier = link_by_hand(deployed)

    result = deployed.run("authorize", "--json", "--code", ended_at(link), "--verifier", verifier)

    assert json.loads(result.stdout) == {
        "seller_id": second,
        "nickname": "SEGUNDA LOJA",
        "site": "MLB",
        "desk": "",
        "missing_scopes": [],
    }


def test_a_link_as_in_the_old_manual_needs_no_verifier(deployed: Deployed, second: int) -> None:
    redirect_uri = f"{deployed.url}/oauth/mercado-livre/callback"
    link = (
        f"{deployed.meli.base_url}/authorization?response_type=code&client_id={deployed.meli.app_id}"
        f"&redirect_uri={redirect_uri}"
    )

    result = deployed.run("authorize", "--code", code_in(ended_at(link)))

    assert result.exit_code == 0, result.output


def test_the_seller_comes_to_the_desk_that_is_named(deployed: Deployed, second: int) -> None:
    add_desk(deployed)
    link, verifier = link_by_hand(deployed)

    result = deployed.run("authorize", "--desk", "loja2", "--code", ended_at(link), "--verifier", verifier)

    assert "is connected at the desk loja2" in result.stdout


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("TG-wrong", "/oauth/mercado-livre/start"),
        ("https://x.example.com/callback?error=invalid_operator_user_id", "administrator"),
        ("https://x.example.com/callback?error=access_denied", "denied"),
        ("https://x.example.com/callback?error=strange&error_description=words", "strange (words)"),
        ("https://x.example.com/callback?state=1", "no code"),
    ],
)
def test_a_code_that_cannot_be_used_says_what_to_do(deployed: Deployed, code: str, words: str) -> None:
    result = deployed.run("authorize", "--code", code)

    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_mercado_livre_that_is_away_is_a_sentence(deployed: Deployed) -> None:
    deployed.meli.faults.append(Fault("status", path="/oauth/token"))

    result = deployed.run("authorize", "--code", "TG-1")

    assert result.exit_code == 2
    assert result.stderr.strip()


def test_by_hand_it_prints_mercado_livres_own_link_and_asks_where_it_ended(deployed: Deployed) -> None:
    deployed.unset("MERCADO_LIVRE_AUTH_URL")

    result = deployed.run("authorize", "--by-hand", "--site", "MLA", input="TG-wrong\n")

    assert "https://auth.mercadolibre.com.ar/authorization?" in result.stderr
    assert "code_challenge_method=S256" in result.stderr
    assert result.exit_code == 2


def test_an_address_of_another_authorization_is_not_taken(deployed: Deployed) -> None:
    address = f"{deployed.url}/oauth/mercado-livre/callback?code=TG-1&state=another"

    result = deployed.run("authorize", "--by-hand", input=f"{address}\n")

    assert result.exit_code == 2
    assert "another authorization" in result.stderr


def test_whoever_pastes_nothing_connects_nobody(deployed: Deployed) -> None:
    result = deployed.run("authorize", "--by-hand", input="")

    assert result.exit_code == 2
    assert "nobody was connected" in result.stderr


@pytest.mark.apart
def test_by_hand_from_the_link_to_the_connected_seller(deployed: Deployed, machine: Machine, second: int) -> None:
    # In a process of its own, since somebody must open the link while it waits.
    command = [sys.executable, "-m", "tools", "authorize", "--by-hand", "--stage", deployed.name]
    environ = {**os.environ, **machine.aws.environment, "COLUMNS": "1000"}
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr
        link = next(line.strip() for line in running.stderr if "/authorization?" in line)
        out, err = running.communicate(f"{ended_at(link)}\n", timeout=60)

    assert running.returncode == 0, err
    assert out.strip().endswith(f"SEGUNDA LOJA ({second}) is connected.")
    assert "{" not in out
