"""What the set-up tells at its end: what was made and found, and what the operator now does where."""

from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape

from chalicelib.checks.seller_cures import FUNCTIONAL_PERMISSION
from chalicelib.routing.topics import topics_to_tick
from chalicelib.settings import Settings
from chalicelib.web.invitations import Invitations
from tools.chatwoot_versions import ABILITIES, Version, missing_in
from tools.setting_up import Outcome

# https://developers.mercadolivre.com.br/pt_br/autenticacao-e-autorizacao
SCOPES = ("read", "write", "offline_access")


def report_as_json(outcome: Outcome, version: Version | None, settings: Settings) -> dict[str, Any]:
    """Everything that `print_report` prints. It holds two secrets: the notification URL's token, and an invitation."""
    missing = missing_in(version) if version else []
    return {
        "stage": settings.stage,
        "desk": settings.desk,
        "settings_written": outcome.settings_written,
        "chatwoot": {
            "version": str(version) if version else None,
            "works": [ability.what for ability in ABILITIES if ability not in missing],
            "does_not_work": [f"{ability.otherwise} (from {ability.since} on: {ability.what})" for ability in missing],
            "inboxes": {
                kind: {"id": inbox.id, "name": inbox.name, "how": inbox.how}
                for kind, inbox in outcome.chatwoot.inboxes.items()
            },
            "attributes_made": outcome.chatwoot.attributes_made,
            "attributes_moved": outcome.chatwoot.attributes_moved,
            "labels_made": outcome.chatwoot.labels_made,
            "agents": outcome.agents_added,
            "contacts_renamed": outcome.contacts_renamed,
        },
        "devcenter": {
            "notification_url": (f"{settings.public_url}/webhook/mercado-livre/{settings.mercado_livre_webhook_token}"),
            "redirect_uri": f"{settings.public_url}/oauth/mercado-livre/callback",
            "scopes": list(SCOPES),
            "functional_permission": FUNCTIONAL_PERMISSION,
            "topics": list(topics_to_tick("required")),
            "optional_topics": list(topics_to_tick("recommended")),
        },
        "connecting_link": Invitations(settings, lambda: datetime.now(UTC)).link(desk=settings.desk),
        "health_url": f"{settings.public_url}/health",
        "warnings": outcome.warnings,
        "must_deploy_for": outcome.must_deploy,
    }


def print_report(console: Console, report: dict[str, Any]) -> None:
    _print_done(console, report)
    _print_to_do(console, report)
    for warning in report["warnings"]:
        _line(console, f"[yellow]! {escape(warning)}[/]")


def _print_done(console: Console, report: dict[str, Any]) -> None:
    chatwoot = report["chatwoot"]
    written = ", ".join(report["settings_written"]) or "nothing, all was there"
    place = f"desk {report['desk']} of the stage {report['stage']}" if report["desk"] else f"stage {report['stage']}"
    _line(console, f"[bold green]The {place} is set up.[/]")
    _line(console, f"  Settings written: {written}")
    for inbox in chatwoot["inboxes"].values():
        _line(console, f"  Inbox «{escape(inbox['name'])}» ({inbox['id']}): {inbox['how']}")
    made = f"{chatwoot['attributes_made']} attributes and {chatwoot['labels_made']} labels"
    _line(console, f"  Made {made}; the others were there.")
    if chatwoot["attributes_moved"]:
        moved = f"{chatwoot['attributes_moved']} attributes stand in the order of the panel now"
        _line(console, f"  {moved}; conversations keep their values.")
    if chatwoot["agents"] is not None:
        _line(console, f"  The {chatwoot['agents']} agents of the account are members of both inboxes.")
    if chatwoot["contacts_renamed"]:
        _line(console, f"  {chatwoot['contacts_renamed']} contacts of before have their identifier of now.")
    if chatwoot["version"]:
        _line(console, f"  Chatwoot {chatwoot['version']}:")
        for sentence in chatwoot["works"]:
            _line(console, f"    [green]+[/] {sentence}")
        for sentence in chatwoot["does_not_work"]:
            _line(console, f"    [yellow]-[/] {sentence}")


def _print_to_do(console: Console, report: dict[str, Any]) -> None:
    devcenter = report["devcenter"]
    _line(console, "\n[bold]What you do now[/]")
    if report["must_deploy_for"]:
        names = ", ".join(report["must_deploy_for"])
        _line(
            console, f"* Run [bold]make deploy STAGE={report['stage']}[/] again: {names} is part of what was deployed."
        )
    if report["chatwoot"]["agents"] is None:
        _line(
            console,
            "* In Chatwoot, add the agents to both inboxes (Settings > Inboxes > Collaborators): an agent who is not "
            "a member sees nothing. Or run this again with --agents all.",
        )
    _line(console, "* In the DevCenter (https://developers.mercadolivre.com.br/devcenter), in your application:")
    for what, value in (
        ("Redirect URI", devcenter["redirect_uri"]),
        ("Notifications callback URL (keep it secret)", devcenter["notification_url"]),
        ("Scopes", ", ".join(devcenter["scopes"])),
        ("Functional permission", devcenter["functional_permission"]),
        ("Topics", f"{', '.join(devcenter['topics'])}; optional: {', '.join(devcenter['optional_topics'])}"),
    ):
        _line(console, f"    {what}:")
        console.print(f"      {value}", soft_wrap=True, highlight=False, markup=False)
    _line(
        console, "* An administrator of each Mercado Livre account opens this link, within seven days, to connect it:"
    )
    console.print(f"      {report['connecting_link']}", soft_wrap=True, highlight=False, markup=False)
    _line(console, "Settings take effect within some minutes. Whether all is well then:")
    command = f"python -m tools doctor --stage {report['stage']}"
    console.print(f"      {report['health_url']}   or   {command}\n", soft_wrap=True, highlight=False, markup=False)


def _line(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False)
