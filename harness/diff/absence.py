"""Tells of whole nodes that only one session has, that stand elsewhere, or in the place of others."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from harness.diff.align import Alignment
from harness.diff.lifecycle import near
from harness.diff.values import Partners
from harness.model import Change, Place
from harness.turns.nodes import Node, Step

Gist = Callable[[Node], str]
"""What a node is about, in a few words."""


class Absence(NamedTuple):
    """A change that is about a whole node."""

    node: Node
    """Of the left tree: the node, or what would hold it."""
    change: Change


def absences(left: Node, right: Node, alignment: Alignment, partners: Partners, gist: Gist) -> Iterator[Absence]:
    """Yield a change for every child of two nodes that has no partner in order."""
    ours, theirs = left.children, right.children
    ends = [(ours[i].last(), theirs[j].last()) for i, j in alignment.pairs] if _any(alignment) else []
    pairs = [(a, b) for a, b in ends if a is not None and b is not None]
    for i in alignment.removed:
        node = ours[i]
        if _is_told_by_lost(node, partners.right):
            continue
        first = node.first()
        there = near(pairs, first, right) if first is not None else where(right)
        message = f"{node.kind} is missing: {_told(node, gist)}"
        yield Absence(node, Change("lifecycle", node.path, gist(node), None, where(node), there, message))
    for j in alignment.added:
        node = theirs[j]
        if _is_told_by_lost(node, partners.left):
            continue
        first = node.first()
        here = near([(b, a) for a, b in pairs], first, left) if first is not None else where(left)
        message = f"{node.kind} is new: {_told(node, gist)}"
        path = f"{left.path} / {node.segment}" if left.parent is not None else node.path
        yield Absence(left, Change("lifecycle", path, None, gist(node), here, where(node), message))
    for i, j in alignment.replaced:
        yield Absence(ours[i], _two(ours[i], theirs[j], "is another", gist))
    for i, j in alignment.moved:
        yield Absence(ours[i], _two(ours[i], theirs[j], f"is now {theirs[j].path}", gist))


def _is_told_by_lost(node: Node, partners: Mapping[Step, Step]) -> bool:
    """Tell whether a node is known only from events that the other side lacks: their absence is told by itself."""
    inside = list(node.walk())
    tellers = {step for inner in inside for claims in inner.claims.values() for step in claims}
    return not any(inner.steps for inner in inside) and not tellers & partners.keys()


def _any(alignment: Alignment) -> bool:
    return bool(alignment.removed or alignment.added)


def _told(node: Node, gist: Gist) -> str:
    count = sum(len(step.events) for inner in node.walk() for step in inner.steps)
    counted = f" ({count} event{'s' * (count != 1)})" if count else ""
    return f"{gist(node) or 'nothing is said in it'}{counted}"


def where(node: Node) -> Place | None:
    """Return where a node begins; where no event is its own, that of what holds it: a part told with its item."""
    return next((place for above in node.up() if (place := above.place) is not None), None)


def _two(left: Node, right: Node, how: str, gist: Gist) -> Change:
    ours, theirs = gist(left), gist(right)
    told = ours if ours == theirs else f"{ours or 'nothing said'} → {theirs or 'nothing said'}"
    return Change("lifecycle", left.path, ours, theirs, where(left), where(right), f"{left.kind} {how}: {told}")
