"""How long a message after a sale is on its way when every call to either service takes a tenth of a second.

What is measured is the bridge's own share: the calls that a message needs add up to a sum that nothing can undercut.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from simulators.service import Service
from tools.bench.calls import observe, open_shop, stage_with_simulators
from tools.local.stage import Stage

LATENCY_SECONDS = 0.1
EVER = 1_000_000

# A buyer's message: which pack, the pack, and the write. An agent's: the pack, the send, and its outcome.
UNAVOIDABLE_CALLS = 3


def measure_delay(messages: int) -> dict[str, Any]:
    """Medians in milliseconds, from the notification or webhook being sent to the last call being answered."""
    with stage_with_simulators("delay") as stage:
        shop = open_shop(stage)
        sale = stage.meli.buy(shop.buyer, shop.item)
        stage.meli.write(sale, "Quando chega?")
        observe(stage)
        conversation = stage.chatwoot.conversations()[0]["id"]
        stage.meli.add_fault("slow", seconds=LATENCY_SECONDS, times=EVER)
        stage.chatwoot.add_fault("slow", seconds=LATENCY_SECONDS, times=EVER)
        inbound = [time_message(stage, lambda: stage.meli.write(sale, "E agora?")) for _ in range(messages)]
        # What our own message causes afterwards is not on its way.
        stage.meli.notifications_enabled = False
        outbound = [time_message(stage, lambda: stage.chatwoot.reply(conversation, "Logo.")) for _ in range(messages)]
    return {"buyers_message": describe(inbound), "agents_reply": describe(outbound)}


def time_message(stage: Stage, write: Callable[[], Any]) -> float:
    """Milliseconds until Chatwoot has answered the last call: the message is visible, or its outcome is."""
    write()
    began = datetime.now(UTC)
    stage.settle()
    ended = last_call(stage.chatwoot)
    observe(stage)
    return (ended - began).total_seconds() * 1000


def last_call(service: Service) -> datetime:
    return max(datetime.fromisoformat(exchange.at) for exchange in service.journal if exchange.direction == "in")


def describe(milliseconds: list[float]) -> dict[str, Any]:
    unavoidable_ms = round(UNAVOIDABLE_CALLS * LATENCY_SECONDS * 1000)
    return {
        "messages": len(milliseconds),
        "p50_ms": round(median(milliseconds), 1),
        "slowest_ms": round(max(milliseconds), 1),
        "unavoidable_ms": unavoidable_ms,
        "ratio": round(median(milliseconds) / unavoidable_ms, 2),
    }
