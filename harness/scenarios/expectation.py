"""What a scenario expects of its client, followed event by event."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from harness.engine.paths import value_at
from harness.errors import UsageError
from harness.model import Side

MS = 1_000_000
KINDS = ("sends", "never", "stays")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that a client is to do, or not to do. Types are canonical names; `*` stands for any part of one."""

    kind: str
    """`sends`: it must send this; `never`: it must not; `stays`: it must not leave before this."""
    what: str
    """The type of the event."""
    after: str = ""
    """The type of the event from which on; the start where empty."""
    after_where: Mapping[str, Any] = field(default_factory=dict)
    """Values at paths of that event."""
    until: str = ""
    """The type of the event up to which; the end where empty."""
    within_ms: float | None = None
    """How soon after `after`."""
    least: int = 1
    most: int | None = None
    """How often."""
    where: Mapping[str, Any] = field(default_factory=dict)
    """Values at paths of the client's event."""
    says: str = ""
    """Why, for a person."""


def of(declared: Mapping[str, Any]) -> Expectation:
    """Return an expectation that is declared as data.

    Raises:
        UsageError: it says nothing that can be followed.
    """
    kinds = [kind for kind in KINDS if kind in declared]
    known = {*KINDS, "after", "after_where", "until", "within_ms", "least", "most", "where", "says"}
    strange = sorted(set(declared) - known)
    if len(kinds) != 1 or strange:
        raise UsageError(
            f"an expectation has one of {', '.join(KINDS)}, and of the rest {strange or 'nothing'} is known"
        )
    rest = {key: value for key, value in declared.items() if key not in KINDS}
    return Expectation(kinds[0], str(declared[kinds[0]]), **rest)


class Follower:
    """Follows one connection."""

    def __init__(self, expectations: Sequence[Expectation], advice: str = "") -> None:
        """`advice` says what a right client does."""
        self.advice = advice
        self._followed = [_Followed(one) for one in expectations]

    def see(self, at_ns: int, side: Side, name: str, event: Mapping[str, Any]) -> Iterator[tuple[Expectation, str]]:
        """Take in an event by its canonical name; yield what it breaks."""
        for one in self._followed:
            told = one.see(at_ns, side, name, event)
            if told:
                yield one.expectation, told

    def finish(self, left_badly: bool) -> Iterator[tuple[Expectation, str]]:
        """Yield what is left undone, now that the connection is over; `left_badly` says that the client broke it."""
        for one in self._followed:
            told = one.finish(left_badly)
            if told:
                yield one.expectation, told


class _Followed:
    def __init__(self, expectation: Expectation) -> None:
        self.expectation = expectation
        self._since_ns: int | None = None
        self._is_open = not expectation.after
        self._began = not expectation.after
        self._count = 0
        self._reached = False

    def see(self, at_ns: int, side: Side, name: str, event: Mapping[str, Any]) -> str:
        told = self._judge(at_ns, name, event) if side == "client" else ""
        self._follow(at_ns, name, event)
        return told

    def _judge(self, at_ns: int, name: str, event: Mapping[str, Any]) -> str:
        one = self.expectation
        if not self._is_open or one.kind == "stays" or not _is(name, event, one.what, one.where):
            return ""
        self._count += 1
        if one.kind == "never":
            return f"the client sent `{event.get('type')}` {self._when()}"
        if one.within_ms is not None and self._since_ns is not None and at_ns - self._since_ns > one.within_ms * MS:
            took_ms = (at_ns - self._since_ns) / MS
            return f"`{event.get('type')}` came {took_ms:.0f} ms after `{one.after}`, not within {one.within_ms:.0f} ms"
        if one.most is not None and self._count == one.most + 1:
            return f"the client sent `{event.get('type')}` more than {_times(one.most)} {self._when()}"
        return ""

    def _follow(self, at_ns: int, name: str, event: Mapping[str, Any]) -> None:
        one = self.expectation
        if one.after and not self._is_open and _is(name, event, one.after, one.after_where):
            self._is_open = self._began = True
            self._since_ns = at_ns
        elif one.until and fnmatchcase(name, one.until):
            self._is_open = False
        if one.kind == "stays" and fnmatchcase(name, one.what):
            self._reached = True

    def finish(self, left_badly: bool) -> str:
        one = self.expectation
        if one.kind == "stays":
            return f"the client left before `{one.what}`" if left_badly and not self._reached else ""
        if one.kind == "sends" and self._began and self._count < one.least:
            seen = f"only {_times(self._count)}" if self._count else "not at all"
            return f"the client sent `{one.what}` {seen} {self._when()}; expected was {_times(one.least)}"
        return ""

    def _when(self) -> str:
        one = self.expectation
        after = f"after `{one.after}`" if one.after else "in this session"
        return f"{after} and before `{one.until}`" if one.until else after


def _is(name: str, event: Mapping[str, Any], pattern: str, where: Mapping[str, Any]) -> bool:
    """Tell whether an event is of a kind, with some values at some paths."""
    return fnmatchcase(name, pattern) and all(value_at(dict(event), path) == one for path, one in where.items())


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
