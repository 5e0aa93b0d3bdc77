"""Claims that were to be read while Mercado Livre showed none of a seller's: each is told once it shows them."""

from chalicelib.stores.tables import Table


class RefusedClaims:
    """Kept in the table of threads, under the seller. Every method may be repeated."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, seller_id: int, claim_id: str) -> None:
        self._table.put({"thread": _partition(seller_id), "item": claim_id})

    def of(self, seller_id: int) -> list[str]:
        return [str(item["item"]) for item in self._table.query("thread", _partition(seller_id))]

    def remove(self, seller_id: int, claim_id: str) -> None:
        self._table.take({"thread": _partition(seller_id), "item": claim_id})


def _partition(seller_id: int) -> str:
    return f"{seller_id}/refused-claims"
