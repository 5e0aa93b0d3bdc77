"""The recorded bodies in `tests/samples`, by name, and hostile ones that nobody recorded."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

SAMPLES = Path(__file__).parent / "samples"


def recorded(name: str) -> Any:
    """The decoded body, `mercado_livre/errors/404.not_found` for instance."""
    return json.loads(recorded_bytes(name))


def recorded_bytes(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def names_in(folder: str, pattern: str = "*") -> list[str]:
    """The names of a folder's samples, for `recorded`."""
    found = [
        str(path.relative_to(SAMPLES)).removesuffix(".json") for path in (SAMPLES / folder).glob(f"{pattern}.json")
    ]
    assert found, f"no samples in {folder}"
    return sorted(found)


# JSON can carry lone surrogates, and Python's reader takes NaN and numbers of any size.
any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
any_number = st.one_of(
    st.integers(), st.floats(), st.integers(10**15, 10**60), st.integers(0, 3000).map(lambda digits: 10**digits)
)
any_json = st.recursive(
    st.one_of(st.none(), st.booleans(), any_number, any_text),
    lambda children: st.one_of(st.lists(children, max_size=4), st.dictionaries(any_text, children, max_size=4)),
    max_leaves=12,
)


def any_object(**likely: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which each of these fields is missing, likely, or anything at all."""
    optional = {name: st.one_of(likely_value, any_json) for name, likely_value in likely.items()}
    return st.fixed_dictionaries({}, optional=optional)


def wire(value: Any) -> bytes:
    """As JSON, lone surrogates escaped."""
    return json.dumps(value).encode()


def nested(levels: int) -> bytes:
    """An array in an array in an array."""
    return b"[" * levels + b"]" * levels
