"""A setting is read from the environment first and SSM second, and a bad one is named with its cure."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import boto3
import pytest
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS

from chalicelib.errors import BadSettings, TryAgainLater
from chalicelib.process import StoredParameters, read_parameters
from chalicelib.settings import SETTINGS, WEBHOOK_TOKENS, Settings, find_setting, is_secret
from chalicelib.web.path_tokens import PathTokens
from tests.harness import Machine
from tools.deploy import make_environment

REQUIRED = [name for name, row in SETTINGS.items() if row.is_required]
DEFAULTS = {name: row.default for name, row in SETTINGS.items() if row.default}
SECRETS = [name for name, row in SETTINGS.items() if row.is_secret]

GOOD = {
    "MERCADO_LIVRE_APP_ID": "1234567890123456",
    "MERCADO_LIVRE_CLIENT_SECRET": "client-secret",
    "MERCADO_LIVRE_WEBHOOK_TOKEN": "meli-token",
    "CHATWOOT_URL": "https://chat.example/",
    "CHATWOOT_TOKEN": "chatwoot-token",
    "CHATWOOT_WEBHOOK_TOKEN": "webhook-token",
    "CHATWOOT_QUESTIONS_INBOX_ID": "7",
    "CHATWOOT_SALES_INBOX_ID": "8",
    "PUBLIC_URL": "https://ponte.example/api",
    "SIGNING_KEY": "signing-key",
}


def make_settings(parameters: Mapping[str, str] | None = None, **environ: str) -> Settings:
    return Settings({**GOOD, **environ}, lambda stage: parameters or {})


def test_every_setting_has_its_type() -> None:
    settings = make_settings()

    assert (settings.mercado_livre_app_id, settings.chatwoot_account_id) == (1234567890123456, 1)
    assert (settings.questions_inbox_id, settings.sales_inbox_id) == (7, 8)
    assert (settings.mercado_livre_client_secret, settings.chatwoot_token) == ("client-secret", "chatwoot-token")
    assert (settings.mercado_livre_webhook_token, settings.chatwoot_webhook_token) == ("meli-token", "webhook-token")
    assert settings.mercado_livre_url == "https://api.mercadolibre.com"
    assert (settings.mercado_livre_auth_url, settings.mercado_livre_site) == ("", "MLB")
    assert (settings.stage, settings.language, settings.chatwoot_webhook_secrets) == ("dev", "pt-BR", {})
    assert settings.resolves_answered_questions
    assert not settings.refuses_stale_notifications
    assert not settings.forwards_bots
    assert settings.problems() == []


def test_an_address_loses_its_last_slash() -> None:
    assert make_settings().chatwoot_url == "https://chat.example"


# Where settings come from


def test_the_environment_comes_before_ssm() -> None:
    assert make_settings({"CHATWOOT_TOKEN": "from-ssm"}).chatwoot_token == "chatwoot-token"


def test_ssm_comes_before_the_default() -> None:
    assert make_settings({"AGENT_LANGUAGE": "es"}).language == "es"


@pytest.mark.parametrize("environ", [{"CHATWOOT_TOKEN": ""}, {}])
def test_an_empty_variable_is_no_setting(environ: dict[str, str]) -> None:
    without = {name: value for name, value in GOOD.items() if name != "CHATWOOT_TOKEN"}

    assert Settings(without | environ, lambda stage: {"CHATWOOT_TOKEN": f"of {stage}"}).chatwoot_token == "of dev"


def test_ssm_is_not_read_for_what_the_environment_has() -> None:
    def refuse(stage: str) -> Mapping[str, str]:
        raise AssertionError(stage)

    settings = Settings(GOOD | DEFAULTS, refuse)

    assert settings.chatwoot_token == GOOD["CHATWOOT_TOKEN"]
    assert settings.language == "pt-BR"


def test_a_receipt_asks_nobody_which_tokens_count() -> None:
    """The token before is mostly not set, and to look for it in SSM takes a cold function longer than all else."""

    def refuse(*_: object) -> Mapping[str, str]:
        raise AssertionError("SSM was asked")

    outputs = {f"{name}QueueUrl": f"https://sqs.example/{name}" for name in ("Notifications", "Threads", "Background")}
    settings = Settings(make_environment(outputs, GOOD), refuse)
    tokens = PathTokens(settings, refuse, refuse, lambda: datetime.now(UTC))

    assert tokens.find_mercado_livre(GOOD["MERCADO_LIVRE_WEBHOOK_TOKEN"])
    assert tokens.find_desk(GOOD["CHATWOOT_WEBHOOK_TOKEN"])


@pytest.fixture
def stage(machine: Machine) -> Iterator[str]:
    """A stage with parameters of its own on moto's server."""
    parameters.clear_caches()
    yield f"s{uuid4().hex[:12]}"
    parameters.clear_caches()


def put_parameter(stage: str, name: str, value: str) -> None:
    kind = "SecureString" if name in SECRETS else "String"
    boto3.client("ssm").put_parameter(Name=f"/ponte/{stage}/{name}", Value=value, Type=kind, Overwrite=True)


def test_every_setting_may_stand_in_ssm(stage: str) -> None:
    for name, value in (GOOD | {"AGENT_LANGUAGE": "en"}).items():
        put_parameter(stage, name, value)
    put_parameter(f"{stage}-other", "FORWARD_BOTS", "on")

    settings = Settings({"PONTE_STAGE": stage}, read_parameters)

    assert settings.problems() == []
    assert (settings.chatwoot_token, settings.language) == ("chatwoot-token", "en")
    assert not settings.forwards_bots


def test_ssm_is_read_once_and_remembered(stage: str) -> None:
    put_parameter(stage, "CHATWOOT_TOKEN", "first")
    settings = Settings({"PONTE_STAGE": stage}, read_parameters)
    assert settings.chatwoot_token == "first"

    put_parameter(stage, "CHATWOOT_TOKEN", "second")

    assert settings.chatwoot_token == "first"
    assert Settings({"PONTE_STAGE": stage}, read_parameters).chatwoot_token == "first"


def test_a_new_container_reads_a_changed_parameter(stage: str) -> None:
    put_parameter(stage, "CHATWOOT_TOKEN", "first")
    settings = Settings({"PONTE_STAGE": stage}, read_parameters)
    assert settings.chatwoot_token == "first"
    put_parameter(stage, "CHATWOOT_TOKEN", "second")

    parameters.clear_caches()

    assert settings.chatwoot_token == "second"


def test_what_is_secret_is_decrypted_anew_only_when_something_was_changed(stage: str) -> None:
    """KMS is paid for each secret."""
    now, decrypted = 0.0, list[bool]()
    stored = StoredParameters(lambda: now)
    put_parameter(stage, "CHATWOOT_TOKEN", "first")
    stored.read(stage)
    events = DEFAULT_PROVIDERS["ssm"].client.meta.events
    events.register("before-parameter-build.ssm", lambda params, **_: decrypted.append(params["WithDecryption"]))

    for _ in range(5):
        now += 301
        assert stored.read(stage)["CHATWOOT_TOKEN"] == "first"
    assert decrypted == [False, True, *[False] * 4]

    put_parameter(stage, "CHATWOOT_TOKEN", "second")
    assert stored.read(stage)["CHATWOOT_TOKEN"] == "first"
    now += 301
    assert stored.read(stage)["CHATWOOT_TOKEN"] == "second"


def test_a_change_that_could_not_be_decrypted_at_once_is_read_as_soon_as_it_can_be(stage: str) -> None:
    now, is_away = 0.0, False

    def answer(params: Mapping[str, object], **_: object) -> None:
        if is_away and params["WithDecryption"]:
            raise ConnectionError("KMS does not answer")

    stored = StoredParameters(lambda: now)
    put_parameter(stage, "CHATWOOT_TOKEN", "first")
    for _ in range(3):
        stored.read(stage)
        now += 301
    DEFAULT_PROVIDERS["ssm"].client.meta.events.register("before-parameter-build.ssm", answer)
    put_parameter(stage, "CHATWOOT_TOKEN", "second")

    is_away = True
    with pytest.raises(TryAgainLater):
        stored.read(stage)
    is_away = False

    assert stored.read(stage)["CHATWOOT_TOKEN"] == "second"


# What is wrong with them


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_setting_is_named_with_the_command_that_sets_it(name: str) -> None:
    (problem,) = make_settings(PONTE_STAGE="prod", **{name: ""}).problems()

    cure = f"Set it with: aws ssm put-parameter --overwrite --type String --name /ponte/prod/{name} --value …"
    if name in WEBHOOK_TOKENS:
        cure = (
            "make deploy STAGE=prod makes a new one. Then run python -m tools setup --stage prod, which gives Chatwoot "
            "the new address and shows you the one for DevCenter"
        )
    elif name == "SIGNING_KEY":
        cure = "make deploy STAGE=prod makes a new one"
    elif name in SECRETS:
        cure = "Set it with: python -m tools setup --stage prod"
    assert problem == f"{name} is not set. {cure}"


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize("value", ["", "hush"])
def test_no_secret_is_to_be_typed_where_the_shell_remembers_it(name: str, value: str) -> None:
    problems = make_settings(**{name: value}).problems()

    assert not [problem for problem in problems if "--value" in problem]


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("MERCADO_LIVRE_APP_ID", "my-app", "must be a whole number"),
        ("CHATWOOT_ACCOUNT_ID", "1.5", "must be a whole number"),
        ("CHATWOOT_QUESTIONS_INBOX_ID", "seven", "must be a whole number"),
        ("CHATWOOT_SALES_INBOX_ID", "8 9", "must be a whole number"),
        ("CHATWOOT_URL", "chat.example", "must be a URL"),
        ("PUBLIC_URL", "https:/ponte.example", "must be a URL"),
        ("PUBLIC_URL", "https://[ponte.example", "must be a URL"),
        ("MERCADO_LIVRE_URL", "ftp://api.example", "must be a URL"),
        ("MERCADO_LIVRE_AUTH_URL", "/authorization", "must be a URL"),
        ("MERCADO_LIVRE_SITE", "Brasil", "must be a site such as"),
        ("MERCADO_LIVRE_READS_A_MINUTE", "many", "must be a whole number"),
        ("MERCADO_LIVRE_READS_A_MINUTE", "49", "must be at least 50"),
        ("SWEEP_AT_REST_MINUTES", "31", "must be at most 30"),
        ("AGENT_LANGUAGE", "português", "must be one of pt-BR, es, en"),
        ("STALE_NOTIFICATIONS", "no", "must be one of accept, refuse"),
        ("RESOLVE_ANSWERED_QUESTIONS", "True", "must be one of on, off"),
        ("FORWARD_BOTS", "1", "must be one of on, off"),
        ("CHATWOOT_WEBHOOK_SECRETS", "hush", "must be a JSON object"),
        ("CHATWOOT_WEBHOOK_SECRETS", '["hush"]', "must be a JSON object"),
    ],
)
def test_an_unusable_setting_is_named_and_its_value_is_not_shown(name: str, value: str, what: str) -> None:
    (problem,) = make_settings(**{name: value}).problems()

    assert problem.startswith(f"{name} {what}")
    assert ("python -m tools setup --stage dev" if name in SECRETS else f"--name /ponte/dev/{name} ") in problem
    assert value not in problem.replace(f"/ponte/dev/{name}", "").replace('{"7": "secret of inbox 7"}', "")


def test_every_problem_is_listed_at_once() -> None:
    problems = Settings({"AGENT_LANGUAGE": "de", "CHATWOOT_URL": "x"}, lambda _: {}).problems()

    assert [problem.split()[0] for problem in problems] == [*REQUIRED, "AGENT_LANGUAGE"]


def test_a_setting_that_is_used_while_it_is_missing_says_the_same() -> None:
    settings = make_settings(CHATWOOT_TOKEN="")

    with pytest.raises(BadSettings) as caught:
        _ = settings.chatwoot_token
    assert [str(caught.value)] == settings.problems()


# Choices


@pytest.mark.parametrize(("value", "expected"), [("on", True), ("off", False)])
def test_a_switch_is_on_or_off(value: str, *, expected: bool) -> None:
    settings = make_settings(FORWARD_BOTS=value, RESOLVE_ANSWERED_QUESTIONS=value)

    assert settings.forwards_bots is expected
    assert settings.resolves_answered_questions is expected


def test_secrets_are_known_by_inbox() -> None:
    settings = make_settings(CHATWOOT_WEBHOOK_SECRETS='{"7": "abc", "account": "def", "8": null, "9": ""}')

    assert settings.chatwoot_webhook_secrets == {"7": "abc", "account": "def"}


# Desks

DESK = {
    "CHATWOOT_URL": "https://other.example/",
    "CHATWOOT_ACCOUNT_ID": "3",
    "CHATWOOT_TOKEN": "other-token",
    "CHATWOOT_WEBHOOK_TOKEN": "other-webhook-token",
    "CHATWOOT_QUESTIONS_INBOX_ID": "21",
    "CHATWOOT_SALES_INBOX_ID": "22",
    "CHATWOOT_WEBHOOK_SECRETS": '{"21": "hush"}',
}


@pytest.mark.parametrize("place", ["environment", "parameters"])
def test_a_desk_has_a_chatwoot_of_its_own_and_shares_all_else(place: str) -> None:
    desk = {"CHATWOOT_DESK_LOJA2": json.dumps(DESK)}
    settings = make_settings(**desk) if place == "environment" else make_settings(desk)

    other = settings.at_desk("loja2")

    assert settings.desk_names() == ["loja2"]
    assert (other.chatwoot_url, other.chatwoot_account_id) == ("https://other.example", 3)
    assert (other.questions_inbox_id, other.sales_inbox_id) == (21, 22)
    assert other.chatwoot_webhook_secrets == {"21": "hush"}
    assert other.public_url == settings.public_url
    assert settings.chatwoot_url == "https://chat.example"
    assert settings.problems() == []


def test_a_desk_takes_nothing_from_the_first_one() -> None:
    lacking = {name: value for name, value in DESK.items() if name != "CHATWOOT_TOKEN"}
    settings = make_settings(CHATWOOT_DESK_LOJA2=json.dumps(lacking))

    (problem,) = settings.problems_of_desks()

    assert problem.startswith("CHATWOOT_TOKEN of the desk loja2 is not set.")
    assert "tools setup --stage dev --desk loja2" in problem


@pytest.mark.parametrize("text", ["hush", "[]", '"x"', ""])
def test_a_desk_that_cannot_be_read_says_how_to_make_it_anew(text: str) -> None:
    settings = make_settings(CHATWOOT_DESK_LOJA2=text).at_desk("loja2")

    with pytest.raises(BadSettings, match="tools setup --stage dev --desk loja2") as caught:
        _ = settings.chatwoot_url
    assert "hush" not in str(caught.value)


def test_a_desk_is_secret_as_a_whole() -> None:
    assert is_secret("CHATWOOT_DESK_LOJA2")
    assert is_secret("CHATWOOT_TOKEN")
    assert not is_secret("CHATWOOT_URL")


# The table


def test_every_setting_has_a_property_that_reads_it_as_its_row_says() -> None:
    """A bad value of each shows in one property at least, in the same words as in the list of problems."""
    bad = {
        "number": "x",
        "url": "x",
        "site": "x",
        "choice": "x",
        "switch": "x",
        "secrets": "x",
        "text": "",
        "token": "",
    }
    properties = [name for name, what in vars(Settings).items() if isinstance(what, property)]
    for row in SETTINGS.values():
        settings = make_settings(**{row.name: bad[row.kind]})
        told = []
        for name in properties:
            try:
                getattr(settings, name)
            except BadSettings as error:
                told.append(str(error))

        assert set(told) == set(settings.problems()), row.name
        assert len(told) == len(settings.problems()), row.name


def test_the_name_of_a_further_desk_is_known_and_a_misspelt_one_is_not() -> None:
    known, unknown = ("CHATWOOT_DESK_LOJA2", "CHATWOOT_URL"), ("CHATWOOT_DESK_loja2", "CHATWOOT_DESK_", "CHATWOOT_URI")

    assert [row.name for row in map(find_setting, known) if row] == [*known]
    assert not [row for row in map(find_setting, unknown) if row]


def test_a_desk_that_is_given_whole_is_judged_whole() -> None:
    row = find_setting("CHATWOOT_DESK_LOJA2")
    assert row
    assert row.parse(json.dumps(DESK)) == DESK

    for text, expected in (
        ("hush", "must be a JSON object"),
        ("[]", "must be a JSON object"),
        (json.dumps(DESK | {"CHATWOOT_ACCOUNT_ID": "hush"}), "has a CHATWOOT_ACCOUNT_ID that must be a whole number"),
        (json.dumps({"CHATWOOT_URL": DESK["CHATWOOT_URL"]}), "lacks CHATWOOT_TOKEN"),
        (json.dumps(DESK | {"PUBLIC_URL": "hush"}), "may not have PUBLIC_URL"),
    ):
        with pytest.raises(ValueError, match=expected) as caught:
            row.parse(text)
        assert "hush" not in str(caught.value)
