"""What a mutation operator is, and what it makes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from harness.model import JSON, Event, Subject

if TYPE_CHECKING:
    from benchmarks.mutation.logs import Log

SERVER: frozenset[Subject] = frozenset(("server",))
CLIENT: frozenset[Subject] = frozenset(("client",))
EITHER: frozenset[Subject] = frozenset(("client", "server"))
"""A client's event that is missing or out of place shows only in what the server did without it."""
RECORDER: frozenset[Subject] = frozenset(("recorder",))
LOST: frozenset[Subject] = frozenset(("server", "recorder"))
"""Nothing in a log tells an event the server did not send from one the recorder lost."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A damaged session."""

    events: tuple[Event, ...]
    exact: frozenset[int]
    """The indices, in the damaged session, that are right to point at."""
    note: str
    """What was changed, for a person."""
    fair: frozenset[int] = frozenset()
    """Further indices to point at that are as good: what depends on the damage, next to it on either side."""
    equivalent: str = ""
    """The class of equivalence, empty when the damage must be found."""
    missing: str = ""
    """The event type that is missing where `gap` is; the first finding should name it."""
    subjects: frozenset[Subject] = SERVER
    """Whose fault the first finding may say it is."""
    text: bytes = b""
    """The damaged log itself, where the damage is one of the text and not of the events."""


Edit: TypeAlias = "Callable[[Log, int], Draft | None]"
"""Damages a session at one position; None where it is not applicable."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One way to damage a session."""

    name: str
    edit: Edit
    table: bool = False
    """Whether it is in the main table; else it is one of the further operators."""


Body: TypeAlias = dict[str, JSON]
Path: TypeAlias = tuple[str | int, ...]


def replaced(log: "Log", at: int, body: Body, **changes: object) -> tuple[Event, ...]:
    """Return the events with one body replaced, and what else of that event is named."""
    kind = body.get("type")
    event = log.events[at]._replace(body=body, type=kind if isinstance(kind, str) else "?")
    return (*log.events[:at], event._replace(**changes), *log.events[at + 1 :])  # type: ignore[arg-type]


def put(body: JSON, path: Path, value: JSON) -> JSON:
    """Return a copy of `body` with another value at `path`; what is not on the way is shared."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(body, list) and isinstance(step, int):
        return [*body[:step], put(body[step], rest, value), *body[step + 1 :]]
    assert isinstance(body, dict) and isinstance(step, str)
    return {**body, step: put(body.get(step), rest, value)}


def without(body: JSON, path: Path) -> JSON:
    """Return a copy of `body` that lacks the field at `path`."""
    step, rest = path[0], path[1:]
    if isinstance(body, list) and isinstance(step, int):
        return [*body[:step], without(body[step], rest), *body[step + 1 :]]
    assert isinstance(body, dict) and isinstance(step, str)
    if not rest:
        return {name: value for name, value in body.items() if name != step}
    return {**body, step: without(body[step], rest)}


def at_path(body: JSON, path: Path) -> JSON:
    """Return the value at `path`, None where there is none."""
    for step in path:
        if isinstance(body, dict) and isinstance(step, str):
            body = body.get(step)
        elif isinstance(body, list) and isinstance(step, int) and step < len(body):
            body = body[step]
        else:
            return None
    return body


def fields(body: JSON, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every field of an event, nested ones included, `type` of the event itself left out."""
    if isinstance(body, dict):
        for name, value in body.items():
            if path or name != "type":
                yield (*path, name)
            yield from fields(value, (*path, name))
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from fields(value, (*path, index))


def pick(choices: Iterable[Path], *seed: object) -> Path | None:
    """Return one of `choices`, always the same one for the same seed."""
    listed = list(choices)
    return listed[crc32(repr(seed).encode()) % len(listed)] if listed else None


def pointer(path: Path) -> str:
    """Return a path as people write it."""
    return "/" + "/".join(map(str, path))


@dataclass(frozen=True, slots=True)
class Change:
    """An operator that changes one body: `change(log, at)` returns the new body with a note and a class."""

    change: "Callable[[Log, int], tuple[Body, str, str] | None]"
    sides: frozenset[str] = frozenset(("server",))
    subjects: Mapping[str, frozenset[Subject]] = field(
        default_factory=lambda: {"server": SERVER, "client": CLIENT, "unknown": RECORDER}
    )

    def __call__(self, log: "Log", at: int) -> Draft | None:
        """Return the session with the changed body."""
        event = log.events[at]
        if event.side not in self.sides:
            return None
        made = self.change(log, at)
        if made is None or (made[0] == event.body and repr(made[0]) == repr(event.body)):
            return None
        body, note, equivalent = made
        subjects = self.subjects[event.side]
        return Draft(replaced(log, at, body), frozenset((at,)), note, equivalent=equivalent, subjects=subjects)
