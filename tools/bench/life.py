"""How many reads of Mercado Livre a sale takes over its life, step by step: what matters, and what is noise."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.bench.calls import at_most, observe, open_shop, stage_with_simulators

# What each change that matters may cost; what the topic alone tells to be noise costs none.
MOST_READS = 2

# A claim has its own text, whether it counts, and whether the buyer may be written to each at an address of its own.
MOST_READS_OF_CLAIM = 4


def count_reads_of_a_life() -> dict[str, Any]:
    """By what happens to a sale that has a conversation: the calls to each service until all is at rest."""
    passed = timedelta()
    with stage_with_simulators("life", lambda: datetime.now(UTC) + passed) as stage:
        meli = stage.meli
        shop = open_shop(stage)
        sale = meli.buy(shop.buyer, shop.item, is_paid=False)
        meli.write(sale, "Boa tarde")
        observe(stage)
        order = meli.orders_of(sale)[0]

        def step(act: Callable[[], Any], most: int) -> dict[str, Any]:
            nonlocal passed
            # What happens to a parcel does not happen all in one minute.
            passed += timedelta(minutes=1)
            act()
            seen = observe(stage)
            return {name: seen[name]["count"] for name in seen} | at_most(mercado_livre=most)

        def carry(event: str) -> Callable[[], None]:
            return lambda: meli.carry(sale, event)

        def tell(topic: str, resource: str) -> Callable[[], None]:
            return lambda: meli.notify(topic, resource, shop.seller)

        def claim() -> int:
            return max(meli.state.claims)

        # In the order of a life. Each step of a claim is announced by its order too, which is read for it.
        steps = {
            "paid, by its order and its parcel": (lambda: meli.pay(sale, has_invoice=False), MOST_READS),
            "ready to ship": (lambda: meli.issue_invoice(sale), MOST_READS),
            "noise: printed": (carry("print"), 1),
            "on its way": (carry("pick_up"), MOST_READS),
            "noise: in a hub": (carry("reach_hub"), 1),
            "noise: shipped": (carry("ship"), 1),
            "noise: out for delivery": (carry("go_out"), 1),
            "delivered": (carry("deliver"), MOST_READS),
            "a claim": (lambda: meli.open_claim(sale), MOST_READS_OF_CLAIM + 1),
            "something else is expected": (lambda: meli.change_claim(claim(), action="refund"), 2 * MOST_READS),
            "the claim is over": (lambda: meli.close_claim(claim()), 2 * MOST_READS),
            "refunded in part": (lambda: meli.refund(order, 10.0), MOST_READS),
            "noise by its topic: a payment": (tell("payments", "/collections/1"), 0),
            "noise by its topic: feedback": (tell("orders_feedback", f"/orders/{order}/feedback"), 0),
            "noise: a listing without an open question": (lambda: meli.touch_item(shop.item), 0),
        }
        counted = {name: step(act, most) for name, (act, most) in steps.items()}
        other = meli.buy(shop.buyer, shop.item)
        observe(stage)
        counted["noise: a sale without a conversation"] = step(lambda: meli.carry(other, "deliver"), 0)
        return counted
