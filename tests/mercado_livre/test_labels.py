"""Labels of shipments: a PDF, packed or not, and all that Mercado Livre says where there is none."""

import pytest

from chalicelib.mercado_livre.labels import Labels, NoLabel
from chalicelib.mercado_livre.shipments import Shipments
from chalicelib.wiring import bridge as current_bridge
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


@pytest.fixture
def labels(bridge: BridgeUnderTest) -> Labels:
    return Labels(current_bridge().meli)


def test_a_label_is_a_pdf_however_it_comes(bridge: BridgeUnderTest, meli: MercadoLivre, labels: Labels) -> None:
    shipment = meli.thread(meli.buy(bridge.buyer, bridge.item)).shipment

    assert labels.print(bridge.seller, str(shipment.id)).startswith(b"%PDF")
    meli.labels_come_zipped = True
    assert labels.print(bridge.seller, str(shipment.id)).startswith(b"%PDF")


def test_each_refusal_tells_why_and_means_the_label_alone(
    bridge: BridgeUnderTest, meli: MercadoLivre, labels: Labels
) -> None:
    sale = meli.buy(bridge.buyer, bridge.item, has_invoice=False)
    full = meli.buy(bridge.buyer, bridge.item, logistic_type="fulfillment")
    delivered = meli.buy(bridge.buyer, bridge.item)
    meli.carry(delivered, "deliver")

    refused = {}
    for envelope in ("failed_shipments", "standard"):
        meli.label_envelope = envelope
        for name, one in (("invoice", sale), ("full", full), ("delivered", delivered)):
            with pytest.raises(NoLabel) as refusal:
                labels.print(bridge.seller, str(meli.thread(one).shipment.id))
            refused[name, envelope] = refusal.value.code.lower(), refusal.value.status

    assert refused["invoice", "failed_shipments"] == refused["invoice", "standard"] == ("not_printable_status", 400)
    assert refused["full", "failed_shipments"] == refused["full", "standard"] == ("invalid_shipment_ff_public", 400)
    # In words that elsewhere tell of a block of the whole application.
    assert refused["delivered", "standard"] == ("unauthorized_scopes", 401)
    assert "blocked" not in bridge.health().text


def test_no_label_of_a_delivered_parcel_blocks_nothing_though_the_token_had_to_be_renewed(
    bridge: BridgeUnderTest, meli: MercadoLivre, labels: Labels
) -> None:
    delivered = meli.buy(bridge.buyer, bridge.item)
    meli.carry(delivered, "deliver")
    meli.expire_tokens(bridge.seller)

    with pytest.raises(NoLabel):
        labels.print(bridge.seller, str(meli.thread(delivered).shipment.id))

    assert current_bridge().rate_limit.paused_because == ""


def test_what_is_not_there_is_none(bridge: BridgeUnderTest, meli: MercadoLivre) -> None:
    shipments, claims = Shipments(current_bridge().meli), current_bridge().claims
    sale = meli.buy(bridge.buyer, bridge.item, logistic_type="self_service")
    shipment, claim = str(meli.thread(sale).shipment.id), str(meli.open_claim(sale, reason_id="XYZ1"))

    assert shipments.get_carrier(bridge.seller, shipment) is None
    assert shipments.get_sla(bridge.seller, shipment) is not None
    meli.carry(sale, "deliver")
    assert shipments.get_sla(bridge.seller, shipment) is None
    assert [one.pack_id for one in shipments.list_orders(bridge.seller, shipment)] == [str(sale)]
    assert shipments.get(bridge.seller, "1") is None
    assert claims.get(bridge.seller, claim).expected
    assert claims.get_reason(bridge.seller, "XYZ1") == ""
    assert claims.get_detail(bridge.seller, "1") is None
