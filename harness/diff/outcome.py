"""Sums up a comparison: the sides, the changes in their order, and what could not be compared."""

from collections.abc import Iterable, Iterator, Mapping

from harness.diff import usage
from harness.diff.comparison import Side
from harness.diff.options import KINDS
from harness.model import Change, Session
from harness.turns.claims import Claims
from harness.turns.nodes import Tree

NAMES = ("A", "B")

Trees = tuple[Tree, Tree]


def side(session: Session, tree: Tree) -> Side:
    """Return what was compared on one side."""
    turns = tree.root.of("turn")
    responses = sum(len(turn.of("response")) for turn in turns)
    cost = usage.total_cost(tree.root, usage.model_of(tree.root))
    return Side(
        session.path, session.dialect, len(session.events), len(turns), responses, usage.totals(tree.root), cost
    )


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes by kind, each kind in the order of the left log."""
    return tuple(sorted(changes, key=lambda change: (KINDS.index(change.kind), _line(change))))


def _line(change: Change) -> int:
    place = change.left_place or change.right_place
    return place.line if place is not None else 0


def lost(left: Session, right: Session) -> Iterator[str]:
    """Yield what could not be read of two logs."""
    for name, session in zip(NAMES, (left, right), strict=True):
        if session.problems:
            first, more = session.problems[0], len(session.problems) - 1
            also = f" (and {more} more problem{'s' * (more != 1)})" if more else ""
            yield f"{name} was not read whole: line {first.place.line}: {first.message}{also}"


def aside(trees: Trees, letters: Mapping[str, str]) -> Iterator[str]:
    """Yield the events of two trees that only one dialect has; `letters` are all such, with who lacks them."""
    there = {step.letter for tree in trees for node in tree.root.walk() for step in node.steps}
    for letter in sorted(letters.keys() & there):
        yield f"`{letter.removeprefix('>')}` is not compared: {letters[letter]} has no such event"


def unmeasured(trees: Trees, claims: tuple[Claims, Claims]) -> Iterator[str]:
    """Yield what the logs do not hold."""
    cut = [name for name, one in zip(NAMES, claims, strict=True) if not one.complete]
    if cut:
        yield f"audio is not compared: it is left out or cut in {' and '.join(cut)}"
    bare = [name for name, tree in zip(NAMES, trees, strict=True) if _unstamped(tree)]
    if bare:
        yield f"timing is not compared: there are no time stamps in {' and '.join(bare)}"


def _unstamped(tree: Tree) -> bool:
    return all(event.at_ns is None for event in tree.root.events())
