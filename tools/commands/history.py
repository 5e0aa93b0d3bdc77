"""`history`: what Mercado Livre told, and what became of it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.naming import check_seller_option, seller_named
from tools.console import JSONOption, StageOption, console, errors, fail, plain_failures, print_json, show_table

if TYPE_CHECKING:
    from chalicelib.wiring import Container
    from tools.history import Record, Trace

KEPT = timedelta(days=30)


def history(
    *,
    seller: Annotated[
        str | None, typer.Option(help="Only this seller's, by nickname, or id: connected or not.")
    ] = None,
    thread: Annotated[str | None, typer.Option(help="Only this one's: 4700000001/question/13000000001.")] = None,
    since: Annotated[str, typer.Option(help="How far back: 90m, 24h, 7d; 30d at most.")] = "24h",
    as_json: JSONOption = False,
    stage: StageOption = "dev",
) -> None:
    """Show every notification and what became of it, for thirty days back.

    What is not done with yet is «waiting» or «failing», with the reason; what is «given up», `replay` puts back. To
    which thread a message belongs is not known before: look for one that waits by its seller.

    Without --seller and --thread the whole table is read, for those too who are not connected. Of a long history that
    takes time, and DynamoDB charges for it.

    With --thread, also what the bridge carried there: which message is which on the other side, and what became of
    each reply. A thread is written seller/question/id or seller/pack/id, as in the log; in the place of the pack stands
    the order where there is no pack. People's words are not kept, so they are not shown.
    """
    from tools.history import find_records, of_thread, read_since, read_thread, trace
    from tools.stage_access import open_stage

    span = read_since(since)
    if span is None or span > KEPT:
        fail("--since must be a time such as 90m, 24h or 7d; history is kept for 30d.")
    meant = read_thread(thread) if thread else None
    if thread and meant is None:
        fail("--thread must be seller/question/id or seller/pack/id, such as 4700000001/question/13000000001.")
    check_seller_option(seller)
    with plain_failures(), errors.status("Looking …"):
        bridge = open_stage(stage)
        seller_id = meant.seller_id if meant else _seller_id(bridge, seller)
        records = find_records(bridge, seller_id, since=bridge.clock() - span)
        traces = trace(bridge, meant) if meant else []
    if meant:
        records = of_thread(records, meant)
    if as_json:
        print_json({"notifications": [one.to_json() for one in records], "carried": [one._asdict() for one in traces]})
        return
    _show_records(records, since)
    if meant:
        _show_traces(traces)


def _seller_id(bridge: "Container", text: str | None) -> int | None:
    """An id may be of one who is not connected; a nickname is only known of one who is."""
    if text is None:
        return None
    return int(text) if text.isdecimal() else seller_named(bridge, text).seller_id


def _show_records(records: "list[Record]", since: str) -> None:
    if not records:
        console.print(f"No notification in the last {since}.", highlight=False)
        return
    show_table(
        ("Received (UTC)", "Seller", "Topic", "Resource", "What became of it"),
        [(f"{one.time:%m-%d %H:%M:%S}", str(one.seller_id), one.topic, one.resource, one.outcome) for one in records],
    )


def _show_traces(traces: "list[Trace]") -> None:
    if not traces:
        console.print("Nothing was carried in this thread yet.")
        return
    console.print()
    show_table(
        ("Way", "Mercado Livre", "Chatwoot", "State", "Reason"),
        [(one.direction, one.meli, str(one.chatwoot_message_id or ""), one.state, one.reason) for one in traces],
    )
