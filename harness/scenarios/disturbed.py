"""A Replayer whose events, on their way to the client, meet with faults. Without I/O, like the Replayer itself."""

import heapq
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import count
from math import inf
from typing import Any, NamedTuple

from harness.model import JSON, Place
from harness.protocol import schemas
from harness.replay.actions import Send
from harness.replay.playing import Playing
from harness.replay.replayer import NOWHERE, Replayer
from harness.replay.settings import PATHS
from harness.replay.wire import dumps, loads
from harness.scenarios.acts import Act
from harness.scenarios.deeds import AT_ANYTHING, DEEDS, LATE_MS, MS, REFUSALS, Moment, Told, replaced
from harness.scenarios.fault import Fault
from harness.scenarios.making import Cast
from harness.scenarios.shapes import Shapes

NEVER_NS = 1 << 62
"""Later than any client waits."""
BEHIND_NEXT_NS = 200 * MS
"""What is to come behind the next event comes after this time when there is none."""


class Waiting(NamedTuple):
    """What is on its way."""

    due_ns: int
    order: int
    act: Act


class Heard(NamedTuple):
    """A client event that has not reached the Replayer yet."""

    due_ns: int
    body: JSON
    place: Place


class Disturbed:
    """Takes the place of a Replayer; `next_ns`, `open`, `feed` and `wake` are as there."""

    def __init__(
        self,
        replayer: Replayer,
        faults: Sequence[Fault],
        chance: Callable[[], float],
        excuse: Callable[[], None] = lambda: None,
        cast: Cast | None = None,
        settings: Mapping[str, JSON] | None = None,
    ) -> None:
        """`chance` draws from 0 to 1; `excuse` is called when a fault happens, so that nobody is blamed for it.

        `cast` makes the responses, where they are not the recorded ones. `settings` are what the session starts with,
        by the names of `harness.replay.settings.PATHS`.
        """
        self._settings = settings or {}
        self._cast = cast
        if cast is not None:
            replayer.responses = cast.responses()
        self._replayer, self._chance, self._excuse = replayer, chance, excuse
        self._faults = list(faults)
        self._seen: Counter[int] = Counter()
        """How many matching events each fault has seen, by its place in the list."""
        self._memories: dict[int, dict[str, Any]] = {}
        self._queue: list[Waiting] = []
        self._order = count()
        self._line_ns = 0
        """Before this nothing goes out that has to keep its place."""
        self._behind: list[Waiting] = []
        """What goes out behind the next event."""
        self._inbox: list[Heard] = []
        self._heard_ns = 0
        vocabulary = replayer.script.vocabulary
        self._canonical = vocabulary.canonical
        self._shapes = Shapes(schemas.chain(vocabulary.dialect))

    @property
    def active(self) -> Playing | None:
        """Return the response in progress."""
        return self._replayer.active

    @property
    def session(self) -> dict[str, JSON]:
        """Return the effective configuration."""
        return self._replayer.session

    @session.setter
    def session(self, session: dict[str, JSON]) -> None:
        self._replayer.session = session

    @property
    def next_ns(self) -> int | None:
        """Return when `wake` has something to do, None when only the client can make it so."""
        times = [self._replayer.next_ns, *(one.due_ns for one in (*self._queue[:1], *self._behind))]
        times += [heard.due_ns for heard in self._inbox[:1]]
        return min((ns for ns in times if ns is not None and ns < NEVER_NS), default=None)

    def add(self, fault: Fault) -> None:
        """Let one more thing go wrong from now on."""
        self._faults.append(fault)

    def open(self, now_ns: int) -> list[Act]:
        """Greet the client."""
        self._pass(self._replayer.open(now_ns), now_ns)
        return self._due(now_ns)

    def feed(self, body: JSON, now_ns: int, place: Place = NOWHERE) -> list[Act]:
        """Take in one event of the client."""
        if not self._answered(body, now_ns):
            self._inbox.append(Heard(max(now_ns, self._heard_ns), body, place))
        return self.wake(now_ns)

    def wake(self, now_ns: int) -> list[Act]:
        """Do what is due."""
        while self._inbox and self._inbox[0].due_ns <= now_ns:
            heard = self._inbox.pop(0)
            self._pass(self._replayer.feed(heard.body, heard.due_ns, heard.place), now_ns)
        self._pass(self._replayer.wake(now_ns), now_ns)
        return self._due(now_ns)

    # What the server sends

    def _pass(self, actions: Sequence[Act], now_ns: int) -> None:
        for action in actions:
            told = self._suffered(action) if isinstance(action, Send) else [Told(action)]
            behind = self._behind
            self._behind = []
            for one in told:
                self._put(one, now_ns)
            if isinstance(action, Send):
                for waiting in behind:
                    self._push(max(now_ns, self._line_ns), waiting.act)
            else:
                self._behind = behind + self._behind

    def _put(self, told: Told, now_ns: int) -> None:
        """Set an act on its way."""
        at_ns = max(now_ns, getattr(told.act, "at_ns", now_ns))
        if told.late_ms < 0:
            self._behind.append(Waiting(at_ns + BEHIND_NEXT_NS, next(self._order), told.act))
            return
        late_ns = NEVER_NS if told.late_ms == inf else int(told.late_ms * MS)
        due_ns = max(at_ns, self._line_ns) + late_ns
        if told.holds:
            self._line_ns = min(due_ns, NEVER_NS)
        self._push(due_ns, told.act)

    def _push(self, due_ns: int, act: Act) -> None:
        heapq.heappush(self._queue, Waiting(due_ns, next(self._order), act))

    def _due(self, now_ns: int) -> list[Act]:
        for waiting in [one for one in self._behind if one.due_ns <= now_ns]:
            self._behind.remove(waiting)
            self._push(waiting.due_ns, waiting.act)
        acts = []
        while self._queue and self._queue[0].due_ns <= now_ns:
            acts.append(heapq.heappop(self._queue).act)
        return acts

    def _suffered(self, send: Send) -> list[Told]:
        """Return what becomes of an event: each fault that is for it has what the ones before it left."""
        event = loads(send.body)
        name = str(event.get("type"))
        if self._settings and self._canonical(name) == "session.created":
            self.session = event["session"] = started(event["session"], self._settings)
            send = send._replace(body=dumps(event))
        anew = self._cast.see(self._canonical(name), event) if self._cast else None
        if anew is not None:
            self._replayer.responses = anew
        told = [Told(send)]
        for fault in self._faults_for(DEEDS.keys(), event, name, self._canonical(name)):
            told = [after for before in told for after in self._done(fault, before)]
        return told

    def _done(self, fault: Fault, before: Told) -> Iterator[Told]:
        """Yield what a fault makes of what is about to happen; only events can suffer."""
        if not isinstance(before.act, Send):
            yield before
            return
        memory = self._memories.setdefault(id(fault), {})
        event = loads(before.act.body)
        for told in DEEDS[fault.do](Moment(before.act, event, fault, memory, self._shapes)):
            late_ms = told.late_ms if told.late_ms < 0 else told.late_ms + before.late_ms
            yield Told(told.act, late_ms, told.holds or (before.holds and isinstance(told.act, Send)))

    # What the client sends

    def _answered(self, body: JSON, now_ns: int) -> bool:
        """Let a fault answer a client event instead of the Replayer; tell whether one did."""
        event = body if isinstance(body, dict) else {}
        name = str(event.get("type"))
        answered = False
        for fault in self._faults_for({*REFUSALS, *AT_ANYTHING}, event, name, self._canonical(name)):
            if fault.do == "refuse":
                refusal = Send(now_ns, self._refusal(fault, event))
                self._put(Told(refusal, fault.number("ms", 0.0)), now_ns)
            elif fault.do == "hear-late":
                self._heard_ns = now_ns + int(fault.number("ms", LATE_MS) * MS)
            elif fault.do in AT_ANYTHING:
                self._happen_at(fault, event, now_ns)
            answered = answered or fault.do in ("refuse", "ignore")
        return answered

    def _happen_at(self, fault: Fault, event: dict[str, Any], now_ns: int) -> None:
        """Let what can befall a connection happen because of a client event, which itself goes nowhere."""
        moment = Moment(Send(now_ns, b""), event, fault, {}, self._shapes)
        for told in DEEDS[fault.do](moment):
            if told.act is not moment.send:
                self._put(told, now_ns)
            elif told.holds:
                self._line_ns = NEVER_NS if told.late_ms == inf else now_ns + int(told.late_ms * MS)

    def _refusal(self, fault: Fault, event: dict[str, Any]) -> bytes:
        error = {
            "type": fault.text("type", "invalid_request_error"),
            "code": fault.options.get("code"),
            "message": fault.text("message", "The server had an error while processing your request."),
            "param": fault.options.get("param"),
            "event_id": None if fault.options.get("anonymous") else event.get("event_id"),
        }
        return dumps({"type": "error", "event_id": self._replayer.ids.new("event"), "error": error})

    def _faults_for(self, deeds: Collection[str], event: Mapping[str, Any], *names: str) -> list[Fault]:
        """Return the faults that happen at an event of these names, counting it for all."""
        found = []
        for place, fault in enumerate(self._faults):
            if fault.do not in deeds or not fault.matches(event, *names):
                continue
            self._seen[place] += 1
            if fault.covers(self._seen[place]) and (fault.chance >= 1 or self._chance() < fault.chance):
                found.append(fault)
        if found:
            self._excuse()
        return found


def started(session: dict[str, JSON], settings: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a configuration with some settings changed, at those of their places that it has."""
    for name, value in settings.items():
        for path in PATHS[name]:
            session = replaced(session, path.split("."), value)
    return session
