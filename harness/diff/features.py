"""Tells how much two nodes resemble each other, and sums one up in a few words."""

import re

from harness.diff.structure import compact
from harness.diff.vocabulary import WORDS
from harness.turns.nodes import Node

WORD = re.compile(r"\w+")
TOLD = WORDS | {"arguments", "output"}
RELATED = 0.2
"""The share of common words below which two turns of different shapes have nothing to do with each other."""
LONGEST = 48
"""Characters of a quotation; a line has room for two."""


class Features:
    """What nodes are made of, remembered for one comparison."""

    def __init__(self) -> None:
        self._shapes: dict[Node, frozenset[tuple[str, str]]] = {}
        self._words: dict[tuple[Node, str], frozenset[str]] = {}

    def similarity(self, left: Node, right: Node) -> float:
        """Return how much two nodes resemble each other, from 0, unlike, to below 1.

        Nodes of one shape may always be a pair, whatever is said in them; turns of different shapes only when they
        share words. Both must be of one kind: inputs of one role, items and parts of one type.
        """
        if left.kind != right.kind or not _agree(_sort(left), _sort(right)):
            return 0.0
        same_shape = self.shape(left) == self.shape(right)
        said = _overlap(self.words(left, "input"), self.words(right, "input"))
        told = _overlap(self.words(left), self.words(right))
        if left.kind == "turn" and not same_shape and max(said, told) < RELATED:
            return 0.0
        return 0.2 + 0.2 * same_shape + 0.35 * said + 0.2 * told

    def twin(self, node: Node) -> tuple[object, ...]:
        """Return what two nodes share when one is the other, moved elsewhere."""
        return node.kind, _sort(node), self.shape(node), self.words(node)

    def shape(self, node: Node) -> frozenset[tuple[str, str]]:
        """Return which events there are in a node and below, by the kind of node."""
        if node not in self._shapes:
            self._shapes[node] = frozenset((inner.kind, step.letter) for inner in node.walk() for step in inner.steps)
        return self._shapes[node]

    def words(self, node: Node, kind: str = "") -> frozenset[str]:
        """Return the words that are said in a node and below; with `kind`, in nodes of that kind only."""
        key = node, kind
        if key not in self._words:
            self._words[key] = _words(node, kind)
        return self._words[key]


def _words(node: Node, kind: str) -> frozenset[str]:
    found: set[str] = set()
    for inner in node.walk():
        if not kind or any(above.kind == kind for above in inner.up()):
            values = (inner.value(name) for name in TOLD)
            found.update(*(WORD.findall(value.lower()) for value in values if isinstance(value, str)))
    return frozenset(found)


def _sort(node: Node) -> tuple[str | None, ...]:
    """Return what two nodes must share to be a pair at all, None for what is not said."""
    if node.kind in ("input", "item"):
        return _told(node, "type"), _told(node, "role") if node.value("type") == "message" else None
    if node.kind == "part":
        return (_told(node, "type"),)
    if node.kind == "error":
        return (_told(node, "code") or _told(node, "type"),)
    return (str(node.number == 0),) if node.kind == "configuration" else ()


def _told(node: Node, name: str) -> str | None:
    value = node.value(name)
    return None if value is None else compact(value)


def _agree(left: tuple[str | None, ...], right: tuple[str | None, ...]) -> bool:
    """Tell whether two nodes may be a pair; what one of them does not say (the event that does is lost) may fit."""
    return all(ours == theirs or ours is None or theirs is None for ours, theirs in zip(left, right, strict=True))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the share of words that two sets have in common; 0 where nothing is said."""
    return len(left & right) / len(left | right) if left and right else 0.0


def gist(node: Node) -> str:
    """Return what a node is about, in a few words; the event when there is only one."""
    steps = [step for inner in node.walk() for step in inner.steps]
    return _gist(node) or (f"`{steps[0].first.type}`" if len(steps) == 1 else "")


def _gist(node: Node) -> str:
    if node.kind == "part":
        return _quoted(node)
    if node.kind == "error":
        return f"{node.value('code') or node.value('type') or 'error'}: {node.value('message') or ''}"
    if node.kind == "configuration":
        return ", ".join(f"`{step.first.type}`" for step in node.steps)
    kind = node.value("type")
    if kind == "function_call":
        return f"call of {node.value('name')}({_cut(compact(node.value('arguments')))})"
    if kind == "function_call_output":
        return f"result of a call: {_cut(compact(node.value('output')))}"
    told = [text for child in node.children if (text := _gist(child))]
    if node.kind in ("input", "item"):
        return " ".join(filter(None, (str(node.value("role") or ""), *told[:1])))
    return told[0] if told else ""


def _quoted(node: Node) -> str:
    said = next((value for name in sorted(WORDS) if isinstance(value := node.value(name), str)), "")
    kind = str(node.value("type") or "").rpartition("_")[2]
    return f"{kind} “{_cut(said)}”".strip() if said else kind


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"
