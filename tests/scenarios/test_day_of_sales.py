"""A day of many sales, announced as Mercado Livre does it: several times, doubled, in disorder, and some not at all.

Each conversation tells exactly what matters of its sale, whatever else was announced.
"""

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from simulators.mercado_livre import MercadoLivre
from tests.drilling import IS_DRILL, Record, examples, tell_tried
from tests.harness import BridgeUnderTest

pytestmark = pytest.mark.drill

# At full length 500, in shares that workers divide among them.
SHARES = range(4 if IS_DRILL else 1)
SALES = examples(6, 500) // len(SHARES)
LOST_IN_A_HUNDRED = 8

PAID, READY = "Pagamento aprovado", "Pronta para enviar"
AWAY, ARRIVED = "O pacote está a caminho", "O pacote foi entregue"
FAILED, BACK, CANCELLED = "O pacote não foi entregue", "O pacote foi devolvido", "Venda cancelada"
FRAUD, REFUND = "⚠️ O Mercado Livre detectou risco de fraude", "Reembolso parcial"
LATE = "Despacho atrasado"


class Step(NamedTuple):
    """Something happens to a sale, and what its conversation must tell of it."""

    act: Callable[[MercadoLivre, int], object]
    told: Sequence[str] = ()


def carry(event: str, *told: str) -> Step:
    return Step(lambda meli, sale: meli.carry(sale, event), told)


def first_order(meli: MercadoLivre, sale: int) -> int:
    return meli.orders_of(sale)[0]


PAY = Step(lambda meli, sale: meli.pay(sale, has_invoice=False), [PAID])
INVOICE = Step(lambda meli, sale: meli.issue_invoice(sale), [READY])
CANCEL = Step(lambda meli, sale: meli.cancel(sale), [CANCELLED])
LIVES = (
    [
        PAY,
        INVOICE,
        carry("print"),
        carry("pick_up", AWAY),
        carry("reach_hub"),
        carry("ship"),
        carry("deliver", ARRIVED),
    ],
    [PAY, INVOICE, carry("print"), carry("pack"), CANCEL],
    [PAY, Step(lambda meli, sale: meli.flag_fraud(first_order(meli, sale)), [FRAUD]), CANCEL],
    [PAY, INVOICE, carry("ship", AWAY), carry("miss_receiver"), carry("turn_back", FAILED), carry("bring_back", BACK)],
    [
        PAY,
        INVOICE,
        carry("drop_off", AWAY),
        carry("go_out"),
        carry("deliver", ARRIVED),
        Step(lambda meli, sale: meli.refund(first_order(meli, sale), 10.0), [REFUND]),
    ],
    [PAY, INVOICE, Step(lambda meli, sale: meli.delay(sale), [LATE]), carry("print"), carry("pick_up", AWAY)],
)


class Day:
    """Sales of which each lives one of these lives, step by step, with all that is announced of it."""

    def __init__(self, bridge: BridgeUnderTest, chance: random.Random) -> None:
        self._bridge, self._meli, self._chance = bridge, bridge.meli, chance
        self.lives: dict[int, list[Step]] = {}
        self.announced = 0

    def begin(self) -> None:
        for number in range(SALES):
            sale = self._meli.buy(self._meli.add_buyer(f"COMPRADOR.{number}"), self._bridge.item, is_paid=False)
            self._meli.write(sale, "Boa tarde")
            self.lives[sale] = [*LIVES[number % len(LIVES)]]
        self._settle()
        # Their states as they began are told.
        self._meli.journal.clear()

    def live_a_step(self, number: int) -> None:
        for sale, steps in self.lives.items():
            if number < len(steps):
                self._bridge.clock.turn(seconds=1)
                self._announce(sale, steps[number])
        self._settle()

    def _announce(self, sale: int, step: Step) -> None:
        """From three to six notifications of one thing, some of them twice; now and then all get lost on their way."""
        meli, chance, waiting = self._meli, self._chance, len(self._meli.outbox)
        meli.duplicate_notifications = chance.choice((1, 1, 2))
        is_lost = chance.randrange(100) < LOST_IN_A_HUNDRED
        if is_lost:
            meli.drop_notifications(50)
        step.act(meli, sale)
        for _ in range(chance.randrange(2, 4)):
            chance.choice((lambda: meli.touch_order(first_order(meli, sale)), lambda: meli.touch_shipment(sale)))()
        meli.notify("payments", f"/collections/{sale}", self._bridge.seller)
        meli.drop_notifications(0)
        self.announced += len(meli.outbox) - waiting

    def _settle(self) -> None:
        webhooks = [*self._meli.outbox]
        self._chance.shuffle(webhooks)
        self._meli.outbox.clear()
        self._meli.outbox.extend(webhooks)
        self._bridge.settle()
        # Those that got lost are listed, and the schedule comes.
        for _ in range(2):
            self._bridge.turn(minutes=10)
            self._bridge.sweep()

    @property
    def reads(self) -> int:
        counted = [call for call in self._meli.journal if call.direction == "in" and call.path.startswith(SALE_PATHS)]
        self._meli.journal.clear()
        return len(counted)

    def told_of(self, sale: int) -> list[str]:
        """What the conversation of a sale told in notes since it began."""
        (conversation,) = [
            one["id"] for one in self._bridge.chatwoot.conversations() if one["source_id"].endswith(f"/{sale}")
        ]
        notes = [message["content"] for message in self._bridge.chatwoot.messages(conversation) if message["private"]]
        return notes[1:]


# Of what is read of sales; the lists that sweeps read are there without them.
SALE_PATHS = ("/orders/2", "/packs/", "/shipments/", "/messages/packs/")


@pytest.mark.parametrize("share", SHARES)
def test_a_day_of_sales_yields_exactly_the_notes_that_matter(
    bridge: BridgeUnderTest, share: int, record_property: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The usual journal forgets what is long ago.
    monkeypatch.setattr(bridge.meli, "journal", deque())
    bridge.set(MERCADO_LIVRE_READS_A_MINUTE="1000000")
    bridge.restart()
    bridge.sweep()
    day, reads = Day(bridge, random.Random(21 + share)), 0
    day.begin()
    for number in range(max(map(len, LIVES))):
        day.live_a_step(number)
        reads += day.reads

    wrong = {}
    for sale, steps in day.lives.items():
        expected = [sentence for step in steps for sentence in step.told]
        told = day.told_of(sale)
        if len(told) != len(expected) or not all(map(str.startswith, told, expected)):
            wrong[sale] = (expected, told)
    matters = sum(len(step.told) for steps in day.lives.values() for step in steps)
    counts = {"sales": SALES, "notifications": day.announced, "changes that matter": matters, "reads": reads}
    tell_tried(record_property, "a day of sales", counts, {"wrong": len(wrong)})
    assert wrong == {}
    assert bridge.jobs_waiting() == bridge.dead_letters() == 0
