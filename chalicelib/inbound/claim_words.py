"""Claims in words, for agents. Pure."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.foreign_text import safe
from chalicelib.mercado_livre.claim_resources import OPENED, Claim, ClaimDetail, ClaimReputation
from chalicelib.sale_words import SaleWords
from chalicelib.sentences.wording import Wording

# The order is cancelled with them, which is told of the order.
CANCELLATIONS = frozenset({"cancel_purchase", "cancel_sale"})

AFFECTED, NOT_AFFECTED = "affected", "not_affected"


class ClaimFacts(NamedTuple):
    """A claim and what stands beside it, as far as that was read. `reason` is why there is one, in words."""

    claim: Claim
    detail: ClaimDetail | None = None
    reputation: ClaimReputation | None = None
    reason: str = ""

    @property
    def due_date(self) -> datetime | None:
        """Until when its seller must act."""
        expected = self.claim.expected
        if expected:
            return expected.due_date or (self.detail.due_date if self.detail else None)
        is_sellers = self.detail is not None and self.detail.action_responsible == "seller"
        return self.detail.due_date if self.detail and is_sellers else None

    @property
    def value(self) -> str:
        """Names what an agent is told of it: while that stays, nothing is."""
        if not self.claim.is_open:
            return "closed"
        expected = self.claim.expected.action if self.claim.expected else ""
        until = self.due_date.isoformat() if self.due_date else ""
        return f"{OPENED} {self.claim.stage} {expected} {until}"


class ClaimWords:
    """Says things of claims in one language, in the time of the seller's country."""

    def __init__(self, wording: Wording, words: SaleWords, link: str) -> None:
        self._wording = wording
        self._words = words
        self._link = link

    def note(self, facts: ClaimFacts, told: str | None) -> str:
        """What an agent is to be told of a claim, of which `told` was told last; empty where nothing."""
        claim, say = facts.claim, self._wording.say
        if not claim.is_open:
            is_news = (told or "").startswith(OPENED) or (told is None and claim.type not in CANCELLATIONS)
            return self._closed(claim) if is_news else ""
        if told is None or not told.startswith(OPENED):
            return self._opened(facts)
        if claim.is_mediated and not told.startswith(f"{OPENED} {claim.stage}"):
            return say("claim_mediated", number=claim.id, link=self._link)
        expectation = self._expectation(facts)
        if claim.expected and expectation:
            return say("claim_expects", number=claim.id, expectation=expectation, link=self._link)
        return ""

    def attribute(self, facts: ClaimFacts) -> str:
        """The claim in one line."""
        told = [self._kind(facts.claim), facts.reason, self._expectation(facts), self._reputation(facts)]
        return " · ".join(filter(None, told))

    def _opened(self, facts: ClaimFacts) -> str:
        say = self._wording.say
        reason, expectation, reputation = facts.reason, self._expectation(facts), self._reputation(facts)
        lines = [
            f"**{say('claim_title', number=facts.claim.id)}**",
            say("claim_kind", kind=safe(self._kind(facts.claim), "line of markdown")),
            say("claim_reason", reason=safe(reason, "line of markdown")) if reason else "",
            say("claim_expectation", expectation=expectation) if expectation else "",
            say("claim_in_words", words=safe(facts.detail.description, "line of markdown"))
            if facts.detail and facts.detail.description
            else "",
            reputation,
            say("claim_where_to_answer", link=self._link),
        ]
        return "\n".join(filter(None, lines))

    def _closed(self, claim: Claim) -> str:
        say, resolution = self._wording.say, claim.resolution
        if resolution is None:
            return say("claim_closed", number=claim.id, link=self._link)
        result = safe(self._wording.state("claim_result", resolution.reason), "line of markdown")
        benefited = self._wording.state("claim_for", "_".join(sorted(resolution.benefited)))
        told = ", ".join(filter(None, (result, safe(benefited, "line of markdown"))))
        return say("claim_closed_because", number=claim.id, result=told, link=self._link)

    def _kind(self, claim: Claim) -> str:
        return self._wording.state("claim_kind", "dispute" if claim.is_mediated else claim.type)

    def _expectation(self, facts: ClaimFacts) -> str:
        """What its seller must do, and until when."""
        expected = facts.claim.expected
        action = self._wording.state("claim_action", expected.action) if expected else ""
        if not expected and facts.due_date and facts.detail:
            action = facts.detail.title
        if not action:
            return ""
        action, until = safe(action, "line of markdown"), self._words.deadline(facts.due_date)
        return self._wording.say("claim_until", action=action, deadline=until) if until else action

    def _reputation(self, facts: ClaimFacts) -> str:
        """Whether it counts against its seller."""
        if facts.reputation is None:
            return ""
        shown, say = facts.reputation, self._wording.say
        if shown.affects_reputation == AFFECTED and shown.has_incentive:
            return say("claim_counts_unless", deadline=self._words.deadline(shown.due_date))
        if shown.affects_reputation == AFFECTED:
            return say("claim_counts")
        return say("claim_does_not_count") if shown.affects_reputation == NOT_AFFECTED else ""
