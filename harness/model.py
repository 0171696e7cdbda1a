"""The words of the project: what flows between the layers. Records only, no behaviour.

The four records made once per log line are named tuples: building one costs a quarter of building a
frozen dataclass, and a check builds three per event. The others are frozen, slotted dataclasses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None
"""A JSON value as `orjson` gives it."""

Side: TypeAlias = Literal["client", "server", "system", "unknown"]
"""Who sent an entry. `system` is the recorder itself ("Connection established")."""

Severity: TypeAlias = Literal["error", "warning", "note"]
Subject: TypeAlias = Literal["client", "server", "recorder", "harness"]
"""Whose fault a finding is. `recorder`: the log is damaged. `harness`: we sent something wrong, our bug."""

Layer: TypeAlias = Literal["documented", "schema", "observed", "house"]
"""What a rule rests on: the prose says must; a schema; seen on the wire; our advice."""

Verdict: TypeAlias = Literal["clean", "notes", "warnings", "errors"]
"""The highest severity among a report's findings."""


class Place(NamedTuple):
    """Where something stands in a log."""

    path: str
    """The file as the user named it; `-` is standard input, `` is text given in memory."""
    line: int
    """From 1."""
    column: int
    """From 1."""


class Repair(NamedTuple):
    """One guess a reader made to make sense of a damaged log."""

    place: Place
    kind: str
    """A kebab-case name, such as `indentation-rebuilt`, `empty-string-is-null`, `cut-off`."""
    before: str
    after: str
    confidence: float
    """1.0 when only one reading is possible, less when the text is truly ambiguous."""


class Problem(NamedTuple):
    """Something in a log that could not be read. Reading goes on behind it; it becomes a `LOG` finding."""

    code: str
    """The `LOG` rule it falls under, such as `LOG102`."""
    place: Place
    message: str
    hint: str


class Entry(NamedTuple):
    """One entry of a log: an event, or a note of the recorder."""

    place: Place
    at_ns: int | None
    """Unix nanoseconds, None where the log has no stamp."""
    side: Side
    label: str
    """What the log calls it, such as `Sending message`."""
    content: JSON
    """The event, an object with a `type`; None for a note of the recorder."""
    repairs: tuple[Repair, ...] = ()
    stamp: str = ""
    """The stamp as it is written, with its digits and its zone."""


class Event(NamedTuple):
    """An entry that carries an event of the protocol."""

    seq: int
    """The number of its entry in the log, from 0."""
    place: Place
    at_ns: int | None
    side: Side
    type: str
    body: dict[str, JSON]
    """The whole event, `type` included."""


@dataclass(frozen=True, slots=True)
class Session:
    """A recorded session, read whole."""

    path: str
    dialect: str
    """The name of a dialect in `harness.protocol.dialects`."""
    entries: tuple[Entry, ...]
    events: tuple[Event, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """Return every guess the reader made, in the order of the log."""
        return tuple(repair for entry in self.entries for repair in entry.repairs)


@dataclass(frozen=True, slots=True)
class Witness:
    """Another event that makes the case of a finding."""

    seq: int
    place: Place
    type: str
    role: str
    """What it shows: `opened here`, `diverges here`, `answered here`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing, with its place."""

    code: str
    name: str
    """The defect in kebab-case; reads well after "allow"."""
    severity: Severity
    subject: Subject
    layer: Layer
    seq: int | None
    """The entry it points at, from 0; None when it is about the whole log."""
    place: Place
    message: str
    """What was seen, and what was expected instead."""
    why: str = ""
    """Which earlier event makes it so."""
    hint: str = ""
    """What to do."""
    expected: tuple[str, ...] = ()
    """The event types, or the values, that would have been right here."""
    witnesses: tuple[Witness, ...] = ()
    pointer: str = ""
    """JSON pointer into the event (RFC 6901), empty for the whole event."""
    evidence: Mapping[str, JSON] = field(default_factory=dict)
    """Facts behind it, for programs: ids, sums, lengths."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found out about one session."""

    path: str
    dialect: str
    findings: tuple[Finding, ...]
    verdict: Verdict
    exercised: tuple[str, ...]
    """The codes of the rules that had something to judge."""
    not_exercised: Mapping[str, str]
    """The codes of the rules that had not, each with the reason. Never to be read as passed."""
    entries: int = 0
    events: int = 0
    repairs: tuple[Repair, ...] = ()
    statistics: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two sessions."""

    kind: Literal["configuration", "lifecycle", "content", "timing", "usage"]
    path: str
    """Where in the session, such as `turn 1 / response 1 / item 1 / text`."""
    left: JSON
    right: JSON
    left_place: Place | None = None
    right_place: Place | None = None
    message: str = ""
    """The change in one line for a person."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The manual of one rule: what it finds, why that matters, what it rests on and what to do."""

    code: str
    """Family letters and three digits; never reused."""
    name: str
    """The defect in kebab-case; reads well after "allow"."""
    severity: Severity
    subject: Subject
    layer: Layer
    what: str
    """What is found, in a sentence."""
    why: str
    """Why it matters."""
    source: str
    """Where the protocol says so, or how often it was seen."""
    do: str
    """What to do about it."""
