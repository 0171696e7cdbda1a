"""Compares which events two nodes have, and in which order."""

from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from harness.diff.align import align
from harness.diff.fingerprint import said
from harness.diff.order import Conflict, Match
from harness.model import Change, Event, Place
from harness.turns.nodes import Node, Step


class Steps(NamedTuple):
    """The events of two nodes, side by side."""

    matches: list[Match]
    """In the order of the left log."""
    missing: list[Step]
    """Only on the left."""
    added: list[Step]
    """Only on the right."""


def match(left: Node, right: Node, aside: Collection[str]) -> Steps:
    """Return which event of a node is which of the other: of one letter, in their order.

    `aside` are letters that one of the dialects does not have.
    """
    ours, theirs = _by_letter(left, aside), _by_letter(right, aside)
    pairs = [pair for letter in {**ours, **theirs} for pair in _paired(ours.get(letter, []), theirs.get(letter, []))]
    matches = [(one, other) for one, other in pairs if one is not None and other is not None]
    missing = [one for one, other in pairs if one is not None and other is None]
    added = [other for one, other in pairs if one is None and other is not None]
    return Steps(sorted(matches, key=lambda pair: pair[0].first.seq), missing, added)


def _paired(ours: list[Step], theirs: list[Step]) -> Iterator[tuple[Step | None, Step | None]]:
    """Yield the steps of one letter side by side; those that have no partner are the least alike."""
    if len(ours) == len(theirs) or not ours or not theirs:
        yield from zip_longest(ours, theirs)
        return
    found = align([*map(said, ours)], [*map(said, theirs)], lambda i, j: 0.5, lambda side, index: (side, index))
    yield from ((ours[i], theirs[j]) for i, j in found.pairs)
    yield from ((ours[i], None) for i in found.removed)
    yield from ((None, theirs[j]) for j in found.added)


def _by_letter(node: Node, aside: Collection[str]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for step in node.steps:
        if step.letter not in aside:
            found.setdefault(step.letter, []).append(step)
    return found


def presence(left: Node, right: Node, steps: Steps, below: list[Match]) -> Iterator[Change]:
    """Yield a change for every event that only one side has; `below` are the events of what the nodes hold."""
    known = {one.letter for one, _ in steps.matches}
    pairs = [(ours.last, theirs.last) for ours, theirs in (*steps.matches, *below)]
    for step in steps.missing:
        there = near(pairs, step.first, right)
        message = f"{_name(step)} is missing{' once' * (step.letter in known)}"
        yield Change("lifecycle", left.path, step.first.type, None, step.first.place, there, message)
    for step in steps.added:
        here = near([(theirs, ours) for ours, theirs in pairs], step.first, left)
        message = f"{_name(step)} is new{', once more' * (step.letter in known)}"
        yield Change("lifecycle", left.path, None, step.first.type, here, step.first.place, message)


def _name(step: Step) -> str:
    count = len(step.events)
    return f"`{step.first.type}`" + (f" ×{count}" if count > 1 else "")


def near(pairs: Sequence[tuple[Event, Event]], event: Event, other: Node) -> Place | None:
    """Return the place on the other side after which an event like this one would stand; None in an empty log.

    `pairs` are events of its own side with theirs, `other` is the node it would belong to.
    """
    before = [(ours.seq, theirs) for ours, theirs in pairs if ours.seq < event.seq]
    if before:
        return max(before, key=lambda one: one[0])[1].place
    above = (one.place for node in other.up() for one in node.events())
    return next(above, None)


def order(path: str, conflict: Conflict) -> Change:
    """Return the change that an event comes in another order."""
    (ours, theirs), (_, partner) = conflict
    message = f"{_name(theirs)} {_way(theirs, partner)} {_name(partner)}"
    return Change("lifecycle", path, ours.first.type, theirs.first.type, ours.last.place, theirs.last.place, message)


def _way(step: Step, partner: Step) -> str:
    if step.last.seq < partner.first.seq:
        return "comes before"
    if step.first.seq > partner.last.seq:
        return "comes after"
    return "goes on after" if step.stream is not None else "comes before the end of"
