"""A state that somebody adds to the table is shown, and kept up to date, with nothing else to be done for it."""

import pytest

from chalicelib.inbound.states import STATES, Purchase, Shown, state
from simulators.mercado_livre import MercadoLivre
from tests.harness import BridgeUnderTest


def test_a_state_of_the_shipment_is_shown_and_costs_one_read_at_its_hints_alone(
    bridge: BridgeUnderTest, meli: MercadoLivre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.inbound.states.STATES", [*STATES])

    @state("own", changes_with=("shipment",), attribute="own_shipment")
    def show_shipment(purchase: Purchase) -> Shown:
        status = purchase.shipment.status if purchase.shipment else ""
        return Shown(status, attribute=status, note=f"Envio: {status} ({purchase.changed})")

    def reads_of_the_sale() -> list[str]:
        reads = [call.path for call in meli.journal if call.path.startswith(("/packs/", "/orders/", "/shipments/"))]
        meli.journal.clear()
        return reads

    sale = bridge.bought_and_wrote()
    assert len(reads_of_the_sale()) == 4, "the sale was read twice for one opening"
    assert bridge.conversation()["custom_attributes"]["own_shipment"] == "ready_to_ship"

    meli.set_shipment_status(sale, "shipped")
    bridge.settle()
    assert bridge.conversation()["custom_attributes"]["own_shipment"] == "shipped"
    assert any(note.startswith("Envio: shipped (shipment/") for note in bridge.notes())
    assert len(reads_of_the_sale()) == 2, "more than the shipment and its carrier was read for a hint of it"

    notes = len(bridge.notes())
    bridge.write(sale, "Chegou!")
    assert not reads_of_the_sale()
    assert len(bridge.notes()) == notes
