"""The thresholds of rules: named constants with their precedent, which a user may set.

A rule declares one beside itself with `threshold` and asks the `View` for its value.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from harness.errors import UsageError

Limits: TypeAlias = Mapping[str, float]
"""Thresholds that a user set, by name."""
UNSET: Limits = MappingProxyType({})


class Threshold(NamedTuple):
    """From where on a rule speaks."""

    name: str
    """In kebab-case, the unit at its end: `slow-response-s`."""
    value: float
    precedent: str
    """What the value was taken from."""


_DECLARED: dict[str, Threshold] = {}


def threshold(name: str, value: float, precedent: str) -> Threshold:
    """Declare a threshold.

    Raises:
        ValueError: another one has the name.
    """
    if name in _DECLARED:
        raise ValueError(f"the threshold {name} is declared twice")
    made = _DECLARED[name] = Threshold(name, value, precedent)
    return made


def declared_thresholds() -> Mapping[str, Threshold]:
    """Return every threshold by its name; the rules must have been imported."""
    return dict(sorted(_DECLARED.items()))


def parse_settings(settings: Mapping[str, object]) -> dict[str, float]:
    """Return the values that a user set, by name.

    Raises:
        UsageError: there is no such threshold, or the value is no number.
    """
    known = declared_thresholds()
    for name, value in settings.items():
        if name not in known:
            raise UsageError(f"no threshold is called {name!r}; there are {', '.join(known)}")
        if not _is_number(value):
            raise UsageError(f"the threshold {name} is {value!r}; a number of 0 or more is needed")
    return {name: float(str(value)) for name, value in settings.items()}


def _is_number(value: object) -> bool:
    try:
        return not isinstance(value, bool) and 0 <= float(str(value)) < float("inf")
    except ValueError:
        return False
