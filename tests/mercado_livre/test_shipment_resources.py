"""Shipments and what stands beside them, as recorded, become what the bridge works with."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.mercado_livre.shipment_resources import Carrier, Shipment, ShipmentState, ShippedOrder, Sla
from tests.recorded import names_in, recorded

FOLDER = "mercado_livre/shipments"


def shipment(name: str) -> Shipment:
    return Shipment.from_json(recorded(f"{FOLDER}/{name}.200"))


def test_a_recorded_shipment_is_understood() -> None:
    assert shipment("ready_to_ship.ready_to_print") == Shipment(
        id="44900000204",
        status="ready_to_ship",
        substatus="ready_to_print",
        mode="me2",
        logistic_type="cross_docking",
        tracking_number="MEL44900000204FMXX01",
        promised=datetime(2026, 11, 6, 3, tzinfo=UTC),
        city="Rio de Janeiro",
        state="Rio de Janeiro",
        last_updated="2026-11-03T10:00:00.000-04:00",
    )
    for name, fields in {
        "get.legacy": {"status": "ready_to_ship", "logistic_type": ""},
        "get.buffered": {"substatus": "buffered"},
        "pending.buffered": {"buffered_until": datetime(2026, 11, 4, 3, tzinfo=UTC), "tracking_number": ""},
        "turbo.ready_to_print": {"tags": ("turbo",), "logistic_type": "self_service"},
        "shipped.normal": {"status": "shipped", "substatus": ""},
        "to_be_agreed": {"mode": "not_specified"},
        "destination_hidden": {"city": ""},
        "cancelled.pack_splitted": {"substatus": "pack_splitted", "sibling_id": ""},
    }.items():
        for field, value in fields.items():
            assert getattr(shipment(name), field) == value, (name, field)


def test_every_recorded_shipment_can_be_read() -> None:
    names = [name for name in names_in(FOLDER, "*.200") if "logistic" in recorded(name)]

    assert len(names) > 15
    for name in names:
        found = Shipment.from_json(recorded(name))
        assert found.id, name
        assert found.status, name


def test_a_shipment_may_lack_all_but_its_id() -> None:
    assert Shipment.from_json({"id": 1, "tracking_number": None}) == Shipment("1", "")
    whole: dict[str, Any] = recorded(f"{FOLDER}/shipped.normal.200")
    for name in whole.keys() - {"id"}:
        assert "None" not in map(str, (Shipment.from_json({**whole, name: None}).status,)), name


def test_a_shipment_is_stored_and_read_again_by_another_version_too() -> None:
    for name in ("turbo.ready_to_print", "pending.buffered"):
        stored = json.loads(json.dumps(asdict(shipment(name)), default=datetime.isoformat))

        assert Shipment.from_stored({**stored, "of_a_newer_version": 1}) == shipment(name)
        del stored["tags"], stored["city"]
        assert Shipment.from_stored(stored) == replace(shipment(name), tags=(), city="")


def test_what_stands_beside_a_shipment_is_understood() -> None:
    read = {name: recorded(f"{FOLDER}/{name}.200") for name in ("sla.on_time", "sla.delayed", "sla.insufficient")}

    assert Sla.from_json(read["sla.on_time"]) == Sla("on_time", datetime(2026, 11, 4, 16, tzinfo=UTC))
    assert Sla.from_json(read["sla.delayed"]).is_late
    assert Sla.from_json(read["sla.insufficient"]).expected_date is None
    assert Carrier.from_json(recorded(f"{FOLDER}/carrier.200")).url.startswith("https://rastreio.")
    assert [ShippedOrder.from_json(one).pack_id for one in recorded(f"{FOLDER}/orders.200")] == ["2000007000000110"] * 2
    history = [ShipmentState.from_json(one) for one in recorded(f"{FOLDER}/history.200")]
    assert [(one.status, one.substatus) for one in history][:2] == [("delivered", ""), ("shipped", "out_for_delivery")]
