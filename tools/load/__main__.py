"""`python -m tools.load`: a table on stdout, or with `--json` all figures."""

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tools.load.drive import MOST_RECEIPT_MS, measure_load

cli = typer.Typer(add_completion=False)
console = Console(stderr=True)

SELLERS = (1, 10, 100)


@cli.command()
def load(
    *,
    notifications: Annotated[int, typer.Option(help="How many come in one burst.")] = 10_000,
    sellers: Annotated[list[int] | None, typer.Option(help="For how many sellers; 1, 10 and 100 by turns.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures.")] = False,
) -> None:
    """Send a burst of notifications of messages through the whole pipeline, and look what became of each.

    AWS (moto), the API's function, the others and both services run on this machine, in processes of their own.
    Exits with 1 where something was lost, doubled or out of order, or a receipt took more than half a second.
    """
    runs = []
    for number in sellers or SELLERS:
        console.print(f"{notifications} notifications for {number} sellers …")
        with redirect_stdout(StringIO()):
            runs.append(measure_load(number, notifications))
    if as_json:
        sys.stdout.write(json.dumps(runs, indent=2) + "\n")
    else:
        Console(width=160).print(as_table(runs))
    sys.exit(any(map(is_bad, runs)))


def is_bad(run: dict[str, Any]) -> bool:
    is_slow = run["receipt"]["most_ms"] > MOST_RECEIPT_MS
    return bool(run["lost"] or run["doubled"] or run["out_of_order"] or run["errors"] or is_slow)


def as_table(runs: list[dict[str, Any]]) -> Table:
    table = Table(
        "",
        *(f"{run['sellers']} seller{'s' * (run['sellers'] > 1)}" for run in runs),
        title="A burst, by the number of sellers",
    )
    for name, show in ROWS.items():
        table.add_row(name, *(show(run) for run in runs))
    return table


def show_stage(run: dict[str, Any], name: str) -> str:
    stage = run["stages"][name]
    return f"{stage['p50_ms']:.0f} / {stage['p99_ms']:.0f} ms; {stage['a_second']} a second"


ROWS: dict[str, Callable[[dict[str, Any]], str]] = {
    "notifications": lambda run: str(run["notifications"]),
    "receipt: p50 / p99 / slowest": lambda run: (
        " / ".join(f"{run['receipt'][name]:.0f}" for name in ("p50_ms", "p99_ms", "most_ms"))
        + f" ms; {run['receipt']['a_second']} a second"
    ),
    "resolving: p50 / p99": lambda run: show_stage(run, "resolve_notification"),
    "bringing up to date: p50 / p99": lambda run: show_stage(run, "work_on_thread"),
    "all done after": lambda run: f"{run['seconds_until_all_is_done']} s; {run['messages_a_second']} messages a second",
    "calls to AWS a message": lambda run: str(run["aws_calls_a_message"]),
    "calls to both services a message": lambda run: str(run["service_calls_a_message"]),
    "processor, ms a receipt / a message": lambda run: (
        f"{run['processor_ms_a_receipt']} / {run['processor_ms_a_message']}"
    ),
    "US dollars a thousand messages": lambda run: str(run["dollars_a_thousand_messages"]),
    "lost / doubled / out of order": lambda run: f"{run['lost']} / {run['doubled']} / {run['out_of_order']}",
}

if __name__ == "__main__":
    cli(prog_name="python -m tools.load")
