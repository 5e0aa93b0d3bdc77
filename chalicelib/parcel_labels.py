"""Labels of parcels for those who dispatch them: the PDF or, in words, why there is none.

Nothing of one is kept here: it is fetched, put into a private note, and forgotten. It names its buyer's address.
"""

from typing import NamedTuple

from chalicelib.errors import FileTooLarge
from chalicelib.foreign_text import safe
from chalicelib.http import File
from chalicelib.mercado_livre.labels import Labels, NoLabel
from chalicelib.mercado_livre.sale import Sale
from chalicelib.mercado_livre.shipment_phases import phase_of
from chalicelib.mercado_livre.shipment_resources import FULL, Shipment
from chalicelib.mercado_livre.sites import sale_page
from chalicelib.models import Thread
from chalicelib.sale_words import SaleWords, is_cancelled, is_fraud_risk, payment_of
from chalicelib.sentences.wording import Wording
from chalicelib.settings import Settings
from chalicelib.stores.sellers import Sellers

# https://developers.mercadolivre.com.br/pt_br/mercado-envios-2: of both kinds, one that is printed is printed again.
READY, PRINTED = "ready_to_print", "printed"
BY_MERCADO_LIVRE = "me2"

# What Mercado Livre says when it gives none, in lower or upper case, and our sentence for it.
SENTENCES_BY_CODE = {
    "not_printable_status": "no_label/not_yet",
    "invalid_shipment_ff_public": "no_label/full",
    "shplab0218": "no_label/full",
    "invalid_shipment_mode": "no_label/own_carrier",
    "invalid_shipment_caller": "no_label/not_ours",
    # That of a parcel that has arrived.
    "unauthorized_scopes": "no_label/dispatched",
}


class Printed(NamedTuple):
    """A label, or the words that say why there is none."""

    words: str
    file: File | None = None


class LabelPrinter:
    """Fetches labels. The first fetch marks a parcel as printed at Mercado Livre; repeating it does no harm."""

    def __init__(self, labels: Labels, sellers: Sellers, wording: Wording, settings: Settings) -> None:
        self._labels = labels
        self._sellers = sellers
        self._wording = wording
        self._settings = settings

    def print(self, thread: Thread, sale: Sale, words: SaleWords) -> Printed:
        """The label of a sale's parcel. Raises TryAgainLater."""
        shipment = sale.shipment
        sentence = "no_label/off" if self._settings.attach_labels == "off" else why_not_printable(sale)
        if sentence or shipment is None:
            return Printed(self._explain(sentence, thread, shipment, words))
        try:
            content = self._labels.print(thread.seller_id, shipment.id)
        except NoLabel as refusal:
            sentence = SENTENCES_BY_CODE.get(refusal.code.lower(), "no_label/refused")
            return Printed(self._explain(sentence, thread, shipment, words, said=refusal.brief))
        except FileTooLarge as error:
            return Printed(self._explain("no_label/refused", thread, shipment, words, said=str(error)))
        name = self._wording.say("label_file", number=shipment.id)
        sentence = "label_printed_again" if shipment.substatus == PRINTED else "label_printed"
        told = [self._wording.say(sentence, number=shipment.id), self._until(sale, words)]
        return Printed(" ".join(filter(None, told)), File(name, "application/pdf", content))

    def _until(self, sale: Sale, words: SaleWords) -> str:
        deadline = words.dispatch_until(sale)
        return self._wording.say("label_until", deadline=deadline) if deadline else ""

    def _explain(
        self, sentence: str, thread: Thread, shipment: Shipment | None, words: SaleWords, *, said: str = ""
    ) -> str:
        return self._wording.say(
            sentence,
            link=sale_page(self._sellers.site_of(thread.seller_id), thread.meli_id),
            state=safe(words.parcel(shipment), "line of markdown") if shipment else "",
            moment=words.moment(shipment.buffered_until) if shipment else "",
            words=safe(said, "line of markdown"),
        )


def why_not_printable(sale: Sale) -> str:
    """The sentence that says why a sale has no label; empty where it may have one. Pure.

    https://developers.mercadolivre.com.br/pt_br/mercado-envios-2
    """
    if not sale.orders:
        return "no_label/unreadable"
    if is_cancelled(sale):
        return "no_label/cancelled"
    if is_fraud_risk(sale):
        return "no_label/fraud_risk"
    if sale.shipment is None:
        return "no_label/none"
    return _why_not_of_parcel(sale.shipment, is_paid=payment_of(sale) != "waiting")


def _why_not_of_parcel(shipment: Shipment, *, is_paid: bool) -> str:
    phase = phase_of(shipment)
    if phase == "none":
        return "no_label/agreed"
    if phase == "cancelled":
        return "no_label/cancelled"
    if shipment.logistic_type == FULL:
        return "no_label/full"
    if shipment.mode not in ("", BY_MERCADO_LIVRE):
        return "no_label/own_carrier"
    if phase not in ("preparing", "ready"):
        return "no_label/dispatched"
    if not is_paid:
        return "no_label/not_paid"
    if shipment.substatus == "invoice_pending":
        return "no_label/invoice_pending"
    if shipment.substatus == "buffered" and shipment.buffered_until:
        return "no_label/buffered"
    is_printable = shipment.status == "ready_to_ship" and shipment.substatus in (READY, PRINTED)
    return "" if is_printable else "no_label/not_yet"
