"""What becomes of a sale on Mercado Livre, by the names under which the page offers it."""

from collections.abc import Callable
from typing import NamedTuple

from simulators.mercado_livre import MercadoLivre
from simulators.mercado_livre.errors import NotPossible


class Happening(NamedTuple):
    """Its line in the log, and what does it."""

    story: str
    run: Callable[[MercadoLivre, int], object]


HAPPENINGS = {
    "pay": Happening("O pagamento foi aprovado", lambda meli, sale: meli.pay(sale, has_invoice=False)),
    "issue_invoice": Happening("A nota fiscal chegou ao Mercado Livre", lambda meli, sale: meli.issue_invoice(sale)),
    "hand_over": Happening("O vendedor despachou o pacote", lambda meli, sale: meli.hand_over(sale)),
    "ship": Happening("O pacote está a caminho", lambda meli, sale: meli.carry(sale, "ship")),
    "go_out": Happening("O pacote saiu para entrega", lambda meli, sale: meli.carry(sale, "go_out")),
    "delay": Happening("O pacote se atrasou três dias", lambda meli, sale: meli.delay(sale, days=3)),
    "turn_back": Happening("O pacote está voltando ao vendedor", lambda meli, sale: meli.carry(sale, "turn_back")),
    "lose": Happening("O pacote foi extraviado", lambda meli, sale: meli.carry(sale, "lose")),
    "cancel": Happening("O comprador cancelou a compra", lambda meli, sale: meli.cancel(sale)),
    "refund": Happening("O comprador recebeu o dinheiro de volta", lambda meli, sale: meli.refund(_order(meli, sale))),
    "flag_fraud": Happening(
        "O Mercado Livre viu risco de fraude", lambda meli, sale: meli.flag_fraud(_order(meli, sale))
    ),
    "split": Happening("O vendedor dividiu o envio em dois", lambda meli, sale: meli.split(sale)),
    "claim": Happening("O comprador abriu uma reclamação", lambda meli, sale: meli.open_claim(sale)),
    "mediate": Happening("O Mercado Livre passou a mediar", lambda meli, sale: meli.mediate_claim(_claim(meli, sale))),
    "close_claim": Happening("A reclamação terminou", lambda meli, sale: meli.close_claim(_claim(meli, sale))),
}


def happen(meli: MercadoLivre, thread_id: int, happening: str) -> None:
    """Raises NotPossible for what is none."""
    if happening not in HAPPENINGS:
        raise NotPossible(happening)
    HAPPENINGS[happening].run(meli, thread_id)


def tell_happening(thread_id: int, happening: str) -> str:
    told = HAPPENINGS[happening].story if happening in HAPPENINGS else happening
    return f"{told} (venda {thread_id})"


def _order(meli: MercadoLivre, thread_id: int) -> int:
    return meli.orders_of(thread_id)[0]


def _claim(meli: MercadoLivre, thread_id: int) -> int:
    """The claim that is open."""
    with meli.lock:
        claims = meli.claims_of(_order(meli, thread_id))
        opened = [claim.id for claim in claims if claim.status == "opened"]
    if not opened:
        raise NotPossible("no claim is open")
    return opened[-1]
