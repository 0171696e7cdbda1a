"""Collects what the events of a tree say about its nodes, so that a value said six times is one value."""

from bisect import bisect_right
from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON
from harness.turns import fold
from harness.turns.audio import measure
from harness.turns.grow import part
from harness.turns.nodes import Claim, Node, Step, Tree, Value
from harness.turns.vocabulary import CONFIGURING, IDENTITY, PART_TYPES, PLACING, REFERENCES, VOLATILE

Body = dict[str, JSON]
ROOT = "root"
"""What stands for the beginning of the conversation in a `previous_item_id`."""
PARTS = ("part", "content")
"""Where an event holds a part; some services repeat it under a second name."""
ENDING = ("status", "status_details", "usage")
"""What a response says of itself, and not of how it is made."""
ANOTHER = "another"
"""What is said of an id that is not the one of the thing it should name."""
ELSEWHERE = frozenset({"type", "content_index", "session", "response", "item", *PARTS})
"""Fields of an event that hold a thing with claims of its own, or only name the event or what it is about."""


class Claims:
    """Fills in the claims of a tree, one child of the root at a time and only where they are asked for."""

    def __init__(self, tree: Tree) -> None:
        self._items = tree.items
        self._calls = tree.calls
        self._names: dict[Node, str] = {}
        """The call_id of each call, as it is first told."""
        self._effective: list[tuple[int, Body]] = []
        """The configurations in force, with the seq from which on."""
        for node in tree.root.of("configuration"):
            for step in node.steps:
                if CONFIGURING.get(step.letter) in ("opening", "answer") and "session" in step.first.body:
                    self._effective.append((step.first.seq, fold.settings(step.first.body["session"])))
        self._effective.sort(key=lambda found: found[0])
        self.configured = bool(self._effective)
        """Whether the session tells its configuration; responses are then told only where they deviate from it."""
        self.complete = True
        """Whether all audio so far could be measured."""

    def expand(self, branch: Node) -> None:
        """Fill in the claims of a child of the root and of all below it."""
        if branch.expanded:
            return
        branch.expanded = True
        for node in list(branch.walk()):
            for step in list(node.steps):
                if step.stream is None:
                    self._event(node, step)
                else:
                    self._stream(node, step, step.stream.name)

    def _stream(self, node: Node, step: Step, name: str) -> None:
        if name != "audio":
            _claim(node, name, "".join(step.pieces()), step)
            return
        path = "audio.input.format" if step.letter.startswith(">") else "audio.output.format"
        self._audio(node, step.pieces(), path, step)

    def _audio(self, node: Node, pieces: list[str], path: str, step: Step) -> None:
        heard = measure(pieces, value_at(self.in_force(step.first.seq), path))
        self.complete &= heard is not None
        _claim(node, "audio", heard, step)

    def _event(self, node: Node, step: Step) -> None:
        body = step.first.body
        for key, value in body.items():
            if key in REFERENCES:
                self._reference(node, key, value, step)
            elif (
                key not in ELSEWHERE and key not in IDENTITY and key not in VOLATILE and not _at_home(node, key, value)
            ):
                _claim_all(node, "" if key == "error" else key, value, step)
        self._response(node, step)
        holder = body.get("item")
        if isinstance(holder, dict):
            self._item(_above(node, "input", "item"), holder, step)
        told = body.get("part")
        for key in PARTS:
            holder = body.get(key)
            if isinstance(holder, dict) and (key == "part" or not isinstance(told, dict)):
                self._part(node, holder, step)
            elif isinstance(holder, dict) and holder != told:
                _claim(node, key, holder, step)

    def _response(self, node: Node, step: Step) -> None:
        holder = step.first.body.get("response")
        if not isinstance(holder, dict):
            return
        for name in ENDING:
            _claim_all(node, name, holder.get(name), step)
        self._output(node, holder.get("output"), step)
        force = self.in_force(step.first.seq)
        if force or not self.configured:
            asked = fold.settings({key: value for key, value in holder.items() if key not in ("output", *ENDING)})
            _claim_all(node, "", _minus(asked, force), step)

    def _output(self, node: Node, output: JSON, step: Step) -> None:
        """Collect what a response says of its items; one that it calls otherwise is known by its place."""
        own = node.of("item")
        for index, item in enumerate(output if isinstance(output, list) else ()):
            if not isinstance(item, dict):
                continue
            known = self._items.get(str(item.get("id")))
            if known is not None:
                self._item(known, item, step)
            elif index < len(own):
                _claim(own[index], "id", ANOTHER, step)
                self._item(own[index], item, step)

    def in_force(self, seq: int) -> Body:
        """Return the session's settings at an event, in today's form; empty where the server told none."""
        index = bisect_right(self._effective, seq, key=lambda found: found[0])
        return self._effective[index - 1][1] if index else {}

    def _item(self, node: Node, item: Body, step: Step) -> None:
        for key, value in item.items():
            if key == "content":
                for index, content in enumerate(value if isinstance(value, list) else ()):
                    if isinstance(content, dict):
                        self._part(part(node, index), content, step)
            elif key in REFERENCES:
                self._reference(node, key, value, step)
            elif key not in IDENTITY and key not in VOLATILE:
                _claim_all(node, key, value, step)

    def _part(self, node: Node, content: Body, step: Step) -> None:
        for key, value in content.items():
            if key == "type":
                _claim(node, "type", PART_TYPES.get(str(value), value), step)
            elif key == "audio" and isinstance(value, str):
                self._audio(node, [value], "audio.input.format", step)
            elif key not in IDENTITY and key not in VOLATILE:
                _claim_all(node, key, value, step)

    def _reference(self, node: Node, key: str, value: JSON, step: Step) -> None:
        """Claim whom an id names; what an output item is called by is its own."""
        if not isinstance(value, str) or not value:
            return
        if key == "call_id":
            called = self._calls.get(value)
            if node.kind != "item":
                _claim(node, "answers", called or ANOTHER, step)
            elif node.kind == "item" and (called is not node or self._names.setdefault(node, value) != value):
                _claim(node, key, ANOTHER, step)
        elif step.letter in PLACING and value in self._items:
            _claim(node, "after", self._items[value], step)
        elif step.letter in PLACING and value == ROOT:
            _claim(node, "after", value, step)


def _at_home(node: Node, key: str, value: JSON) -> bool:
    """Tell whether an output_index only says where an item stands, which moves with the items before it."""
    return key == "output_index" and any(above.kind == "item" and above.number - 1 == value for above in node.up())


def _above(node: Node, *kinds: str) -> Node:
    return next((above for above in node.up() if above.kind in kinds), node)


def _claim(node: Node, name: str, value: Value, step: Step) -> None:
    if not fold.empty(value):
        node.claims.setdefault(name, {})[step] = Claim(value, step)


def _claim_all(node: Node, name: str, value: JSON, step: Step) -> None:
    """Claim a value, or each field of an object by its path."""
    for path, leaf in _leaves(name, value):
        _claim(node, path, leaf, step)


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
