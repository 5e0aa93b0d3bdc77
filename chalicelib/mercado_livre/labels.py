"""Labels of shipments: their PDF, and why there is none.

https://developers.mercadolivre.com.br/pt_br/mercado-envios-2
"""

import io
import zipfile

from chalicelib.errors import Refused
from chalicelib.mercado_livre.client import MercadoLivre

LARGEST_LABEL_BYTES = 5 * 1024 * 1024


class NoLabel(Refused):
    """There is no label, or none yet."""


class Labels:
    """Labels, printed in a seller's name. The first print marks a shipment as printed at Mercado Livre."""

    def __init__(self, meli: MercadoLivre) -> None:
        self._meli = meli

    def print(self, seller_id: int, shipment_id: str) -> bytes:
        """The PDF of one label; it may be printed again while the parcel has not left. Raises NoLabel."""
        params: dict[str, str | int] = {"shipment_ids": shipment_id, "response_type": "pdf"}
        try:
            content = self._meli.download(
                seller_id,
                "/shipment_labels",
                params=params,
                largest_bytes=LARGEST_LABEL_BYTES,
                # That of a delivered parcel.
                may_be_refused_alone=True,
            )
        except Refused as refusal:
            raise NoLabel(str(refusal), status=refusal.status, code=refusal.code, words=refusal.words) from refusal
        # It comes as it is, or packed, whatever its content type says.
        label = _unpack(content) if content.startswith(b"PK") else content
        if not label.startswith(b"%PDF"):
            raise NoLabel("the label is no PDF", status=200, code="no_pdf")
        return label


def _unpack(content: bytes) -> bytes:
    """The first PDF in a ZIP; nothing where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if entry.file_size <= LARGEST_LABEL_BYTES]
            unpacked = (archive.read(entry) for entry in entries)
            return next((label for label in unpacked if label.startswith(b"%PDF")), b"")
    except zipfile.BadZipFile:
        return b""
