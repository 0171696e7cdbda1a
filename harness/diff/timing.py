"""Compares how long the phases of two sessions take, and where speech lies in the audio."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from harness.diff.options import Options
from harness.diff.vocabulary import STREAM_PLACES
from harness.model import Change, Event
from harness.turns.nodes import Node, Step
from harness.turns.vocabulary import STREAMS

MS = 1_000_000
"""Nanoseconds."""

INPUT_MARKS = frozenset(
    {
        ">conversation.item.create",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
    }
)
TRANSCRIBED = frozenset(
    {
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.input_audio_transcription.failed",
    }
)
"""The end of what goes on beside the conversation, from the commit on."""

Pairs = Mapping[Node, Node]
"""For the nodes of the left tree, which node of the right one each is."""


class Mark(NamedTuple):
    """A moment that ends one phase and begins another."""

    node: Node
    name: str
    event: Event


class Phase(NamedTuple):
    """What happened between two marks."""

    start: Mark
    end: Mark

    @property
    def key(self) -> tuple[Node, str, Node, str]:
        """Return what tells one phase of a session from another."""
        return self.start.node, self.start.name, self.end.node, self.end.name

    @property
    def span_ns(self) -> tuple[int, int] | None:
        """Return when it began and ended, None where a stamp is missing or they run backwards."""
        start, end = self.start.event.at_ns, self.end.event.at_ns
        return None if start is None or end is None or end < start else (start, end)

    @property
    def ms(self) -> float:
        """Return how long it took."""
        span = self.span_ns
        return 0.0 if span is None else (span[1] - span[0]) / MS


class Shift(NamedTuple):
    """A phase that takes longer, or less long."""

    left: Phase
    right: Phase
    follows: bool
    """Whether other phases, or what is said in it, explain it."""

    @property
    def excess_ms(self) -> float:
        """Return by how much it takes longer on the right."""
        return self.right.ms - self.left.ms


def shifts(left: Node, right: Node, pairs: Pairs, options: Options, reworded: frozenset[Node]) -> list[Shift]:
    """Return the phases of two trees that differ by more than the tolerance, in the order of the left log.

    `reworded` are the nodes of the left tree in which something else is said: what is streamed takes its time.
    """
    theirs = {phase.key: phase for phase in _phases(right)}
    found = []
    for phase in _phases(left):
        start, end = pairs.get(phase.start.node), pairs.get(phase.end.node)
        if start is None or end is None:
            continue
        other = theirs.get((start, phase.start.name, end, phase.end.name))
        if other is not None and phase.span_ns and other.span_ns and options.exceeds(phase.ms, other.ms):
            found.append(Shift(phase, other, _streams(phase) and phase.end.node in reworded))
    return sorted(_explained(found, options), key=lambda shift: shift.left.start.event.seq)


def _explained(found: list[Shift], options: Options) -> Iterator[Shift]:
    """Yield the shifts, those marked that shorter ones within them account for."""
    accepted: list[Shift] = []
    for shift in sorted(found, key=lambda one: max(one.left.ms, one.right.ms)):
        within = sum(other.excess_ms for other in accepted if _overlap(shift, other))
        rest = shift.right.ms - within
        follows = shift.follows or not options.exceeds(shift.left.ms, rest)
        accepted += [] if follows else [shift]
        yield shift._replace(follows=follows)


def _overlap(one: Shift, other: Shift) -> bool:
    """Tell whether two shifts of one direction lie at the same time in the log where they are longer."""
    if (one.excess_ms > 0) != (other.excess_ms > 0):
        return False
    longer = [(shift.right if shift.excess_ms > 0 else shift.left).span_ns for shift in (one, other)]
    (start, end), (other_start, other_end) = longer[0] or (0, 0), longer[1] or (0, 0)
    return start < other_end and other_start < end


def _streams(phase: Phase) -> bool:
    return phase.start.node is phase.end.node and phase.end.name == "response.done"


def _phases(root: Node) -> Iterator[Phase]:
    """Yield the phases of a session: one after the other, then those beside."""
    chain = [mark for child in root.children for mark in _marks(child)]
    for start, end in pairwise(chain):
        yield Phase(start, end)
    for child in root.children:
        for node in child.of("input"):
            yield from _beside(node)


def _marks(branch: Node) -> Iterator[Mark]:
    """Yield the moments of a turn: what is said, then for each response when it is asked for, made and done."""
    if branch.kind == "configuration":
        yield from (Mark(branch, step.letter, step.first) for step in branch.steps)
        return
    responses = branch.of("response")
    asked = [response.asked.seq for response in responses if response.asked is not None]
    for node in branch.of("input"):
        for step in sorted(node.steps, key=lambda one: one.first.seq):
            if step.letter in INPUT_MARKS and (not asked or step.first.seq <= asked[0]):
                yield Mark(node, step.letter, step.first)
    for response in responses:
        yield from _response_marks(response)


def _response_marks(response: Node) -> Iterator[Mark]:
    asked = next((step for step in response.steps if step.first is response.asked), None)
    created, done = _step(response, "response.created"), _step(response, "response.done")
    runs = [step for node in response.walk() for step in node.steps if step.letter in STREAMS]
    first = min(runs, key=lambda step: step.first.seq, default=None)
    for name, step in (("asked", asked), ("response.created", created), ("first", first), ("response.done", done)):
        if step is not None:
            yield Mark(response, name, step.first)


def _beside(node: Node) -> Iterator[Phase]:
    committed = _step(node, "input_audio_buffer.committed")
    for part in node.of("part"):
        for step in part.steps:
            if step.letter in TRANSCRIBED and committed is not None:
                yield Phase(Mark(node, committed.letter, committed.first), Mark(part, step.letter, step.first))


def _step(node: Node, letter: str) -> Step | None:
    return next((step for step in node.steps if step.letter == letter), None)


def change_of(shift: Shift) -> Change:
    """Return a shift as a change."""
    start, end = shift.left
    first = "first " if end.name == "first" else ""
    later = "first " if start.name == "first" else ""
    before, after = round(shift.left.ms), round(shift.right.ms)
    factor = f", {shift.right.ms / shift.left.ms:.1f}×" if shift.left.ms >= 1 else ""
    took = f"{_spaced(before)} → {_spaced(after)} ms ({_spaced(after - before, '+')} ms{factor})"
    message = f"{later}{start.event.type} → {first}{end.event.type}: {took}"
    return Change("timing", end.node.path, before, after, end.event.place, shift.right.end.event.place, message)


def _spaced(number: int, sign: str = "") -> str:
    """Return a number with its thousands set apart, which no decimal point is taken for."""
    return f"{number:{sign},}".replace(",", " ")


class Spot(NamedTuple):
    """A place in the audio of the user that both sides tell."""

    node: Node
    name: str
    left: float
    right: float
    events: tuple[Event, Event]


def speech(pairs: Pairs, options: Options) -> Iterator[Change]:
    """Yield where speech begins or ends elsewhere in the audio.

    Places count from the beginning of the session: when everything from one on is shifted, that is one change. How
    much one may be shifted depends on how far it is from the one before.
    """
    shift = before = last = 0.0
    for spot in _spots(pairs):
        apart, stretch, last = spot.right - spot.left, spot.left - last, spot.left
        if not options.exceeds(stretch, stretch + apart - shift):
            shift = apart
            continue
        known, before, shift = not options.exceeds(stretch, stretch + apart - before), shift, apart
        if not known:
            ours, theirs = (event.place for event in spot.events)
            message = f"{spot.name} {round(spot.left)} → {round(spot.right)}"
            yield Change("timing", spot.node.path, spot.left, spot.right, ours, theirs, message)


def _spots(pairs: Pairs) -> Iterator[Spot]:
    for left, right in pairs.items():
        if left.kind != "input" or _is_empty(left) or _is_empty(right):
            continue
        for step in left.steps:
            partner = _step(right, step.letter)
            if partner is not None:
                ours, theirs = step.first, partner.first
                for name in sorted(STREAM_PLACES & ours.body.keys() & theirs.body.keys()):
                    here, there = ours.body[name], theirs.body[name]
                    if isinstance(here, int | float) and isinstance(there, int | float):
                        yield Spot(left, name, here, there, (ours, theirs))


def _is_empty(node: Node) -> bool:
    """Tell whether speech has no length: a mock that was sent no audio has heard none."""
    told = [step.first.body[name] for step in node.steps for name in STREAM_PLACES & step.first.body.keys()]
    return len(told) > 1 and len(set(map(str, told))) == 1
