"""Through how many files and functions of the bridge something goes, once everything is built: how much to read."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from tools.bench.calls import observe, open_shop, stage_with_simulators
from tools.package import PROJECT

SHIPPED = (f"{PROJECT}/app.py", f"{PROJECT}/chalicelib/")

# Part of the function around them, and no functions to who reads.
NOT_NAMED = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<module>")


def trace_paths() -> dict[str, Any]:
    """From the webhook until all is at rest; what a reply's own notification causes afterwards is apart."""
    with stage_with_simulators("path") as stage:
        meli, chatwoot = stage.meli, stage.chatwoot
        shop = open_shop(stage)
        sale = meli.buy(shop.buyer, shop.item)
        meli.write(sale, "Quando chega?")
        observe(stage)
        conversation = chatwoot.conversations()[0]["id"]

        def trace(act: Callable[[], Any], most_files: int = 0, *, has_echo: bool = True) -> dict[str, Any]:
            meli.notifications_enabled = has_echo
            with functions_called() as called:
                act()
                observe(stage)
            meli.notifications_enabled = True
            files = sorted({code.co_filename.removeprefix(f"{PROJECT}/") for code in called})
            target = {"target": {"files_at_most": most_files}} if most_files else {}
            return {"files": len(files), "functions": len(called), "crossed": files} | target

        def reply() -> None:
            chatwoot.reply(conversation, "Amanhã.")

        def write() -> None:
            meli.write(sale, "Tem nota fiscal?")

        # Whoever comes first finds nothing built.
        trace(write)
        paths = {"message_of_a_known_purchase": trace(write, 25)}
        trace(reply)
        paths["reply"] = trace(reply, 28, has_echo=False)
        paths["reply_and_what_its_own_notification_causes"] = trace(reply)
        return paths


@contextmanager
def functions_called() -> Iterator[set[CodeType]]:
    """The functions of what ships that run meanwhile, in this thread and in those that begin."""
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(SHIPPED) and code.co_name not in NOT_NAMED:
            called.add(code)

    # The front door answers each caller in a new thread.
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
