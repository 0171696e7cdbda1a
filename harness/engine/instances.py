"""The things that live in a session: instances of scopes, and the tracks that hold them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.engine.declarations import Scope
from harness.engine.grammar import Automaton
from harness.engine.violation import Mark, Violation
from harness.model import JSON

Key = tuple[JSON, ...]

TOMBSTONES = 4096
"""How many instances of a scope are remembered: far more than a conversation's context holds."""


class Assumption(NamedTuple):
    """An event that was taken as having happened although none came."""

    case: Violation | None
    """The case that says so; None where an earlier one explains it."""
    caused: bool
    """Whether something was waiting for it."""
    opening: str
    """Whether the instance was opened by it, for an event of its `own` or of a `child`; else empty."""
    steps: int
    """How many events the instance had taken before."""


class Doubt(NamedTuple):
    """An event's other value of an attribute; when a second event says the same, the opening may have been wrong."""

    value: JSON
    case: Violation
    taken: int
    """How many events the instance had taken before."""


class Turn(NamedTuple):
    """The last event after which something was over: what comes behind it may show that it came too early."""

    mark: Mark
    letter: str
    before: int
    """The state in which it came."""


@dataclass(slots=True, eq=False)
class Instance:
    """One thing that lives: one response, one content part."""

    scope: "Track"
    key: Key
    opened: Mark
    state: int = 0
    bound: dict[str, JSON] = field(default_factory=dict)
    parent: "Instance | None" = None
    children: list["Instance"] = field(default_factory=list)
    seen: dict[str, Mark] = field(default_factory=dict)
    assumed: dict[str, Assumption] = field(default_factory=dict)
    """Letters, without variant, that were taken as read."""
    wild: bool = False
    """Its opening was damaged: any order is taken."""
    partial: bool = False
    """It was open already when the log started: what it said before is not known."""
    turn: Turn | None = None
    closing: Violation | None = None
    """The case that says that it, or what holds it, was closed too early."""
    overrun: Violation | None = None
    """The case of the first event that came after its end."""
    doubts: dict[str, "Doubt"] = field(default_factory=dict)
    """Attributes in which an event differed."""
    taken: int = 0
    """How many events it has taken."""
    steps: int = 0
    """How many events it and what it holds have taken since something was assumed."""
    last: Mark | None = None
    closed: bool = False

    @property
    def attributes(self) -> dict[str, JSON]:
        """Return what is known of its identity."""
        return {**self.bound, **dict(zip(self.scope.declared.key, self.key, strict=True))}

    def name(self) -> str:
        """Return it in words, as a message names it."""
        return f"{self.scope.declared.name} {' / '.join(map(str, self.key))}".strip()

    def open_descendants(self) -> Iterator["Instance"]:
        """Yield the instances below it that are not complete, the innermost first."""
        for child in self.children:
            yield from child.open_descendants()
            if not child.closed and not child.wild and child.state not in child.scope.automaton.accepting:
                yield child

    def count_step(self) -> None:
        """Count an event for it and for what holds it."""
        one: Instance | None = self
        while one is not None:
            one.steps += 1
            one = one.parent

    def bury(self) -> None:
        """Close it with all that it holds, but for what is complete and may go on: that outlives it."""
        for child in self.children:
            automaton = child.scope.automaton
            child.closed = not (child.state in automaton.accepting and automaton.table[child.state])
            child.children.clear()
        self.closed = True

    def would_have_taken(self, letter: str) -> bool:
        """Tell whether an event would have been right before the turn, or before what holds it was closed."""
        automaton = self.scope.automaton
        if self.closing is not None and not automaton.table[self.state]:
            return True
        states = {self.state} if self.closed else set()
        if self.turn is not None:
            states.add(self.turn.before)
        return any(automaton.bridge(state, letter, 1) is not None for state in states)


@dataclass(slots=True, eq=False)
class Track:
    """A declared scope with its automaton and its instances."""

    declared: Scope
    automaton: Automaton
    parent: "Track | None"
    alphabet: frozenset[str]
    """Its letters without their variants."""
    instances: dict[Key, Instance] = field(default_factory=dict)
    judged: int = 0
    opened: int = 0
    """How many instances were opened by an event; none yet means the log may have started inside one."""
    forgot: bool = False
    """Whether old instances were dropped: an unknown one may then be one of them."""

    def key(self, attributes: dict[str, JSON]) -> Key:
        """Return the key that attributes make."""
        return tuple([attributes.get(name) for name in self.declared.key])

    def live(self) -> Iterator[Instance]:
        """Yield the instances that are open."""
        return (instance for instance in self.instances.values() if not instance.closed)

    def bear(self, attributes: dict[str, JSON], mark: Mark, parent: Instance | None) -> Instance:
        """Return a new instance."""
        key = self.key(attributes)
        instance = Instance(self, key, mark, parent=parent)
        instance.bound = {n: attributes[n] for n in self.declared.binds if attributes.get(n) is not None}
        if len(self.instances) > TOMBSTONES:
            self._forget()
        self.instances[key] = instance
        if parent is not None:
            parent.children.append(instance)
        return instance

    def _forget(self) -> None:
        """Drop the oldest instances that may be complete, so that an endless session stays small."""
        accepting = self.automaton.accepting
        old = [key for key, one in self.instances.items() if one.closed or one.state in accepting]
        for key in old[: TOMBSTONES // 2]:
            del self.instances[key]
        self.forgot = True
