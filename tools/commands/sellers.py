"""`sellers`: who is connected, and how one moves, leaves, or has a buyer forgotten."""

from typing import TYPE_CHECKING, Annotated

import typer

from tools.commands.naming import seller_named
from tools.console import JSONOption, StageOption, agree, console, errors, fail, plain_failures
from tools.console import print_json as say_json

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.models import Seller
    from chalicelib.wiring import Container
    from tools.erasing import Erased, StoredAbout
    from tools.sellers import Report

sellers = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Connected sellers: list, move, disconnect, and forget a buyer.",
)

SellerArgument = Annotated[str, typer.Argument(help="The seller's id or nickname.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Ask nothing.")]

WHAT_REMAINS = """What stays, and for how long:
  that each of these was erased, when, and the number of its newest reply, under its id: for good
  ids of notifications and of what they were about: 30 days; of unread purchases: 60 days
  fingerprints of notifications: 3 days; jobs that wait on the queues: 14 days at most
  the database's own backup, from which only you can restore: 35 days
Mercado Livre keeps its own copy; Ponte cannot and does not erase there."""


@sellers.command("list")
def list_sellers(*, as_json: JSONOption = False, stage: StageOption = "dev") -> None:
    """Show each seller, whether the grant works, and when they were last heard of.

    python -m tools doctor says what to do about what is wrong.
    """
    from tools.sellers import report_sellers
    from tools.stage_access import open_stage

    with plain_failures():
        bridge = open_stage(stage)
        with errors.status("Reading …"):
            reports = report_sellers(bridge)
        if as_json:
            say_json([report.to_json() for report in reports])
        elif not reports:
            link = bridge.invitations.link()
            console.print(f"No seller is connected. Send one this link: {link}", highlight=False, soft_wrap=True)
        else:
            _show(reports, bridge.clock())


def _show(reports: "list[Report]", now: "datetime") -> None:
    from rich.markup import escape
    from rich.table import Table

    from chalicelib.checks.moments import in_words
    from chalicelib.checks.sellers import DEAD_REASONS

    table = Table(show_edge=False, pad_edge=False, show_lines=len(reports) > 1)
    # So that ids and moments stay whole on a terminal of 80 columns.
    for name, min_width in (("Seller", 11), ("Desk", 7), ("State", 14), ("Token", 17), ("Last seen", 16)):
        table.add_column(name, min_width=min_width, overflow="fold")
    for report in reports:
        seller = report.seller
        is_over = report.expires is not None and report.expires <= now
        table.add_row(
            f"{escape(seller.nickname)}\n{seller.seller_id}",
            f"{seller.desk or '(first)'}\n{seller.site_id}",
            f"[{'green' if report.state == 'connected' else 'red'}]{escape(report.words)}[/]",
            f"{'expired' if is_over else 'expires'} {in_words(report.expires, now)}\n"
            f"refreshed {in_words(report.refreshed, now)}",
            f"traffic {in_words(report.last_traffic, now)}\nswept {in_words(report.swept, now)}",
        )
    console.print(table)
    for report in reports:
        if report.link:
            reason = DEAD_REASONS.get(report.seller.dead_reason, "")
            because = f" ({reason})" if reason else ""
            said = f"{report.seller.nickname} must authorise again{because}: {report.link}"
            console.print(said, markup=False, highlight=False, soft_wrap=True)
        elif report.seller.trouble:
            console.print("python -m tools doctor says what an operator does about it.", highlight=False)


@sellers.command()
def disconnect(
    seller: SellerArgument,
    *,
    yes: YesOption = False,
    force: Annotated[
        bool, typer.Option("--force", help="Remove the tokens even where Mercado Livre could not revoke the grant.")
    ] = False,
    stage: StageOption = "dev",
) -> None:
    """Revoke a seller's grant at Mercado Livre and remove the tokens.

    The conversations stay in Chatwoot and stay known, for the day when the seller connects again. Prints the link for
    that, to the desk of now.
    """
    from tools.sellers import link_back, revoke
    from tools.stage_access import open_stage

    with plain_failures():
        bridge = open_stage(stage)
        leaving = seller_named(bridge, seller)
        name = f"{leaving.nickname} ({leaving.seller_id})"
        # Known now only: the desk is forgotten with the seller.
        link = link_back(bridge, leaving)
        with errors.status("Looking what waits …"):
            waiting = _what_waits(bridge, leaving)
        console.print(waiting, highlight=False, markup=False)
        agree(f"Disconnect {name}?", yes=yes)
        with errors.status("Revoking …"):
            problem = revoke(bridge, leaving)
        if problem and not force:
            fail(
                f"The grant of {name} was not revoked: {problem}.\nNothing was removed here. Try again later, or "
                "remove the tokens all the same with --force."
            )
        bridge.sellers.disconnect(leaving.seller_id)
    if problem:
        console.print(f"The grant was not revoked: {problem}.", highlight=False, markup=False)
        console.print("The seller can withdraw it, among the applications connected to the Mercado Livre account.")
    else:
        console.print("The grant is revoked.")
    console.print(f"{name} is disconnected: the tokens are removed.", highlight=False, markup=False)
    if link:
        console.print(f"To connect again: {link}", highlight=False, markup=False, soft_wrap=True)


def _what_waits(bridge: "Container", seller: "Seller") -> str:
    from tools.replaying import DeadLetters

    jobs, replies = bridge.parked_jobs.count(seller.seller_id), bridge.threads.count_underway(seller.seller_id)
    letters = DeadLetters(bridge).look().letters
    dead = sum(letter.seller_id == seller.seller_id for letter in letters)
    return (
        f"Replies under way to buyers: {replies}. Jobs that wait for the grant to be mended: {jobs}. "
        f"Dead letters: {dead}.\nWhat waits on the queues for this seller goes on waiting for up to 13 days, and "
        "flows again if they connect within them; after that it is given up, and agents are told. New notifications "
        "about them are recorded and do nothing."
    )


@sellers.command()
def move(
    seller: SellerArgument,
    desk: Annotated[str, typer.Argument(help="The desk; `first` is the one without a name.")],
    stage: StageOption = "dev",
) -> None:
    """Let a seller's new conversations go to another desk; those that are open stay where they are."""
    from chalicelib.checks.seller_cures import desk_called
    from tools.sellers import FIRST_DESK, find_desk
    from tools.stage_access import open_stage

    with plain_failures():
        bridge = open_stage(stage)
        moving = seller_named(bridge, seller)
        target = find_desk(bridge, desk)
        if target is None:
            known = ", ".join([FIRST_DESK, *bridge.settings.desk_names()])
            fail(
                f"There is no desk {desk}. Known: {known}.\n"
                f"Set one up with: python -m tools setup --stage {stage} --desk {desk}"
            )
        name = f"{moving.nickname} ({moving.seller_id})"
        if moving.desk == target:
            console.print(f"{name} is at {desk_called(target)} already.", highlight=False, markup=False)
            return
        bridge.sellers.move(moving, target)
    console.print(
        f"New conversations of {name} go to {desk_called(target)}; those that are open stay at "
        f"{desk_called(moving.desk)}.",
        highlight=False,
        markup=False,
    )


@sellers.command("erase-buyer")
def erase_buyer(
    seller: Annotated[str, typer.Argument(help="The seller's id; of a connected one, also the nickname.")],
    buyer: Annotated[
        str, typer.Argument(help="The buyer's id at Mercado Livre: Chatwoot shows it as the contact's meli_user_id.")
    ],
    *,
    yes: YesOption = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also while a reply to them is under way; it might go out twice.")
    ] = False,
    stage: StageOption = "dev",
) -> None:
    """Erase what Ponte stores about one buyer of one seller (LGPD).

    It forgets the buyer's questions and purchases with what became of each message, who they are in Chatwoot, and their
    nickname. Ponte stores none of their words: those are in Chatwoot and at Mercado Livre, which can erase them.
    Nicknames are not taken, since they change and Ponte keeps them for a day only.

    What stays: that each question or purchase was erased, and when, for good, so that its old words are not brought in
    again; ids in the record of notifications for 30 days; the database's backup for 35 days. A purchase of which
    Mercado Livre does not show the buyer cannot be found so. What the buyer writes from now on is brought in as new.
    """
    from tools.erasing import erase, find_buyer
    from tools.stage_access import open_stage

    if not (buyer.isdecimal() and int(buyer)):
        fail(
            f"{buyer} is no buyer's id. Chatwoot shows it on the contact as meli_user_id, a number; a nickname can "
            "change hands, so it is not taken."
        )
    with plain_failures():
        bridge = open_stage(stage)
        seller_id = int(seller) if seller.isdecimal() else seller_named(bridge, seller).seller_id
        with errors.status("Searching …"):
            found = find_buyer(bridge, seller_id, int(buyer))
        _tell_found(found)
        if found.underway and not force:
            fail(
                f"Replies under way to them: {len(found.underway)}. Once they are forgotten, one could go out twice. "
                "Wait until they are settled (python -m tools replay shows those that were given up), or use --force."
            )
        if not found.is_nothing:
            agree("Erase it? This cannot be undone.", yes=yes)
        # Also where nothing is found: the nickname may be remembered.
        with errors.status("Erasing …"):
            erased = erase(bridge, found)
        _tell_erased(bridge, found, erased)
    if erased.came_back:
        fail("Something about this buyer was stored while this ran: a worker was busy with it. Run the command again.")


def _tell_found(found: "StoredAbout") -> None:
    if found.is_nothing:
        console.print(f"Nothing is stored about buyer {found.buyer_id} of seller {found.seller_id}.", highlight=False)
    else:
        console.print(
            f"Stored about buyer {found.buyer_id} of seller {found.seller_id}: {found.count('question')} questions, "
            f"{found.count('pack')} purchases, what became of {found.messages} messages, "
            f"{len(found.contacts)} contacts in Chatwoot, {len(found.dead_letters)} dead letters.",
            highlight=False,
        )
    if found.nameless:
        console.print(
            f"Of {found.nameless} conversations of this seller Mercado Livre did not show the buyer: whether one is "
            "of this buyer cannot be told."
        )


def _tell_erased(bridge: "Container", found: "StoredAbout", erased: "Erased") -> None:
    from tools.erasing import contact_links

    console.print(
        f"Erased: {erased.items} records of {len(found.threads)} questions and purchases, {erased.contacts} contacts, "
        f"{erased.remembered} remembered facts, {erased.dead_letters} dead letters.",
        highlight=False,
    )
    if found.is_nothing:
        return
    links = contact_links(bridge, found)
    console.print(
        "Chatwoot still has their conversations. An administrator deletes the contact, and them with it, where its "
        f"meli_user_id is {found.buyer_id}:",
        highlight=False,
    )
    for link in links:
        console.print(f"  {link}", highlight=False, markup=False, soft_wrap=True)
    console.print(WHAT_REMAINS, highlight=False)
