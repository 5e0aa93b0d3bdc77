"""How many calls to AWS it takes to carry what is written, by operation, once everything is warm."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import app
from chalicelib.recovery.schedule import ROUND_SECONDS
from tools.bench.calls import at_most, observe, open_shop, stage_with_simulators
from tools.bench.meter import metered
from tools.local.schedule import fire
from tools.local.stage import Stage


def count_aws_calls() -> dict[str, Any]:
    """By what happens: the calls to AWS until all is at rest, those included by which a queue forgets what is done."""
    passed = timedelta()
    with (
        stage_with_simulators("aws", lambda: datetime.now(UTC) + passed) as stage,
        metered([stage.meli.base_url, stage.chatwoot.base_url]) as meter,
    ):
        meli, chatwoot = stage.meli, stage.chatwoot
        shop = open_shop(stage)

        def count(act: Callable[[], Any], most: int = 0, *, has_echo: bool = True) -> dict[str, Any]:
            meli.notifications_enabled = has_echo
            meter.reset()
            act()
            stage.settle()
            webhooks = sum(call.direction == "out" for one in (meli, chatwoot) for call in one.journal)
            observe(stage)
            meli.notifications_enabled = True
            calls = {
                "count": meter.operations.total(),
                **meter.operations,
                "webhooks": webhooks,
                "used": meter.used()._asdict(),
            }
            return calls | (at_most(calls=most) if most else {})

        meli.ask(shop.buyer, shop.item, "Tem na cor verde?")
        observe(stage)
        sale = meli.buy(shop.buyer, shop.item)
        meli.write(sale, "Quando chega?")
        observe(stage)
        conversation = chatwoot.conversations()[-1]["id"]
        chatwoot.reply(conversation, "Amanhã.")
        observe(stage)
        other_buyer, other_item = meli.add_buyer("OUTRO.TESTE"), meli.add_item(shop.seller, "Prato azul", 31.5)
        counts = {
            "first_question": count(lambda: meli.ask(other_buyer, other_item, "Tem tampa?"), 16),
            "next_message_in_a_known_pack": count(lambda: meli.write(sale, "Tem nota fiscal?"), 10),
            "reply": count(lambda: chatwoot.reply(conversation, "De manhã."), 8, has_echo=False),
        }
        # The first sweeps set their marks, and look back on what was written here.
        for _ in range(3):
            passed += timedelta(seconds=ROUND_SECONDS)
            sweep(stage)
        passed += timedelta(seconds=ROUND_SECONDS)
        return counts | {"idle_sweep_of_one_seller": count(lambda: sweep(stage), 16)}


def sweep(stage: Stage) -> None:
    fire(app.sweep)
    observe(stage)
