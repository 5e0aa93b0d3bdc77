"""The condition lists of contacts/filter and conversations/filter. app/services/filter_service.rb"""

from collections.abc import Callable, Collection
from typing import Any

from simulators.chatwoot.errors import Crash, Refused
from simulators.chatwoot.records import Json

OPERATORS = ("equal_to", "not_equal_to", "contains", "does_not_contain", "is_present", "is_not_present")
STRICT_OPERATORS = ("equal_to", "not_equal_to")

# Gives the value that a record has under an attribute key; lists count as several.
FindValue = Callable[[str], Any]


class Filter:
    """Conditions joined by AND and OR, AND binding tighter, as in SQL."""

    def __init__(
        self,
        conditions: object,
        *,
        standard_keys: Collection[str],
        custom_keys: Collection[str],
        strict_keys: Collection[str] = (),
    ) -> None:
        self._groups: list[list[Json]] = [[]]
        listed = [c for c in conditions if isinstance(c, dict)] if isinstance(conditions, list) else []
        for number, condition in enumerate(listed, start=1):
            self._check(condition, standard_keys, custom_keys, strict_keys)
            self._groups[-1].append(condition)
            joint = condition.get("query_operator")
            if (joint is None) != (number == len(listed)):
                raise Crash("the SQL has an operator too many or too few")
            if joint and str(joint).upper() == "OR":
                self._groups.append([])

    def matches(self, find_value: FindValue) -> bool:
        return any(all(_holds(condition, find_value) for condition in group) for group in self._groups)

    @staticmethod
    def _check(
        condition: Json, standard_keys: Collection[str], custom_keys: Collection[str], strict_keys: Collection[str]
    ) -> None:
        key, operator = str(condition.get("attribute_key")), condition.get("filter_operator")
        if key not in standard_keys and key not in custom_keys:
            allowed_keys = ",".join(standard_keys)
            raise Refused(
                f"Invalid attribute key - [{key}]. The key should be one of [{allowed_keys}] "
                "or a custom attribute defined in the account."
            )
        allowed = STRICT_OPERATORS if key in strict_keys else OPERATORS
        if operator not in allowed:
            raise Refused(f"Invalid operator. The allowed operators for {key} are [{','.join(allowed)}].")
        joint = condition.get("query_operator")
        if joint is not None and str(joint).upper() not in ("AND", "OR"):
            raise Refused('Query operator must be either "AND" or "OR".')
        if not condition.get("values") and operator not in ("is_present", "is_not_present"):
            raise Refused(f"Invalid value. The values provided for {key} are invalid")


def _holds(condition: Json, find_value: FindValue) -> bool:
    """Texts are compared in lower case."""
    value, operator = find_value(str(condition["attribute_key"])), str(condition["filter_operator"])
    present = [_lower(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
    if operator in ("is_present", "is_not_present"):
        return bool(present) == (operator == "is_present")
    given = condition["values"] if isinstance(condition["values"], list) else [condition["values"]]
    wanted = [_lower(item) for item in given]
    if operator in ("contains", "does_not_contain"):
        is_found = any(want in item for want in wanted for item in present)
        return is_found == (operator == "contains")
    return bool(set(present) & set(wanted)) == (operator == "equal_to")


def _lower(value: object) -> str:
    return str(value).lower()
