"""Reads the settings that the command line gives, as an operator would set them: `--set NAME=VALUE`."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from chalicelib.settings import DESK, SETTINGS, find_setting


class NotPossible(Exception):
    """What is given is no setting, or no value of it; the message says what there is."""


def read_given(pairs: Iterable[str], options: Mapping[str, str | None]) -> dict[str, str]:
    """The settings by name, from `NAME=VALUE` and from options of their own; the former go first."""
    given = {name: value for name, value in options.items() if value is not None}
    for pair in pairs:
        name, is_pair, value = pair.partition("=")
        if not is_pair:
            raise NotPossible("--set takes NAME=VALUE, such as --set AGENT_LANGUAGE=es.")
        given[name.strip()] = value
    return {name: _check(name, value.strip()) for name, value in given.items()}


def _check(name: str, value: str) -> str:
    row = find_setting(name)
    if row is None:
        near = get_close_matches(name.upper(), SETTINGS, n=1)
        guess = f" Did you mean {near[0]}?" if near else ""
        raise NotPossible(f"There is no setting {name}.{guess} There are: {', '.join(SETTINGS)}; of desks {DESK.name}.")
    if not value:
        raise NotPossible(f"{name} is empty: give it a value, or leave it out.")
    try:
        row.parse(value)
    except ValueError as error:
        raise NotPossible(f"{name} {error}.") from error
    return value
