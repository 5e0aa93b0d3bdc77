"""Claims on purchases, shown beside their conversations: a note for what is news, an attribute, a label, a priority.

They are answered on Mercado Livre's own pages; nothing of one goes to the buyer.
"""

from collections.abc import Iterable

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.errors import Refused
from chalicelib.inbound.claim_words import ClaimFacts, ClaimWords
from chalicelib.inbound.sale_states import LONGEST_ATTRIBUTE
from chalicelib.inbound.sales import Sales
from chalicelib.mercado_livre.claim_resources import OPENED
from chalicelib.mercado_livre.claims import Claims
from chalicelib.mercado_livre.sale import Sale
from chalicelib.models import Conversation, text_digest
from chalicelib.observability import count, logger
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread

ATTRIBUTE, LABEL = "meli_claim", "reclamacao"

# What is told of each stands under this name among the states of its conversation.
STATE = "claim/"
HIDDEN = "hidden"


class ClaimNotes:
    """Keeps conversations telling of claims. Every method may be repeated."""

    def __init__(self, claims: Claims, conversations: Conversations, sales: Sales) -> None:
        self._claims = claims
        self._conversations = conversations
        self._sales = sales

    def call_for_conversation(self, record: ThreadRecord, job: SyncThread) -> bool:
        """Whether a job is about an open claim: that is work with a deadline, whoever has written."""
        return any(facts.claim.is_open for facts in self._read(record, _named(job)))

    def tell(self, record: ThreadRecord, job: SyncThread, sale: Sale | None) -> None:
        """Tell what is news of the claim that a job names, of those that a sale has, and of those that were open."""
        told = record.opened.told
        known_open = [
            _id_of(name) for name, value in told.items() if name.startswith(STATE) and value.startswith(OPENED)
        ]
        listed = [claim_id for order in (sale.orders if sale else ()) for claim_id in order.claim_ids]
        unknown = [claim_id for claim_id in listed if STATE + claim_id not in told]
        looked_at = self._read(record, [*_named(job), *unknown, *(known_open if not job.changed else ())])
        shown = {facts.claim.id for facts in looked_at}
        self._note_hidden(record, [claim_id for claim_id in unknown if claim_id not in shown])
        news = [facts for facts in looked_at if facts.value != told.get(STATE + facts.claim.id)]
        if news:
            others = set(known_open) - shown
            self._tell_news(record, news, [*looked_at, *self._read(record, others)])

    def _tell_news(self, record: ThreadRecord, news: list[ClaimFacts], all_facts: list[ClaimFacts]) -> None:
        words = ClaimWords(self._sales.wording, self._sales.words(record.thread), self._sales.page(record.thread))
        changed, is_work = record.opened, False
        for facts in news:
            note = words.note(self._with_words(record, facts), record.opened.told_of(STATE + facts.claim.id))
            changed = changed.with_told(STATE + facts.claim.id, facts.value)
            if note:
                self._note(record, changed, facts, note)
                is_work = is_work or facts.claim.is_open
        still_open = [self._with_words(record, facts) for facts in all_facts if facts.claim.is_open]
        self._conversations.show(
            record.opened,
            {ATTRIBUTE: "; ".join(map(words.attribute, still_open))[:LONGEST_ATTRIBUTE]},
            labels={LABEL: bool(still_open)},
            reopens=is_work,
            is_urgent=bool(still_open),
        )
        # Last, so that whatever is cut short before is done again.
        record.save_conversation(changed)

    def _note_hidden(self, record: ThreadRecord, claim_ids: list[str]) -> None:
        """Claims that Mercado Livre lists and does not show are not asked for again until they are announced."""
        changed = record.opened
        for claim_id in claim_ids:
            changed = changed.with_told(STATE + claim_id, HIDDEN)
        if claim_ids:
            record.save_conversation(changed)

    def _note(self, record: ThreadRecord, changed: Conversation, facts: ClaimFacts, note: str) -> None:
        occasion = f"{STATE}{facts.claim.id}/{changed.changes}/{text_digest(facts.value)[:16]}"
        self._conversations.note(record, record.note_id(occasion), note)
        count("ClaimTold")
        logger.info("claim told", meli_claim_id=facts.claim.id, is_open=facts.claim.is_open)

    def _read(self, record: ThreadRecord, claim_ids: Iterable[str]) -> list[ClaimFacts]:
        """Each claim once. One that Mercado Livre does not show is left out."""
        found = []
        for claim_id in dict.fromkeys(claim_ids):
            seller_id = record.thread.seller_id
            try:
                claim = self._claims.get(seller_id, claim_id)
            except Refused as refusal:
                logger.warning("a claim is not shown", meli_claim_id=claim_id, status=refusal.status)
                continue
            found.append(ClaimFacts(claim, self._claims.get_detail(seller_id, claim_id) if claim.is_open else None))
        return found

    def _with_words(self, record: ThreadRecord, facts: ClaimFacts) -> ClaimFacts:
        """The same with what takes more reads, and only what is told needs."""
        claim, seller_id = facts.claim, record.thread.seller_id
        if not claim.is_open:
            return facts
        has_reason = facts.detail is not None and facts.detail.problem
        return facts._replace(
            reputation=facts.reputation or self._claims.get_reputation(seller_id, claim.id),
            reason=facts.reason or ("" if has_reason else self._claims.get_reason(seller_id, claim.reason_id)),
        )


def _named(job: SyncThread) -> list[str]:
    """The claim that a job names."""
    return [job.changed.partition("/")[2]] if job.changed_noun == "claim" else []


def _id_of(name: str) -> str:
    return name.removeprefix(STATE)
