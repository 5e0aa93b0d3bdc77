"""`audit`: whether everything stands on both sides, once, in order, and delivered."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.naming import check_seller_option, seller_named
from tools.console import (
    CANNOT_GO_ON,
    SOMETHING_WRONG,
    JSONOption,
    StageOption,
    console,
    errors,
    fail,
    plain_failures,
    print_json,
    printable,
    several,
    show_table,
)

if TYPE_CHECKING:
    from tools.auditing import Report
    from tools.repairing import Repaired

# Mercado Livre's notifications that led to threads are kept for as long.
LONGEST = timedelta(days=30)


def audit(
    *,
    since: Annotated[str, typer.Option(help="How far back: 90m, 24h, 7d; 30d at most.")] = "24h",
    seller: Annotated[str | None, typer.Option(help="Only this seller's, by id or nickname.")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Queue what is missing.")] = False,
    as_json: JSONOption = False,
    stage: StageOption = "dev",
) -> None:
    """Compare both sides message by message: what is missing, doubled, out of order, or undelivered.

    Every question, answer and message of Mercado Livre beside what stands in Chatwoot, and every reply of an agent
    beside what Mercado Livre shows. It only reads, and takes its reads out of what live traffic leaves. What was
    written in the last five minutes may be on its way and is not judged. The schedule does the same once a day.

    With --repair, what is missing is queued and what an agent was not shown is shown; each thread is looked at once
    more right before, and a reply is looked up before it is sent. What stands twice, or in the wrong order, stays:
    neither service lets a message be moved.

    The exit status is 1 when something was found, and 2 when something could not be compared.
    """
    from chalicelib.audit.compare import Span
    from chalicelib.audit.daily import GRACE_SECONDS
    from tools.auditing import Audit
    from tools.commands.asking import Progress
    from tools.history import read_since
    from tools.quiet import quiet
    from tools.repairing import repair as mend
    from tools.stage_access import open_stage

    length = read_since(since)
    if length is None or length > LONGEST or length <= timedelta(seconds=GRACE_SECONDS):
        fail("--since must be a time such as 90m, 24h or 7d; more than 5m, and 30d at most.")
    check_seller_option(seller)
    repaired = None
    with plain_failures(), quiet(), Progress(errors) as progress:
        progress.say("Looking for the stage …")
        bridge = open_stage(stage)
        chosen = [seller_named(bridge, seller)] if seller is not None else bridge.sellers.all()
        now = int(bridge.clock().timestamp())
        span = Span(now - int(length.total_seconds()), now - GRACE_SECONDS)
        audit = Audit(bridge, span, tell=progress.say)
        report = audit.run(chosen)
        if repair and report.findings:
            progress.say("Repairing …")
            repaired = mend(audit)
    if as_json:
        print_json({**report.to_json(), "repaired": repaired.to_json() if repaired else None})
    else:
        _show(report, repaired, since)
    if report.findings or report.skipped:
        raise typer.Exit(SOMETHING_WRONG if report.findings else CANNOT_GO_ON)


def _show(report: "Report", repaired: "Repaired | None", since: str) -> None:
    if report.findings:
        headings = ("Found", "Thread", "Conversation", "On the side of", "Message", "What is wrong")
        show_table(
            headings,
            [
                (one.kind, str(one.thread), str(one.conversation_id or "none"), one.side, one.what, one.seen)
                for one in report.findings
            ],
        )
        console.print()
    for skipped in report.skipped:
        line = printable(f"Not compared: {skipped.what}: {skipped.why}")
        console.print(line, style="yellow", highlight=False, markup=False, soft_wrap=True)
    console.print(_sum_up(report, since), highlight=False, markup=False)
    if repaired:
        console.print(_tell_repaired(report, repaired), highlight=False, markup=False)
    elif any(one.mend for one in report.findings):
        console.print("--repair queues what is missing.", highlight=False, markup=False)


def _sum_up(report: "Report", since: str) -> str:
    from chalicelib.audit.compare import count_kinds

    found = ", ".join(f"{number} {kind}" for kind, number in count_kinds(report.findings).items())
    return (
        f"The last {since}: {several(report.messages, 'message')} in {several(report.threads, 'thread')} of "
        f"{several(report.sellers, 'seller')} compared: {found}."
    )


def _tell_repaired(report: "Report", repaired: "Repaired") -> str:
    done = f"{several(repaired.queued, 'job')} queued, {several(repaired.shown, 'outcome')} shown."
    lines = [f"{done} Run it again in some minutes."]
    if repaired.settled:
        lines.append(f"{repaired.settled} had been set right meanwhile.")
    told = {(one.thread, one.what, one.seen) for one in report.findings}
    lines += [
        f"Not repaired: {one.thread}, {printable(one.what)}: {one.seen}"
        for one in repaired.left
        if (one.thread, one.what, one.seen) not in told
    ]
    if repaired.left:
        lines.append(f"{len(repaired.left)} cannot be repaired by a job: look at what is listed above by hand.")
    return "\n".join(lines)
