"""Claims of buyers as frozen dataclasses; fields keep the vendor's names.

https://developers.mercadolivre.com.br/pt_br/gerenciar-reclamacoes
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.models import read_id, read_moment

OPENED, DISPUTE = "opened", "dispute"


@dataclass(frozen=True)
class ClaimAction:
    """What the seller may do, or must until `due_date`."""

    action: str
    mandatory: bool
    due_date: datetime | None


@dataclass(frozen=True)
class Resolution:
    """How a claim ended. `reason` is an open set; `benefited` and `closed_by` are roles."""

    reason: str
    closed_by: str
    benefited: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A claim on an order or a shipment.

    The `type` mediations is the ordinary claim between buyer and seller: Mercado Livre mediates in the `stage` dispute.
    """

    id: str
    status: str
    type: str
    stage: str
    resource: str
    resource_id: str
    reason_id: str
    actions: tuple[ClaimAction, ...]
    resolution: Resolution | None
    last_updated: str

    @property
    def is_open(self) -> bool:
        return self.status == OPENED

    @property
    def is_mediated(self) -> bool:
        """Whether Mercado Livre itself decides."""
        return self.stage == DISPUTE

    @property
    def expected(self) -> ClaimAction | None:
        """What the seller must do; one thing at most."""
        return next((action for action in self.actions if action.mandatory), None)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Claim":
        players = [player for player in fields.get("players") or () if isinstance(player, dict)]
        ours = next((player for player in players if player.get("role") == "respondent"), {})
        return cls(
            id=read_id(fields.get("id")),
            status=str(fields.get("status") or ""),
            type=str(fields.get("type") or ""),
            stage=str(fields.get("stage") or ""),
            resource=str(fields.get("resource") or ""),
            resource_id=read_id(fields.get("resource_id")),
            reason_id=str(fields.get("reason_id") or ""),
            actions=tuple(map(_read_action, ours.get("available_actions") or ())),
            resolution=_read_resolution(fields.get("resolution")),
            last_updated=str(fields.get("last_updated") or ""),
        )


@dataclass(frozen=True)
class ClaimDetail:
    """What Mercado Livre tells of a claim in words; `action_responsible` is seller, buyer or mediator."""

    due_date: datetime | None
    action_responsible: str
    title: str
    description: str
    problem: str

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "ClaimDetail":
        words = {
            name: str(fields.get(name) or "") for name in ("action_responsible", "title", "description", "problem")
        }
        return cls(due_date=read_moment(fields.get("due_date")), **words)


@dataclass(frozen=True)
class ClaimReputation:
    """Whether a claim counts against its seller: affected, not_affected, not_applies.

    `has_incentive` says that a good answer until `due_date` keeps it from counting.
    """

    affects_reputation: str
    has_incentive: bool
    due_date: datetime | None

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "ClaimReputation":
        return cls(
            affects_reputation=str(fields.get("affects_reputation") or ""),
            has_incentive=fields.get("has_incentive") is True,
            due_date=read_moment(fields.get("due_date")),
        )


def without_buyer(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A claim as it is read, without who complains."""
    players = [player for player in fields.get("players") or () if isinstance(player, dict)]
    return {**fields, "players": [player for player in players if player.get("role") == "respondent"]}


def _read_action(fields: Mapping[str, Any]) -> ClaimAction:
    return ClaimAction(
        action=str(fields.get("action") or ""),
        mandatory=fields.get("mandatory") is True,
        due_date=read_moment(fields.get("due_date")),
    )


def _read_resolution(fields: object) -> Resolution | None:
    if not isinstance(fields, dict):
        return None
    return Resolution(
        reason=str(fields.get("reason") or ""),
        closed_by=str(fields.get("closed_by") or ""),
        benefited=tuple(map(str, fields.get("benefited") or ())),
    )
