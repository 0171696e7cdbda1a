"""The mock server of one connection, without I/O: events and the time go in, events and their times come out."""

import sys
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

import orjson

from harness.model import JSON, Place, Rule
from harness.replay import answers, effects
from harness.replay.actions import Action, Close, Complain, Send
from harness.replay.cancel import cancelled
from harness.replay.compiler import FIRST_NAME
from harness.replay.complaints import complaint
from harness.replay.conversation import Conversation
from harness.replay.ear import Ear
from harness.replay.ids import IdSource
from harness.replay.pacing import Pace
from harness.replay.script import Block, Call, Name, Response, Script, Step, Turn
from harness.replay.vocabulary import PREFIXES

WhenDone: TypeAlias = Literal["repeat", "end", "generate"]
"""What follows the last recorded response: it again, the end of the connection, or a made-up one."""

ENDLESS = sys.maxsize
"""Comes after every place in a recording."""

NOWHERE = Place("", 1, 1)

CONNECTION_WIDE = frozenset({"session", "conversation"})
"""Kinds of ids that stay the same for the whole connection."""


class Playing:
    """A block that is being sent."""

    __slots__ = ("block", "origin_ns", "position", "request", "skip", "turn", "values")

    def __init__(self, block: Block, values: list[bytes], origin_ns: int) -> None:
        self.block, self.values, self.origin_ns = block, values, origin_ns
        self.position = 0
        self.request: Mapping[str, JSON] = {}
        """What the client's `response.create` said about the response."""
        self.skip: frozenset[str] = frozenset()
        """Canonical names of events that are left out."""
        self.turn: Turn | None = None

    @property
    def is_out_of_band(self) -> bool:
        """Tell whether it is a response that stays out of the conversation."""
        return self.request.get("conversation") == "none"

    def id_of(self, step: Step) -> str:
        """Return the live id of the item that a step is about."""
        return "" if step.item is None else str(orjson.loads(self.values[step.item]))


class Received(NamedTuple):
    """A client event that waits for its answer."""

    due_ns: int
    name: str
    """The canonical type."""
    body: dict[str, JSON]
    place: Place


class Replayer:
    """Plays a script to one client.

    All times are Unix nanoseconds on a clock that never goes back. Each call returns what is to be done now;
    `next_ns` then tells when to call `wake`.
    """

    def __init__(self, script: Script, ids: IdSource, pace: Pace, when_done: WhenDone = "repeat") -> None:
        self.script, self.ids, self.pace, self.when_done = script, ids, pace, when_done
        self.conversation = Conversation()
        self.ear = Ear()
        self.session: dict[str, JSON] = {}
        """The effective configuration."""
        self.active: Playing | None = None
        """The response in progress."""
        self.now_ns = 0
        self._known: dict[str, str] = {}
        """Ids of the recording and the live ones that stand for them."""
        self._inbox: deque[Received] = deque()
        self._playing: list[Playing] = []
        self._out: list[Action] = []
        self._used: set[int] = set()
        """The recorded responses that were played, by their `id()`."""
        self._greeted_ns = 0
        self._turns = 0
        self._calls: Counter[str] = Counter()

    # What the shell calls

    @property
    def next_ns(self) -> int | None:
        """Return when `wake` has something to do, None when only the client can make it so."""
        times = [self._due(playing) for playing in self._playing]
        if self._inbox:
            times.append(self._inbox[0].due_ns)
        if self.ear.quiet_at is not None:
            times.append(self.ear.quiet_at)
        return min(times, default=None)

    def open(self, now_ns: int) -> list[Action]:
        """Greet the client; whatever it asks is answered after that."""
        self.play(self.script.opening, now_ns)
        self._greeted_ns = now_ns + self.pace.of(self.script.opening.steps[-1].after_ns)
        return self.wake(now_ns)

    def feed(self, body: JSON, now_ns: int, place: Place = NOWHERE) -> list[Action]:
        """Take in one event of the client; `place` is where complaints about it point."""
        event = body if isinstance(body, dict) else {}
        name = self.script.vocabulary.canonical(str(event.get("type") or ""))
        before = self._inbox[-1].due_ns if self._inbox else self._greeted_ns
        due = max(now_ns + self.pace.latency(self._latency_ns(name)), before)
        self._inbox.append(Received(due, name, event, place))
        return self.wake(now_ns)

    def wake(self, now_ns: int) -> list[Action]:
        """Do what is due."""
        self._out = []
        while self._happen(now_ns):
            pass
        return self._out

    # What happens next

    def _happen(self, now_ns: int) -> bool:
        """Let the next thing happen; tell whether there was one."""
        queue = sorted((self._order(playing), n) for n, playing in enumerate(self._playing))
        play_ns = queue[0][0][0] if queue else None
        call_ns = self._inbox[0].due_ns if self._inbox else None
        quiet_ns = self.ear.quiet_at
        first = min((ns for ns in (play_ns, call_ns, quiet_ns) if ns is not None), default=None)
        if first is None or first > now_ns:
            return False
        self.now_ns = first
        if queue and first == play_ns:
            others = [ns for ns in (now_ns, call_ns, quiet_ns) if ns is not None]
            until = min([(min(others), ENDLESS), *(order for order, _ in queue[1:])])
            self._run(self._playing[queue[0][1]], until)
        elif first == call_ns:
            answers.answer(self, self._inbox.popleft())
        else:
            self.end_turn(self.next_turn())
        return True

    def _run(self, playing: Playing, until: tuple[int, int]) -> None:
        """Send the steps of a block up to a place in time and recording, or to the first that has an effect."""
        steps, values, origin = playing.block.steps, playing.values, playing.origin_ns
        pace, send, effect = self.pace.of, self._out.append, None
        while playing.position < len(steps) and effect is None:
            step = steps[playing.position]
            due = origin + pace(step.after_ns)
            if (due, step.seq) > until:
                return
            playing.position += 1
            if step.type in playing.skip:
                continue
            self.now_ns = due
            effect = effects.EFFECTS.get(step.type)
            values[0] = self.event_id()
            body = step.template.render(values) if effect is None else effect(self, playing, step)
            send(Send(due, body))
        if playing.position == len(steps):
            self.stop(playing)

    def _due(self, playing: Playing) -> int:
        return playing.origin_ns + self.pace.of(playing.block.steps[playing.position].after_ns)

    def _order(self, playing: Playing) -> tuple[int, int]:
        return self._due(playing), playing.block.steps[playing.position].seq

    def _latency_ns(self, name: str) -> int:
        if name == "response.create":
            return self.next_response(asked=True, take=False).latency_ns
        call = self._recorded(name)
        return call.latency_ns if call else 0

    def _recorded(self, name: str) -> Call | None:
        """Return the recorded client event that stands where the next one of this type does."""
        calls = self.script.calls.get(name, ())
        return calls[min(self._calls[name], len(calls) - 1)] if calls else None

    # What answers and effects are made of

    def event_id(self) -> bytes:
        """Return the id of the next server event, as JSON."""
        return b'"%b"' % self.ids.new("event").encode()

    def answer_as_recorded(self, name: str, event: Mapping[str, JSON]) -> bool:
        """Answer with what the recording has, when it has just this request and what it got; tell whether it had."""
        call = self._recorded(name)
        self._calls[name] += 1
        if call is None or not call.block.steps or not _same_request(call.request, event):
            return False
        self.play(call.block, self.now_ns - self.pace.of(call.block.steps[0].after_ns))
        return True

    def send(self, body: bytes) -> None:
        """Send an event now."""
        self._out.append(Send(self.now_ns, body))

    def say(self, name: str, /, **fields: JSON) -> None:
        """Send an event that the recording does not have, when the dialect knows it."""
        wire = self.script.vocabulary.wire.get(name)
        if wire is not None:
            self.send(orjson.dumps({"type": wire, "event_id": self.ids.new("event"), **fields}))

    def complain(self, rule: Rule, place: Place, message: str) -> None:
        """Tell the user what is wrong with an event."""
        self._out.append(Complain(complaint(rule, place, message)))

    def close(self, code: int, reason: str) -> None:
        """Close the connection."""
        self._out.append(Close(self.now_ns, code, reason))

    def play(self, block: Block, origin_ns: int) -> Playing:
        """Begin to send a block, with ids of its own; its times count from `origin_ns`."""
        values = [b""] * FIRST_NAME + [orjson.dumps(self._live_id(name)) for name in block.names]
        playing = Playing(block, values, origin_ns)
        if block.steps:
            self._playing.append(playing)
        return playing

    def stop(self, playing: Playing) -> None:
        """Send nothing more of a block."""
        self._playing = [other for other in self._playing if other is not playing]

    def _live_id(self, name: Name) -> str:
        if name.logged not in self._known or not (name.borrowed or name.kind in CONNECTION_WIDE):
            self._known[name.logged] = self.ids.new(PREFIXES[name.kind])
        return self._known[name.logged]

    def says_done(self) -> bool:
        """Tell whether the server says `conversation.item.done` too: not every one that knows it does."""
        sends = self.script.sends
        return "conversation.item.done" in sends or "conversation.item.added" not in sends

    # Turns and responses

    def next_turn(self) -> Turn:
        """Return the turn that comes next: recorded, the last one again, or a plain one."""
        turns = self.script.turns
        return turns[min(self._turns, len(turns) - 1)] if turns else self.script.plain_turn

    def end_turn(self, turn: Turn, committed: bool = False) -> None:
        """Let the user's turn end: `committed` by the client, or by voice activity."""
        self.ear.quiet_at = None
        self._turns += 1
        spared = _until_commit(turn) if committed and turn.spoken else 0
        playing = self.play(turn.block, self.now_ns - self.pace.of(spared))
        playing.turn = turn
        if committed:
            playing.skip = effects.SPEECH
        elif effects.answers_turn(self):
            self._answer_turn(turn)

    def _answer_turn(self, turn: Turn) -> None:
        recorded = turn.response
        if recorded is not None and id(recorded) not in self._used:
            self._used.add(id(recorded))
            self.play(recorded.block, self.now_ns + self.pace.of(turn.response_after_ns))
            return
        response = self.next_response(asked=False)
        taken_ns = self.now_ns + self.pace.of(_until_taken(turn)) + 1
        self.play(response.block, taken_ns + self.pace.latency(response.latency_ns))

    def is_listening(self) -> bool:
        """Tell whether audio counts for a new turn: none is being ended, and no response is coming."""
        return self.active is None and all(playing.turn is None for playing in self._playing)

    def stop_listening(self) -> None:
        """Forget the speech that no commit has ended yet, and the answer to it."""
        self.ear.quiet_at = None
        turns = [playing.turn for playing in self._playing if playing.turn is not None]
        answers = [turn.response.block for turn in turns if turn.response is not None]
        for playing in list(self._playing):
            if playing.turn is not None or (playing.position == 0 and playing.block in answers):
                self.stop(playing)

    def next_response(self, asked: bool, take: bool = True) -> Response:
        """Return the response that comes next, one with the same kind of cause first."""
        unused = [response for response in self.script.responses if id(response) not in self._used]
        fitting = [response for response in unused if response.asked == asked]
        response = (fitting or unused or [self._spare_response()])[0]
        if take:
            self._used.add(id(response))
        return response

    def response_in_progress(self, response_id: str) -> Playing | None:
        """Return the response of that id while it is being sent."""
        return next((playing for playing in self._playing if self.response_id(playing) == response_id), None)

    def response_id(self, playing: Playing) -> str:
        """Return the id of a response that has begun, empty for anything else."""
        names = enumerate(playing.block.names, FIRST_NAME)
        found = (orjson.loads(playing.values[slot]) for slot, name in names if name.kind == "response")
        return next(found, "") if playing.position else ""

    def cancel(self, playing: Playing, reason: str) -> None:
        """End a response before its time."""
        self.stop(playing)
        if playing is self.active:
            self.active = None
        for event in cancelled(self, playing, reason):
            self._end_early(playing, event)

    def _end_early(self, playing: Playing, event: dict[str, Any]) -> None:
        name, fields = event.pop("type"), event
        if name in effects.PLACED:
            if name in playing.skip or (name == "conversation.item.done" and not self.says_done()):
                return
            self.conversation.keep(fields["item"]["id"], fields["item"])
            previous = self.conversation.predecessor(fields["item"]["id"])
            fields = {"previous_item_id": previous, **fields}
        elif name == "response.done":
            fields["response"] |= effects.overridden(playing.request)
        self.say(name, **fields)

    def is_over(self) -> bool:
        """Tell whether the recording has no more responses and the connection is to end with it."""
        return self.when_done == "end" and all(id(response) in self._used for response in self.script.responses)

    def _spare_response(self) -> Response:
        """Return what follows the last recorded response: never a tool call, which a client would answer for ever."""
        if self.when_done == "generate":
            return self.script.plain_response
        repeatable = [r for r in self.script.responses if not _calls_tool(r)]
        return repeatable[-1] if repeatable else self.script.plain_response


def _until_taken(turn: Turn) -> int:
    """Return how long it takes until the item of a turn is in the conversation, and an answer may follow."""
    taking = {"input_audio_buffer.committed", *effects.PLACED}
    return max((step.after_ns for step in turn.block.steps if step.type in taking), default=0)


def _until_commit(turn: Turn) -> int:
    """Return how long voice activity took to commit a turn, which a client that commits does not wait for."""
    committed = (step.after_ns for step in turn.block.steps if step.type == "input_audio_buffer.committed")
    return next(committed, 0)


def _same_request(recorded: Mapping[str, JSON], live: Mapping[str, JSON]) -> bool:
    return {**recorded, "event_id": None} == {**live, "event_id": None}


def _calls_tool(response: Response) -> bool:
    return any(step.type == "response.function_call_arguments.done" for step in response.block.steps)
