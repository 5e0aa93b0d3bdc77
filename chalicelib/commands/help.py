"""/ajuda: what commands there are."""

from chalicelib.commands import Answer, Request, all_commands, command
from chalicelib.sentences.wording import Wording


@command("ajuda", es="ayuda", en="help")
def tell_commands(request: Request) -> Answer:
    return Answer(list_commands(request.wording))


def list_commands(wording: Wording) -> str:
    """A line for each command, as agents read them."""
    lines = [f"- {one.describe(wording)}" for one in all_commands()]
    return "\n".join([wording.say("commands_title"), *lines])
