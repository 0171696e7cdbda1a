"""Compares what things name: which call a result answers, and after which item an item is put."""

from collections.abc import Iterator, Mapping

from harness.diff.values import Partners
from harness.model import Change
from harness.turns.nodes import Node, Value

NAMES = ("answers", "after")


class References:
    """Tells whether references of two trees name the same."""

    def __init__(self, pairs: Mapping[Node, Node], partners: Partners, moved: set[Node]) -> None:
        """`pairs` are the nodes that belong together, `partners` their events, `moved` the left nodes out of order."""
        self._right, self._partners, self._moved = pairs, partners, moved
        self._left = {right: left for left, right in pairs.items()}

    def changes(self) -> Iterator[tuple[Node, Change]]:
        """Yield the left nodes that name other things than before, with the change."""
        for left, right in self._right.items():
            for name in NAMES:
                change = self._change(name, left, right)
                if change is not None:
                    yield left, change

    def _change(self, name: str, left: Node, right: Node) -> Change | None:
        theirs = right.claims.get(name, {})
        for step, claim in left.claims.get(name, {}).items():
            partner = self._partners.right.get(step)
            other = theirs.get(partner) if partner is not None else None
            if other is not None and not self._agree(left, claim.value, other.value):
                here, there = _called(claim.value), _called(other.value)
                path, message = f"{left.path} / {name}", f"{name} {here} → {there}"
                return Change("content", path, here, there, step.first.place, other.event.place, message)
        return None

    def _agree(self, node: Node, ours: Value, theirs: Value) -> bool:
        """Tell whether two references name the same; of what came, went or moved that is told already."""
        if not isinstance(ours, Node) or not isinstance(theirs, Node):
            return isinstance(ours, Node) == isinstance(theirs, Node) and ours == theirs
        partner, origin = self._right.get(ours), self._left.get(theirs)
        if partner is theirs or partner is None or origin is None:
            return True
        return any(above in self._moved for one in (node, ours, origin) for above in one.up())


def _called(value: Value) -> str:
    return value.path if isinstance(value, Node) else "something unknown"
