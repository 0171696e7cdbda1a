"""The mock server of one connection, without I/O: events and the time go in, events and their times come out."""

import sys
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from harness.model import JSON, Place, Rule
from harness.replay import answers, effects
from harness.replay.actions import Action, Close, Complain, Send
from harness.replay.cancel import cancelled
from harness.replay.compiler import FIRST_NAME
from harness.replay.complaints import complaint
from harness.replay.conversation import Conversation
from harness.replay.ids import IdSource
from harness.replay.pacing import Pace
from harness.replay.playing import Playing
from harness.replay.responses import Responses, WhenDone
from harness.replay.script import Block, Call, Name, Script, Turn, same_request
from harness.replay.turns import Turns, is_taken, taken_ns
from harness.replay.vocabulary import PREFIXES
from harness.replay.wire import dumps

ENDLESS = sys.maxsize
"""Comes after every place in a recording."""

NOWHERE = Place("", 1, 1)

CONNECTION_WIDE = frozenset({"session", "conversation"})
"""Kinds of ids that stay the same for the whole connection."""


class Received(NamedTuple):
    """A client event that waits for its answer."""

    due_ns: int
    name: str
    """The canonical type."""
    body: dict[str, JSON]
    place: Place
    is_garbage: bool = False
    """Whether it was no JSON at all."""


class Replayer:
    """Plays a script to one client.

    All times are Unix nanoseconds on a clock that never goes back. Each call returns what is to be done now;
    `next_ns` then tells when to call `wake`.
    """

    def __init__(self, script: Script, ids: IdSource, pace: Pace, when_done: WhenDone = "repeat") -> None:
        self.script, self.ids, self.pace = script, ids, pace
        self.conversation = Conversation()
        self.turns = Turns(self)
        self.responses = Responses(script, when_done)
        self.session: dict[str, JSON] = {}
        """The effective configuration."""
        self.model = ""
        """The model that the client asked for; empty for the recorded one."""
        self.active: Playing | None = None
        """The response in progress."""
        self.speakers: dict[str, Playing] = {}
        """The response that speaks each item of the model."""
        self.now_ns = 0
        self.playing: list[Playing] = []
        """What is being sent."""
        self._known: dict[str, str] = {}
        """Ids of the recording and the live ones that stand for them."""
        self._inbox: deque[Received] = deque()
        self._out: list[Action] = []
        self._greeted_ns = 0
        self._calls: Counter[str] = Counter()

    # What the shell calls

    @property
    def next_ns(self) -> int | None:
        """Return when `wake` has something to do, None when only the client can make it so."""
        times = [self._due(playing) for playing in self.playing]
        call_ns = self._call_ns()
        if call_ns is not None:
            times.append(call_ns)
        if self.turns.ear.quiet_at is not None:
            times.append(self.turns.ear.quiet_at)
        return min(times, default=None)

    def open(self, now_ns: int) -> list[Action]:
        """Greet the client; whatever it asks is answered after that."""
        self.play(self.script.opening, now_ns)
        self._greeted_ns = now_ns + self.pace.of(self.script.opening.steps[-1].after_ns)
        return self.wake(now_ns)

    def feed(self, body: JSON, now_ns: int, place: Place = NOWHERE) -> list[Action]:
        """Take in one event of the client, None for what is no JSON; `place` is where complaints about it point."""
        event = body if isinstance(body, dict) else {}
        name = self.script.vocabulary.canonical(str(event.get("type") or ""))
        before = self._inbox[-1].due_ns if self._inbox else self._greeted_ns
        due = max(now_ns + self.pace.latency(self._latency_ns(name)), before)
        self._inbox.append(Received(due, name, event, place, body is None))
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
        self._postpone()
        queue = sorted((self._order(playing), n) for n, playing in enumerate(self.playing))
        play_ns = queue[0][0][0] if queue else None
        call_ns = self._call_ns()
        quiet_ns = self.turns.ear.quiet_at
        first = min((ns for ns in (play_ns, call_ns, quiet_ns) if ns is not None), default=None)
        if first is None or first > now_ns:
            return False
        self.now_ns = max(self.now_ns, first)
        if queue and first == play_ns:
            others = [ns for ns in (now_ns, call_ns, quiet_ns) if ns is not None]
            until = min([(min(others), ENDLESS), *(order for order, _ in queue[1:])])
            self._run(self.playing[queue[0][1]], until)
        elif first == call_ns:
            answers.answer(self, self._inbox.popleft())
        else:
            self.turns.end()
        return True

    def _call_ns(self) -> int | None:
        """Return when the next client event is answered: not while a turn is being taken into the conversation."""
        if not self._inbox:
            return None
        begun = [(playing, playing.turn) for playing in self.playing if playing.position]
        taken = (playing.origin_ns + self.pace.of(taken_ns(turn)) + 1 for playing, turn in begun if turn is not None)
        return max(self._inbox[0].due_ns, *taken, 0)

    def _postpone(self) -> None:
        """Let no response begin before the one in progress has ended."""
        if self.active is None:
            return
        ends_ns = self.active.origin_ns + self.pace.of(self.active.block.steps[-1].after_ns) + 1
        for playing in self.playing:
            if playing.answers is not None and playing.position == 0:
                playing.origin_ns = max(playing.origin_ns, ends_ns)

    def _run(self, playing: Playing, until: tuple[int, int]) -> None:
        """Send the steps of a block up to a place in time and recording, or to the first that has an effect."""
        steps, values, origin = playing.block.steps, playing.values, playing.origin_ns
        pace, send, effect, now_ns = self.pace.of, self._out.append, None, self.now_ns
        while playing.position < len(steps) and effect is None:
            step = steps[playing.position]
            due = origin + pace(step.after_ns)
            if (due, step.seq) > until:
                return
            playing.position += 1
            if step.type in playing.skip:
                continue
            self.now_ns = due = max(due, now_ns)
            effect = effects.EFFECTS.get(step.type)
            values[0] = self.event_id()
            body = step.template.render(values) if effect is None else effect(self, playing, step)
            send(Send(due, body))
            if playing.turn is not None and is_taken(playing):
                self.turns.taken(playing)
            if effect is not None and step.type in effects.AFTERWARDS:
                effects.AFTERWARDS[step.type](self, playing)
        if playing.position == len(steps):
            self.stop(playing)

    def _due(self, playing: Playing) -> int:
        return playing.origin_ns + self.pace.of(playing.block.steps[playing.position].after_ns)

    def _order(self, playing: Playing) -> tuple[int, int]:
        return self._due(playing), playing.block.steps[playing.position].seq

    def _latency_ns(self, name: str) -> int:
        if name == "response.create":
            return self.responses.next(asked=True).latency_ns
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

    def answer_as_recorded(self, name: str, event: Mapping[str, JSON]) -> Playing | None:
        """Answer with what the recording has, when it has just this request and what it got; else return None."""
        call = self._recorded(name)
        self._calls[name] += 1
        if call is None or not call.block.steps or not same_request(call.request, event):
            return None
        return self.play(call.block, self.now_ns - self.pace.of(call.block.steps[0].after_ns))

    def send(self, body: bytes) -> None:
        """Send an event now."""
        self._out.append(Send(self.now_ns, body))

    def say(self, name: str, /, **fields: JSON) -> None:
        """Send an event that the recording does not have, when the dialect knows it."""
        wire = self.script.vocabulary.wire.get(name)
        if wire is not None:
            body = {"type": wire, "event_id": self.ids.new("event"), **fields}
            self.send(dumps(self.script.vocabulary.validators.completed("server", wire, body)))

    def complain(self, rule: Rule, place: Place, message: str) -> None:
        """Tell the user what is wrong with an event."""
        self._out.append(Complain(complaint(rule, place, message)))

    def close(self, code: int, reason: str) -> None:
        """Close the connection."""
        self._out.append(Close(self.now_ns, code, reason))

    def play(self, block: Block, origin_ns: int) -> Playing:
        """Begin to send a block, with ids of its own; its times count from `origin_ns`."""
        values = [b""] * FIRST_NAME + [dumps(self._live_id(name)) for name in block.names]
        playing = Playing(block, values, origin_ns)
        if block.steps:
            self.playing.append(playing)
        return playing

    def stop(self, playing: Playing) -> None:
        """Send nothing more of a block."""
        self.drop(lambda other: other is playing)

    def finish(self, playing: Playing) -> None:
        """Send the rest of a block at once."""
        now_ns = self.now_ns
        while playing.position < len(playing.block.steps):
            self._run(playing, (ENDLESS, ENDLESS))
        self.now_ns = now_ns

    def drop(self, unwanted: Callable[[Playing], bool]) -> None:
        """Send nothing more of some blocks."""
        self.playing = [playing for playing in self.playing if not unwanted(playing)]

    def _live_id(self, name: Name) -> str:
        if name.logged not in self._known or not (name.borrowed or name.kind in CONNECTION_WIDE):
            self._known[name.logged] = self.ids.new(PREFIXES[name.kind])
        return self._known[name.logged]

    def says_done(self) -> bool:
        """Tell whether the server says `conversation.item.done` too: not every one that knows it does."""
        sends = self.script.sends
        return "conversation.item.done" in sends or "conversation.item.added" not in sends

    # Turns and responses

    def answer_turn(self, playing: Playing, turn: Turn) -> None:
        """Let a turn that is being sent have its response: its own, or the next one."""
        origin_ns = playing.origin_ns
        if turn.response is not None and self.responses.take(turn.response):
            response, begins_ns = turn.response, origin_ns + self.pace.of(turn.response_after_ns)
        else:
            response = self.responses.next(asked=False)
            self.responses.take(response)
            begins_ns = origin_ns + self.pace.of(taken_ns(turn)) + self.pace.latency(response.latency_ns) + 1
        self.play(response.block, begins_ns).answers = playing

    def is_answering(self) -> bool:
        """Tell whether a response is in progress, or comes without being asked for."""
        return self.active is not None or any(playing.answers is not None for playing in self.playing)

    def interrupt(self, turn: Playing) -> None:
        """Let the user who speaks in `turn` end the response in progress, and the one that was to come."""
        if self.active is not None:
            self.cancel(self.active, "turn_detected")
        for playing in [one for one in self.playing if one.answers not in (None, turn) and one.position == 0]:
            first = playing.next_step
            playing.origin_ns = self.now_ns - self.pace.of(first.after_ns)
            self._run(playing, (self.now_ns, first.seq))  # it is created, and cancelled before it has any output
            self.cancel(playing, "turn_detected")

    def response_in_progress(self, response_id: str) -> Playing | None:
        """Return the response of that id while it is being sent."""
        return next((playing for playing in self.playing if playing.response_id == response_id), None)

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
