"""How the API shows a claim and what belongs to it.

https://developers.mercadolivre.com.br/pt_br/gerenciar-reclamacoes
"""

from typing import Any

from simulators.mercado_livre.dates import site_milliseconds
from simulators.mercado_livre.state import Claim

# What claims are about, by the beginning of their reason's id; names and words are invented.
REASONS = {
    "PNR": ("post_purchase_undelivered", "not_received", "Não recebi o produto"),
    "PDD": ("post_purchase_delivered", "different_or_defective", "O produto veio diferente ou com defeito"),
    "CSX": ("cancel", "cancel", "Quero cancelar a compra"),
    "CS9": ("cancel", "cancel", "Quero cancelar a compra"),
}
PROBLEMS = {
    "PNR": "O comprador não recebeu o produto",
    "PDD": "O produto veio diferente ou com defeito",
}


def view_claim(claim: Claim, site_id: str) -> dict[str, Any]:
    """`mediations` is the ordinary claim; Mercado Livre mediates in the stage dispute."""
    players = [
        {"role": "complainant", "type": "buyer", "user_id": claim.buyer_id, "available_actions": []},
        {
            "role": "respondent",
            "type": "seller",
            "user_id": claim.seller_id,
            "available_actions": _list_actions(claim),
        },
    ]
    if claim.stage == "dispute":
        players.append({"role": "mediator", "type": "internal", "user_id": 6300000001, "available_actions": []})
    return {
        "id": claim.id,
        "resource_id": claim.resource_id,
        "status": claim.status,
        "type": claim.type,
        "stage": claim.stage,
        "parent_id": None,
        "resource": claim.resource,
        "reason_id": claim.reason_id,
        "fulfilled": not claim.reason_id.startswith("PNR"),
        "quantity_type": "total",
        "claimed_quantity": 1,
        "claim_version": 2.0,
        "players": players,
        "resolution": _view_resolution(claim),
        "site_id": site_id,
        "date_created": site_milliseconds(claim.date_created),
        "last_updated": site_milliseconds(claim.last_updated),
        "related_entities": [],
    }


def view_claim_detail(claim: Claim) -> dict[str, Any]:
    mediates = claim.stage == "dispute"
    return {
        "due_date": site_milliseconds(claim.due_date),
        "action_responsible": "mediator" if mediates else "seller" if claim.action else "buyer",
        "title": "Aguarde a decisão do Mercado Livre" if mediates else "Responda ao comprador",
        "description": "O Mercado Livre está avaliando o caso." if mediates else "Responda antes do fim do prazo.",
        "problem": PROBLEMS.get(claim.reason_id[:3], "O comprador reclamou da compra"),
    }


def view_reputation(claim: Claim) -> dict[str, Any]:
    return {
        "affects_reputation": claim.affects_reputation,
        "has_incentive": claim.has_incentive,
        "due_date": site_milliseconds(claim.due_date) if claim.has_incentive else None,
    }


def view_reason(reason_id: str) -> dict[str, Any]:
    flow, name, detail = REASONS[reason_id[:3]]
    return {
        "id": reason_id,
        "flow": flow,
        "name": name,
        "detail": detail,
        "position": 10,
        "filter": {"group": ["generic"], "site_id": ["MLB"]},
        "settings": {"allowed_flows": [], "expected_resolutions": [], "rules_engine_triage": []},
        "parent_id": None,
        "children_title": None,
        "status": "active",
        "date_created": "2024-01-15T18:07:42.632-04:00",
        "last_updated": "2026-03-12T20:20:21.795-04:00",
    }


def _list_actions(claim: Claim) -> list[dict[str, Any]]:
    if claim.status != "opened":
        return []
    if claim.stage == "dispute":
        return [_view_action("send_message_to_mediator"), _view_action("send_attachments")]
    expected = [_view_action(claim.action, site_milliseconds(claim.due_date))] if claim.action else []
    return [*expected, *(_view_action(name) for name in ("refund", "allow_partial_refund", "open_dispute"))]


def _view_action(name: str, due_date: str | None = None) -> dict[str, Any]:
    return {"action": name, "mandatory": due_date is not None, "due_date": due_date}


def _view_resolution(claim: Claim) -> dict[str, Any] | None:
    told = claim.resolution
    if told is None:
        return None
    return {
        "reason": told.reason,
        "date_created": site_milliseconds(told.date),
        "benefited": list(told.benefited),
        "closed_by": told.closed_by,
        "applied_coverage": False,
    }
