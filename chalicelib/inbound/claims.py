"""Claims on purchases, shown beside their conversations: a note for what is news, an attribute, a label, a priority.

They are answered on Mercado Livre's own pages; nothing of one goes to the buyer.
"""

from collections.abc import Iterable, Mapping

from chalicelib.chatwoot.conversations import Conversations
from chalicelib.inbound.claim_reader import ClaimReader
from chalicelib.inbound.claim_words import ClaimFacts, ClaimWords
from chalicelib.inbound.sale_states import LONGEST_ATTRIBUTE
from chalicelib.inbound.sales import Sales
from chalicelib.mercado_livre.claim_resources import OPENED
from chalicelib.mercado_livre.sale import Sale
from chalicelib.models import Conversation, text_digest
from chalicelib.observability import logger
from chalicelib.stores.threads import ThreadRecord
from chalicelib.work.jobs import SyncThread

ATTRIBUTE, LABEL = "meli_claim", "reclamacao"

# What is told of each stands under this name among the states of its conversation.
STATE = "claim/"
HIDDEN = "hidden"


class ClaimNotes:
    """Keeps conversations telling of claims. Every method may be repeated."""

    def __init__(self, claims: ClaimReader, conversations: Conversations, sales: Sales) -> None:
        self._claims = claims
        self._conversations = conversations
        self._sales = sales

    def read_changed(self, record: ThreadRecord, job: SyncThread, sale: Sale | None) -> dict[str, ClaimFacts | None]:
        """By its id the claim that a job names, and those that a sale has and nobody was told of."""
        return self._read(record, [*_named(job), *_unknown(record, sale)])

    def tell(
        self, record: ThreadRecord, job: SyncThread, sale: Sale | None, changed: Mapping[str, ClaimFacts | None]
    ) -> None:
        """Tell what is news of the claims that changed, of those that a sale has, and of those that were open."""
        known_open = [
            name.removeprefix(STATE)
            for name, value in record.opened.told.items()
            if name.startswith(STATE) and value.startswith(OPENED)
        ]
        unknown = _unknown(record, sale)
        wanted = [*unknown, *(known_open if not job.changed else ())]
        read = {**changed, **self._read(record, [claim_id for claim_id in wanted if claim_id not in changed])}
        self._note_hidden(record, [claim_id for claim_id in unknown if read[claim_id] is None])
        if any(facts and _is_news(record, facts) for facts in read.values()):
            others = self._read(record, [claim_id for claim_id in known_open if claim_id not in read])
            self._tell_news(record, [facts for facts in (*read.values(), *others.values()) if facts])

    def _tell_news(self, record: ThreadRecord, looked_at: list[ClaimFacts]) -> None:
        words = ClaimWords(self._sales.wording, self._sales.words(record.thread), self._sales.page(record.thread))
        changed, is_work, attributes = record.opened, False, []
        for one in looked_at:
            told = told_of_claim(record, one.claim.id)
            is_new = not (told or "").startswith(OPENED)
            facts = self._claims.with_words(record.thread, one, is_new=is_new)
            if facts.claim.is_open:
                attributes.append(words.attribute(facts))
            if not _is_news(record, facts):
                continue
            note = words.note(facts, told)
            changed = changed.with_told(STATE + facts.claim.id, facts.value)
            if note:
                self._note(record, changed, facts, note)
                is_work = is_work or facts.claim.is_open
        self._conversations.show(
            record.opened,
            {ATTRIBUTE: "; ".join(attributes)[:LONGEST_ATTRIBUTE]},
            labels={LABEL: bool(attributes)},
            reopens=is_work,
            is_urgent=bool(attributes),
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
        logger.info("claim told", meli_claim_id=facts.claim.id, is_open=facts.claim.is_open)

    def _read(self, record: ThreadRecord, claim_ids: Iterable[str]) -> dict[str, ClaimFacts | None]:
        return {claim_id: self._claims.read(record.thread, claim_id) for claim_id in dict.fromkeys(claim_ids)}


def told_of_claim(record: ThreadRecord, claim_id: str) -> str | None:
    """What the conversation was last made to show of a claim."""
    return record.conversation.told_of(STATE + claim_id) if record.conversation else None


def _is_news(record: ThreadRecord, facts: ClaimFacts) -> bool:
    return facts.value != told_of_claim(record, facts.claim.id)


def _named(job: SyncThread) -> list[str]:
    """The claim that a job names."""
    return [job.changed.partition("/")[2]] if job.changed_noun == "claim" else []


def _unknown(record: ThreadRecord, sale: Sale | None) -> list[str]:
    """The claims of a sale of which its conversation does not tell."""
    listed = sale.claim_ids if sale else ()
    return [claim_id for claim_id in listed if told_of_claim(record, claim_id) is None]
