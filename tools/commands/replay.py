"""`replay`: jobs that were given up, and the way back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tools.console import SOMETHING_WRONG, JSONOption, StageOption, agree, console, errors, fail, plain_failures
from tools.console import print_json as say_json

if TYPE_CHECKING:
    from datetime import datetime

    from tools.replaying import DeadLetter, DeadLetters, Look

WARNING = (
    "Of these, {number} are replies whose agents were told that they failed, and who may have answered otherwise "
    "since. A reply that did go out is not sent again; one that did not goes out now."
)


def replay(
    *,
    every: Annotated[bool, typer.Option("--all", help="Put back all of them.")] = False,
    ids: Annotated[list[str] | None, typer.Option("--id", help="Put back this one; may be repeated.")] = None,
    drop: Annotated[list[str] | None, typer.Option("--drop", help="Remove this one for good.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    as_json: JSONOption = False,
    stage: StageOption = "dev",
) -> None:
    """Show the jobs that were given up, and put them back on their queues.

    A job is given up after five failures that nobody foresaw, and kept for 14 days. Without an option this only shows
    them, and takes none from its place. Mend what made them fail, which the log tells under 'job failed', and put them
    back: a job may be repeated, and a reply is looked up before it is sent.

    An id may be shortened to its first characters. The exit status is 1 while there are dead letters.
    """
    from tools.replaying import DeadLetters
    from tools.stage_access import open_stage

    if sum(map(bool, (every, ids, drop))) > 1:
        fail("Choose one of --all, --id and --drop.")
    with plain_failures():
        bridge = open_stage(stage)
        letters = DeadLetters(bridge)
        with errors.status("Looking …"):
            look = letters.look()
            nicknames = {seller.seller_id: seller.nickname for seller in bridge.sellers.all()}
        if every or ids:
            chosen = look.letters if every else _choose(look, ids or [])
            _put_back(letters, look, chosen, yes=yes, as_json=as_json)
        elif drop:
            _drop(letters, _choose(look, drop), nicknames, yes=yes, as_json=as_json)
        else:
            _show(look, nicknames, bridge.clock(), as_json=as_json)


def _show(look: "Look", nicknames: dict[int, str], now: "datetime", *, as_json: bool) -> None:
    from chalicelib.checks.moments import in_words
    from tools.replaying import describe, describe_past

    if as_json:
        fields = [_to_json(letter, nicknames) for letter in look.letters]
        say_json({"dead_letters": fields, "behind_these": look.behind})
    elif not look.letters and not look.behind:
        console.print("There are no dead letters.")
    for letter in look.letters if not as_json else []:
        console.print(letter.message_id, style="bold", highlight=False)
        past = f"given up {in_words(letter.given_up, now)}; {describe_past(letter)}."
        # What a notification names is a stranger's, so that no markup is read in it.
        console.print(f"  {describe(letter, nicknames)}", highlight=False, markup=False)
        console.print(f"  {past}", style="dim", highlight=False, markup=False)
    if look.letters and not as_json:
        console.print(f"\n{len(look.letters)} to put back: python -m tools replay --all, or --id ID for one.")
    _tell_behind(look.behind, as_json=as_json)
    if look.letters or look.behind:
        raise typer.Exit(SOMETHING_WRONG)


def _tell_behind(behind: int, *, as_json: bool) -> None:
    if behind and not as_json:
        console.print(
            f"{behind} more cannot be seen now: they stand behind ten of the same thread, or somebody else is looking "
            "at them. Put these back, or wait two minutes, and look again."
        )


def _choose(look: "Look", wanted: list[str]) -> "list[DeadLetter]":
    chosen = []
    for text in wanted:
        found = [letter for letter in look.letters if text and letter.message_id.startswith(text)]
        if not found:
            fail(f"There is no dead letter {text} now. python -m tools replay shows those that are there.")
        if len(found) > 1:
            fail(f"More than one dead letter begins with {text}: give more of its id.")
        chosen += found
    return chosen


def _put_back(letters: "DeadLetters", look: "Look", chosen: "list[DeadLetter]", *, yes: bool, as_json: bool) -> None:
    from chalicelib.work.jobs import DeliverReply

    unreadable = [letter.message_id for letter in chosen if letter.job is None]
    jobs = [letter for letter in chosen if letter.job is not None]
    if replies := [letter for letter in jobs if isinstance(letter.job, DeliverReply) and letter.state != "sent"]:
        errors.print(WARNING.format(number=len(replies)))
        agree(f"Put {len(jobs)} back?", yes=yes)
    with errors.status("Putting back …"):
        done = letters.put_back([letter.message_id for letter in jobs])
    gone = [letter.message_id for letter in jobs if letter.message_id not in done]
    left = look.behind
    if as_json:
        say_json({"put_back": done, "not_there_any_more": gone, "unreadable": unreadable, "behind_these": left})
    else:
        console.print(f"{len(done)} put back." if jobs else "There is nothing to put back.")
        _tell_others(gone, unreadable)
        _tell_behind(left, as_json=False)
    if gone or unreadable or left:
        raise typer.Exit(SOMETHING_WRONG)


def _tell_others(gone: list[str], unreadable: list[str]) -> None:
    if gone:
        console.print(f"Not there any more, or being looked at by somebody else: {', '.join(gone)}")
    for message_id in unreadable:
        console.print(f"No job any more, and left there: {message_id} (python -m tools replay --drop {message_id})")


def _drop(
    letters: "DeadLetters",
    chosen: "list[DeadLetter]",
    nicknames: dict[int, str],
    *,
    yes: bool,
    as_json: bool,
) -> None:
    from tools.replaying import describe

    for letter in chosen:
        errors.print(f"{letter.message_id}: {describe(letter, nicknames)}", highlight=False, markup=False)
    agree(f"Remove {len(chosen)} for good? What it was to do is then never done.", yes=yes)
    done = letters.drop([letter.message_id for letter in chosen])
    if as_json:
        say_json({"dropped": done})
    else:
        console.print(f"{len(done)} removed.")
    if len(done) < len(chosen):
        raise typer.Exit(SOMETHING_WRONG)


def _to_json(letter: "DeadLetter", nicknames: dict[int, str]) -> dict[str, Any]:
    from tools.replaying import describe, describe_past

    return {
        "id": letter.message_id,
        "queue": letter.queue,
        "job": type(letter.job).__name__ if letter.job else None,
        "seller_id": letter.seller_id,
        "thread": str(letter.thread) if letter.thread else None,
        "given_up_at": letter.given_up.isoformat(),
        "what": describe(letter, nicknames),
        "how": describe_past(letter),
        "reply_state": letter.state or None,
    }
