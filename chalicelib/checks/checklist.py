"""The list of checks: how a function comes onto it, and how the list is gone through."""

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, Literal, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

import chalicelib.checks
from chalicelib.checks.findings import Finding, not_checked, problem

Cost = Literal["cheap", "live"]
Look = Callable[[Any], Iterable[Finding]]

# What others rest on comes first; what is not named here comes last.
ORDER = (
    *("AWS", "queues", "tables", "settings", "settings of desks", "settings' encryption", "settings' names"),
    *("functions", "triggers of the functions", "schedule of the sweep", "public address"),
    *("Mercado Livre", "Chatwoot", "replies that no webhook brought", "sellers", "jobs", "clocks"),
)
ORDER_OF_SELLER = (
    *("grant", "age of the grant", "test calls", "desk", "last notification", "topics", "unread messages"),
    *("last audit", "last sweep", "jobs that wait"),
)


class Check(NamedTuple):
    """A subject and the look at it, which may raise: that is a finding too.

    A vital one that finds something means that the bridge can receive nothing. `cached` says under which keys what is
    known of a seller stands in the cache, so that all of it is read at once.
    """

    subject: str
    look: Look
    cost: Cost = "live"
    is_vital: bool = False
    cached: tuple[Callable[[int], str], ...] = ()


_CHECKS: list[Check] = []
_CHECKS_OF_SELLER: list[Check] = []


def check(subject: str, cost: Cost, *, is_vital: bool = False) -> Callable[[Look], Look]:
    """Put a function onto the list; it is given the Deployment.

    Of a cheap and a live one with the same subject the live one looks deeper, and the doctor goes by that one alone.
    """

    def add(look: Look) -> Look:
        _CHECKS.append(Check(subject, look, cost, is_vital))
        return look

    return add


def check_of_seller(
    subject: str, cost: Cost, *, cached: tuple[Callable[[int], str], ...] = ()
) -> Callable[[Look], Look]:
    """Put a function onto the list of what is looked at of each seller; it is given the SellerCase."""

    def add(look: Look) -> Look:
        _CHECKS_OF_SELLER.append(Check(subject, look, cost, cached=cached))
        return look

    return add


def load_checks(package: ModuleType = chalicelib.checks) -> None:
    """Import every module of a package, so that its checks are on the list."""
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")


def cheap_checks() -> list[Check]:
    return [one for one in _in_order(_CHECKS, ORDER) if one.cost == "cheap"]


def all_checks() -> list[Check]:
    deeper = {one.subject for one in _CHECKS if one.cost == "live"}
    return [one for one in _in_order(_CHECKS, ORDER) if one.cost == "live" or one.subject not in deeper]


def checks_of_seller(cost: Cost) -> list[Check]:
    """The cheap ones, or all."""
    return [one for one in _in_order(_CHECKS_OF_SELLER, ORDER_OF_SELLER) if cost == "live" or one.cost == "cheap"]


def examine(
    checks: Iterable[Check], looked_at: object, *, tell: Callable[[str], None] = lambda _: None
) -> Iterator[Finding]:
    """Every finding of every check; one that cannot be made keeps no other from being made.

    These credentials may lack a right, or an emulator a service: what AWS does not show is not checked.
    """
    for one in checks:
        tell(one.subject)
        try:
            yield from one.look(looked_at)
        except ClientError as error:
            seen = f"AWS refuses {error.operation_name} ({error.response['Error'].get('Code', '?')})"
            cure = f"Look again with credentials that are allowed {error.operation_name}"
            yield not_checked(one.subject, seen, cure, alarm=f"{one.subject} cannot be looked at: {seen}")
        except BotoCoreError as error:
            seen = f"AWS does not answer ({type(error).__name__})"
            yield not_checked(
                one.subject, seen, "Look again in a minute", alarm=f"{one.subject} cannot be looked at: {seen}"
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the operator is told, and the look goes on
            # The type alone, and not the words: a service's may hold what it was given.
            seen = f"the look at it failed: {type(error).__name__}"
            cure = "Look again in a minute; if it stays so, look at what is said above it"
            yield problem(one.subject, seen, cure, alarm=f"{one.subject}: {seen}")


def _in_order(checks: Iterable[Check], order: tuple[str, ...]) -> list[Check]:
    places = {subject: place for place, subject in enumerate(order)}
    return sorted(checks, key=lambda one: places.get(one.subject, len(places)))
