"""What a protocol declares for the engine: scopes, links, facts, refusals. Data only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.engine.grammar import Expression
from harness.model import Rule, Severity


@dataclass(frozen=True, slots=True)
class Scope:
    """A thing with a life of its own, such as one response: which events it has, and in which order."""

    name: str
    """In words, as a message names it."""
    rule: Rule
    """Broken when its events come in another order."""
    key: tuple[str, ...]
    """The attributes that tell one instance from another."""
    pattern: Expression
    within: str | None = None
    """The scope that must be alive when this one opens, and cannot close before it."""
    binds: tuple[str, ...] = ()
    """Attributes that are fixed when first seen and repeated by every later event of the instance."""
    lenient: Mapping[str, Severity] = field(default_factory=dict)
    """Letters whose order is only observed: a violation at one of them has this severity instead."""
    unfinished: Rule | None = None
    """What it means that the log ends while an instance is open; None where that is legal."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that makes an effect happen."""

    letter: str
    key: tuple[str, ...] = ()
    """Attributes that the effect repeats, where the cause carries them."""
    when: str = ""
    """The name of a condition on the conversation; the cause counts only while it holds."""
    expects: bool = True
    """Whether the effect must come; else it only may."""
    consumed: bool = True
    """Whether one cause has one effect; else it goes on causing."""
    in_turn: bool = True
    """Whether a request has its answer before those of later ones."""


@dataclass(frozen=True, slots=True)
class Link:
    """An effect and the causes that it may have: one declaration for "who asked?" and "where is the answer?"."""

    effect: str
    causes: tuple[Cause, ...]
    unasked: Rule | None = None
    """Broken when the effect comes without any of its causes."""
    unanswered: Rule | None = None
    """Broken when a cause that expects it stays without effect."""
    before: tuple[str, ...] = ()
    """Events by which the effect must have come."""
    exempt: tuple[str, ...] = ()
    """The variants of the effect that need no cause."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands in an event."""

    letter: str
    path: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that several events repeat and that must be the same in all of them."""

    name: str
    """In words, as a message names it."""
    rule: Rule
    key: tuple[str, ...]
    sources: tuple[Source, ...]
    """The first is the event that ends the pieces, where there are any."""
    pieces: Source | None = None
    """The events whose pieces, joined, make the same value."""
    settle: str = ""
    """The letter after which nothing more is said about it."""
    owner: str = ""
    """The attribute that the settling event shares with the events that told the fact."""
    same: str = "exact"
    """How two values compare: `exact`, or `trimmed`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event by which the other side refuses a request."""

    letter: str
    names: str
    """The path of the refused event's own id; often null on the wire."""
    code: str
    """The path of the code."""
    parameter: str
    """The path of the name of the parameter at fault."""
    by_code: Mapping[str, str]
    """For each code, the letter of the request that draws it."""
    by_parameter: Mapping[str, str]
    """For each prefix of a parameter's path, the letter of the request that has it."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything the engine knows about a protocol."""

    attributes: Mapping[str, tuple[str, ...]]
    """For each attribute, the plain paths at which an event may carry it, the usual one first."""
    variants: Mapping[str, str]
    """Letters that stand for several: the path of the value that tells them apart, as in `added/message`."""
    scopes: tuple[Scope, ...]
    links: tuple[Link, ...]
    facts: tuple[Fact, ...]
    identity: Rule
    """Broken when an event names another thing than the one it belongs to."""
    refusal: Refusal | None = None
    first: tuple[str, ...] = ()
    """The letters with which the server opens a connection; a log that starts otherwise starts mid-way."""
