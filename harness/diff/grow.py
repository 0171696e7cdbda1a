"""Grows the tree of a session: decides for every event which turn, response, item and part it belongs to."""

from collections.abc import Sequence

from harness.diff.fold import empty
from harness.diff.nodes import Node, Step, Tree
from harness.diff.origins import CREATE, CREATED, Origins, named, origins
from harness.diff.vocabulary import ALONG, BEGINS, CONFIGURING, HEARD, HEARTBEATS, REFUSALS, STOPS, STREAMS, Stream
from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.protocol.dialects import Dialect

APPEND = ">input_audio_buffer.append"

Body = dict[str, JSON]


def grow(dialect: Dialect, events: Sequence[Event]) -> Tree:
    """Return the tree of a session.

    A turn begins when the user says something after the turn before was answered. What a response is an answer to is
    told by its cause and not by its place in the log.
    """
    letters = [dialect.letters.get((event.side, event.type)) or _unknown(event) for event in events]
    heads = [index for index, letter in enumerate(letters) if letter not in STREAMS]
    head_letters, head_events = [letters[index] for index in heads], [events[index] for index in heads]
    grower = _Grower(head_letters, head_events, origins(dialect, head_events))
    for event, letter in zip(events, letters, strict=True):
        stream = STREAMS.get(letter)
        if stream is not None:
            grower.piece(letter, stream, event)
        else:
            grower.head(letter, event)
    grower.finish()
    return Tree(dialect, grower.root, grower.items)


def _unknown(event: Event) -> str:
    return f">{event.type}" if event.side == "client" else event.type


class _Grower:
    """Takes in the events one by one. Those that are no pieces of something are heads, and numbered."""

    def __init__(self, letters: Sequence[str], heads: Sequence[Event], origins: Origins) -> None:
        self.root = Node("session", None)
        self.items: dict[str, Node] = {}
        self._letters, self._heads, self._origins = letters, heads, origins
        self._calling = origins.calling
        self._number = -1
        self._begun: dict[int, Node] = {}
        """The node of every head, by its number."""
        self._responses: dict[str, Node] = {}
        self._calls: dict[str, Node] = {}
        """The items that call a tool, by their call_ids."""
        self._turn: Node | None = None
        self._recent: Node | None = None
        """The response that was last told of."""
        self._opening: Node | None = None
        self._asked = self._answered = False
        """Whether this turn was called to be answered, and whether a response was."""
        self._unnamed: list[Node] = []
        """Responses that were asked for and have no id yet."""
        self._nameless: list[Node] = []
        """Inputs whose items have no id yet."""
        self._runs: dict[tuple[str, JSON, JSON], Step] = {}
        self._heard: Step | None = None
        """The audio of the user that belongs to no input yet."""

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
        del self._runs[APPEND, None, None]

    def finish(self) -> None:
        """Put the inputs in the order of the conversation, and keep the audio that nothing was made of."""
        for turn in self.root.of("turn"):
            inputs = sorted(turn.of("input"), key=_entered)
            for number, node in enumerate(inputs, 1):
                node.number = number
            turn.children = [*inputs, *(child for child in turn.children if child.kind != "input")]
        if self._heard is not None:
            self.root.steps.append(self._heard)

    # Whose event is it?

    def _owner(self, letter: str, event: Event) -> Node:
        body = event.body
        if letter in CONFIGURING:
            return self._configuration(CONFIGURING[letter])
        if letter in REFUSALS:
            return (self._cause() or self._turn or self.root).child("error")
        if letter in BEGINS:
            return self._asked_for() if BEGINS[letter] == "response" else self._said(body)
        item_id, response_id = named(body, "item"), named(body, "response")
        if item_id:
            node, index = self._item(item_id, body), body.get("content_index")
            return part(node, index) if isinstance(index, int) else node
        if response_id:
            return self._response(response_id)
        if letter in ALONG:
            return self._along() or self._turn or self.root
        if letter in STOPS and self._recent is not None:
            return self._recent
        return self._cause() or self._turn or self.root

    def _cause(self) -> Node | None:
        """Return the node of what made this event happen."""
        cause = self._origins.causes[self._number] if self._number >= 0 else None
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
        else:
            self._nameless.append(made)
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
        likely = [node for node in self._nameless if _may_be(node, body)]
        if not likely:
            # Who is told of an item that nobody asked for has lost the request, which came before any response.
            return self._input(body, self._answered if "item" in body else self._asked)
        cause = self._cause()
        chosen = cause if cause in likely else likely[0]
        self._nameless.remove(chosen)
        return chosen

    # Responses

    def _asked_for(self) -> Node:
        """Return the response that a client asks for; it may have begun already where events are out of order."""
        before = self._begun.get(self._number - 1)
        created = before is not None and before.kind == "response" and before.steps[-1].letter == CREATED
        if before is not None and created and before.asked is None:
            before.asked = self._heads[self._number]
            return before
        made = self._some_turn().child("response")
        made.asked = self._heads[self._number]
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
        made.asked = self._heads[asking]
        return made

    def _along(self) -> Node | None:
        """Return the response that an event comes along with: the last one, or the next where its beginning is lost."""
        following = self._number + 1
        if following < len(self._heads) and self._letters[following] != CREATED:
            upcoming = named(self._heads[following].body, "response")
            if upcoming and upcoming not in self._responses:
                return self._response(upcoming)
        return self._recent


def _entered(node: Node) -> int:
    """Return when the server first told of an input; else, when the client did."""
    seqs = {step.first.side: step.first.seq for step in reversed(node.steps)}
    return seqs.get("server", min(seqs.values(), default=0))


def _may_be(node: Node, body: Body) -> bool:
    """Tell whether an event may tell of the item that the first event of an input asks for."""
    asked, told = node.steps[0].first.body.get("item"), body.get("item")
    if not isinstance(told, dict):
        return not isinstance(asked, dict)
    if not isinstance(asked, dict):
        return told.get("type") == "message" and told.get("role") == "user" and not any(_texts(told))
    names = ("type", "role", "call_id", "output")
    pairs = [(asked.get(name), told.get(name)) for name in names]
    pairs += zip(_texts(asked), _texts(told), strict=False)
    return all(ours == theirs or empty(ours) or empty(theirs) for ours, theirs in pairs)


def _texts(item: Body) -> list[JSON]:
    content = item.get("content")
    return [value_at(part, "text") for part in (content if isinstance(content, list) else ())]


def part(item: Node, index: int) -> Node:
    """Return a part of an item by its content_index, made where it misses."""
    number = index + 1
    found = next((child for child in item.children if child.number == number and child.kind == "part"), None)
    return found or item.child("part", number)
