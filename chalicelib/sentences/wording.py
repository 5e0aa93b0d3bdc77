"""Says what an agent or a seller reads, in the language of the deployment."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module

from chalicelib.models import Part

LONGEST_EXCERPT = 60


class Wording:
    """Says things in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        file = import_module(f"chalicelib.sentences.{language.replace('-', '_')}")
        self._sentences: Mapping[str, str] = file.SENTENCES
        self._has_decimal_comma: bool = file.HAS_DECIMAL_COMMA
        self._moment: str = file.MOMENT

    def say(self, sentence: str, **facts: object) -> str:
        """The sentence with its facts; a KeyError for a sentence that does not exist is a mistake of ours."""
        return self._sentences[sentence].format(**facts)

    def knows(self, sentence: str) -> bool:
        return sentence in self._sentences

    def price(self, amount: float, currency_id: str) -> str:
        """An amount as people write it: `R$ 1.234,56` in Portuguese and Spanish, `R$ 1,234.56` in English."""
        written = f"{amount:,.2f}"
        if self._has_decimal_comma:
            written = written.replace(",", " ").replace(".", ",").replace(" ", ".")
        return f"{CURRENCY_SIGNS.get(currency_id, currency_id)} {written}".strip()

    def moment(self, moment: datetime) -> str:
        """A moment as people write it, in its own time zone: `25/11/2026 14:00`, in English `2026-11-25 14:00`."""
        return moment.strftime(self._moment)

    def day(self, moment: datetime) -> str:
        """Its day alone: `25/11/2026`, in English `2026-11-25`."""
        return moment.strftime(self._moment.partition(" ")[0])

    def deadline(self, moment: datetime) -> str:
        """A moment until which there is time; midnight is written as the minute before, which cannot be misread."""
        is_midnight = (moment.hour, moment.minute) == (0, 0)
        return self.moment(moment - timedelta(minutes=1) if is_midnight else moment)

    def excerpt(self, text: str, *, has_files: bool = False) -> str:
        """The beginning of a text on one line, to name it by; where it has no words, that is said."""
        flat = " ".join(text.split()) or self.say("only_files" if has_files else "no_words")
        return flat if len(flat) <= LONGEST_EXCERPT else flat[: LONGEST_EXCERPT - 1] + "…"

    def state(self, noun: str, state: str) -> str:
        """The state of an order, a payment, a shipment or an item; one new to us as Mercado Livre calls it."""
        sentence = f"{noun}_{state}"
        return self.say(sentence) if self.knows(sentence) else state

    def parcel(self, substatus: str) -> str:
        """Where a parcel is; what is new to us as Mercado Livre calls it."""
        sentence = f"parcel/{substatus}"
        return self.say(sentence) if self.knows(sentence) else substatus

    def logistics(self, kind: str) -> str:
        """A way of Mercado Livre's by its name among sellers; empty where there is none."""
        sentence = f"logistics/{kind}"
        return self.say(sentence) if self.knows(sentence) else ""

    def blocked(self, substatus: str) -> str:
        """Why nobody may write in a conversation; a reason that is new to us as Mercado Livre calls it."""
        sentence = f"blocked/{substatus}"
        return self.say(sentence) if self.knows(sentence) else self.say("blocked/unknown", substatus=substatus)

    def situation(self, question_state: str) -> str:
        """Whether a question may be answered; a state that is new to us as Mercado Livre calls it."""
        is_removed = question_state.startswith("ANSWERED/")
        sentence = "situation/answer_removed" if is_removed else f"situation/{question_state}"
        return self.say(sentence) if self.knows(sentence) else question_state

    def not_sendable(self, kind: str) -> str:
        """Why a message that stands there as if it was sent is none that may be sent."""
        sentence = f"not_sendable/{kind}"
        return self.say(sentence) if self.knows(sentence) else self.say("not_sendable/unknown", kind=kind)

    def partly_sent(self, parts: Sequence[Part], reason: str) -> str:
        """Why a reply failed and, where some of its parts went, how many."""
        sent, total = sum(part.state == "sent" for part in parts), len(parts)
        return self.say("message_parts_sent", sent=sent, total=total, reason=reason) if 0 < sent < total else reason

    def moderation(self, reason: str) -> str:
        """Why moderation did not let a message through."""
        if not reason:
            return self.say("moderation/no_reason")
        sentence = f"moderation/{reason}"
        return self.say(sentence) if self.knows(sentence) else self.say("moderation/unknown", reason=reason)


# The signs people use at each site; another currency keeps its code.
CURRENCY_SIGNS = {"BRL": "R$", "USD": "US$", "ARS": "$", "MXN": "$", "CLP": "$", "COP": "$", "UYU": "$U", "PEN": "S/"}
