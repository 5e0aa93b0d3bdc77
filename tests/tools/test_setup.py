"""`setup`: every value is checked, what is there is reused, and what is left to do is said."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import requests
from boto3.session import Session

from chalicelib.http import Transport
from chalicelib.models import Conversation, Seller, Thread
from chalicelib.settings import DESK_SETTINGS, SETTINGS, Settings
from simulators.chatwoot import Chatwoot
from simulators.service import Fault, Server
from tests.harness import MELI_TOKEN, BridgeUnderTest
from tests.tools.conftest import Deployed
from tools.chatwoot_panel import ATTRIBUTES
from tools.chatwoot_setup import INBOX_SETTINGS, LABELS
from tools.provision import read_settings
from tools.setting_up import StageSettings, set_up
from tools.setup_interview import Wanted
from tools.stage_access import open_stage

OURS = ("Mercado Livre - Perguntas", "Mercado Livre - Vendas")


class Fresh(Deployed):
    """A stage after `make deploy`: no more than its address and its tokens are known, and Chatwoot is empty."""

    def __init__(self, bridge: BridgeUnderTest) -> None:
        super().__init__(bridge)
        self.unset(*(set(read_settings(self.session, self.name)) - {"PUBLIC_URL", *self.tokens}))
        self.chatwoot.reset()

    tokens = ("MERCADO_LIVRE_WEBHOOK_TOKEN", "CHATWOOT_WEBHOOK_TOKEN")

    @property
    def options(self) -> dict[str, str]:
        return {
            "--chatwoot-url": self.chatwoot.base_url,
            "--chatwoot-token": self.chatwoot.admin_token,
            "--app-id": str(self.meli.app_id),
            "--client-secret": self.meli.client_secret,
            "--mercado-livre-url": self.meli.base_url,
            "--mercado-livre-auth-url": self.meli.base_url,
        }

    def set_up(self, *more: str, without: tuple[str, ...] = (), **changed: str) -> Any:
        """Run it with every option, some changed (`app_id="7"`), and without questions."""
        options = self.options | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
        words = [word for pair in options.items() if pair[0] not in without for word in pair]
        return self.run("setup", "--no-input", *words, *more)

    @property
    def settings(self) -> dict[str, str]:
        return read_settings(self.session, self.name)

    def kind_of(self, setting: str) -> str:
        (parameter,) = self.session.client("ssm").get_parameters(Names=[f"/ponte/{self.name}/{setting}"])["Parameters"]
        return str(parameter["Type"])

    def names(self) -> dict[int, str]:
        return {inbox["id"]: inbox["name"] for inbox in self.chatwoot.inboxes()}

    def everything(self) -> list[int]:
        """How many there are of each thing that the set-up makes in Chatwoot."""
        state = self.chatwoot.state
        return [len(x) for x in (state.inboxes, state.attribute_definitions, state.labels, state.webhooks)]


@pytest.fixture
def fresh(bridge: BridgeUnderTest) -> Fresh:
    return Fresh(bridge)


def report(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# From nothing


def test_every_setting_is_stored_and_the_secret_ones_encrypted(fresh: Fresh) -> None:
    result = fresh.set_up(site="mla", language="ES")

    assert result.exit_code == 0, result.output
    settings = fresh.settings
    assert Settings({"PONTE_STAGE": fresh.name}, lambda _stage: settings).problems() == []
    assert settings.keys() >= {row.name for row in SETTINGS.values() if row.is_required}
    assert (settings["MERCADO_LIVRE_SITE"], settings["AGENT_LANGUAGE"]) == ("MLA", "es")
    assert settings["CHATWOOT_ACCOUNT_ID"] == "1"
    for name in ("CHATWOOT_TOKEN", "MERCADO_LIVRE_CLIENT_SECRET", "CHATWOOT_WEBHOOK_SECRETS"):
        assert fresh.kind_of(name) == "SecureString"


def test_chatwoot_gets_inboxes_that_call_us_attributes_and_labels(fresh: Fresh) -> None:
    fresh.set_up()

    inboxes = fresh.chatwoot.inboxes()
    assert tuple(inbox["name"] for inbox in inboxes) == OURS
    token = fresh.settings["CHATWOOT_WEBHOOK_TOKEN"]
    assert {inbox["webhook_url"] for inbox in inboxes} == {f"{fresh.url}/webhook/chatwoot/{token}"}
    assert fresh.everything() == [2, len(ATTRIBUTES), len(LABELS), 0]
    assert json.loads(fresh.settings["CHATWOOT_WEBHOOK_SECRETS"]) == {str(i["id"]): i["secret"] for i in inboxes}


def test_it_says_what_to_enter_in_the_devcenter_and_which_link_connects_a_seller(fresh: Fresh) -> None:
    result = fresh.set_up()

    for text in (
        f"{fresh.url}/webhook/mercado-livre/{MELI_TOKEN}",
        f"{fresh.url}/oauth/mercado-livre/callback",
        f"{fresh.url}/oauth/mercado-livre/start",
        "read, write, offline_access",
        "questions, messages, items",
        "post-sales communication",
        "add the agents to both inboxes",
        f"{fresh.url}/health",
    ):
        assert text in result.stdout


def test_a_script_gets_json_and_nothing_else(fresh: Fresh) -> None:
    said = report(fresh.set_up("--json"))

    assert said["devcenter"]["notification_url"] == f"{fresh.url}/webhook/mercado-livre/{MELI_TOKEN}"
    assert said["connecting_link"].startswith(f"{fresh.url}/oauth/mercado-livre/start?site=MLB&until=")
    assert "&invitation=" in said["connecting_link"]
    assert said["chatwoot"]["version"] == "4.16.2"
    assert [inbox["how"] for inbox in said["chatwoot"]["inboxes"].values()] == ["made", "made"]
    assert said["must_deploy_for"] == []


def test_no_secret_is_printed(fresh: Fresh) -> None:
    printed = (
        fresh.set_up().output + fresh.set_up("--json").output + fresh.set_up(client_secret="not-the-secret").output
    )

    secrets = [
        fresh.chatwoot.admin_token,
        fresh.meli.client_secret,
        "not-the-secret",
        fresh.settings["CHATWOOT_WEBHOOK_TOKEN"],
        *(inbox["secret"] for inbox in fresh.chatwoot.inboxes()),
    ]
    assert not [secret for secret in secrets if secret in printed]


def test_every_agent_can_be_made_a_member_and_nobody_is_removed(fresh: Fresh) -> None:
    said = report(fresh.set_up("--agents", "all", "--json"))

    assert said["chatwoot"]["agents"] == 2
    assert {frozenset(inbox.member_ids) for inbox in fresh.chatwoot.state.inboxes.values()} == {frozenset({5, 9})}


# Again


def test_the_panel_of_an_account_of_before_comes_into_order_and_no_conversation_loses_a_value(fresh: Fresh) -> None:
    fresh.set_up()
    state, bridge = fresh.chatwoot.state, fresh.bridge
    state.attribute_definitions.clear()
    old = ("meli_question_id", "Pergunta"), ("meli_item_link", "Link do anúncio"), ("vip", "VIP")
    for key, name in (*old, ("meli_total", "Total"), ("meli_seller", "Loja"), ("meli_conversation_state", "Bloqueio")):
        definition = {"attribute_key": key, "attribute_display_name": name, "attribute_model": "conversation_attribute"}
        bridge.as_administrator("POST", "/custom_attribute_definitions", {"custom_attribute_definition": definition})
    contact = bridge.as_administrator("POST", "/contacts", {"name": "Ana"})["payload"]["contact"]["id"]
    ids = {"inbox_id": int(fresh.settings["CHATWOOT_SALES_INBOX_ID"]), "contact_id": contact}
    kept = {"meli_total": "R$ 10,00", "meli_item_link": "https://example.com/1", "vip": "sim"}
    bridge.as_administrator("POST", "/conversations", {**ids, "custom_attributes": kept})

    said = report(fresh.set_up("--json"))

    names = [d.attribute_display_name for d in state.attribute_definitions.values() if d.attribute_model[:4] == "conv"]
    first = ["VIP", "Bloqueio", "Produto", "Valor", "Abrir no Mercado Livre", "Envio"]
    assert names[:11] == [*first, "Pergunta", "Anúncio", "Pacote", "Pedido", "Loja"]
    assert bridge.conversation()["custom_attributes"] == kept
    assert (said["chatwoot"]["attributes_made"], said["chatwoot"]["attributes_moved"]) == (len(ATTRIBUTES) - 4, 4)
    again = report(fresh.set_up("--json"))
    assert (again["chatwoot"]["attributes_made"], again["chatwoot"]["attributes_moved"]) == (0, 0)


def test_run_twice_it_doubles_nothing(fresh: Fresh) -> None:
    fresh.set_up()
    before, settings = fresh.everything(), fresh.settings

    said = report(fresh.set_up("--json"))

    assert fresh.everything() == before
    assert fresh.settings == settings
    assert said["settings_written"] == []
    assert [inbox["how"] for inbox in said["chatwoot"]["inboxes"].values()] == ["found by its id", "found by its id"]


def test_the_second_time_nothing_need_be_given(fresh: Fresh) -> None:
    fresh.set_up()

    result = fresh.run("setup", "--no-input")

    assert result.exit_code == 0, result.output


def test_contacts_of_before_are_renamed_and_nobody_elses(fresh: Fresh) -> None:
    assert fresh.set_up().exit_code == 0
    for number in range(20):
        ours = {"name": f"COMPRADOR.{number}", "identifier": f"51{number}", "custom_attributes": {}}
        ours["custom_attributes"] = {"meli_user_id": f"51{number}"}
        fresh.bridge.as_administrator("POST", "/contacts", ours)
    stranger = {"name": "Dona Maria", "identifier": "5200"}
    fresh.bridge.as_administrator("POST", "/contacts", stranger)

    report = json.loads(fresh.set_up("--json").stdout)

    assert report["chatwoot"]["contacts_renamed"] == 20
    named = [contact["identifier"] for contact in fresh.chatwoot.contacts()]
    assert named == [*(f"mercado-livre:51{number}" for number in range(20)), "5200"]
    assert json.loads(fresh.set_up("--json").stdout)["chatwoot"]["contacts_renamed"] == 0
    assert open_stage(fresh.name).threads.has_no_old_contacts("")


def test_an_inbox_that_was_renamed_by_hand_is_found_again_and_keeps_its_name(fresh: Fresh) -> None:
    fresh.set_up()
    questions = int(fresh.settings["CHATWOOT_QUESTIONS_INBOX_ID"])
    fresh.bridge.as_administrator("PATCH", f"/inboxes/{questions}", {"name": "Perguntas do ML"})

    fresh.set_up()

    assert fresh.names() == {questions: "Perguntas do ML", int(fresh.settings["CHATWOOT_SALES_INBOX_ID"]): OURS[1]}


def test_inboxes_made_by_hand_are_found_by_name_and_their_old_address_is_told(fresh: Fresh) -> None:
    for name in OURS:
        fresh.chatwoot.create_other_inbox(name, webhook_url="https://old.example.com/webhook")

    result = fresh.set_up()

    assert len(fresh.names()) == 2
    assert "called old.example.com until now" in result.stdout


@pytest.mark.parametrize("channel_type", ["web_widget", None])
def test_a_stored_id_that_is_no_api_inbox_of_the_account_is_as_if_it_were_not_there(
    fresh: Fresh, channel_type: str | None
) -> None:
    other = fresh.chatwoot.create_other_inbox("Site", channel_type=channel_type)["id"] if channel_type else 9999
    fresh.set(CHATWOOT_QUESTIONS_INBOX_ID=str(other))

    fresh.set_up()

    assert fresh.names()[int(fresh.settings["CHATWOOT_QUESTIONS_INBOX_ID"])] == OURS[0]


@pytest.mark.parametrize("calls", [0, 1, 2, 3, 6, 22])
def test_a_setup_that_died_is_completed_by_the_next(fresh: Fresh, calls: int) -> None:
    fresh.chatwoot.faults.append(Fault("commit_then_drop", skip=calls, path="/api/v1/accounts/1"))
    died = fresh.set_up()
    fresh.chatwoot.clear_faults()

    again = fresh.set_up()

    assert died.exit_code == 2
    assert again.exit_code == 0, again.output
    assert fresh.everything() == [2, len(ATTRIBUTES), len(LABELS), 0]
    assert {fresh.settings[name] for name in ("CHATWOOT_QUESTIONS_INBOX_ID", "CHATWOOT_SALES_INBOX_ID")} == set(
        map(str, fresh.names())
    )


def test_an_id_is_stored_before_the_next_inbox_is_made(fresh: Fresh) -> None:
    fresh.chatwoot.faults.append(Fault("status", skip=1, method="POST", path="/inboxes"))

    result = fresh.set_up()

    assert result.exit_code == 2
    assert "Chatwoot" in result.stderr
    (inbox,) = fresh.chatwoot.inboxes()
    assert fresh.settings["CHATWOOT_QUESTIONS_INBOX_ID"] == str(inbox["id"])
    assert json.loads(fresh.settings["CHATWOOT_WEBHOOK_SECRETS"]) == {str(inbox["id"]): inbox["secret"]}


def test_another_account_makes_the_old_inboxes_ids_mean_nothing(fresh: Fresh) -> None:
    fresh.set_up()
    old = {fresh.settings["CHATWOOT_QUESTIONS_INBOX_ID"], fresh.settings["CHATWOOT_SALES_INBOX_ID"]}
    sellers = open_stage(fresh.name).sellers
    for seller in sellers.all():
        sellers.disconnect(seller.seller_id)
    other = Chatwoot(account_id=4)
    server = Server(other.wsgi)
    other.base_url = server.url
    for _ in old:
        # Of the same number as ours were at the old place.
        other.create_other_inbox("WhatsApp", webhook_url="https://whatsapp.example.com")

    report(fresh.set_up("--json", chatwoot_url=other.base_url, chatwoot_token=other.admin_token, chatwoot_account="4"))
    server.stop()

    foreign = [inbox for inbox in other.inboxes() if inbox["name"] == "WhatsApp"]
    assert {inbox["webhook_url"] for inbox in foreign} == {"https://whatsapp.example.com"}
    assert {str(inbox["id"]) for inbox in foreign} == old
    assert fresh.settings["CHATWOOT_QUESTIONS_INBOX_ID"] not in old


def test_a_desk_that_has_sellers_is_not_moved_to_another_account(fresh: Fresh) -> None:
    """Their conversations are known by their numbers, which mean strangers' conversations there."""
    fresh.set_up()
    before = fresh.settings
    bridge = open_stage(fresh.name)
    bridge.sellers.connect(Seller(1, "LOJA", "MLB", "APP_USR-1", "TG-1", 0))
    other = Chatwoot(account_id=4)
    server = Server(other.wsgi)
    other.base_url = server.url

    result = fresh.set_up(chatwoot_url=other.base_url, chatwoot_token=other.admin_token, chatwoot_account="4")
    server.stop()

    assert result.exit_code == 2
    assert "--desk NAME" in result.output
    assert "sellers move" in result.output
    assert fresh.settings == before
    assert other.inboxes() == []


@pytest.mark.parametrize("leaves", [True, False], ids=["left", "moved"])
def test_a_desk_that_has_conversations_and_no_seller_any_more_is_not_moved_either(
    fresh: Fresh, *, leaves: bool
) -> None:
    """Whoever moved or left has let them stand there."""
    fresh.set_up()
    before = fresh.settings
    bridge = open_stage(fresh.name)
    conversation = Conversation(1, 1, int(before["CHATWOOT_QUESTIONS_INBOX_ID"]))
    bridge.threads.save_conversation(Thread(fresh.seller, "question", "13000000001"), conversation)
    seller = bridge.sellers.get(fresh.seller)
    assert seller
    if leaves:
        bridge.sellers.disconnect(fresh.seller)
    else:
        bridge.sellers.move(seller, "loja2")
    other = Chatwoot(account_id=4)
    server = Server(other.wsgi)
    other.base_url = server.url

    result = fresh.set_up(chatwoot_url=other.base_url, chatwoot_token=other.admin_token, chatwoot_account="4")
    server.stop()

    assert result.exit_code == 2
    assert "conversations of sellers who moved or left" in result.output
    assert "--desk NAME" in result.output
    assert fresh.settings == before
    assert other.inboxes() == []


def test_ids_that_are_no_numbers_do_not_make_another_account_the_same(fresh: Fresh) -> None:
    fresh.set_up()
    fresh.set(CHATWOOT_QUESTIONS_INBOX_ID="seven", CHATWOOT_SALES_INBOX_ID="eight")
    open_stage(fresh.name).sellers.connect(Seller(1, "LOJA", "MLB", "APP_USR-1", "TG-1", 0))
    before = fresh.settings

    result = fresh.set_up(chatwoot_url=fresh.chatwoot.base_url.replace("127.0.0.1", "localhost"))

    assert result.exit_code == 2
    assert "--desk NAME" in result.output
    assert fresh.settings == before


def test_a_new_address_of_the_same_account_doubles_nothing(fresh: Fresh) -> None:
    """Also where the inboxes were renamed by hand, and sellers are connected."""
    report(fresh.set_up("--json"))
    open_stage(fresh.name).sellers.connect(Seller(1, "LOJA", "MLB", "APP_USR-1", "TG-1", 0))
    for inbox in fresh.chatwoot.inboxes():
        url = f"{fresh.chatwoot.base_url}/api/v1/accounts/1/inboxes/{inbox['id']}"
        headers = {"api_access_token": fresh.chatwoot.admin_token}
        requests.patch(url, json={"name": f"Loja {inbox['id']}"}, headers=headers, timeout=10).raise_for_status()
    before = fresh.names()

    report(fresh.set_up("--json", chatwoot_url=fresh.chatwoot.base_url.replace("127.0.0.1", "localhost")))

    assert fresh.names() == before
    assert "localhost" in fresh.settings["CHATWOOT_URL"]


def test_another_application_asks_for_a_deployment(fresh: Fresh, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.set_up()
    monkeypatch.setattr(fresh.meli, "app_id", 777)

    result = fresh.set_up()

    assert f"make deploy STAGE={fresh.name} again: MERCADO_LIVRE_APP_ID" in result.stdout


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("{url}/webhook/chatwoot/x", "The two inboxes call the bridge"),
        ("https://old.example.com/webhook", "reply twice"),
    ],
)
def test_an_account_webhook_that_had_better_go_is_reported(fresh: Fresh, url: str, words: str) -> None:
    body = {"webhook": {"url": url.format(url=fresh.url), "subscriptions": ["message_created"]}}
    fresh.bridge.as_administrator("POST", "/webhooks", body)

    result = fresh.set_up()

    assert words in result.stdout
    assert fresh.everything()[-1] == 1


def test_any_other_account_webhook_is_nobodys_business(fresh: Fresh) -> None:
    body = {"webhook": {"url": "https://crm.example.com/hooks/chatwoot", "subscriptions": ["message_created"]}}
    fresh.bridge.as_administrator("POST", "/webhooks", body)

    result = fresh.set_up()

    assert "crm.example.com" not in result.output


# A further desk


def test_a_further_desk_has_inboxes_tokens_and_a_setting_of_its_own(fresh: Fresh) -> None:
    fresh.set_up()
    first = fresh.settings

    said = report(fresh.set_up("--desk", "loja2", "--json", without=("--app-id", "--client-secret")))

    settings = fresh.settings
    desk = json.loads(settings.pop("CHATWOOT_DESK_LOJA2"))
    assert settings == first
    assert fresh.kind_of("CHATWOOT_DESK_LOJA2") == "SecureString"
    assert desk["CHATWOOT_WEBHOOK_TOKEN"] != first["CHATWOOT_WEBHOOK_TOKEN"]
    assert sorted(fresh.names().values()) == sorted([*OURS, *(f"{name} (loja2)" for name in OURS)])
    questions = next(i for i in fresh.chatwoot.inboxes() if str(i["id"]) == desk["CHATWOOT_QUESTIONS_INBOX_ID"])
    assert questions["webhook_url"] == f"{fresh.url}/webhook/chatwoot/{desk['CHATWOOT_WEBHOOK_TOKEN']}"
    assert json.loads(desk["CHATWOOT_WEBHOOK_SECRETS"])[str(questions["id"])] == questions["secret"]
    assert "/oauth/mercado-livre/start?site=MLB&desk=loja2&until=" in said["connecting_link"]
    stage = Settings({"PONTE_STAGE": fresh.name}, lambda _stage: fresh.settings)
    assert stage.problems() == []


def test_a_further_desk_keeps_what_was_there_when_it_is_set_up_again(fresh: Fresh) -> None:
    fresh.set_up()
    fresh.set_up("--desk", "loja2")
    before = fresh.settings["CHATWOOT_DESK_LOJA2"]

    result = fresh.run("setup", "--no-input", "--desk", "loja2")

    assert result.exit_code == 0, result.output
    assert fresh.settings["CHATWOOT_DESK_LOJA2"] == before
    assert len(fresh.names()) == 4


def test_a_further_desk_was_never_written_unencrypted(fresh: Fresh) -> None:
    fresh.set_up()

    fresh.set_up("--desk", "loja2")
    fresh.set_up("--desk", "loja2", public_url=fresh.url.replace("127.0.0.1", "localhost"))

    name = f"/ponte/{fresh.name}/CHATWOOT_DESK_LOJA2"
    versions = fresh.session.client("ssm").get_parameter_history(Name=name)["Parameters"]
    # One with the account, one with each inbox.
    assert len(versions) == 3
    assert {version["Type"] for version in versions} == {"SecureString"}


class Account(NamedTuple):
    """A Chatwoot as an operator names it to the set-up."""

    service: Chatwoot
    number: str

    def holds(self, desk: dict[str, str]) -> bool:
        """Whether a desk's address, account and token are this one's, and so is all else that it has of an account."""
        url, token = self.service.base_url, self.service.admin_token
        if (desk["CHATWOOT_URL"], desk["CHATWOOT_ACCOUNT_ID"], desk["CHATWOOT_TOKEN"]) != (url, self.number, token):
            return False
        inboxes = {str(inbox["id"]): inbox for inbox in self.service.inboxes()}
        known = [desk[name] for name in INBOX_SETTINGS.values() if name in desk]
        signing = json.loads(desk.get("CHATWOOT_WEBHOOK_SECRETS", "{}"))
        return signing == {inbox: inboxes[inbox]["secret"] for inbox in known} and all(
            inboxes[inbox]["webhook_url"].endswith(f"/webhook/chatwoot/{desk['CHATWOOT_WEBHOOK_TOKEN']}")
            for inbox in known
        )

    def names(self, desk: str) -> list[str]:
        return sorted(inbox["name"] for inbox in self.service.inboxes() if inbox["name"].endswith(f" ({desk})"))


class CutOff(Exception):
    """The process ended here."""


class FailingSession(Session):
    """Ends everything at one call to AWS: before it is sent, or when it is done and its answer is lost."""

    def __init__(self, calls: int, moment: str) -> None:
        super().__init__()
        self._left = calls
        self.events.register(f"{moment}.ssm", self._count)

    def _count(self, **_: object) -> None:
        self._left -= 1
        if self._left < 0:
            raise CutOff


# More than a set-up makes, so that one that never ends well ends the test.
MOST_CALLS = 30


@pytest.fixture
def other() -> Iterator[Account]:
    chatwoot = Chatwoot(account_id=4)
    server = Server(chatwoot.wsgi)
    chatwoot.base_url = server.url
    yield Account(chatwoot, "4")
    server.stop()


def set_up_at(fresh: Fresh, account: Account, desk: str, *more: str) -> Any:
    return fresh.set_up(
        "--desk",
        desk,
        *more,
        without=("--app-id", "--client-secret"),
        chatwoot_url=account.service.base_url,
        chatwoot_token=account.service.admin_token,
        chatwoot_account=account.number,
    )


def cut_off_by_aws(fresh: Fresh, account: Account, desk: str, calls: int, moment: str) -> bool:
    """Set the desk up at an account, and end at one call to AWS; whether it came so far."""
    values = {
        "CHATWOOT_URL": account.service.base_url,
        "CHATWOOT_TOKEN": account.service.admin_token,
        "CHATWOOT_ACCOUNT_ID": account.number,
    }
    try:
        set_up(
            StageSettings(FailingSession(calls, moment), fresh.name, desk),
            Wanted(stage={"PUBLIC_URL": fresh.url}, desk=values),
            adds_all_agents=True,
            has_sellers=lambda: False,
            has_conversations=lambda: False,
            transport=Transport(),
        )
    except CutOff:
        return True
    return False


def values_of(fresh: Fresh, desk: str) -> dict[str, str] | None:
    text = fresh.settings.get(f"CHATWOOT_DESK_{desk.upper()}")
    return json.loads(text) if text else None


def check_completed(fresh: Fresh, account: Account, desk: str) -> None:
    """Run it again: all is there then, and once."""
    again = set_up_at(fresh, account, desk)
    assert again.exit_code == 0, again.output
    values = values_of(fresh, desk)
    assert values
    assert values.keys() == set(DESK_SETTINGS) - {"CHATWOOT_WEBHOOK_TOKEN_BEFORE"}
    assert account.holds(values)
    assert account.names(desk) == [f"{name} ({desk})" for name in OURS]


@pytest.mark.parametrize("moment", [pytest.param("before-call", marks=pytest.mark.night), "after-call"])
def test_a_new_desk_whose_setup_is_cut_off_by_aws_is_whole_or_not_there(fresh: Fresh, moment: str) -> None:
    fresh.set_up()
    account = Account(fresh.chatwoot, "1")
    was_cut_off = True

    for calls in range(MOST_CALLS):
        desk = f"loja{calls}"
        was_cut_off = cut_off_by_aws(fresh, account, desk, calls, moment)

        values = values_of(fresh, desk)
        assert values is None or account.holds(values), calls
        check_completed(fresh, account, desk)

        if not was_cut_off:
            break

    assert not was_cut_off
    assert calls > 3


@pytest.mark.night
def test_a_desk_that_moves_to_another_account_is_wholly_here_or_wholly_there(fresh: Fresh, other: Account) -> None:
    fresh.set_up()
    account = Account(fresh.chatwoot, "1")
    was_cut_off = True

    for calls in range(MOST_CALLS):
        desk = f"loja{calls}"
        set_up_at(fresh, account, desk)
        was_cut_off = cut_off_by_aws(fresh, other, desk, calls, "after-call")

        values = values_of(fresh, desk)
        assert values
        assert account.holds(values) or other.holds(values), calls
        check_completed(fresh, other, desk)
        if not was_cut_off:
            break

    assert not was_cut_off
    assert calls > 3


@pytest.mark.night
@pytest.mark.parametrize("kind", ["drop", "commit_then_drop"])
def test_a_new_desk_whose_setup_is_cut_off_by_chatwoot_is_whole_or_not_there(fresh: Fresh, kind: str) -> None:
    fresh.set_up()
    account = Account(fresh.chatwoot, "1")
    was_cut_off = True

    for calls in range(MOST_CALLS):
        desk = f"loja{calls}"
        fresh.chatwoot.faults.append(Fault(kind, skip=calls, times=9, path="/api/v1/"))
        was_cut_off = set_up_at(fresh, account, desk, "--agents", "all").exit_code == 2
        fresh.chatwoot.clear_faults()

        values = values_of(fresh, desk)
        assert values is None or account.holds(values), calls
        check_completed(fresh, account, desk)

        if not was_cut_off:
            break

    assert not was_cut_off
    assert calls > 9


def test_a_new_address_is_to_be_told_to_every_desk(fresh: Fresh) -> None:
    fresh.set_up()
    fresh.set_up("--desk", "loja2")

    result = fresh.set_up(public_url=fresh.url.replace("127.0.0.1", "localhost"))

    assert "run setup for the other desks as well (loja2)" in result.stdout


@pytest.mark.parametrize("name", ["Loja", "2a", "a-b", "a" * 32])
def test_a_desk_has_a_name_that_fits_into_a_setting(fresh: Fresh, name: str) -> None:
    result = fresh.set_up("--desk", name)

    assert result.exit_code == 2
    assert "loja2" in result.stderr


def test_a_further_desk_needs_the_first(fresh: Fresh) -> None:
    result = fresh.set_up("--desk", "loja2")

    assert result.exit_code == 2
    assert "first desk" in result.stderr


# Checks


def test_a_stage_without_an_address_must_be_deployed_first(fresh: Fresh) -> None:
    fresh.unset("PUBLIC_URL")

    result = fresh.set_up()

    assert result.exit_code == 2
    assert f"make deploy STAGE={fresh.name}" in result.stderr


@pytest.mark.parametrize("option", ["--chatwoot-url", "--chatwoot-token", "--app-id", "--client-secret"])
def test_a_missing_value_is_named_by_its_option(fresh: Fresh, option: str) -> None:
    result = fresh.set_up(without=(option,))

    assert result.exit_code == 2
    assert f"{option} is missing" in result.stderr
    assert fresh.chatwoot.inboxes() == []


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("chatwoot_url", "chat.example.com", "must be a URL"),
        ("chatwoot_url", "https://[", "must be a URL"),
        ("chatwoot_url", "http://127.0.0.1:9", "is not answered by a Chatwoot"),
        ("chatwoot_url", "{url}/nowhere", "without any path"),
        ("chatwoot_url", "{meli}", "is not answered by a Chatwoot"),
        ("chatwoot_token", "wrong", "was refused by Chatwoot"),
        ("chatwoot_token", "chatwoot-agent-token", "not an administrator's of any account"),
        ("chatwoot_token", "chatwoot-outsider-token", "not an administrator's of any account"),
        ("chatwoot_token", "chatwoot-bot-token", "was refused by Chatwoot"),
        ("chatwoot_account", "2", "those are 1 (Loja Exemplo)"),
        ("chatwoot_account", "one", "whole number"),
        ("app_id", "APP-1", "whole number"),
        ("app_id", "7", "invalid_client"),
        ("client_secret", "wrong", "invalid_client"),
        ("public_url", "http://bridge.example.com", "https://"),
        ("site", "BRA", "must be one of MLB"),
        ("language", "de", "pt-BR, es, en"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_written(fresh: Fresh, option: str, value: str, words: str) -> None:
    before = fresh.settings

    result = fresh.set_up(**{option: value.format(url=fresh.chatwoot.base_url, meli=fresh.meli.base_url)})

    assert result.exit_code == 2
    assert words in result.stderr
    assert f"--{option.replace('_', '-')}" in result.stderr or "invalid_client" in result.stderr
    assert fresh.settings == before
    assert fresh.chatwoot.inboxes() == []


def test_what_mercado_livre_cannot_say_now_does_not_stop_the_setup(fresh: Fresh) -> None:
    fresh.meli.faults.append(Fault("status", path="/oauth/token", status=503))

    result = fresh.set_up()

    assert result.exit_code == 0
    assert "could not be checked" in result.stdout


def test_a_bridge_that_does_not_answer_is_a_warning(fresh: Fresh) -> None:
    result = fresh.set_up(public_url="http://127.0.0.1:9")

    assert result.exit_code == 0
    assert "does not answer at http://127.0.0.1:9/health" in result.stdout


@pytest.mark.parametrize(
    ("version", "lacks"),
    [("4.15.1", []), ("4.2.0", ["not signed"]), ("4.1.0", ["private note", "not signed"])],
)
def test_what_this_chatwoot_cannot_do_is_said_in_words(fresh: Fresh, version: str, lacks: list[str]) -> None:
    fresh.chatwoot.state.version = tuple(map(int, version.split(".")))
    try:
        said = report(fresh.set_up("--json"))
    finally:
        fresh.chatwoot.state.version = (4, 16, 2)

    sentences = said["chatwoot"]["does_not_work"]
    assert len(sentences) == len(lacks)
    assert all(word in sentence for word, sentence in zip(lacks, sentences, strict=True))


def test_a_chatwoot_that_is_too_old_is_refused(fresh: Fresh) -> None:
    fresh.chatwoot.state.version = (3, 3, 1)
    try:
        result = fresh.set_up()
    finally:
        fresh.chatwoot.state.version = (4, 16, 2)

    assert result.exit_code == 2
    assert "too old" in result.stderr


def test_values_come_from_the_environment_by_the_settings_own_names(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATWOOT_TOKEN", fresh.chatwoot.admin_token)

    result = fresh.set_up(without=("--chatwoot-token",))

    assert result.exit_code == 0, result.output


# Questions


def answers(fresh: Fresh, **changed: str) -> str:
    """What a person types, question by question."""
    typed = {
        "url": fresh.chatwoot.base_url,
        "token": fresh.chatwoot.admin_token,
        "account": "",
        "app_id": str(fresh.meli.app_id),
        "secret": fresh.meli.client_secret,
        "site": "",
        "language": "",
    } | changed
    return "".join(f"{line}\n" for line in typed.values())


def test_whoever_gives_nothing_is_asked(fresh: Fresh) -> None:
    fresh.set(MERCADO_LIVRE_URL=fresh.meli.base_url)

    result = fresh.run("setup", input=answers(fresh))

    assert result.exit_code == 0, result.output
    assert fresh.settings["CHATWOOT_ACCOUNT_ID"] == "1"
    assert fresh.settings["MERCADO_LIVRE_SITE"] == "MLB"
    assert fresh.chatwoot.admin_token not in result.output
    assert fresh.meli.client_secret not in result.output


def test_a_wrong_answer_is_asked_for_again(fresh: Fresh) -> None:
    fresh.set(MERCADO_LIVRE_URL=fresh.meli.base_url)
    typed = answers(
        fresh,
        url=f"nonsense\n{fresh.chatwoot.base_url}",
        token=f"wrong\n{fresh.chatwoot.admin_token}",
        secret=f"wrong\n{fresh.meli.app_id}\n{fresh.meli.client_secret}",
        site="XX\nMLC",
    )

    result = fresh.run("setup", input=typed)

    assert result.exit_code == 0, result.output
    assert "must be a URL" in result.stderr
    assert "was refused by Chatwoot" in result.stderr
    assert "invalid_client" in result.stderr
    assert fresh.settings["MERCADO_LIVRE_SITE"] == "MLC"


def test_what_is_there_is_kept_by_an_empty_answer_and_a_secret_is_never_shown(fresh: Fresh) -> None:
    fresh.set_up()
    before = fresh.settings

    result = fresh.run("setup", input="\n" * 7)

    assert result.exit_code == 0, result.output
    assert fresh.settings == before
    assert "keep the present one" in result.stderr
    assert fresh.chatwoot.admin_token not in result.output


def test_whoever_stops_answering_has_changed_nothing(fresh: Fresh) -> None:
    before = fresh.settings

    result = fresh.run("setup", input=f"{fresh.chatwoot.base_url}\n")

    assert result.exit_code == 2
    assert "nothing was written" in result.stderr
    assert fresh.settings == before


def test_questions_stay_out_of_the_json(fresh: Fresh) -> None:
    fresh.set(MERCADO_LIVRE_URL=fresh.meli.base_url)

    result = fresh.run("setup", "--json", input=answers(fresh))

    # What stands before it is the terminal's echo of what was typed.
    assert json.loads(result.stdout[result.stdout.index("{") :])["stage"] == fresh.name


def test_agents_are_all_or_left_out(fresh: Fresh) -> None:
    result = fresh.set_up("--agents", "some")

    assert result.exit_code == 2
    assert "--agents" in result.stderr
