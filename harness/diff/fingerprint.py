"""Gives the children of a tree's root keys: those with equal keys are the same, ids and chunks set aside."""

from collections.abc import Iterator, Mapping

import orjson

from harness.diff.fold import empty
from harness.diff.nodes import Node, Step, Tree
from harness.diff.vocabulary import IDENTITY, STREAM_PLACES, VOLATILE
from harness.model import JSON

APART = VOLATILE | STREAM_PLACES | {"event_id", "usage"}
"""What is compared by itself, for all children whether equal or not."""


def fingerprints(tree: Tree) -> list[int]:
    """Return a key for each child of the root."""
    ids = _Ids()
    return [_fingerprint(child, ids) for child in tree.root.children]


def said(step: Step) -> bytes:
    """Return what an event says, or many with their pieces, ids set aside."""
    if step.stream is not None:
        return "".join(step.pieces()).encode(errors="replace")
    return orjson.dumps(_plain(step.first.body, None), option=orjson.OPT_SORT_KEYS)


class _Ids:
    """Names ids by first use: how many turns back, and as which one of that turn."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, int]] = {}
        self._turn = self._count = 0

    def open(self, node: Node) -> None:
        """Begin another child; only turns count."""
        self._turn += node.kind == "turn"
        self._count = 0

    def token(self, value: JSON) -> JSON:
        """Return what stands for an id."""
        if not isinstance(value, str):
            return value
        found = self._known.get(value)
        if found is None:
            found = self._known[value] = self._turn, self._count
            self._count += 1
        return [self._turn - found[0], found[1]]


def _fingerprint(branch: Node, ids: _Ids) -> int:
    ids.open(branch)
    told = [
        (step.letter, orjson.dumps(_plain(step.first.body, ids), option=orjson.OPT_SORT_KEYS)) for step in branch.log
    ]
    runs = [run for node in branch.walk() for run in _runs(node)]
    return hash((branch.kind, tuple(told), tuple(runs)))


def _runs(node: Node) -> Iterator[tuple[str, str, int, int]]:
    """Yield what is streamed in a node, and between which of its events."""
    seqs = [step.first.seq for step in node.steps if step.stream is None]
    for step in node.steps:
        if step.stream is not None:
            began, ended = step.first.seq, step.last.seq
            yield (
                step.letter,
                "".join(step.pieces()),
                sum(seq < began for seq in seqs),
                sum(seq < ended for seq in seqs),
            )


def _plain(value: Mapping[str, JSON], ids: _Ids | None) -> dict[str, JSON]:
    """Return an object without what differs from run to run."""
    return {
        key: ids.token(member) if ids is not None and key in IDENTITY else _inner(member, ids)
        for key, member in value.items()
        if key not in APART and not empty(member) and (ids is not None or key not in IDENTITY)
    }


def _inner(value: JSON, ids: _Ids | None) -> JSON:
    if value.__class__ is dict:
        return _plain(value, ids)
    if value.__class__ is list:
        return [_inner(member, ids) for member in value]
    return value
