"""A session as a tree: session, turns, inputs and responses, items, parts; each with its events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from harness.model import JSON, Event, Place
from harness.protocol.dialects import Dialect
from harness.turns.audio import Audio
from harness.turns.vocabulary import NodeKind, Stream

SEGMENTS = {"configuration": "update"}
"""How a path calls a node, where that is not its kind."""


@dataclass(slots=True, eq=False)
class Step:
    """One event of a node; or many that only bring one value in pieces."""

    letter: str
    events: list[Event]
    stream: Stream | None = None
    """How the pieces are called, where these are pieces."""

    @property
    def first(self) -> Event:
        """Return the event, the first of many."""
        return self.events[0]

    @property
    def last(self) -> Event:
        """Return the event, the last of many."""
        return self.events[-1]

    def pieces(self) -> list[str]:
        """Return the pieces, what is no text left out."""
        name = self.stream.piece if self.stream is not None else ""
        return [piece for event in self.events if isinstance(piece := event.body.get(name), str)]


class Claim(NamedTuple):
    """What one event says about a node, or many with their pieces."""

    value: "Value"
    step: Step

    @property
    def event(self) -> Event:
        """Return the event that completes what is said."""
        return self.step.last


@dataclass(slots=True, eq=False)
class Node:
    """A part of a session."""

    kind: NodeKind
    parent: "Node | None"
    number: int = 0
    """From 1, among its siblings of its kind; 0 for what there is only one of."""
    steps: list[Step] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    log: list[Step] = field(default_factory=list)
    """The events of the node and all below, in the order of the log; kept at the root's children only."""
    asked: Event | None = None
    """What called for a response."""
    claims: dict[str, dict[Step, Claim]] = field(default_factory=dict)
    """What the events say, by the name of the value."""
    expanded: bool = False
    """Whether the claims are collected."""
    counts: dict[NodeKind, int] = field(default_factory=dict)
    """How many children there are of each kind."""

    def child(self, kind: NodeKind, number: int | None = None) -> "Node":
        """Add a node below this one and return it; it is numbered in its kind unless `number` says otherwise."""
        if number is None:
            number = self.counts[kind] = self.counts.get(kind, 0) + 1
        made = Node(kind, self, number)
        self.children.append(made)
        return made

    def of(self, kind: NodeKind) -> list["Node"]:
        """Return the nodes of one kind right below this one."""
        return [child for child in self.children if child.kind == kind]

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def up(self) -> Iterator["Node"]:
        """Yield this node and all above it."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    @property
    def path(self) -> str:
        """Return where the node is, such as `turn 1 / response 1 / item 1`."""
        named = [node.segment for node in self.up() if node.parent is not None]
        return " / ".join(reversed(named)) or "session"

    @property
    def segment(self) -> str:
        """Return the last step of the path."""
        if self.kind == "configuration" and not self.number:
            return "session"
        return f"{SEGMENTS.get(self.kind, self.kind)} {self.number}"

    def events(self) -> Iterator[Event]:
        """Yield the first and the last event of every step here and below."""
        for node in self.walk():
            for step in node.steps:
                yield step.first
                yield step.last

    def first(self) -> Event | None:
        """Return the first event here and below, None when there is none."""
        return min(self.events(), key=lambda event: event.seq, default=None)

    def last(self) -> Event | None:
        """Return the last event here and below, None when there is none."""
        return max(self.events(), key=lambda event: event.seq, default=None)

    @property
    def place(self) -> Place | None:
        """Return where the node begins in its log."""
        first = self.first()
        return None if first is None else first.place

    @property
    def branch(self) -> "Node":
        """Return the child of the root that the node is in, or is."""
        return next((node for node in self.up() if node.parent is None or node.parent.parent is None), self)

    def value(self, name: str) -> "Value":
        """Return what is said last about a value, None when nothing is."""
        claims = self.claims.get(name)
        return max(claims.values(), key=lambda claim: claim.event.seq).value if claims else None


Value: TypeAlias = JSON | Audio | Node
"""What an event can say: a value, how long some audio is, or which other node it is about."""


class Meant(NamedTuple):
    """What is meant by names that only one event has, where another thing lacks just such an event."""

    ids: dict[str, str]
    """Of items and responses."""
    parts: dict[tuple[str, int], tuple[str, int]]
    """Of parts of an item, by their content_index."""

    def id(self, name: str) -> str:
        """Return the id that is meant."""
        return self.ids.get(name, name)

    def part(self, item_id: str, body: dict[str, JSON]) -> int | None:
        """Return the content_index that an event means, None when it is about no part; `item_id` is the one meant."""
        index = body.get("content_index")
        if not isinstance(index, int):
            return None
        return self.parts.get((item_id, index), (item_id, index))[1]


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """A session as a tree."""

    dialect: Dialect
    root: Node
    items: dict[str, Node]
    """The items by their ids."""
    calls: dict[str, Node]
    """The items that call a tool, by their call_ids."""
    names: dict[Node, str]
    """The ids of the responses."""
    meant: Meant
