"""A state that somebody adds to the table is shown, and kept up to date, with nothing else to be done for it."""

import pytest

from chalicelib.inbound.conversation_state import STATES, Purchase, state
from chalicelib.inbound.shown_states import Shown
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def test_a_state_of_the_shipment_is_shown_and_refreshed_by_its_hints_alone(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.inbound.conversation_state.STATES", [*STATES])

    @state("shipment", changes_with=("shipment",), attribute="meli_shipment")
    def show_shipment(purchase: Purchase) -> Shown:
        status = purchase.sale.shipment.status if purchase.sale.shipment else ""
        return Shown(status, attribute=status, note=f"Envio: {status} ({purchase.changed})")

    sale = bridge.bought_and_wrote()
    assert bridge.conversation()["custom_attributes"]["meli_shipment"] == "ready_to_ship"

    meli.set_shipment_status(sale, "shipped")
    bridge.settle()
    assert bridge.conversation()["custom_attributes"]["meli_shipment"] == "shipped"
    assert bridge.notes()[-1].startswith("Envio: shipped (shipment/")

    meli.journal.clear()
    bridge.write(sale, "Chegou!")
    assert not [call.path for call in meli.journal if call.path.startswith("/shipments/")]
    assert len(bridge.notes()) == 3
