"""How far a parcel is, as a seller sees it, out of the many states that Mercado Livre has. Pure.

https://developers.mercadolivre.com.br/pt_br/envios lists them; `/shipment_statuses` has them all. What is new to us
counts as what its status says.
"""

from typing import Literal

from chalicelib.mercado_livre.shipment_resources import FULL, Shipment

Phase = Literal["none", "preparing", "ready", "on its way", "delivered", "not delivered", "returned", "cancelled"]

# With the seller, and nothing to be done yet: the label is held back, or lacks an invoice.
NOT_PRINTABLE = frozenset(
    {"invoice_pending", "buffered", "waiting_for_label_generation", "regenerating", "manufacturing", "on_hold"}
)

# Out of the seller's hands, though the status does not say so: the buyer sees it on its way. Not so from Full, where
# that is Mercado Livre's own warehouse.
HANDED_OVER = frozenset(
    {
        "picked_up",
        "dropped_off",
        "authorized_by_carrier",
        "in_hub",
        "in_transit",
        "in_warehouse",
        "waiting_for_last_mile_authorization",
    }
)
BACK = frozenset({"returned", "returned_to_warehouse", "recovered"})
LATE = frozenset({"delayed", "stale", "buyer_edt_limit_stale", "delayed_at_customs"})

OVER: frozenset[Phase] = frozenset({"delivered", "not delivered", "returned", "cancelled"})
AT_SELLER: frozenset[Phase] = frozenset({"preparing", "ready"})

# What seller and buyer agree on has no parcel that anybody follows.
WITHOUT_PARCEL = frozenset({"to_be_agreed", "not_specified", "not_verified"})


def phase_of(shipment: Shipment) -> Phase:
    """How far it is. Mercado Livre itself dispatches what is in Full."""
    status, substatus = shipment.status, shipment.substatus
    if status in WITHOUT_PARCEL:
        return "none"
    if status in ("delivered", "cancelled"):
        return status  # type: ignore[return-value]
    if status == "not_delivered":
        return "returned" if substatus in BACK else "not delivered"
    is_full = shipment.logistic_type == FULL
    is_handed_over = status == "ready_to_ship" and substatus in HANDED_OVER and not is_full
    if status in ("shipped", "stale_shipped") or is_handed_over:
        return "on its way"
    is_ready = status == "ready_to_ship" and substatus not in NOT_PRINTABLE and not is_full
    return "ready" if is_ready else "preparing"


def is_late(shipment: Shipment) -> bool:
    """Whether its carrier says that it is delayed."""
    return shipment.status in ("shipped", "ready_to_ship") and shipment.substatus in LATE


def has_deadline(shipment: Shipment) -> bool:
    """Whether its seller has to dispatch it until some moment."""
    return phase_of(shipment) in AT_SELLER and shipment.logistic_type != FULL
