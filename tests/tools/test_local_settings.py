"""`python -m tools local --set NAME=VALUE` takes any setting, and says of what is none what there is."""

from typer.testing import CliRunner

from chalicelib.settings import SETTINGS
from tests.test_settings import GOOD
from tools.__main__ import cli
from tools.local.given_settings import read_given


def test_every_setting_can_be_given_and_goes_before_its_option() -> None:
    pairs = [f"{name}={GOOD.get(name, row.default) or 'https://login.example'}" for name, row in SETTINGS.items()]

    given = read_given(pairs, {"CHATWOOT_ACCOUNT_ID": "7", "PUBLIC_URL": None})

    assert [*given] == ["CHATWOOT_ACCOUNT_ID", *(name for name in SETTINGS if name != "CHATWOOT_ACCOUNT_ID")]
    assert given["CHATWOOT_ACCOUNT_ID"] == "1"
    assert read_given(["AGENT_LANGUAGE = es "], {}) == {"AGENT_LANGUAGE": "es"}


def test_what_cannot_be_set_is_refused_with_what_there_is() -> None:
    for pair, *words in (
        ("AGENT_LANGAUGE=es", "There is no setting AGENT_LANGAUGE.", "Did you mean AGENT_LANGUAGE?", "FORWARD_BOTS"),
        ("CHATWOOT_DESK_loja2={}", "There is no setting CHATWOOT_DESK_loja2.", "CHATWOOT_DESK_LOJA2"),
        ("AGENT_LANGUAGE=hush", "AGENT_LANGUAGE must be one of pt-BR, es, en."),
        ("FORWARD_BOTS=", "FORWARD_BOTS is empty"),
        ("CHATWOOT_TOKEN", "--set takes NAME=VALUE"),
        ("CHATWOOT_DESK_LOJA2={}", "CHATWOOT_DESK_LOJA2 lacks CHATWOOT_URL."),
        ("CHATWOOT_URL=https://chat.example", "--chatwoot-token"),
    ):
        refused = CliRunner().invoke(cli, ["local", "--set", pair], catch_exceptions=False)

        assert refused.exit_code == 2
        said = " ".join(refused.stderr.split())
        assert not [word for word in words if word not in said], (pair, said)
        assert "hush" not in said
