"""`doctor`: everything that could be wrong with a stage, and what to do about it."""

import re
from typing import TYPE_CHECKING

import typer

from chalicelib.foreign_text import safe
from tools.console import (
    SOMETHING_WRONG,
    JSONOption,
    StageOption,
    console,
    errors,
    fail,
    plain_failures,
    print_json,
    several,
)

if TYPE_CHECKING:
    from boto3.session import Session

    from chalicelib.checks.findings import Finding

STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red", "not checked": "dim"}
SHOWN = ("verdict", "about", "seen", "cure")
VERDICT_WIDTH = max(map(len, STYLES))

# A cure is a command, or a sentence and then a command, or a sentence alone.
COMMAND_AT_END = r"(?:^|: )((?:aws|make|python -m) (?!.*\. ).+)$"


def doctor(*, as_json: JSONOption = False, stage: StageOption = "dev") -> None:
    """Look at everything that could be wrong with a stage, and say for each what to do.

    Settings, queues, tables and functions in AWS; the public address; Mercado Livre, Chatwoot and the sellers; what
    waits and what was given up. It changes nothing, and may be run at any time.

    The exit status is 1 when there is a problem; a warning alone is none.
    """
    # Imported here: boto3 and requests take a while, and --help should not.
    from boto3.session import Session

    import tools.doctor
    from chalicelib.checks.checklist import all_checks, examine, load_checks
    from chalicelib.checks.deployment import Deployment
    from tools.commands.asking import Progress
    from tools.quiet import quiet
    from tools.stage_access import open_stage

    with plain_failures(), quiet(), Progress(errors) as progress:
        progress.say("Looking for the stage …")
        session = Session()
        _must_exist(session, stage)
        load_checks()
        load_checks(tools.doctor)
        deployment, found = Deployment(open_stage(stage), "live", session), []
        for finding in examine(all_checks(), deployment, tell=lambda what: progress.say(f"Looking at {what} …")):
            found.append(finding)
            if not as_json:
                progress.pause()
                _print(finding)
    if as_json:
        print_json([{name: getattr(one, name) for name in SHOWN} for one in found])
    else:
        console.print(f"\n{_sum_up(found)}", highlight=False)
    if any(finding.verdict == "problem" for finding in found):
        raise typer.Exit(SOMETHING_WRONG)


def _must_exist(session: "Session", stage: str) -> None:
    from tools.provision import has_stack, read_settings

    if not read_settings(session, stage) and not has_stack(session, stage):
        fail(
            f"There is no stage {stage} in the region {session.region_name} of this AWS account. "
            f"Check --stage and the region (AWS_DEFAULT_REGION), or make it: make deploy STAGE={stage}"
        )


def _print(finding: "Finding") -> None:
    """The verdict, and beside it what was seen and the cure; a long command stands whole, so that it can be copied."""
    from rich.table import Table
    from rich.text import Text

    style, cure = STYLES[finding.verdict], "" if finding.verdict == "ok" else finding.cure
    command = found[1] if (found := re.search(COMMAND_AT_END, cure)) else ""
    if len(command) + VERDICT_WIDTH + len(" → ") <= console.width:
        command = ""
    said = Text.assemble((safe(finding.about, "terminal"), "bold"), f": {safe(finding.seen, 'terminal')}")
    if cure:
        said.append(f"\n→ {safe(cure.removesuffix(command), 'terminal') or 'Run:'}", style="cyan")
    line = Table.grid(padding=(0, 1))
    line.add_column(width=VERDICT_WIDTH, no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(Text(finding.verdict, style=style), said)
    console.print(line)
    if command:
        console.print(command, style="cyan", soft_wrap=True, highlight=False, markup=False)


def _sum_up(found: "list[Finding]") -> str:
    numbers = {verdict: sum(finding.verdict == verdict for finding in found) for verdict in STYLES}
    parts = [several(numbers["problem"], "problem"), several(numbers["warning"], "warning"), f"{numbers['ok']} fine"]
    if numbers["not checked"]:
        parts.append(f"{numbers['not checked']} not checked")
    return ", ".join(parts) + "."
