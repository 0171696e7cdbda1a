"""What was in force in a session, and where each value came from: asked for, confirmed, or the default."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.engine.paths import value_at
from harness.measure.recording import Recording
from harness.model import JSON, Event, Place
from harness.turns import fold
from harness.turns.nodes import Node
from harness.turns.vocabulary import CONFIGURING

SETTINGS = {
    "type": "type",
    "model": "model",
    "modalities": "output_modalities",
    "voice": "audio.output.voice",
    "instructions": "instructions",
    "turn detection": "audio.input.turn_detection",
    "transcription": "audio.input.transcription",
    "input format": "audio.input.format",
    "output format": "audio.output.format",
    "noise reduction": "audio.input.noise_reduction",
    "speed": "audio.output.speed",
    "tools": "tools",
    "tool choice": "tool_choice",
    "temperature": "temperature",
    "max output tokens": "max_output_tokens",
    "truncation": "truncation",
    "prompt": "prompt",
}
"""What a person calls a setting, and where it is today."""

Origin: TypeAlias = Literal["default", "confirmed", "otherwise", "refused", "unconfirmed", "server"]
"""Told when the session opened; asked for and so confirmed; asked for, and another one confirmed; asked for and
refused; asked for and not answered; changed by the server without being asked."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it stands at the end of the log."""

    name: str
    path: str
    value: JSON
    """What is in force, as the server told it last; None where it is off or was not told."""
    told: bool
    """Whether the server told it at all."""
    origin: Origin
    asked: JSON
    """What the client asked for last, None when it never did."""
    places: tuple[Place, ...]
    """Where it was asked for, and where the server told it."""


@dataclass(frozen=True, slots=True)
class Update:
    """One `session.update` and what became of it."""

    place: Place
    asked: fold.Body
    """In today's form."""
    answer: Event | None
    """The `session.updated`, None when there is none."""
    refusal: Event | None
    """The `error`, None when there is none."""


@dataclass(frozen=True, slots=True)
class Told:
    """The settings of a session, told once."""

    at: Place
    body: fold.Body


def updates(recording: Recording, refusals: Mapping[int, Event]) -> list[Update]:
    """Return every request for other settings, in the order of the log; `refusals` are the errors by their cause."""
    found = []
    for node in recording.tree.root.of("configuration"):
        asked = _event(node, "request")
        if asked is not None:
            body = _settings(asked.body.get("session"))
            found.append(Update(asked.place, body, _event(node, "answer"), refusals.get(asked.seq)))
    return found


def _event(node: Node, part: str) -> Event | None:
    return next((step.first for step in node.steps if CONFIGURING.get(step.letter) == part), None)


def _settings(value: JSON) -> fold.Body:
    """Return settings in today's form; modalities as they are, since text with audio means audio today."""
    found = fold.moved(value)
    modalities = value_at(value, "modalities")
    if modalities is not None:
        found["output_modalities"] = modalities
    if "tools" in found:
        found["tools"] = list(fold.by_name(found["tools"]).values())
    return found


def told(recording: Recording) -> list[Told]:
    """Return what the server said of the settings, in the order of the log; `conversation.created` says nothing."""
    found = [
        step.first
        for node in recording.tree.root.of("configuration")
        for step in node.steps
        if CONFIGURING.get(step.letter) in ("opening", "answer") and "session" in step.first.body
    ]
    ordered = sorted(found, key=lambda one: one.seq)
    return [Told(one.place, _settings(one.body.get("session"))) for one in ordered]


def settings(recording: Recording, asked: list[Update]) -> list[Setting]:
    """Return what is in force at the end of the log, and where it comes from; `asked` are the requests for it."""
    known = told(recording)
    found = (_setting(name, path, asked, known) for name, path in SETTINGS.items())
    return [one for one in found if one is not None]


def _setting(name: str, path: str, asked: list[Update], known: list[Told]) -> Setting | None:
    """Return one setting, None where nobody speaks of it."""
    requests = [one for one in asked if _has(one.asked, path)]
    said = [one for one in known if _has(one.body, path)]
    if not requests and not said:
        return None
    value = value_at(said[-1].body, path) if said else None
    first = next((one for one in said if value_at(one.body, path) == value), None)
    request = requests[-1] if requests else None
    wanted = value_at(request.asked, path) if request is not None else None
    places = (*([request.place] if request else []), *([first.at] if first else []))
    if request is not None and request.answer is not None and said:
        places = (request.place, request.answer.place)
    return Setting(name, path, value, bool(said), _origin(path, request, value, said), wanted, places)


def _origin(path: str, request: Update | None, value: JSON, said: list[Told]) -> Origin:
    if request is None:
        return "default" if value_at(said[0].body, path) == value else "server"
    if request.answer is not None:
        return "confirmed" if covers(value_at(request.asked, path), value) else "otherwise"
    return "refused" if request.refusal is not None else "unconfirmed"


def _has(body: fold.Body, path: str) -> bool:
    parent, _, name = path.rpartition(".")
    holder = value_at(body, parent) if parent else body
    return isinstance(holder, dict) and name in holder


def covers(asked: JSON, given: JSON) -> bool:
    """Tell whether what is given is what was asked for: with more said perhaps, and lists in any order."""
    if fold.empty(asked):
        return fold.empty(given)
    if isinstance(asked, dict) and isinstance(given, dict):
        return all(covers(value, given.get(key)) for key, value in asked.items() if value is not None)
    if isinstance(asked, list) and isinstance(given, list):
        return len(asked) == len(given) and all(any(covers(one, other) for other in given) for one in asked)
    return asked == given


def differing(update: Update) -> Iterator[tuple[str, JSON, JSON]]:
    """Yield what was confirmed otherwise than it was asked for: the path, what was asked, what was given."""
    if update.answer is None:
        return
    given = _settings(update.answer.body.get("session"))
    for path in _paths(update.asked):
        wanted, got = value_at(update.asked, path), value_at(given, path)
        if not covers(wanted, got):
            yield path, wanted, got


def _paths(body: fold.Body, above: str = "") -> Iterator[str]:
    """Yield the paths of a request down to what is no object; a list of tools is one setting."""
    for key, value in body.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, dict) and value:
            yield from _paths(value, path)
        else:
            yield path
