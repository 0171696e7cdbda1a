"""Gives the children of a tree's root keys: those with equal keys are the same, ids and chunks set aside."""

from collections.abc import Iterator, Mapping

from harness.diff.structure import canonical
from harness.diff.vocabulary import STREAM_PLACES
from harness.model import JSON
from harness.turns.fold import empty
from harness.turns.nodes import Node, Step, Tree
from harness.turns.vocabulary import IDENTITY, VOLATILE

APART = VOLATILE | STREAM_PLACES | {"usage"}
"""What is compared by itself, for all children whether equal or not."""
OWN_ID = "event_id"
NAMING = ("response_id", "item_id", "content_index")
"""What the pieces of one value share."""


def fingerprints(tree: Tree) -> list[int]:
    """Return a key for each child of the root."""
    ids = _Ids()
    return [_fingerprint(child, ids) for child in tree.root.children]


def said(step: Step) -> bytes:
    """Return what an event says, or many with their pieces, ids set aside."""
    if step.stream is not None:
        return "".join(step.pieces()).encode(errors="replace")
    return canonical(_plain(step.first.body, None))


class _Ids:
    """Names ids by first use: how many turns back, and as which one of that turn."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}
        self._turn = self._count = 0

    def open(self, node: Node) -> None:
        """Begin another child; only turns count."""
        self._turn += node.kind == "turn"
        self._count = 0

    def token(self, key: str, value: JSON) -> JSON:
        """Return what stands for an id; the event's own is only there or not."""
        if not isinstance(value, str):
            return value
        if key == OWN_ID:
            return True
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = self._turn, self._count
            self._count += 1
        return [self._turn - found[0], found[1]]


def _fingerprint(branch: Node, ids: _Ids) -> int:
    ids.open(branch)
    told = [(step.letter, canonical(_plain(step.first.body, ids))) for step in branch.log]
    runs = [run for node in branch.walk() for run in _runs(node)]
    return hash((branch.kind, tuple(told), tuple(runs)))


def _runs(node: Node) -> Iterator[tuple[object, ...]]:
    """Yield what is streamed in a node, between which of its events, and how its pieces are named."""
    seqs = [step.first.seq for step in node.steps if step.stream is None]
    for step in node.steps:
        if step.stream is not None:
            before = [sum(seq < event.seq for seq in seqs) for event in (step.first, step.last)]
            named = {tuple([str(event.body.get(name)) for name in NAMING]) for event in step.events}
            whole = all(event.body.get(OWN_ID) for event in step.events)
            yield step.letter, "".join(step.pieces()), *before, len(named), whole


def _plain(value: Mapping[str, JSON], ids: _Ids | None) -> dict[str, JSON]:
    """Return an object without what differs from run to run."""
    return {
        key: ids.token(key, member) if ids is not None and key in IDENTITY else _inner(member, ids)
        for key, member in value.items()
        if key not in APART and not empty(member) and (ids is not None or key not in IDENTITY)
    }


def _inner(value: JSON, ids: _Ids | None) -> JSON:
    if value.__class__ is dict:
        return _plain(value, ids)
    if value.__class__ is list:
        return [_inner(member, ids) for member in value]
    return value
