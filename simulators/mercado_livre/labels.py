"""Labels of shipments, and why there is none.

https://developers.mercadolivre.com.br/pt_br/mercado-envios-2
"""

import io
import zipfile
from typing import Any

from flask import Response, request

from simulators.mercado_livre import errors
from simulators.mercado_livre.core import answer
from simulators.mercado_livre.shipping import Shipping
from simulators.mercado_livre.state import Sale

MOST_LABELS = 50
PRINTABLE = ("ready_to_print", "printed")


class Labels(Shipping):
    """The first print of a label marks its shipment as printed, and is notified; one may be printed again."""

    def _start_afresh(self) -> None:
        super()._start_afresh()
        self.labels_come_zipped = False
        self.label_envelope = "failed_shipments"

    def _add_routes(self) -> None:
        super()._add_routes()

        @self.flask.get("/shipment_labels")
        def print_labels() -> Response:
            with self.lock:
                return self._print(self._find_caller())

    def _print(self, caller: int) -> Response:
        sales = [self._find_labelled(caller, shipment_id) for shipment_id in _read_ids()]
        if refused := [sale for sale in sales if self._refuse(sale)]:
            return self._answer_refused(refused)
        for sale in sales:
            if sale.shipment.substatus == "ready_to_print":
                self.carry(sale.id, "print")
        label = _draw([sale.shipment.id for sale in sales])
        if request.args.get("response_type", "pdf") == "zpl2":
            return Response(_zip("Etiqueta.txt", b"^XA^XZ"), content_type="application/zip")
        if self.labels_come_zipped:
            return Response(_zip("Etiqueta.pdf", label), content_type="application/octet-stream")
        return Response(label, content_type="application/pdf")

    def _find_labelled(self, caller: int, shipment_id: int) -> Sale:
        for sale in self.state.sales.values():
            if sale.shipment.id == shipment_id and sale.seller_id == caller:
                return sale
        raise errors.standard_error(400, "invalid_shipment_caller", "The shipment is of another seller")

    def _refuse(self, sale: Sale) -> dict[str, Any]:
        """Why there is no label of a shipment; nothing where there is one."""
        shipment = sale.shipment
        if shipment.logistic_type == "fulfillment":
            words, cause, again = (
                f"Shipment {shipment.id} is FF and call is public",
                "INVALID_SHIPMENT_FF_PUBLIC",
                False,
            )
        elif shipment.status == "ready_to_ship" and shipment.substatus in PRINTABLE:
            return {}
        else:
            told = f"substatus is {shipment.substatus}" if shipment.substatus else f"status is {shipment.status}"
            again = shipment.status in ("pending", "handling", "ready_to_ship")
            words, cause = f"Shipment {shipment.id} {told}", "NOT_PRINTABLE_STATUS"
        return {"shipment_id": str(shipment.id), "message": words, "cause": cause, "retry": again}

    def _answer_refused(self, refused: list[Sale]) -> Response:
        if any(sale.shipment.status == "delivered" for sale in refused):
            # It is no trouble of the token: https://global-selling.mercadolibre.com/devsite/labels
            raise errors.standard_error(401, "unauthorized_scopes", "unauthorized_scopes")
        failed = [self._refuse(sale) for sale in refused]
        if self.label_envelope == "standard":
            raise errors.standard_error(400, str(failed[0]["cause"]).lower(), failed[0]["message"])
        return answer({"failed_shipments": failed}, 400)


def _read_ids() -> list[int]:
    ids = [part for part in request.args.get("shipment_ids", "").split(",") if part]
    if not ids:
        raise errors.not_found("Missing a valid shipment id value")
    if len(ids) > MOST_LABELS or not all(part.isdecimal() for part in ids):
        raise errors.standard_error(400, "shipment_ids", f"More than {MOST_LABELS} shipment ids")
    return [int(part) for part in ids]


def _draw(shipment_ids: list[int]) -> bytes:
    """A page that says which labels it stands for; nobody can post a parcel with it."""
    words = " ".join(f"({shipment_id}) Tj" for shipment_id in shipment_ids)
    stream = f"BT /F1 14 Tf 20 200 Td {words} ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 283 425]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body = "".join(f"{number} 0 obj{content}endobj\n" for number, content in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R/Size 6>>\n%%EOF\n".encode()


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()
