"""Compares what two sessions used: tokens and seconds, per response and per transcription."""

from collections.abc import Iterator
from typing import NamedTuple

from harness.diff.nodes import Node
from harness.diff.structure import Difference, differences
from harness.diff.timing import Pairs
from harness.diff.vocabulary import NOISE
from harness.engine.paths import value_at
from harness.model import JSON, Change, Event

PLACES = {
    "response.done": "response.usage",
    "conversation.item.input_audio_transcription.completed": "usage",
}
"""Which events tell usage, and where."""


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
        for ours in left.steps:
            path = PLACES.get(ours.letter)
            theirs = next((step for step in right.steps if step.letter == ours.letter), None) if path else None
            if path is not None and theirs is not None:
                here, there = _used(ours.first, path), _used(theirs.first, path)
                if here and there and here != there:
                    yield _use(left, ours.first, theirs.first, differences(here, there))


def _used(event: Event, path: str) -> JSON:
    return _counted(value_at(event.body, path))


def _counted(value: JSON) -> JSON:
    """Return usage without what depends on other sessions, and without zeros, which some services leave out."""
    if not isinstance(value, dict):
        return value
    counted = {key: _counted(member) for key, member in value.items() if key not in NOISE}
    return {key: member for key, member in counted.items() if member not in (None, 0, {})}


def _use(node: Node, here: Event, there: Event, found: list[Difference]) -> Use:
    shown = ", ".join(f"{one.path} {one.left or 0} → {one.right or 0}" for one in found)
    left: JSON = {one.path: one.left or 0 for one in found}
    right: JSON = {one.path: one.right or 0 for one in found}
    parts = {one.path.partition("_")[0] for one in found}
    change = Change("usage", node.path, left, right, here.place, there.place, shown)
    return Use(change, node, "input" in parts, "output" in parts)


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
