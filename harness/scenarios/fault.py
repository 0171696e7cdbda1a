"""One thing that is to go wrong: what, at which events, how often."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from harness.engine.paths import value_at
from harness.errors import UsageError
from harness.model import JSON

ITS_OWN = frozenset({"do", "on", "nth", "chance", "where"})
"""What every fault has; the rest is for what it does."""
NUMBERS: Mapping[str, tuple[str, ...]] = {"": ("ms",), "close": ("ms", "code"), "duplicate": ("times",), "pad": ("kb",)}
"""The options that are numbers: of any fault, and of some."""
RANGE = re.compile(r"(\d+)(-(\d*))?\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is to go wrong."""

    do: str
    """A key of `harness.scenarios.deeds.DEEDS` or `REFUSALS`."""
    on: str
    """The type of the events at which it happens, in either generation's name; `*` stands for any part of one."""
    first: int = 1
    """At the first such event of a connection, or a later one."""
    last: int | None = 1
    """Up to this one; None for all."""
    chance: float = 1.0
    """How likely it is at each of them."""
    where: Mapping[str, Any] = field(default_factory=dict)
    """Only at events with these values at these paths."""
    options: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, event: Mapping[str, Any], *names: str) -> bool:
        """Tell whether it is for this event, which has these names."""
        named = any(fnmatchcase(name, self.on) for name in names)
        return named and all(value_at(dict(event), path) == value for path, value in self.where.items())

    def covers(self, number: int) -> bool:
        """Tell whether it is for the matching event of this number, from 1."""
        return self.first <= number and (self.last is None or number <= self.last)

    def number(self, name: str, default: float) -> float:
        """Return an option that is a number.

        Raises:
            UsageError: it is none.
        """
        value = self.options.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise UsageError(f"fault `{self.do}`: {name} is to be a number, not {value!r}")
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return an option that is a text."""
        return str(self.options.get(name, default))


def parse(text: str) -> Fault:
    """Return the fault that `DO on=EVENT [nth=N|N-M|N-|*] [chance=0.5] [where=JSON] [option=value …]` says.

    Raises:
        UsageError: it says none.
    """
    do, options = words(text, "fault")
    return of({"do": do, **options})


def words(text: str, what: str) -> tuple[str, dict[str, Any]]:
    """Return the first word of a text and its `key=value` pairs; numbers and JSON are read as such.

    Raises:
        UsageError: it is not made like that.
    """
    try:
        first, *rest = shlex.split(text)
    except ValueError:
        raise UsageError(f"{text!r} is no {what}; write `NAME key=value …`") from None
    pairs = [word.partition("=") for word in rest]
    strange = [key for key, equals, _ in pairs if not equals or not key]
    if strange:
        raise UsageError(f"{what} `{first}`: {strange[0]!r} is not of the form key=value")
    return first, {key: _value(value) for key, _, value in pairs}


def _value(text: str) -> JSON:
    import orjson

    try:
        value: JSON = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value


def of(declared: Mapping[str, Any]) -> Fault:
    """Return a fault that is declared as data.

    Raises:
        UsageError: it cannot be done.
    """
    from harness.scenarios.deeds import DEEDS, REFUSALS

    do, on = str(declared.get("do", "")), declared.get("on")
    if do not in DEEDS and do not in REFUSALS:
        raise UsageError(f"there is no fault `{do}`; there are {', '.join(sorted({*DEEDS, *REFUSALS}))}")
    if not isinstance(on, str):
        raise UsageError(f"fault `{do}`: say at which events, such as on=response.done")
    first, last = _range(do, declared.get("nth", 1))
    options = {key: value for key, value in declared.items() if key not in ITS_OWN}
    chance = Fault(do, on, options={"chance": declared.get("chance", 1.0)}).number("chance", 1.0)
    where = declared.get("where", {})
    if not isinstance(where, dict):
        raise UsageError(f'fault `{do}`: where is to be an object, such as {{"response.status": "cancelled"}}')
    fault = Fault(do, on, first, last, chance, where, options)
    for name in NUMBERS.get(do, NUMBERS[""]):
        fault.number(name, 0)
    return fault


def _range(do: str, nth: JSON) -> tuple[int, int | None]:
    if nth == "*":
        return 1, None
    match = RANGE.match(str(nth))
    if match is None:
        raise UsageError(f"fault `{do}`: nth is to be N, N-M, N- or *, not {nth!r}")
    first = int(match[1])
    return first, first if match[2] is None else int(match[3]) if match[3] else None
