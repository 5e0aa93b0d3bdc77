"""What strangers wrote never commands the terminal of whoever reads it."""

from chalicelib.wiring import bridge as current_bridge
from tests.tools.conftest import Deployed

TRICK = "\x1b]0;x\x07\x1b[2J\x9b31m\u202e\x08\x0b"
READ_ONLY = (
    *(["sellers"], ["sellers", "--json"], ["history"], ["history", "--json"], ["doctor"], ["doctor", "--json"]),
    *(["replay"], ["replay", "--json"], ["audit"], ["audit", "--json"]),
)


def test_no_command_prints_what_commands_a_terminal(deployed: Deployed) -> None:
    bridge, sellers = deployed.bridge, current_bridge().sellers
    seller = sellers.get(deployed.seller)
    assert seller
    sellers.rename(seller._replace(nickname=f"LOJA{TRICK}"))
    bridge.notify(topic=f"items{TRICK}", resource=f"/items/{TRICK}MLB1")
    bridge.settle()

    for arguments in READ_ONLY:
        result = deployed.run(*arguments)
        told = result.stdout + result.stderr
        assert not {one for one in told if not one.isprintable() and one != "\n"}, arguments


def test_a_question_asked_before_something_is_done_commands_nothing(deployed: Deployed) -> None:
    sellers = current_bridge().sellers
    seller = sellers.get(deployed.seller)
    assert seller
    sellers.rename(seller._replace(nickname=f"LOJA{TRICK}"))

    result = deployed.run("sellers", "disconnect", str(deployed.seller), input="n\n")

    assert "LOJA" in result.stderr
    assert not {one for one in result.stdout + result.stderr if not one.isprintable() and one != "\n"}
