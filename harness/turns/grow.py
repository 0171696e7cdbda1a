"""Grows the tree of a session: decides for every event which turn, response, item and part it belongs to."""

from collections.abc import Sequence

from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.protocol.dialects import Dialect
from harness.turns.nodes import Node, Step, Tree
from harness.turns.origins import CREATE, CREATED, Origins, named, origins
from harness.turns.vocabulary import ALONG, BEGINS, CONFIGURING, HEARD, HEARTBEATS, REFUSALS, STOPS, STREAMS, Stream

APPEND = ">input_audio_buffer.append"

Body = dict[str, JSON]


def grow(dialect: Dialect, events: Sequence[Event]) -> Tree:
    """Return the tree of a session.

    A turn begins when the user says something after the turn before was answered. What a response is an answer to is
    told by its cause and not by its place in the log.
    """
    letters = [dialect.letters.get((event.side, event.type)) or _unknown(event) for event in events]
    grower = _Grower(letters, events, origins(dialect, events, letters))
    for event, letter in zip(events, letters, strict=True):
        grower.add(letter, event)
    return grower.tree(dialect)


def _unknown(event: Event) -> str:
    return f">{event.type}" if event.side == "client" else event.type


class _Grower:
    """Takes in the events one by one."""

    def __init__(self, letters: Sequence[str], events: Sequence[Event], origins: Origins) -> None:
        self.root = Node("session", None)
        self.items: dict[str, Node] = {}
        self._letters, self._events, self._origins = letters, events, origins
        self._calling = frozenset(origins.asking.values())
        self._number = -1
        self._begun: dict[int, Node] = {}
        """The node of every event that is no piece of something, by its number."""
        self._responses: dict[str, Node] = {}
        self._calls: dict[str, Node] = {}
        self._turn: Node | None = None
        self._recent: Node | None = None
        """The response that was last told of."""
        self._opening: Node | None = None
        self._asked = self._answered = False
        """Whether this turn was called to be answered, and whether a response was."""
        self._unnamed: list[Node] = []
        """Responses that were asked for and have no id yet."""
        self._committing: list[Node] = []
        """Inputs that the client commits, and whose items have no id yet."""
        self._runs: dict[tuple[str, str, int | None], Step] = {}
        self._heard: Step | None = None
        """The audio of the user that belongs to no input yet."""

    def add(self, letter: str, event: Event) -> None:
        """Add the next event."""
        self._number += 1
        stream = STREAMS.get(letter)
        if stream is not None:
            self._piece(letter, stream, event)
        elif letter not in HEARTBEATS:
            self._head(letter, event)

    def _piece(self, letter: str, stream: Stream, event: Event) -> None:
        if letter == APPEND:
            self._heard = self._heard or Step(letter, [], stream)
            self._heard.events.append(event)
            return
        item_id = self._origins.names.items[self._number]
        key = letter, item_id, self._origins.meant.part(item_id, event.body)
        step = self._runs.get(key)
        if step is None:
            step = self._runs[key] = Step(letter, [], stream)
            self._owner(letter, event).steps.append(step)
        step.events.append(event)

    def _head(self, letter: str, event: Event) -> None:
        node = self._owner(letter, event)
        self._begun[self._number] = node
        if letter in HEARD and self._heard is not None:
            self._hear(node, self._heard)
        step = Step(letter, [event])
        node.steps.append(step)
        node.branch.log.append(step)
        self._asked |= self._number in self._calling or letter in (CREATED, CREATE)

    def _hear(self, node: Node, heard: Step) -> None:
        """Give the audio that was sent so far to the input that it makes."""
        known = next((step for step in node.steps if step.letter == APPEND), None)
        if known is None:
            node.steps.append(heard)
        else:
            known.events += heard.events
        self._heard = None

    def tree(self, dialect: Dialect) -> Tree:
        """Return the tree; put the inputs in the order of the conversation, and keep audio that nothing was made of."""
        for turn in self.root.of("turn"):
            inputs = sorted(turn.of("input"), key=_entered)
            for number, node in enumerate(inputs, 1):
                node.number = number
            turn.children = [*inputs, *(child for child in turn.children if child.kind != "input")]
        if self._heard is not None:
            self.root.steps.append(self._heard)
        names = {node: name for name, node in self._responses.items()}
        return Tree(dialect, self.root, self.items, self._calls, names, self._origins.meant)

    # Whose event is it?

    def _owner(self, letter: str, event: Event) -> Node:
        body, meant = event.body, self._origins.meant
        if letter in CONFIGURING:
            return self._configuration(CONFIGURING[letter])
        if letter in REFUSALS:
            return (self._cause() or self._turn or self.root).child("error")
        if letter in BEGINS:
            return self._asked_for() if BEGINS[letter] == "response" else self._said(body)
        item_id, response_id = self._origins.names.items[self._number], self._origins.names.responses[self._number]
        if item_id:
            node, index = self._item(item_id, body), meant.part(item_id, body)
            return node if index is None else part(node, index)
        if response_id:
            return self._response(response_id)
        if letter in ALONG:
            return self._along() or self._turn or self.root
        if letter in STOPS and self._recent is not None:
            return self._recent
        cause = self._cause()
        return cause if cause is not None and cause.kind != "configuration" else self._turn or self.root

    def _cause(self) -> Node | None:
        """Return the node of what made this event happen."""
        cause = self._origins.causes[self._number]
        return None if cause is None else self._begun.get(cause)

    def _configuration(self, part: str) -> Node:
        """Return the opening of the session, or the update that asks or is answered; the opening comes first."""
        if part == "opening":
            if self._opening is None:
                self._opening = Node("configuration", self.root)
                self.root.children.insert(0, self._opening)
            return self._opening
        cause = self._cause()
        if part == "answer" and cause is not None and cause.kind == "configuration" and cause is not self._opening:
            return cause
        return self.root.child("configuration")

    # Turns

    def _some_turn(self) -> Node:
        return self._turn or self._new_turn()

    def _new_turn(self) -> Node:
        self._turn = self.root.child("turn")
        self._asked = self._answered = False
        return self._turn

    def _turn_of(self, node: Node | None) -> Node:
        above = node.up() if node is not None else ()
        return next((one for one in above if one.kind == "turn"), None) or self._some_turn()

    def _input(self, body: Body, closed: bool) -> Node:
        """Return a new input; it opens a turn when the one before is `closed`, and is no answer to a call."""
        item = body.get("item")
        if isinstance(item, dict) and item.get("type") not in (None, "message"):
            return self._turn_of(self._calls.get(str(item.get("call_id")))).child("input")
        turn = self._new_turn() if self._turn is None or closed else self._turn
        return turn.child("input")

    def _said(self, body: Body) -> Node:
        """Return the input that the client asks for."""
        made = self._input(body, self._asked)
        item_id = named(body, "item")
        if item_id:
            self.items[item_id] = made
        elif "item" not in body:
            self._committing.append(made)
        return made

    # Items

    def _item(self, item_id: str, body: Body) -> Node:
        node = self.items.get(item_id)
        if node is None:
            node = self.items[item_id] = self._new_item(item_id, body)
        if node.kind == "item":
            call = body.get("call_id") or value_at(body, "item.call_id")
            if isinstance(call, str):
                self._calls.setdefault(call, node)
            self._recent = node.parent
        return node

    def _new_item(self, item_id: str, body: Body) -> Node:
        """Return the node of an item that was not told of before: of a response, or one that the client asked for."""
        owner = self._origins.owners.get(item_id)
        if owner is not None:
            return self._response(owner).child("item")
        asked = self._begun.get(self._origins.creating.get(item_id, -1))
        if asked is not None:
            return asked
        if self._committing and value_at(body, "item.type") in (None, "message"):
            return self._committing.pop(0)
        # Who is told of an item that nobody asked for has lost the request, which came before any response.
        return self._input(body, self._answered if "item" in body else self._asked)

    # Responses

    def _asked_for(self) -> Node:
        """Return the response that a client asks for; it may have begun already where events are out of order."""
        before = self._begun.get(self._number - 1)
        created = before is not None and before.kind == "response" and before.steps[-1].letter == CREATED
        if before is not None and created and before.asked is None:
            before.asked = self._events[self._number]
            return before
        made = self._some_turn().child("response")
        made.asked = self._events[self._number]
        self._unnamed.append(made)
        self._recent = made
        return made

    def _response(self, response_id: str) -> Node:
        node = self._responses.get(response_id)
        if node is None:
            node = self._responses[response_id] = self._new_response(self._origins.asking.get(response_id))
            self._answered |= node.parent is self._turn
            self._asked |= self._answered
            if node in self._unnamed:
                self._unnamed.remove(node)
        self._recent = node
        return node

    def _new_response(self, asking: int | None) -> Node:
        """Return the node of a response that was not told of before; `asking` is the number of its cause."""
        if asking is None:
            return self._unnamed[0] if self._unnamed else self._some_turn().child("response")
        cause = self._begun.get(asking)
        if cause is not None and cause in self._unnamed:
            return cause
        made = self._turn_of(cause).child("response")
        made.asked = self._events[asking]
        return made

    def _along(self) -> Node | None:
        """Return the response that an event comes along with: the last one, or the next where its beginning is lost."""
        following = self._number + 1
        if following < len(self._events) and self._letters[following] != CREATED:
            upcoming = self._origins.names.responses[following]
            if upcoming and upcoming not in self._responses:
                return self._response(upcoming)
        return self._recent


def _entered(node: Node) -> int:
    """Return when the server first told of an input; else, when the client did."""
    seqs = {step.first.side: step.first.seq for step in reversed(node.steps)}
    return seqs.get("server", min(seqs.values(), default=0))


def part(item: Node, index: int) -> Node:
    """Return a part of an item by its content_index, made where it misses."""
    number = index + 1
    found = next((child for child in item.children if child.number == number and child.kind == "part"), None)
    return found or item.child("part", number)
