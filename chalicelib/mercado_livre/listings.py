"""Listings as they are now: Mercado Livre's API, one method a call.

https://developers.mercadolivre.com.br/pt_br/itens-e-buscas
"""

from chalicelib.errors import Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.listing_resources import Listing, SalePrice


class Listings:
    """A seller's own listings. What Mercado Livre does not show is None."""

    def __init__(self, meli: MercadoLivre) -> None:
        self._meli = meli

    def get(self, seller_id: int, item_id: str) -> Listing | None:
        try:
            return Listing.from_json(self._meli.call(seller_id, "GET", f"/items/{item_id}").json())
        except Refused:
            return None

    def get_sale_price(self, seller_id: int, item_id: str) -> SalePrice | None:
        """The price in the marketplace; that of the listing itself is being withdrawn.

        https://developers.mercadolivre.com.br/pt_br/api-de-precos
        """
        params: dict[str, str | int] = {"context": "channel_marketplace"}
        try:
            answer = self._meli.call(seller_id, "GET", f"/items/{item_id}/sale_price", params=params)
        except Refused:
            return None
        return SalePrice.from_json(answer.json())
