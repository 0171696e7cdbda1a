"""A client that does everything right, and a mock with which things go wrong, on a clock that only the test moves."""

import base64
from array import array
from collections.abc import Sequence
from typing import Any

import orjson

from harness.model import Report
from harness.net.scripts import script_of
from harness.protocol.schemas import chain, validators
from harness.replay.actions import Close, Complain, Send
from harness.replay.bench import Bench
from harness.replay.ids import Ids
from harness.replay.pacing import Pace
from harness.replay.replayer import Replayer
from harness.replay.script import Script
from harness.resources import root
from harness.rules.monitor import Monitor
from harness.scenarios.acts import Act, Binary, Cut, Deliver, Drop, Meant
from harness.scenarios.disturbed import Disturbed
from harness.scenarios.expectation import Follower
from harness.scenarios.fault import Fault, parse
from harness.scenarios.making import Cast
from harness.scenarios.scenario import Scenario

START_NS = 1_729_158_305_000_000_000
MS = 1_000_000


def script(name: str = "spoken-turn", dialect: str | None = None) -> Script:
    return script_of(root("fixtures") / "sessions" / f"{name}.yaml", dialect)


class Scene:
    """`scene >> event` sends, `scene + ms` waits; `got` is what came, each with its time in ms."""

    def __init__(self, played: Script, faults: Sequence[str] = (), scenario: Scenario | None = None, speed: float = 1):
        replayer = Replayer(played, Ids("AJHM0Token000"), Pace(speed))
        self.canonical = played.vocabulary.canonical
        self.bench = Bench("scene", lambda: Monitor(played.vocabulary.dialect))
        wrong: list[Fault] = [*map(parse, faults), *(scenario.faults if scenario else ())]
        cast = Cast(played, scenario.responses, "repeat") if scenario and scenario.responses else None
        settings = scenario.settings if scenario else None
        self.player = Disturbed(replayer, wrong, lambda: 0.2, self.bench.excuse, cast, settings)
        self.follower = Follower(scenario.expect if scenario else ())
        self.validators = validators(chain(played.vocabulary.dialect))
        self.got: list[tuple[int, dict[str, Any]]] = []
        self.acts: list[Act] = []
        self.broken: list[str] = []
        self.is_open = True
        self.now_ns = START_NS
        self._take(self.player.open(self.now_ns))

    def __rshift__(self, event: dict[str, Any]) -> "Scene":
        place = self.bench.place()
        self.bench.note(self.now_ns, "client", event)
        self._follow("client", event)
        self._take(self.player.feed(event, self.now_ns, place))
        return self

    def __add__(self, ms: float) -> "Scene":
        end = self.now_ns + int(ms * MS)
        while self.player.next_ns is not None and self.player.next_ns <= end and self.is_open:
            self.now_ns = max(self.now_ns, self.player.next_ns)
            self._take(self.player.wake(self.now_ns))
        self.now_ns = end
        return self

    def types(self) -> list[str]:
        return [event["type"] for _, event in self.got]

    def when(self, event_type: str) -> int:
        """Return when the first event of a type came, in ms after the start."""
        return next(at for at, event in self.got if event["type"] == event_type)

    def finish(self, left_badly: bool = False) -> Report:
        self.broken += [told for _, told in self.follower.finish(left_badly)]
        return self.bench.finish()

    def hear(self, event: dict[str, Any]) -> None:
        """React to an event; a plain scene does not."""

    def _follow(self, side: Any, event: dict[str, Any]) -> None:
        name = self.canonical(str(event.get("type")))
        self.broken += [told for _, told in self.follower.see(self.now_ns, side, name, event)]

    def _take(self, acts: Sequence[Act]) -> None:
        for act in acts:
            self.acts.append(act)
            if isinstance(act, Send | Meant):
                self.bench.note(act.at_ns, "server", act.body)
            if isinstance(act, Complain):
                self.bench.complain(act.finding)
            if isinstance(act, Close | Drop | Cut):
                self.is_open = False
            if isinstance(act, Send | Deliver | Binary) and self.is_open:
                self._receive(act.body)

    def _receive(self, body: bytes) -> None:
        try:
            event = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        self.got.append(((self.now_ns - START_NS) // MS, event))
        self._follow("server", event)
        self.hear(event)


class RightClient(Scene):
    """Configures, waits, asks once at a time, answers calls, gives up on nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.state = "new"
        self.calls: dict[str, bool] = {}
        """The calls it has heard of, and whether they are answered."""
        self.todo: list[dict[str, Any]] = []
        """What is to be said when the server has been heard."""
        super().__init__(*arguments, **options)

    def hear(self, event: dict[str, Any]) -> None:
        name = self.canonical(event["type"])
        if name == "session.created" and self.state == "new":
            self.state = "configuring"
            self.todo.append({"type": "session.update", "session": self.session(event["session"])})
        elif name in ("session.updated", "error") and self.state == "configuring":
            self.state = "ready"
            self.ask()
        elif name == "response.output_item.done" and event["item"].get("status") == "completed":
            if event["item"].get("type") == "function_call":
                self.calls.setdefault(event["item"]["call_id"], False)
        elif name == "response.done" and event["response"]["status"] == "completed":
            self.answer()

    def answer(self) -> None:
        fresh = [call for call, is_answered in self.calls.items() if not is_answered]
        self.calls |= dict.fromkeys(fresh, True)
        results = ({"type": "function_call_output", "call_id": call, "output": "1"} for call in fresh)
        self.todo += [{"type": "conversation.item.create", "item": item} for item in results]
        if fresh:
            self.todo.append({"type": "response.create"})

    def ask(self) -> None:
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
        self.todo.extend([{"type": "conversation.item.create", "item": item}, {"type": "response.create"}])

    def session(self, configured: dict[str, Any]) -> dict[str, Any]:
        tool = {
            "type": "function",
            "name": "look_up",
            "description": "Look it up.",
            "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
        }
        kind = {"type": "realtime"} if configured.get("type") == "realtime" else {}
        return {**kind, "instructions": "Be brief.", "tools": [tool]}

    def live(self, ms: int) -> None:
        """Let time pass, and say what there is to say."""
        for _ in range(ms // 20):
            while self.todo and self.is_open:
                self >> self.todo.pop(0)
            self + 20


def voice(ms: float) -> dict[str, Any]:
    """Return an event with something that is as loud as a voice."""
    wave = array("h", [8_000, -8_000] * int(ms * 12))
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(wave.tobytes()).decode()}


def silence(ms: float) -> dict[str, Any]:
    """Return an event with silence."""
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(int(ms * 48))).decode()}
