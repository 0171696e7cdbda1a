"""A Replayer whose events, on their way to the client, meet with faults. Without I/O, like the Replayer itself."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from math import inf
from typing import Any, NamedTuple

from harness.model import JSON, Place
from harness.protocol import schemas
from harness.replay.actions import Send
from harness.replay.playing import Playing
from harness.replay.replayer import NOWHERE, Replayer
from harness.replay.wire import dumps, loads
from harness.scenarios.acts import Act
from harness.scenarios.deeds import AT_ANYTHING, DEEDS, LATE_MS, MS, Moment, Told
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
    ) -> None:
        """`chance` draws from 0 to 1; `excuse` is called when a fault happens, so that nobody is blamed for it.

        `cast` makes the responses, where they are not the recorded ones.
        """
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
            told = self._suffered(action) if isinstance(action, Send) else iter((Told(action),))
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

    def _suffered(self, send: Send) -> Iterator[Told]:
        """Yield what becomes of an event: of the faults that are for it, the first."""
        event = loads(send.body)
        name = str(event.get("type"))
        anew = self._cast.see(self._canonical(name), event) if self._cast else None
        if anew is not None:
            self._replayer.responses = anew
        fault = self._fault_for(DEEDS.keys(), name, self._canonical(name))
        if fault is None:
            yield Told(send)
            return
        memory = self._memories.setdefault(id(fault), {})
        yield from DEEDS[fault.do](Moment(send, event, fault, memory, self._shapes))

    # What the client sends

    def _answered(self, body: JSON, now_ns: int) -> bool:
        """Let a fault answer a client event instead of the Replayer; tell whether one did."""
        name = str(body.get("type")) if isinstance(body, dict) else ""
        fault = self._fault_for({"refuse", "ignore", "hear-late", *AT_ANYTHING}, name, self._canonical(name))
        if fault is None:
            return False
        if fault.do == "refuse":
            self._put(Told(Send(now_ns, self._refusal(fault, body)), fault.number("ms", 0.0)), now_ns)
        elif fault.do == "hear-late":
            self._heard_ns = now_ns + int(fault.number("ms", LATE_MS) * MS)
        elif fault.do in AT_ANYTHING:
            memory = self._memories.setdefault(id(fault), {})
            event = body if isinstance(body, dict) else {}
            moment = Moment(Send(now_ns, b""), event, fault, memory, self._shapes)
            for told in DEEDS[fault.do](moment):
                if told.act is not moment.send:
                    self._put(told, now_ns)
                elif told.holds:
                    self._line_ns = NEVER_NS if told.late_ms == inf else now_ns + int(told.late_ms * MS)
        return fault.do in ("refuse", "ignore")

    def _refusal(self, fault: Fault, body: JSON) -> bytes:
        event_id = body.get("event_id") if isinstance(body, dict) and not fault.options.get("anonymous") else None
        error = {
            "type": fault.text("type", "invalid_request_error"),
            "code": fault.options.get("code"),
            "message": fault.text("message", "The server had an error while processing your request."),
            "param": fault.options.get("param"),
            "event_id": event_id,
        }
        return dumps({"type": "error", "event_id": self._replayer.ids.new("event"), "error": error})

    def _fault_for(self, deeds: Any, *names: str) -> Fault | None:
        """Return the first of the faults that happens at an event of these names, counting it for all."""
        found = None
        for place, fault in enumerate(self._faults):
            if fault.do not in deeds or not fault.matches(*names):
                continue
            self._seen[place] += 1
            happens = fault.covers(self._seen[place]) and (fault.chance >= 1 or self._chance() < fault.chance)
            if found is None and happens:
                found = fault
        if found is not None:
            self._excuse()
        return found
