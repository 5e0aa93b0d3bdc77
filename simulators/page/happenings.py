"""What may become of a sale on Mercado Livre, as the page offers it: a button for each, with what is possible now."""

from collections.abc import Callable
from typing import Any, NamedTuple

from simulators.mercado_livre import MercadoLivre
from simulators.mercado_livre.errors import NotPossible, Unknown
from simulators.mercado_livre.state import Claim, Sale

# Out of the seller's hands, though its status does not say so.
HANDED_OVER = ("picked_up", "dropped_off", "in_hub")


class SaleNow(NamedTuple):
    """A sale as it stands, and the claim on it that is open."""

    sale: Sale
    claim: Claim | None

    @property
    def is_paid(self) -> bool:
        return all(order.status in ("paid", "partially_refunded") for order in self.sale.orders)

    @property
    def is_refundable(self) -> bool:
        order = self.sale.orders[0]
        return self.is_paid and order.refunded < order.total

    @property
    def state(self) -> str:
        """That of its parcel: the substatus tells more, where there is one."""
        return self.sale.shipment.substatus or self.sale.shipment.status

    @property
    def is_at_seller(self) -> bool:
        shipment = self.sale.shipment
        return shipment.status in ("pending", "ready_to_ship") and shipment.substatus not in HANDED_OVER

    @property
    def is_ready(self) -> bool:
        return self.is_paid and self.state in ("ready_to_print", "printed", "packed")

    @property
    def is_away(self) -> bool:
        """On its way to the buyer."""
        return self.is_carried or self.sale.shipment.substatus in HANDED_OVER

    @property
    def is_carried(self) -> bool:
        return self.sale.shipment.status == "shipped"

    @property
    def is_mediated(self) -> bool:
        return self.claim is not None and self.claim.stage == "dispute"

    @property
    def is_split_possible(self) -> bool:
        of_mercado_livre = self.sale.shipment.logistic_type in ("self_service", "fulfillment")
        has_two = sum(order.quantity for order in self.sale.orders) > 1
        return self.is_paid and self.is_at_seller and has_two and not of_mercado_livre


class Happening(NamedTuple):
    """The words on its button, its line in the log, what does it, and whether it is possible now."""

    group: str
    words: str
    story: str
    run: Callable[[MercadoLivre, SaleNow], object]
    is_possible: Callable[[SaleNow], bool]


def _carried(event: str) -> Callable[[MercadoLivre, SaleNow], object]:
    return lambda meli, now: meli.carry(now.sale.id, event)


PAYMENT, LABEL, CARRIER, SALE, CLAIM = "O pagamento", "A etiqueta", "A transportadora", "A venda", "A reclamação"

# In the order in which they mostly come.
HAPPENINGS = {
    "pay": Happening(
        PAYMENT,
        "é aprovado",
        "O pagamento foi aprovado",
        lambda meli, now: meli.pay(now.sale.id, has_invoice=False),
        lambda now: now.sale.orders[0].status == "payment_in_process",
    ),
    "refund_in_part": Happening(
        PAYMENT,
        "volta em parte",
        "O comprador recebeu parte do dinheiro de volta",
        lambda meli, now: meli.refund(now.sale.orders[0].id, round(now.sale.orders[0].total / 4, 2)),
        lambda now: now.is_refundable and not now.sale.orders[0].refunded,
    ),
    "refund": Happening(
        PAYMENT,
        "volta inteiro",
        "O comprador recebeu o dinheiro de volta",
        lambda meli, now: meli.refund(now.sale.orders[0].id),
        lambda now: now.is_refundable,
    ),
    "hold_back": Happening(
        LABEL,
        "fica retida",
        "O Mercado Livre reteve a etiqueta",
        _carried("hold_back"),
        lambda now: now.is_paid and now.state in ("invoice_pending", "ready_to_print"),
    ),
    "wait_for_invoice": Happening(
        LABEL,
        "espera a nota fiscal",
        "A etiqueta espera a nota fiscal",
        _carried("wait_for_invoice"),
        lambda now: now.is_paid and now.state == "ready_to_print",
    ),
    "issue_invoice": Happening(
        LABEL,
        "recebe a nota fiscal",
        "A nota fiscal chegou ao Mercado Livre",
        lambda meli, now: meli.issue_invoice(now.sale.id),
        lambda now: now.is_paid and now.state == "invoice_pending",
    ),
    "release": Happening(
        LABEL,
        "é liberada",
        "O Mercado Livre liberou a etiqueta",
        lambda meli, now: meli.set_shipment_status(now.sale.id, "ready_to_ship", "ready_to_print"),
        lambda now: now.is_paid and now.state == "buffered",
    ),
    "print": Happening(
        LABEL,
        "é impressa",
        "O vendedor imprimiu a etiqueta no Mercado Livre",
        _carried("print"),
        lambda now: now.is_paid and now.state == "ready_to_print",
    ),
    "hand_over": Happening(
        CARRIER,
        "recebe o pacote",
        "O vendedor despachou o pacote",
        lambda meli, now: meli.hand_over(now.sale.id),
        lambda now: now.is_ready,
    ),
    "reach_hub": Happening(
        CARRIER,
        "leva ao centro de distribuição",
        "O pacote chegou ao centro de distribuição",
        _carried("reach_hub"),
        lambda now: now.state in ("picked_up", "dropped_off"),
    ),
    "ship": Happening(
        CARRIER,
        "está a caminho",
        "O pacote está a caminho",
        _carried("ship"),
        lambda now: now.state in HANDED_OVER,
    ),
    "go_out": Happening(
        CARRIER,
        "sai para entrega",
        "O pacote saiu para entrega",
        _carried("go_out"),
        lambda now: now.is_carried and now.state != "out_for_delivery",
    ),
    "miss_receiver": Happening(
        CARRIER,
        "não encontra ninguém",
        "Não havia ninguém para receber o pacote",
        _carried("miss_receiver"),
        lambda now: now.is_carried and now.state != "receiver_absent",
    ),
    "wait_for_buyer": Happening(
        CARRIER,
        "espera a retirada",
        "O pacote espera que o comprador o retire",
        _carried("wait_for_buyer"),
        lambda now: now.is_carried and now.state != "waiting_for_withdrawal",
    ),
    "delay": Happening(
        CARRIER,
        "atrasa três dias",
        "O pacote se atrasou três dias",
        lambda meli, now: meli.delay(now.sale.id, days=3),
        lambda now: now.is_away or now.is_ready,
    ),
    "deliver": Happening(
        CARRIER,
        "entrega",
        "O pacote foi entregue",
        _carried("deliver"),
        lambda now: now.is_away,
    ),
    "turn_back": Happening(
        CARRIER,
        "devolve ao vendedor",
        "O pacote está voltando ao vendedor",
        _carried("turn_back"),
        lambda now: now.is_carried,
    ),
    "bring_back": Happening(
        CARRIER,
        "traz de volta",
        "O pacote voltou ao vendedor",
        _carried("bring_back"),
        lambda now: now.state == "returning_to_sender",
    ),
    "lose": Happening(
        CARRIER,
        "perde o pacote",
        "O pacote foi extraviado",
        _carried("lose"),
        lambda now: now.is_away,
    ),
    "be_late": Happening(
        SALE,
        "passa do prazo de despacho",
        "O prazo de despacho passou",
        lambda meli, now: meli.delay(now.sale.id),
        lambda now: now.is_paid and now.is_at_seller and not now.sale.shipment.is_late,
    ),
    "flag_fraud": Happening(
        SALE,
        "tem risco de fraude",
        "O Mercado Livre viu risco de fraude",
        lambda meli, now: meli.flag_fraud(now.sale.orders[0].id),
        lambda now: now.is_paid and now.is_at_seller and not now.sale.orders[0].is_fraud_risk,
    ),
    "split": Happening(
        SALE,
        "é dividida em duas",
        "O vendedor dividiu o envio em dois",
        lambda meli, now: meli.split(now.sale.id),
        lambda now: now.is_split_possible,
    ),
    "cancel": Happening(
        SALE,
        "é cancelada pelo comprador",
        "O comprador cancelou a compra",
        lambda meli, now: meli.cancel(now.sale.id),
        lambda now: now.sale.orders[0].status != "cancelled",
    ),
    "claim": Happening(
        CLAIM,
        "é aberta",
        "O comprador abriu uma reclamação",
        lambda meli, now: meli.open_claim(now.sale.id),
        lambda now: now.is_paid and now.claim is None,
    ),
    "expect": Happening(
        CLAIM,
        "pede o comprovante de envio",
        "O Mercado Livre espera outra coisa do vendedor",
        lambda meli, now: meli.change_claim(_claim(now), action="add_shipping_evidence"),
        lambda now: now.claim is not None and now.claim.action != "add_shipping_evidence" and not now.is_mediated,
    ),
    "mediate": Happening(
        CLAIM,
        "vai à mediação",
        "O Mercado Livre passou a mediar",
        lambda meli, now: meli.mediate_claim(_claim(now)),
        lambda now: now.claim is not None and not now.is_mediated,
    ),
    "close_claim": Happening(
        CLAIM,
        "é encerrada",
        "A reclamação terminou",
        lambda meli, now: meli.close_claim(_claim(now)),
        lambda now: now.claim is not None,
    ),
}


def happen(meli: MercadoLivre, thread_id: int, happening: str) -> None:
    """Raises NotPossible for what is none, or is not possible now."""
    with meli.lock:
        now = _look_at(meli, thread_id)
        if happening not in HAPPENINGS or not HAPPENINGS[happening].is_possible(now):
            raise NotPossible(happening)
        HAPPENINGS[happening].run(meli, now)


def tell_happening(thread_id: int, happening: str) -> str:
    told = HAPPENINGS[happening].story if happening in HAPPENINGS else happening
    return f"{told} (venda {thread_id})"


def list_happenings(meli: MercadoLivre, thread_id: int) -> list[dict[str, Any]]:
    """All of them, each with whether it is possible now."""
    with meli.lock:
        now = _look_at(meli, thread_id)
        return [
            {"name": name, "group": one.group, "words": one.words, "is_possible": one.is_possible(now)}
            for name, one in HAPPENINGS.items()
        ]


def _look_at(meli: MercadoLivre, thread_id: int) -> SaleNow:
    sale = meli.state.sales.get(thread_id)
    if sale is None:
        raise Unknown(f"no sale {thread_id}")
    claims = [claim for claim in meli.claims_of(sale.orders[0].id) if claim.status == "opened"]
    return SaleNow(sale, claims[-1] if claims else None)


def _claim(now: SaleNow) -> int:
    assert now.claim
    return now.claim.id
