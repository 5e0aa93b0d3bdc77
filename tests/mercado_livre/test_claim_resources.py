"""Claims, as recorded, become what the bridge works with."""

from datetime import UTC, datetime

from chalicelib.mercado_livre.claim_resources import Claim, ClaimDetail, ClaimReputation
from tests.recorded import names_in, recorded

FOLDER = "mercado_livre/claims"


def claim(name: str) -> Claim:
    return Claim.from_json(recorded(f"{FOLDER}/{name}.200"))


def test_a_recorded_claim_is_understood() -> None:
    opened = claim("pdd.opened")

    assert (opened.id, opened.is_open, opened.is_mediated) == ("5300000101", True, False)
    assert opened.expected
    assert opened.expected.action == "send_message_to_complainant"
    assert opened.expected.due_date == datetime(2026, 11, 14, 2, 43, 59, tzinfo=UTC)
    assert (claim("pnr.opened").resource, claim("pnr.opened").resource_id) == ("shipment", "44900000209")


def test_mercado_livre_mediates_in_a_dispute_alone() -> None:
    assert claim("dispute").is_mediated
    assert claim("dispute").expected is None
    # Its type is mediations, which an ordinary claim is called too.
    assert claim("pdd.opened").type == claim("dispute").type == "mediations"


def test_a_closed_claim_tells_how_it_ended() -> None:
    resolution = claim("closed.partial_refund").resolution

    assert resolution
    assert (resolution.reason, resolution.closed_by) == ("partial_refunded", "seller")
    assert not claim("closed.partial_refund").is_open


def test_every_recorded_claim_can_be_read() -> None:
    names = [name for name in names_in(FOLDER, "*.200") if "players" in recorded(name)]

    assert len(names) > 5
    assert all(Claim.from_json(recorded(name)).id for name in names)
    assert Claim.from_json({"id": 7, "players": None}).actions == ()


def test_what_stands_beside_a_claim_is_understood() -> None:
    detail = ClaimDetail.from_json(recorded(f"{FOLDER}/detail.seller.200"))
    reputation = ClaimReputation.from_json(recorded(f"{FOLDER}/affects_reputation.with_incentive.200"))

    assert (detail.action_responsible, detail.title) == ("seller", "Responda ao comprador")
    assert detail.due_date == reputation.due_date == datetime(2026, 11, 14, 2, 43, 59, tzinfo=UTC)
    assert reputation.has_incentive
