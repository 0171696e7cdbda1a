"""Collects what the events of a tree say about its nodes, so that a value said six times is one value."""

from bisect import bisect_right
from collections.abc import Iterator

from harness.diff import fold
from harness.diff.audio import measure
from harness.diff.grow import part
from harness.diff.nodes import Claim, Node, Step, Tree, Value
from harness.diff.vocabulary import CONFIGURING, IDENTITY, PART_TYPES, PLACING, REFERENCES, STREAMS, VOLATILE
from harness.engine.paths import value_at
from harness.model import JSON, Event

Body = dict[str, JSON]
ROOT = "root"
"""What stands for the beginning of the conversation in a `previous_item_id`."""
PARTS = ("part", "content")
"""Where an event holds a part; some services repeat it under a second name."""
ELSEWHERE = frozenset({"type", "session", "response", "item", *PARTS})
"""Fields of an event that hold a thing with claims of its own, or only name the event."""


class Claims:
    """Fills in the claims of a tree, one child of the root at a time and only where they are asked for."""

    def __init__(self, tree: Tree) -> None:
        self._items = tree.items
        self._calls: dict[str, Node] = {}
        self._effective: list[tuple[int, Body]] = []
        """The configurations in force, with the seq from which on."""
        for node in tree.root.of("configuration"):
            for step in node.steps:
                if CONFIGURING[step.letter] != "request" and "session" in step.first.body:
                    self._effective.append((step.first.seq, fold.settings(step.first.body["session"])))
        self._effective.sort(key=lambda found: found[0])

    def expand(self, branch: Node) -> None:
        """Fill in the claims of a child of the root and of all below it."""
        if branch.expanded:
            return
        branch.expanded = True
        for node in list(branch.walk()):
            for step in list(node.steps):
                if step.pieces is None:
                    self._event(node, step.letter, step.first)
                else:
                    self._stream(node, step)

    def _stream(self, node: Node, step: Step) -> None:
        name, pieces = STREAMS[step.letter].name, step.pieces or []
        if name != "audio":
            _claim(node, name, step.letter, "".join(pieces), step.last)
            return
        path = "audio.input.format" if step.letter.startswith(">") else "audio.output.format"
        _claim(node, name, step.letter, measure(pieces, value_at(self._in_force(step.first.seq), path)), step.last)

    def _event(self, node: Node, letter: str, event: Event) -> None:
        body = event.body
        for key, value in body.items():
            if key in REFERENCES:
                self._reference(node, key, letter, value, event)
            elif key not in ELSEWHERE and key not in IDENTITY and key not in VOLATILE:
                _claim_all(node, "" if key == "error" else key, letter, value, event)
        self._response(node, letter, event)
        holder = body.get("item")
        if isinstance(holder, dict):
            self._item(_above(node, "input", "item"), letter, holder, event)
        for key in PARTS:
            holder = body.get(key)
            if isinstance(holder, dict):
                self._part(node, letter, holder, event)

    def _response(self, node: Node, letter: str, event: Event) -> None:
        holder = event.body.get("response")
        if not isinstance(holder, dict):
            return
        for name in ("status", "status_details", "usage"):
            _claim_all(node, name, letter, holder.get(name), event)
        output = holder.get("output")
        for item in output if isinstance(output, list) else ():
            if isinstance(item, dict) and str(item.get("id")) in self._items:
                self._item(self._items[str(item["id"])], letter, item, event)
        told = ("status", "status_details", "usage", "output")
        own = fold.settings({key: value for key, value in holder.items() if key not in told})
        _claim_all(node, "", letter, _minus(own, self._in_force(event.seq)), event)

    def _in_force(self, seq: int) -> Body:
        index = bisect_right(self._effective, seq, key=lambda found: found[0])
        return self._effective[index - 1][1] if index else {}

    def _item(self, node: Node, letter: str, item: Body, event: Event) -> None:
        for key, value in item.items():
            if key == "content":
                for index, content in enumerate(value if isinstance(value, list) else ()):
                    if isinstance(content, dict):
                        self._part(part(node, index), letter, content, event)
            elif key in REFERENCES:
                self._reference(node, key, letter, value, event)
            elif key not in IDENTITY and key not in VOLATILE:
                _claim_all(node, key, letter, value, event)

    def _part(self, node: Node, letter: str, content: Body, event: Event) -> None:
        for key, value in content.items():
            if key == "type":
                _claim(node, "type", letter, PART_TYPES.get(str(value), value), event)
            elif key == "audio" and isinstance(value, str):
                form = value_at(self._in_force(event.seq), "audio.input.format")
                _claim(node, "audio", letter, measure([value], form), event)
            elif key not in IDENTITY and key not in VOLATILE:
                _claim_all(node, key, letter, value, event)

    def _reference(self, node: Node, key: str, letter: str, value: JSON, event: Event) -> None:
        """Claim whom an id names; what an output item is called by is its own."""
        if not isinstance(value, str) or not value:
            return
        if key == "call_id":
            if node.kind == "item":
                self._calls.setdefault(value, node)
            elif value in self._calls:
                _claim(node, "answers", letter, self._calls[value], event)
        elif letter in PLACING and value in self._items:
            _claim(node, "after", letter, self._items[value], event)
        elif letter in PLACING and value == ROOT:
            _claim(node, "after", letter, value, event)


def _above(node: Node, *kinds: str) -> Node:
    return next((above for above in node.up() if above.kind in kinds), node)


def _claim(node: Node, name: str, letter: str, value: Value, event: Event) -> None:
    if not fold.empty(value):
        node.claims.setdefault(name, {})[letter] = Claim(value, event)


def _claim_all(node: Node, name: str, letter: str, value: JSON, event: Event) -> None:
    """Claim a value, or each field of an object by its path."""
    for path, leaf in _leaves(name, value):
        _claim(node, path, letter, leaf, event)


def _leaves(path: str, value: JSON) -> Iterator[tuple[str, JSON]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for key, member in value.items():
        if key not in IDENTITY and key not in VOLATILE:
            yield from _leaves(f"{path}.{key}" if path else key, member)


def _minus(value: Body, known: JSON) -> Body:
    """Return an object without the fields that are the same in another one."""
    if not isinstance(known, dict):
        return value
    left: Body = {}
    for key, member in value.items():
        there = known.get(key)
        if member != there:
            left[key] = _minus(member, there) if isinstance(member, dict) else member
    return left
