"""The dialects of the protocol, one file each, found by themselves.

A dialect is a table: how its events are called, what they look like, and where it deviates from its base. Nothing
outside this folder asks which dialect it is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from pkgutil import iter_modules

from harness.engine.declarations import Declarations
from harness.engine.paths import value_at
from harness.errors import UsageError
from harness.model import Event, Side
from harness.protocol import schemas


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that only one dialect has: an event type, or a value in one."""

    type: str
    path: str = ""
    like: str = ""
    """A regular expression that the value at `path` matches from its start; empty when it need only be there."""
    weight: int = 1
    """How much it says: 1 for a generation of the protocol, more for one vendor."""

    def fits(self, event: Event) -> bool:
        """Tell whether an event bears the mark."""
        if event.type != self.type:
            return False
        if not self.path:
            return True
        parent, _, name = self.path.rpartition(".")
        holder = value_at(event.body, parent) if parent else event.body
        if not isinstance(holder, dict) or name not in holder:
            return False
        return not self.like or re.match(self.like, str(holder[name])) is not None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which a service differs from the base of its dialect."""

    what: str
    evidence: str


@dataclass(frozen=True)
class Dialect:
    """One generation or vendor of the protocol, as data."""

    name: str
    title: str
    base: str
    """The dialect it deviates from, empty for today's own."""
    schemas: tuple[str, ...]
    """The schema folders, the most specific first."""
    declarations: Declarations
    marks: tuple[Mark, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    """Its event types that the GA dialect calls otherwise, and what it calls them."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Where its session object keeps what rules ask for."""
    deviations: tuple[Deviation, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)
    """The codes of rules that do not hold here, each with the evidence."""
    vendor: bool = False
    """Whether it is one vendor's; such a dialect is assumed only on its own marks."""
    retired: str = ""
    """What became of it, where it is no longer served by its maker."""

    @cached_property
    def letters(self) -> Mapping[tuple[Side, str], str]:
        """Return the canonical letter of every event type, by side; those of the client begin with `>`."""
        client: dict[tuple[Side, str], str] = {
            ("client", name): ">" + self.names.get(name, name) for name in schemas.types(self.schemas, "client")
        }
        server: dict[tuple[Side, str], str] = {
            ("server", name): self.names.get(name, name) for name in schemas.types(self.schemas, "server")
        }
        return {**client, **server}

    @cached_property
    def types(self) -> Mapping[str, str]:
        """Return the event type of every canonical letter, the dialect's own name where two share one."""
        pairs = sorted((name in self.names, name, letter) for (_, name), letter in self.letters.items())
        return {letter: name for _, name, letter in pairs}

    def type_of(self, letter: str) -> str:
        """Return what this dialect calls a letter, its variant set aside."""
        plain = letter.partition("/")[0]
        return self.types.get(plain, plain.removeprefix(">"))


@cache
def all_dialects() -> Mapping[str, Dialect]:
    """Return every dialect by its name, the one to assume in doubt first."""
    found = [import_module(f"{__name__}.{module.name}").DIALECT for module in iter_modules(__path__)]
    return {one.name: one for one in sorted(found, key=lambda one: (one.vendor, one.base, one.name))}


def get(name: str) -> Dialect:
    """Return a dialect.

    Raises:
        UsageError: there is none of that name.
    """
    try:
        return all_dialects()[name]
    except KeyError:
        raise UsageError(f"no dialect is called {name!r}; there are {', '.join(all_dialects())}") from None


def detect(events: Iterable[Event]) -> Dialect | None:
    """Return the dialect that most events bear marks of, None when no event bears any."""
    scores = dict.fromkeys(all_dialects(), 0)
    for event in events:
        for name, dialect in all_dialects().items():
            scores[name] += max((mark.weight for mark in dialect.marks if mark.fits(event)), default=0)
    best = max(scores, key=lambda name: scores[name])
    while scores.get(get(best).base) == scores[best]:  # nothing tells it from what it deviates from
        best = get(best).base
    return get(best) if scores[best] else None
