"""Shipments: Mercado Livre's API, one method a call. https://developers.mercadolivre.com.br/pt_br/envios"""

from typing import Any

from chalicelib.errors import Refused
from chalicelib.mercado_livre.client import MercadoLivre
from chalicelib.mercado_livre.shipment_resources import Carrier, Shipment, ShipmentState, ShippedOrder, Sla

# Without the first the body has the old shape, which is being withdrawn; the second is asked for by `/orders`.
HEADERS = {"x-format-new": "true", "X-New-Domain": "true"}


class Shipments:
    """What is on its way, read in a seller's name. What Mercado Livre does not show is None."""

    def __init__(self, meli: MercadoLivre) -> None:
        self._meli = meli

    def get(self, seller_id: int, shipment_id: str) -> Shipment | None:
        fields = self._read(seller_id, shipment_id)
        return Shipment.from_json(fields) if fields else None

    def get_sla(self, seller_id: int, shipment_id: str) -> Sla | None:
        """Until when it must be dispatched; there is none for Full, nor once it is cancelled."""
        fields = self._read(seller_id, f"{shipment_id}/sla")
        return Sla.from_json(fields) if fields else None

    def get_carrier(self, seller_id: int, shipment_id: str) -> Carrier | None:
        """Who carries it; Flex may have none."""
        fields = self._read(seller_id, f"{shipment_id}/carrier")
        return Carrier.from_json(fields) if fields else None

    def list_history(self, seller_id: int, shipment_id: str) -> list[ShipmentState]:
        """Where it was, newest first."""
        return [ShipmentState.from_json(fields) for fields in self._read(seller_id, f"{shipment_id}/history") or ()]

    def list_orders(self, seller_id: int, shipment_id: str) -> list[ShippedOrder]:
        """The orders that are in it; a shipment itself names none."""
        return [ShippedOrder.from_json(fields) for fields in self._read(seller_id, f"{shipment_id}/orders") or ()]

    def _read(self, seller_id: int, path: str) -> Any:
        try:
            answer = self._meli.call(seller_id, "GET", f"/shipments/{path}", headers=HEADERS)
        except Refused:
            return None
        # 204 says that there is none, or none yet.
        return answer.json() if answer.body else None
