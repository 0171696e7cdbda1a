"""Compares what two sessions used: tokens, seconds and dollars, per response and per transcription."""

from collections.abc import Iterator
from typing import NamedTuple

from harness.diff.structure import differences
from harness.diff.timing import Pairs
from harness.diff.vocabulary import NOISE
from harness.engine.paths import value_at
from harness.measure import prices
from harness.measure.amounts import OUTPUT
from harness.model import JSON, Change, Event
from harness.turns.nodes import Node
from harness.turns.vocabulary import CONFIGURING

PLACES = {
    "response.done": ("response.usage", "usage"),
    "conversation.item.input_audio_transcription.completed": ("usage",),
}
"""Which events tell usage, and where; some services tell it beside the response."""
DONE = "response.done"
"""The event whose tokens have a price; a transcription is billed by the minute, and apart."""
DIGITS = 9
"""Of an amount of dollars: a token of the cheapest kind is 0.00000006."""
Models = tuple[str, str]
"""The model of each side, empty where its log does not tell."""


class Use(NamedTuple):
    """A difference in usage."""

    change: Change
    node: Node
    """Of the left tree."""
    given: bool
    """Whether what was given to the model differs."""
    made: bool
    """Whether what the model made differs."""


def uses(pairs: Pairs, models: Models) -> Iterator[Use]:
    """Yield every response and transcription that used more or less."""
    for left, right in pairs.items():
        for step in left.steps:
            paths = PLACES.get(step.letter, ())
            theirs = next((other.first for other in right.steps if paths and other.letter == step.letter), None)
            if theirs is not None:
                for path in paths:
                    yield from _use(left, step.first, theirs, path, models)


def _counted(value: JSON) -> JSON:
    """Return usage without what depends on other sessions, and without zeros, which some services leave out."""
    if not isinstance(value, dict):
        return value
    counted = {key: _counted(member) for key, member in value.items() if key not in NOISE}
    return {key: member for key, member in counted.items() if member not in (None, 0, {})}


def _use(node: Node, ours: Event, theirs: Event, path: str, models: Models) -> Iterator[Use]:
    told = [value_at(event.body, path) for event in (ours, theirs)]
    here, there = map(_counted, told)
    if not here or not there or here == there:
        return
    found = differences(here, there)
    shown = ", ".join(f"{one.path} {one.left or 0} → {one.right or 0}" for one in found)
    left: dict[str, JSON] = {one.path: one.left or 0 for one in found}
    right: dict[str, JSON] = {one.path: one.right or 0 for one in found}
    parts = {one.path.partition("_")[0] for one in found}
    before, after = (cost_of(one, model) for one, model in zip(told, models, strict=True))
    if before is not None and after is not None and before != after:
        left, right = left | {"cost_usd": before}, right | {"cost_usd": after}
        shown += f", {_cost(before, after)}"
    change = Change("usage", node.path, left, right, ours.place, theirs.place, shown)
    yield Use(change, node, "input" in parts, "output" in parts)


def totals(root: Node) -> dict[str, int]:
    """Return the tokens of all responses of a session, input and output."""
    sums: dict[str, int] = {}
    for usage in _told(root):
        for name in ("input_tokens", "output_tokens"):
            count = value_at(usage, name)
            if isinstance(count, int):
                sums[name] = sums.get(name, 0) + count
    return sums


def repriced(left: Node, right: Node, models: Models) -> Iterator[Change]:
    """Yield that a session costs more or less because it is another model's."""
    before, after = (total_cost(root, model) for root, model in zip((left, right), models, strict=True))
    if models[0] != models[1] and before is not None and after is not None and before != after:
        yield Change("usage", left.path, before, after, left.place, right.place, _cost(before, after))


def _cost(before: float, after: float) -> str:
    return f"cost {dollars(before)} → {dollars(after)}"


def total_cost(root: Node, model: str) -> float | None:
    """Return what the tokens of all responses cost in dollars, None where that is not known of all."""
    costs = [cost_of(usage, model) for usage in _told(root)]
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), DIGITS) if known and len(known) == len(costs) else None


def _told(root: Node) -> Iterator[JSON]:
    """Yield the usage of each response that tells some."""
    for node in root.walk():
        for step in node.steps:
            if step.letter == DONE:
                told = (value_at(step.first.body, path) for path in PLACES[DONE])
                yield from [usage for usage in told if usage is not None][:1]


def model_of(root: Node) -> str:
    """Return the model as the server told it last, empty when it did not."""
    told = [
        (step.first.seq, model)
        for node in root.walk()
        for step in node.steps
        if CONFIGURING.get(step.letter) in ("opening", "answer")
        and isinstance(model := value_at(step.first.body, "session.model"), str)
    ]
    return max(told, default=(0, ""))[1]


def cost_of(usage: JSON, model: str) -> float | None:
    """Return what a response's tokens cost in dollars at the shipped list prices, None where that is not known."""
    counts, known = prices.tokens(usage), prices.shipped().of(model)
    if isinstance(counts, str) or known is None:
        return None
    if any(counts.values()) and not any(counts[name] for name in counts.keys() - OUTPUT):
        return None  # nothing is made of nothing: the input was not counted
    cost = prices.cost(counts, known)
    return round(cost, DIGITS) if isinstance(cost, float) else None


def dollars(cost: float) -> str:
    """Return an amount: to the millionth below a cent, which many a response costs."""
    return f"${cost:.2f}" if cost >= 10 else f"${cost:.6f}" if cost < 0.01 else f"${cost:.4f}"
