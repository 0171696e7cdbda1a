"""Grows the tree of a session: decides for every event which turn, response, item and part it belongs to."""

from collections.abc import Sequence
from dataclasses import replace

from harness.diff.nodes import Node, Step, Tree
from harness.diff.vocabulary import (
    ALONG,
    BEGINS,
    CONFIGURING,
    HEARD,
    HEARTBEATS,
    REFUSALS,
    STOPS,
    STREAMS,
    NodeKind,
    Stream,
    plain_letters,
)
from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.protocol.causes import attribute
from harness.protocol.dialects import Dialect

APPEND = ">input_audio_buffer.append"
CREATED = "response.created"


def grow(dialect: Dialect, events: Sequence[Event]) -> Tree:
    """Return the tree of a session.

    A turn begins when the user says something after the turn before was answered. What a response is an answer to is
    told by its cause and not by its place in the log.
    """
    grower = _Grower(dialect)
    letters = [dialect.letters.get((event.side, event.type)) or _unknown(event) for event in events]
    heads = [event for event, letter in zip(events, letters, strict=True) if letter not in STREAMS]
    grower.survey(heads, _causes(dialect, heads))
    for event, letter in zip(events, letters, strict=True):
        stream = STREAMS.get(letter)
        if stream is not None:
            grower.piece(letter, stream, event)
        else:
            grower.head(letter, event)
    grower.finish()
    return Tree(dialect, grower.root, grower.items)


def _causes(dialect: Dialect, heads: Sequence[Event]) -> list[int | None]:
    """Return, for each event, the index of the one that made it happen; None where its ids tell enough.

    That the values of events agree is no matter here, and a part of an item names its item.
    """
    declared = dialect.declarations
    linked = {letter for link in declared.links for letter in (link.effect, *(cause.letter for cause in link.causes))}
    outer = {scope.within for scope in declared.scopes}
    inner = (plain_letters(scope) for scope in declared.scopes if scope.within and scope.name not in outer)
    mute = frozenset().union(*inner) - linked
    spare = replace(dialect, declarations=replace(declared, facts=()))
    told = [index for index, event in enumerate(heads) if dialect.letters.get((event.side, event.type)) not in mute]
    causes: list[int | None] = [None] * len(heads)
    for index, cause in zip(told, attribute(spare, [heads[index] for index in told]), strict=True):
        causes[index] = None if cause is None else told[cause]
    return causes


def _unknown(event: Event) -> str:
    return f">{event.type}" if event.side == "client" else event.type


def _id(body: dict[str, JSON], name: str, holder: str) -> str:
    """Return the id that an event names, empty when it names none."""
    value = body.get(name) or value_at(body, f"{holder}.id")
    return value if isinstance(value, str) else ""


class _Grower:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.root = Node("session", None)
        self.items: dict[str, Node] = {}
        self.responses: dict[str, Node] = {}
        self.calls: dict[str, Node] = {}
        self.turn: Node | None = None
        self._opened: Node | None = None
        self.recent: Node | None = None
        """The response that was last told of."""
        self._answered = False
        self._number = -1
        self._causes: list[int | None] = []
        self._begun: dict[int, Node] = {}
        """The node of every head, by its number."""
        self._heads: Sequence[Event] = ()
        self._calling: set[int] = set()
        """The numbers of the heads that called for a response."""
        self._asking: dict[str, int] = {}
        """For each response the number of the head that called for it."""
        self._owners: dict[str, str] = {}
        """For each item of a response, the response."""
        self._unnamed: list[Node] = []
        """Responses that were asked for and have no id yet."""
        self._nameless: list[Node] = []
        """Inputs whose items have no id yet."""
        self._runs: dict[tuple[str, JSON, JSON], Step] = {}
        self._heard: Step | None = None

    def survey(self, heads: Sequence[Event], causes: list[int | None]) -> None:
        """Look through the log for what is told too late: causes, and who owns an item."""
        self._heads, self._causes = heads, causes
        for event, cause in zip(heads, causes, strict=True):
            body = event.body
            response_id = _id(body, "response_id", "response")
            item_id = _id(body, "item_id", "item")
            if response_id and item_id:
                self._owners.setdefault(item_id, response_id)
            if cause is None or self.dialect.letters.get((event.side, event.type)) != CREATED:
                continue
            if _id(heads[cause].body, "response_id", "response") != response_id:
                self._asking.setdefault(response_id, cause)
                self._calling.add(cause)

    # Events

    def piece(self, letter: str, stream: Stream, event: Event) -> None:
        """Add one piece of a value that is streamed."""
        body = event.body
        key = letter, body.get("item_id"), body.get("content_index")
        step = self._runs.get(key)
        if step is not None:
            step.events.append(event)
            return
        self._runs[key] = step = Step(letter, [event], stream)
        if letter == APPEND:
            self._heard = step
        else:
            self._owner(letter, event).steps.append(step)

    def head(self, letter: str, event: Event) -> None:
        """Add one event."""
        self._number += 1
        if letter in HEARTBEATS:
            return
        node = self._owner(letter, event)
        self._begun[self._number] = node
        if letter in HEARD and self._heard is not None:
            self._hear(node, self._heard)
        step = Step(letter, [event])
        node.steps.append(step)
        self._top(node).log.append(step)
        self._answered |= self._number in self._calling or letter in (CREATED, ">response.create")

    def _hear(self, node: Node, heard: Step) -> None:
        """Give the audio that was sent so far to the input that it makes."""
        known = next((step for step in node.steps if step.letter == APPEND), None)
        if known is None:
            node.steps.append(heard)
        else:
            known.events += heard.events
        self._heard = None
        del self._runs[APPEND, None, None]

    def finish(self) -> None:
        """Keep the audio that nothing was made of."""
        if self._heard is not None:
            self.root.steps.append(self._heard)

    def _top(self, node: Node) -> Node:
        while node.parent is not None and node.parent is not self.root:
            node = node.parent
        return node

    # Whose event is it?

    def _owner(self, letter: str, event: Event) -> Node:
        body = event.body
        if letter in CONFIGURING:
            return self._configuration(CONFIGURING[letter])
        if letter in REFUSALS:
            return (self._cause() or self.turn or self.root).child("error")
        if letter in BEGINS:
            return self._begin(BEGINS[letter], body)
        item_id = _id(body, "item_id", "item")
        if item_id:
            return self._part(self._item(item_id, body), body)
        response_id = _id(body, "response_id", "response")
        if response_id:
            return self._response(response_id)
        if letter in ALONG:
            return self._along() or self.turn or self.root
        if letter in STOPS and self.recent is not None:
            return self.recent
        return self._cause() or self.turn or self.root

    def _cause(self) -> Node | None:
        """Return the node of what made this event happen."""
        if not 0 <= self._number < len(self._causes):
            return None
        cause = self._causes[self._number]
        return None if cause is None else self._begun.get(cause)

    def _along(self) -> Node | None:
        """Return the response that an event comes along with: the last one, or the next where its beginning is lost."""
        following = self._heads[self._number + 1] if self._number + 1 < len(self._heads) else None
        if following is not None and self.dialect.letters.get((following.side, following.type)) != CREATED:
            upcoming = _id(following.body, "response_id", "response")
            if upcoming and upcoming not in self.responses:
                return self._response(upcoming)
        return self.recent

    def _configuration(self, part: str) -> Node:
        if part == "opening":
            if self._opened is None:
                self._opened = self.root.child("configuration", 0)
            return self._opened
        cause = self._cause()
        if part == "answer" and cause is not None and cause.kind == "configuration":
            return cause
        return self.root.child("configuration")

    def _begin(self, kind: NodeKind, body: dict[str, JSON]) -> Node:
        """Return the node that a client event asks for."""
        early = self._begun.get(self._number)
        if early is not None:
            return early
        if kind == "response":
            late = self._just_created()
            if late is not None:
                late.asked = self._heads[self._number]
                return late
            made = self._some_turn().child("response")
            made.asked = self._heads[self._number]
            self._unnamed.append(made)
            self.recent = made
            return made
        item_id = _id(body, "item_id", "item")
        made = self._input(body)
        if item_id:
            self.items[item_id] = made
        else:
            self._nameless.append(made)
        return made

    def _just_created(self) -> Node | None:
        """Return the response whose creation is the event before, where nothing has called for it."""
        before = self._begun.get(self._number - 1)
        created = before is not None and before.kind == "response" and before.steps[-1].letter == CREATED
        return before if before is not None and created and before.asked is None else None

    def _some_turn(self) -> Node:
        return self.turn or self._new_turn()

    def _new_turn(self) -> Node:
        self.turn, self._answered = self.root.child("turn"), False
        return self.turn

    def _input(self, body: dict[str, JSON]) -> Node:
        """Return a new input; it opens a turn when the one before is answered, and is no answer to a call."""
        item = body.get("item")
        if isinstance(item, dict) and item.get("type") not in (None, "message"):
            call = self.calls.get(str(item.get("call_id")))
            turn = self._turn_of(call) if call is not None else self._some_turn()
            return turn.child("input")
        turn = self._new_turn() if self.turn is None or self._answered else self.turn
        return turn.child("input")

    def _turn_of(self, node: Node) -> Node:
        return next((above for above in node.up() if above.kind == "turn"), None) or self._some_turn()

    def _item(self, item_id: str, body: dict[str, JSON]) -> Node:
        node = self.items.get(item_id)
        if node is None:
            node = self.items[item_id] = self._new_item(item_id, body)
        if node.kind == "item":
            call = body.get("call_id") or value_at(body, "item.call_id")
            if isinstance(call, str):
                self.calls.setdefault(call, node)
            self.recent = node.parent
        return node

    def _new_item(self, item_id: str, body: dict[str, JSON]) -> Node:
        owner = self._owners.get(item_id)
        if owner is not None:
            return self._response(owner).child("item")
        cause = self._cause()
        if cause in self._nameless:
            self._nameless.remove(cause)
            return cause
        likely = next((node for node in self._nameless if _may_be(node, body)), None)
        if likely is not None:
            self._nameless.remove(likely)
            return likely
        return self._input(body)

    def _part(self, node: Node, body: dict[str, JSON]) -> Node:
        index = body.get("content_index")
        return part(node, index) if isinstance(index, int) else node

    def _response(self, response_id: str) -> Node:
        node = self.responses.get(response_id)
        if node is None:
            node = self.responses[response_id] = self._new_response(self._asking.get(response_id))
            self._answered |= node.parent is self.turn
            if node in self._unnamed:
                self._unnamed.remove(node)
        self.recent = node
        return node

    def _new_response(self, asking: int | None) -> Node:
        """Return the node of a response that was not told of before; `asking` is the number of its cause."""
        if asking is None:
            return self._unnamed[0] if self._unnamed else self._some_turn().child("response")
        cause = self._begun.get(asking)
        if cause is not None and cause in self._unnamed:
            return cause
        turn = self._turn_of(cause) if cause is not None else self._some_turn()
        made = turn.child("response")
        made.asked = self._heads[asking]
        if cause is None:
            self._begun[asking] = made
        return made


def _may_be(node: Node, body: dict[str, JSON]) -> bool:
    """Tell whether an event may tell of the item that the first event of an input asks for."""
    asked, told = node.steps[0].first.body.get("item"), body.get("item")
    if not isinstance(asked, dict) or not isinstance(told, dict):
        return isinstance(asked, dict) == isinstance(told, dict)
    return all(asked.get(name) == told.get(name) for name in ("type", "role", "call_id"))


def part(item: Node, index: int) -> Node:
    """Return a part of an item by its content_index, made where it misses."""
    number = index + 1
    found = next((child for child in item.children if child.number == number and child.kind == "part"), None)
    return found or item.child("part", number)
