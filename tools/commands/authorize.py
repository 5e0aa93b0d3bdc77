"""`authorize`: the link that connects a seller, or a code taken by hand."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.console import JSONOption, StageOption, console, errors, fail, plain_failures, print_json

if TYPE_CHECKING:
    from chalicelib.wiring import Container


def authorize(
    *,
    stage: StageOption = "dev",
    site: Annotated[
        str | None, typer.Option(help="The seller's country: MLB, MLA …; the stage's own if left out.")
    ] = None,
    desk: Annotated[
        str | None, typer.Option(help="Where the seller's conversations go, if not to the first desk.")
    ] = None,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Print Mercado Livre's own link and ask for the code it ends with.")
    ] = False,
    code: Annotated[
        str | None, typer.Option(help="A code (TG-…) that you have already, or the whole address it came in.")
    ] = None,
    verifier: Annotated[str, typer.Option(help="The PKCE verifier of that code, if its link had one.")] = "",
    as_json: JSONOption = False,
) -> None:
    """Connect a seller: prints the link to open.

    An administrator of the Mercado Livre account opens it in a browser, allows the application, and is connected.
    Where that browser cannot reach the bridge, use --by-hand. A code works once and for ten minutes.
    """
    # Imported here: boto3 and requests take a while, and --help should not.
    from tools.authorizing_by_hand import NotPossible, check_desk, choose_site, read_code
    from tools.stage_access import open_stage

    if verifier and not code:
        fail("--verifier belongs to --code.")
    if by_hand and code:
        fail("Either --by-hand, which asks for the code, or --code.")
    with plain_failures():
        bridge = open_stage(stage)
        try:
            chosen = choose_site(bridge.settings, site)
            check_desk(bridge.settings, desk)
            if by_hand:
                link, verifier = bridge.seller_connection.link_by_hand(chosen)
                code = _ask_for_code(link)
                code = read_code(code, link=link)
            elif code:
                code = read_code(code)
        except NotPossible as error:
            fail(str(error))
        if code:
            _connect(bridge, code, verifier, desk, as_json=as_json)
            return
        answer = {"link": bridge.invitations.link(chosen, desk or ""), "site": chosen, "desk": desk or ""}
    if as_json:
        print_json(answer)
        return
    console.print(
        "An administrator of the Mercado Livre account opens this link, within seven days. It lets whoever has it "
        "connect an account here: send it to nobody else.",
        soft_wrap=True,
    )
    console.print(f"  {answer['link']}", soft_wrap=True, highlight=False, markup=False)


def _ask_for_code(link: str) -> str:
    """On stderr, so that stdout is the answer's."""
    errors.print("An administrator of the Mercado Livre account opens this link and allows the application:")
    errors.print(f"  {link}", soft_wrap=True, highlight=False, markup=False)
    errors.print(
        "The seller's browser then ends at an address that begins with your redirect URI. Whatever the page says: copy "
        "the whole address, within ten minutes.",
        soft_wrap=True,
    )
    try:
        pasted: str = typer.prompt("The address, or the code in it (TG-…)", err=True)
    except typer.Abort:
        fail("Stopped; nobody was connected.")
    return pasted


def _connect(bridge: "Container", code: str, verifier: str, desk: str | None, *, as_json: bool) -> None:
    from chalicelib.errors import OutcomeUnknown, Refused, TryAgainLater
    from tools.quiet import quiet

    try:
        with errors.status("Asking Mercado Livre …"), quiet():
            seller = bridge.seller_connection.connect(code, verifier=verifier, desk=desk, moves=True)
    except (Refused, TryAgainLater, OutcomeUnknown) as error:
        fail(bridge.seller_connection.explain(error, bridge.invitations.link(desk=desk or "")))
    answer: dict[str, Any] = {
        "seller_id": seller.seller_id,
        "nickname": seller.nickname,
        "site": seller.site_id,
        "desk": seller.desk,
        "missing_scopes": seller.missing_scopes,
    }
    if as_json:
        print_json(answer)
        return
    where = f" at the desk {seller.desk}" if seller.desk else ""
    console.print(f"{seller.nickname} ({seller.seller_id}) is connected{where}.", style="green", markup=False)
    if seller.missing_scopes:
        scopes = ", ".join(seller.missing_scopes)
        console.print(
            f"The application lacks {scopes}: tick it in the DevCenter under Scopes, and connect the seller again.",
            style="yellow",
            soft_wrap=True,
        )
