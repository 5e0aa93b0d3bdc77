"""Which seller a command is about, by what was typed."""

from typing import TYPE_CHECKING

from tools.console import fail

if TYPE_CHECKING:
    from chalicelib.models import Seller
    from chalicelib.wiring import Container


def seller_named(bridge: "Container", text: str) -> "Seller":
    """The connected seller with this id or nickname; ends the command with a sentence where there is none."""
    from tools.sellers import SellerUnknown, find_seller

    try:
        return find_seller(bridge, text)
    except SellerUnknown as error:
        fail(str(error))


def check_seller_option(text: str | None) -> None:
    """Ends the command where the option is there and empty, as when a shell's variable was not set."""
    if text is not None and not text.strip():
        fail("--seller must be the id or the nickname of a seller.")
