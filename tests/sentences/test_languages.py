"""Every language has a file, and every file says the same: no sentence is lacking, and each has the same facts."""

import json
import pkgutil
import re
import string
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import chalicelib.sentences
from chalicelib import outbound
from chalicelib.outbound.answers import SENTENCES_BY_CODE, SENTENCES_BY_STATUS
from chalicelib.sentences.wording import Wording
from chalicelib.settings import SETTINGS

LANGUAGES = SETTINGS["AGENT_LANGUAGE"].choices
SENTENCES: dict[str, Mapping[str, str]] = {
    language: import_module(f"chalicelib.sentences.{language.replace('-', '_')}").SENTENCES for language in LANGUAGES
}

# The language in which sentences are written first; the others are measured by it.
FIRST = "pt-BR"

# Where replies are refused; what agents read there in a note of its own is no reason.
OUTBOUND = Path(outbound.__file__).parent
NOTES = {
    *("reply_waiting", "reply_sent_late", "reply_waiting_for_login", "reply_erased", "reply_deleted"),
    *("link_to_ask_for", "blocked/released"),
}


def facts_in(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def test_every_file_is_a_choice_of_the_settings_and_every_choice_has_its_file() -> None:
    files = {file.name for file in pkgutil.iter_modules(chalicelib.sentences.__path__)} - {"wording"}

    assert files == {language.replace("-", "_") for language in LANGUAGES}


def test_no_language_lacks_a_sentence_has_one_too_many_or_other_facts_in_it() -> None:
    faults = []
    for language, sentences in SENTENCES.items():
        faults += [f"{language} lacks {name}" for name in SENTENCES[FIRST].keys() - sentences.keys()]
        faults += [f"{language} has {name} too many" for name in sentences.keys() - SENTENCES[FIRST].keys()]
        faults += [
            f"{name} has {facts_in(text)} in {language} and {facts_in(SENTENCES[FIRST][name])} in {FIRST}"
            for name, text in sentences.items()
            if facts_in(text) != facts_in(SENTENCES[FIRST].get(name, text))
        ]

    assert not sorted(faults)


def test_every_sentence_is_written_with_care() -> None:
    for language, sentences in SENTENCES.items():
        foreign = "Mercado Livre" if language == "es" else "Mercado Libre"
        for name, text in sentences.items():
            assert text, (language, name)
            assert text == " ".join(text.split()), (language, name)
            assert foreign not in text, (language, name)
            assert all(fact.isidentifier() for fact in facts_in(text)), (language, name)


def test_a_reason_stands_alone() -> None:
    """In a note of its own, so that it begins and ends as a sentence does, and needs no facts to be understood."""
    for language, sentences in SENTENCES.items():
        reasons = {name: text for name, text in sentences.items() if name.startswith(("blocked/", "moderation/"))}
        assert len(reasons) > 40
        for name, text in reasons.items():
            assert text[0].isupper(), (language, name)
            assert text.endswith("."), (language, name)
            assert not facts_in(text) or name.endswith("/unknown"), (language, name)


def test_the_reason_of_a_failed_reply_says_its_cause_in_the_first_words() -> None:
    """Chatwoot shows it in a tooltip some 160 px wide."""
    sources = "".join(path.read_text(encoding="utf-8") for path in OUTBOUND.glob("*.py"))
    kinds = ("blocked/", "moderation/", "not_sendable/")
    named = {*re.findall(r'"(\w+)"', sources), *(name for name in SENTENCES[FIRST] if name.startswith(kinds))}
    reasons = (named & SENTENCES[FIRST].keys()) - NOTES
    assert len(reasons) > 80
    for language, sentences in SENTENCES.items():
        for name in reasons:
            cause = re.split(r"[:.;(]", sentences[name])[0]
            assert len(cause) <= 64, (language, name)
            assert len(sentences[name]) <= 170, (language, name)


def test_a_sentence_carries_its_facts() -> None:
    for language, sentences in SENTENCES.items():
        wording = Wording(language)
        for name, text in sentences.items():
            facts = {fact: f"<{fact} {{x}}>" for fact in facts_in(text)}

            said = wording.say(name, **facts)

            assert all(fact in said for fact in facts.values()), (language, name)
            assert facts_in(said.replace("{x}", "")) == [], (language, name)


def test_a_refusal_that_has_a_sentence_has_it_here() -> None:
    assert {*SENTENCES_BY_CODE.values(), *SENTENCES_BY_STATUS.values()} <= SENTENCES[FIRST].keys()


def test_only_the_language_in_use_is_loaded() -> None:
    look = (
        "import json, sys; from chalicelib.sentences.wording import Wording; Wording('es'); "
        "print(json.dumps([name for name in sys.modules if name.startswith('chalicelib.sentences.')]))"
    )

    loaded = json.loads(subprocess.run([sys.executable, "-c", look], capture_output=True, check=True).stdout)

    assert sorted(loaded) == ["chalicelib.sentences.es", "chalicelib.sentences.wording"]
