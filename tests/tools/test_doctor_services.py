"""The doctor's looks at both services and the clocks: a healthy one is fine, a fault is told with its cure."""

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.checks.findings import Finding
from tests.harness import CHATWOOT_TOKEN
from tests.tools.conftest import Deployed, examine_stage
from tools.chatwoot_setup import LABELS
from tools.provision import read_settings
from tools.stage_access import open_stage

OLD_TOKEN = "old-token-of-an-old-stage"


Plant = Callable[[Deployed], None]

# What is planted, and the verdict, the thing, what was seen and the cure that are then told, and nothing else.
Fault = tuple[Plant, str, str, str, str]


def look_at_chatwoot(deployed: Deployed) -> list[Finding]:
    """What is found, none of which shows a secret."""
    found = examine_stage(deployed, "Chatwoot")
    secrets = [
        deployed.chatwoot.admin_token,
        deployed.chatwoot.agent_token,
        CHATWOOT_TOKEN,
        OLD_TOKEN,
        *(inbox.secret for inbox in deployed.chatwoot.state.inboxes.values()),
    ]
    assert not [secret for secret in secrets if secret in str(found)]
    return found


def verdicts(found: Iterable[Finding]) -> set[str]:
    return {finding.verdict for finding in found}


@contextmanager
def planted(deployed: Deployed, plant: Plant) -> Iterator[None]:
    """A fault, and afterwards the stage and both services as they were: to set them up anew takes much longer."""
    state = deployed.chatwoot.state
    records: tuple[dict[Any, Any], ...] = (state.inboxes, state.labels, state.attribute_definitions, state.webhooks)
    before, settings = copy.deepcopy(records), read_settings(deployed.session, deployed.name)
    plant(deployed)
    try:
        yield
    finally:
        deployed.chatwoot.clear_faults()
        deployed.meli.clear_faults()
        deployed.meli.block_application(False)
        for changed, kept in zip(records, before, strict=True):
            changed.clear()
            changed.update(kept)
        if added := read_settings(deployed.session, deployed.name).keys() - settings.keys():
            deployed.unset(*added)
        deployed.set(**settings)


def bad(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.verdict != "ok"]


def test_a_healthy_chatwoot_is_fine_all_over(deployed: Deployed) -> None:
    found = look_at_chatwoot(deployed)

    assert verdicts(found) == {"ok"}
    assert [finding.about for finding in found] == [
        "Chatwoot",
        "Chatwoot's version",
        "Chatwoot's token",
        f"inbox for questions ({deployed.bridge.questions_inbox})",
        f"inbox for sales ({deployed.bridge.sales_inbox})",
        "attribute definitions",
        "labels",
        "webhooks of the account",
    ]


def be_away(deployed: Deployed) -> None:
    deployed.chatwoot.add_fault("status", times=99)


def fall_silent_in_the_middle(deployed: Deployed) -> None:
    deployed.chatwoot.add_fault("status", path="/labels", times=99)


def name_another_service(deployed: Deployed) -> None:
    deployed.set(CHATWOOT_URL=deployed.meli.base_url)


def store_a_wrong_token(deployed: Deployed) -> None:
    deployed.set(CHATWOOT_TOKEN=OLD_TOKEN)


def store_an_agents_token(deployed: Deployed) -> None:
    deployed.set(CHATWOOT_TOKEN=deployed.chatwoot.agent_token)


def name_another_account(deployed: Deployed) -> None:
    deployed.set(CHATWOOT_ACCOUNT_ID="7")


def lose_an_inbox(deployed: Deployed) -> None:
    del deployed.chatwoot.state.inboxes[deployed.bridge.questions_inbox]


def name_a_website_inbox(deployed: Deployed) -> None:
    inbox = deployed.chatwoot.create_other_inbox("Site", channel_type="web_widget")
    deployed.set(CHATWOOT_SALES_INBOX_ID=str(inbox["id"]))


def change_inbox(deployed: Deployed, **changes: object) -> None:
    deployed.bridge.as_administrator("PATCH", f"/inboxes/{deployed.bridge.sales_inbox}", changes)


def call_another_host(deployed: Deployed) -> None:
    change_inbox(deployed, channel={"webhook_url": f"https://n8n.example.com/webhook/{OLD_TOKEN}"})


def call_another_path(deployed: Deployed) -> None:
    change_inbox(deployed, channel={"webhook_url": f"{deployed.url}/webhook"})


def call_with_an_old_token(deployed: Deployed) -> None:
    change_inbox(deployed, channel={"webhook_url": f"{deployed.url}/webhook/chatwoot/{OLD_TOKEN}"})


def call_nobody(deployed: Deployed) -> None:
    change_inbox(deployed, channel={"webhook_url": ""})


def unlock(deployed: Deployed) -> None:
    change_inbox(deployed, lock_to_single_conversation=False)


def reset_the_secret(deployed: Deployed) -> None:
    deployed.bridge.as_administrator("POST", f"/inboxes/{deployed.bridge.sales_inbox}/reset_secret")


def forget_a_secret(deployed: Deployed) -> None:
    secrets = json.loads(read_settings(deployed.session, deployed.name)["CHATWOOT_WEBHOOK_SECRETS"])
    del secrets[str(deployed.bridge.sales_inbox)]
    deployed.set(CHATWOOT_WEBHOOK_SECRETS=json.dumps(secrets))


def remove_the_agents(deployed: Deployed) -> None:
    deployed.chatwoot.remove_agent_from_inbox(deployed.bridge.sales_inbox)


def delete_a_label(deployed: Deployed) -> None:
    deployed.chatwoot.state.labels.popitem()


def delete_an_attribute(deployed: Deployed) -> None:
    deployed.chatwoot.state.attribute_definitions.popitem()


def leave_an_old_panel(deployed: Deployed) -> None:
    definitions = deployed.chatwoot.state.attribute_definitions
    definitions[max(definitions) + 1] = definitions.pop(min(definitions))


def add_our_webhook(deployed: Deployed) -> None:
    url = deployed.bridge.chatwoot_webhook_url
    deployed.bridge.as_administrator("POST", "/webhooks", {"webhook": {"url": url}})


def keep_an_old_integration(deployed: Deployed) -> None:
    webhook = {"url": "https://old.example.com/webhook"}
    deployed.bridge.as_administrator("POST", "/webhooks", {"webhook": webhook})


FAULTS_OF_CHATWOOT: tuple[Fault, ...] = (
    (be_away, "problem", "Chatwoot", "is not answered by a Chatwoot", "See that Chatwoot runs"),
    (fall_silent_in_the_middle, "not checked", "labels and attributes", "503", "Look again"),
    (name_another_service, "problem", "Chatwoot", "is not answered by a Chatwoot", "setup --stage"),
    (store_a_wrong_token, "problem", "Chatwoot's token", "refused by Chatwoot", "administrator's access token"),
    (
        store_an_agents_token,
        "problem",
        "Chatwoot's token",
        "not an administrator's",
        "administrator's access token",
    ),
    (name_another_account, "problem", "Chatwoot's token", "account 7 is no account", "after /accounts/"),
    (lose_an_inbox, "problem", "inbox for questions", "no such inbox", "Run python -m tools setup"),
    (
        name_a_website_inbox,
        "problem",
        "inbox for sales",
        "no inbox of the channel API",
        "Run python -m tools setup",
    ),
    (call_another_host, "problem", "inbox for sales", "n8n.example.com instead of", "Run python -m tools setup"),
    (call_another_path, "problem", "inbox for sales", "another address than", "Run python -m tools setup"),
    (call_with_an_old_token, "problem", "inbox for sales", "token that is not this", "Run python -m tools setup"),
    (call_nobody, "problem", "inbox for sales", "it calls nobody", "Run python -m tools setup"),
    (reset_the_secret, "problem", "inbox for sales", "signs with another secret", "Run python -m tools setup"),
    (forget_a_secret, "warning", "inbox for sales", "nobody verifies it", "Run python -m tools setup"),
    (unlock, "warning", "inbox for sales", "not locked", "Run python -m tools setup"),
    (remove_the_agents, "warning", "inbox for sales", "no agent is a member", "> Collaborators"),
    (delete_a_label, "warning", "labels", f"{LABELS[-1][0]}: not there", "Run python -m tools setup"),
    (delete_an_attribute, "warning", "attribute definitions", "meli_", "Run python -m tools setup"),
    (leave_an_old_panel, "warning", "attribute definitions", "another order", "Run python -m tools setup"),
    (add_our_webhook, "warning", "webhooks of the account", "calls 127.0.0.1", "delete it"),
    (keep_an_old_integration, "warning", "webhooks of the account", "old.example.com/webhook", "stop it"),
)


def test_each_fault_of_chatwoot_is_found_with_its_cure(deployed: Deployed) -> None:
    for plant, verdict, about, seen, cure in FAULTS_OF_CHATWOOT:
        with planted(deployed, plant):
            found = bad(look_at_chatwoot(deployed))

        told = [finding for finding in found if finding.verdict == verdict and finding.about.startswith(about)]
        assert found == told, plant.__name__
        assert [finding for finding in told if seen in finding.seen and cure in finding.cure], (plant.__name__, told)


def test_an_old_chatwoot_is_told_what_it_lacks(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployed.chatwoot.state, "version", (4, 1, 0))
    deployed.set(CHATWOOT_WEBHOOK_SECRETS="{}")

    found = bad(look_at_chatwoot(deployed))

    assert [(finding.verdict, finding.about) for finding in found] == [("warning", "Chatwoot's version")] * 2
    assert "private note" in found[0].seen
    assert "4.2.0" in found[0].cure
    assert "not signed" in found[1].seen


def test_a_chatwoot_that_went_back_to_not_signing_is_refused(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployed.chatwoot.state, "version", (4, 12, 0))

    found = [finding for finding in look_at_chatwoot(deployed) if finding.verdict == "problem"]

    assert [finding.seen for finding in found] == [
        "it does not sign, and the bridge expects it to: agents' replies are refused"
    ] * 2


def test_a_public_bridge_cannot_reach_a_private_chatwoot(deployed: Deployed) -> None:
    deployed.set(PUBLIC_URL="https://ponte.example.com")

    found = bad(look_at_chatwoot(deployed))

    assert [finding.verdict for finding in found] == ["warning", "problem", "problem"]
    assert "private network" in found[0].seen
    assert "127.0.0.1" in found[1].seen
    assert "instead of ponte.example.com" in found[1].seen


def test_each_desk_is_looked_at_by_its_name(deployed: Deployed) -> None:
    present = read_settings(deployed.session, deployed.name)
    desk = present | {"CHATWOOT_SALES_INBOX_ID": "99", "CHATWOOT_WEBHOOK_TOKEN": "token-of-loja2"}
    deployed.set(CHATWOOT_DESK_LOJA2=json.dumps(desk), CHATWOOT_DESK_LOJA3="{broken")

    found = bad(look_at_chatwoot(deployed))

    assert [(finding.verdict, finding.about) for finding in found] == [
        ("problem", f"inbox for questions ({deployed.bridge.questions_inbox}) of the desk loja2"),
        ("problem", "inbox for sales (99) of the desk loja2"),
        ("not checked", "Chatwoot of the desk loja3"),
    ]
    assert "setup --stage" in found[1].cure
    assert "--desk loja2" in found[1].cure
    assert "--desk loja3" in found[2].cure


def test_without_its_settings_a_chatwoot_is_not_looked_at(deployed: Deployed) -> None:
    deployed.unset("CHATWOOT_URL")

    (finding,) = look_at_chatwoot(deployed)

    assert finding.verdict == "not checked"
    assert "CHATWOOT_URL is not set" in finding.seen
    assert not deployed.chatwoot.journal or deployed.chatwoot.journal[-1].path != "/api"


# Mercado Livre


def look_at_meli(deployed: Deployed) -> list[Finding]:
    found = examine_stage(deployed, "Mercado Livre")
    assert deployed.meli.client_secret not in str(found)
    return found


def test_a_healthy_application_is_taken_and_no_grant_is_touched(deployed: Deployed) -> None:
    grants = deployed.meli.grants

    found = look_at_meli(deployed)

    assert [(finding.verdict, finding.about) for finding in found] == [
        ("ok", "Mercado Livre's API"),
        ("ok", "application"),
    ]
    assert deployed.meli.grants == grants


def mistype_the_secret(deployed: Deployed) -> None:
    deployed.set(MERCADO_LIVRE_CLIENT_SECRET="mistyped")


def mistype_the_app_id(deployed: Deployed) -> None:
    deployed.set(MERCADO_LIVRE_APP_ID="7")


def block_the_application(deployed: Deployed) -> None:
    deployed.meli.block_application()


def meli_away(deployed: Deployed) -> None:
    deployed.meli.add_fault("status", times=99)


def page_of_a_proxy(deployed: Deployed) -> None:
    page = {"status": 403, "body": "<html>no</html>", "content_type": "text/html"}
    deployed.meli.add_fault("status", times=99, **page)


def tokens_away(deployed: Deployed) -> None:
    deployed.meli.add_fault("status", path="/oauth/token", times=99)


def forget_the_secret(deployed: Deployed) -> None:
    deployed.unset("MERCADO_LIVRE_CLIENT_SECRET")


FAULTS_OF_THE_APPLICATION: tuple[Fault, ...] = (
    (mistype_the_secret, "problem", "application", "invalid_client", "python -m tools setup"),
    (mistype_the_app_id, "problem", "application", "invalid_client", "App ID"),
    (block_the_application, "problem", "application", "unauthorized_application", "DevCenter"),
    (meli_away, "problem", "Mercado Livre's API", "503", "wait"),
    (page_of_a_proxy, "problem", "Mercado Livre's API", "something else answers", "MERCADO_LIVRE_URL"),
    (tokens_away, "not checked", "application", "503", "Look again"),
    (forget_the_secret, "not checked", "Mercado Livre", "is not set", "python -m tools setup --stage"),
)


def test_each_fault_of_the_application_is_found_with_its_cure(deployed: Deployed) -> None:
    for plant, verdict, about, seen, cure in FAULTS_OF_THE_APPLICATION:
        with planted(deployed, plant):
            found = bad(look_at_meli(deployed))

        assert [(finding.verdict, finding.about) for finding in found] == [(verdict, about)], plant.__name__
        assert seen in found[0].seen, plant.__name__
        assert cure in found[0].cure, plant.__name__


# Clocks


def look_at_clocks(deployed: Deployed, *, ahead_seconds: float = 0, session: object = None) -> list[Finding]:
    """As they are seen from a machine that is so far ahead."""
    ahead = timedelta(seconds=ahead_seconds)
    return examine_stage(deployed, "clocks", clock=lambda: datetime.now(UTC) + ahead, session=session)


class NoAWS:
    def client(self, _service: str) -> "NoAWS":
        return self

    def get_caller_identity(self) -> None:
        raise EndpointConnectionError(endpoint_url="https://sts.example.com")


def test_clocks_that_agree_are_fine(deployed: Deployed) -> None:
    found = look_at_clocks(deployed)

    host = deployed.chatwoot.base_url.removeprefix("http://")
    assert [(finding.verdict, finding.about) for finding in found] == [
        ("ok", "clock of this machine"),
        ("ok", "clock of Mercado Livre"),
        ("ok", f"clock of Chatwoot at {host}"),
    ]


@pytest.mark.parametrize(("seconds", "verdict"), [(-100, "warning"), (100, "warning"), (-300, "problem")])
def test_a_machine_whose_clock_is_wrong_is_told_so_and_no_service_is_blamed(
    deployed: Deployed, seconds: float, verdict: str
) -> None:
    (finding,) = bad(look_at_clocks(deployed, ahead_seconds=seconds))

    assert (finding.verdict, finding.about) == (verdict, "clock of this machine")
    assert f"{'ahead of' if seconds > 0 else 'behind'} that of AWS" in finding.seen
    assert "timedatectl" in finding.cure


@pytest.mark.parametrize(("seconds", "verdict"), [(120, "warning"), (-400, "problem")])
def test_a_chatwoot_whose_clock_is_wrong_is_named(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, seconds: float, verdict: str
) -> None:
    monkeypatch.setattr(deployed.chatwoot, "clock", lambda: datetime.now(UTC) + timedelta(seconds=seconds))

    (finding,) = bad(look_at_clocks(deployed))

    assert finding.verdict == verdict
    assert finding.about.startswith("clock of Chatwoot at 127.0.0.1")
    assert "on that server" in finding.cure


def test_clocks_that_cannot_be_read_are_not_judged(deployed: Deployed) -> None:
    deployed.chatwoot.add_fault("status", times=99)
    bridge = open_stage(deployed.name)
    bridge.sellers.disconnect(deployed.seller)

    found = look_at_clocks(deployed, session=NoAWS())

    assert {finding.about.partition(" at ")[0]: finding.verdict for finding in found} == {
        "clock of AWS": "not checked",
        "clock of Mercado Livre": "not checked",
        "clock of Chatwoot": "not checked",
    }


# The sweep of a desk


def test_a_desk_that_is_not_swept_is_found(deployed: Deployed) -> None:
    deployed.bridge.sweep()
    subject = "replies that no webhook brought"
    assert [finding.verdict for finding in examine_stage(deployed, subject)] == ["ok"]

    (finding,) = examine_stage(deployed, subject, clock=lambda: datetime.now(UTC) + timedelta(hours=1))

    assert finding.verdict == "problem"
    assert "aws logs tail" in finding.cure
