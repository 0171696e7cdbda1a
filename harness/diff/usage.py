"""Compares what two sessions used: tokens and seconds, per response and per transcription."""

from collections.abc import Iterator
from typing import NamedTuple

from harness.diff.structure import differences
from harness.diff.timing import Pairs
from harness.diff.vocabulary import NOISE
from harness.engine.paths import value_at
from harness.model import JSON, Change, Event
from harness.turns.nodes import Node

PLACES = {
    "response.done": ("response.usage", "usage"),
    "conversation.item.input_audio_transcription.completed": ("usage",),
}
"""Which events tell usage, and where; some services tell it beside the response."""


class Use(NamedTuple):
    """A difference in usage."""

    change: Change
    node: Node
    """Of the left tree."""
    given: bool
    """Whether what was given to the model differs."""
    made: bool
    """Whether what the model made differs."""


def uses(pairs: Pairs) -> Iterator[Use]:
    """Yield every response and transcription that used more or less."""
    for left, right in pairs.items():
        for step in left.steps:
            paths = PLACES.get(step.letter, ())
            theirs = next((other.first for other in right.steps if paths and other.letter == step.letter), None)
            if theirs is not None:
                for path in paths:
                    yield from _use(left, step.first, theirs, path)


def _counted(value: JSON) -> JSON:
    """Return usage without what depends on other sessions, and without zeros, which some services leave out."""
    if not isinstance(value, dict):
        return value
    counted = {key: _counted(member) for key, member in value.items() if key not in NOISE}
    return {key: member for key, member in counted.items() if member not in (None, 0, {})}


def _use(node: Node, ours: Event, theirs: Event, path: str) -> Iterator[Use]:
    here, there = _counted(value_at(ours.body, path)), _counted(value_at(theirs.body, path))
    if not here or not there or here == there:
        return
    found = differences(here, there)
    shown = ", ".join(f"{one.path} {one.left or 0} → {one.right or 0}" for one in found)
    left: JSON = {one.path: one.left or 0 for one in found}
    right: JSON = {one.path: one.right or 0 for one in found}
    parts = {one.path.partition("_")[0] for one in found}
    change = Change("usage", node.path, left, right, ours.place, theirs.place, shown)
    yield Use(change, node, "input" in parts, "output" in parts)


def totals(root: Node) -> dict[str, int]:
    """Return the tokens of all responses of a session, input and output."""
    sums: dict[str, int] = {}
    for node in root.walk():
        for step in node.steps:
            if step.letter == "response.done":
                for name in ("input_tokens", "output_tokens"):
                    count = value_at(step.first.body, f"response.usage.{name}")
                    if isinstance(count, int):
                        sums[name] = sums.get(name, 0) + count
    return sums
