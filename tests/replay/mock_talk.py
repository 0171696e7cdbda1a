"""Conversations with the Replayer, on a clock that only the test moves."""

import base64
from array import array
from collections.abc import Iterator
from typing import Any

import orjson

from harness.api import check
from harness.model import Report
from harness.replay.actions import Close, Complain, Send
from harness.replay.bench import Bench
from harness.replay.ids import Ids
from harness.replay.pacing import Pace
from harness.replay.replayer import Replayer
from harness.replay.script import Script
from harness.rules.monitor import Monitor

START_NS = 1_729_158_305_000_000_000
MS = 1_000_000


class Talk:
    """A client and its mock: `talk >> event` sends, `talk << "type"` takes the next server event, `talk + ms` waits."""

    def __init__(self, script: Script, speed: float = 0.0, **options: Any) -> None:
        self.replayer = Replayer(script, Ids("AJHM0Token000"), Pace(speed), **options)
        self.now_ns = START_NS
        self.heard: list[dict[str, Any]] = []
        """Server events that the test has not taken yet."""
        self.times: list[int] = []
        """When each server event came, in nanoseconds after the start."""
        self.closed: Close | None = None
        self._bench = Bench("talk", lambda: Monitor(script.vocabulary.dialect), frozenset(), lambda: faults_of(script))
        self._take(self.replayer.open(self.now_ns))

    def __rshift__(self, event: Any) -> "Talk":
        place = self._bench.place()
        if isinstance(event, dict):
            self._bench.note(self.now_ns, "client", event)
        self._take(self.replayer.feed(event, self.now_ns, place))
        return self

    def __add__(self, ms: float) -> "Talk":
        """Let time pass, from one thing that is due to the next."""
        end = self.now_ns + int(ms * MS)
        while self.replayer.next_ns is not None and self.replayer.next_ns <= end:
            self.now_ns = max(self.now_ns, self.replayer.next_ns)
            self._take(self.replayer.wake(self.now_ns))
        self.now_ns = end
        return self

    def __lshift__(self, event_type: str) -> dict[str, Any]:
        assert self.heard, f"the server is silent; {event_type} was expected"
        event = self.heard.pop(0)
        assert event["type"] == event_type, event
        return event

    def until(self, event_type: str) -> dict[str, Any]:
        """Take server events up to one of this type."""
        while self.heard:
            event = self.heard.pop(0)
            if event["type"] == event_type:
                return event
        raise AssertionError(f"no {event_type} came")

    def types(self) -> list[str]:
        """Take all server events and return their types."""
        taken, self.heard = self.heard, []
        return [event["type"] for event in taken]

    def report(self) -> Report:
        """Return what the user is told at the end."""
        return self._bench.finish()

    def faults_of_ours(self) -> list[str]:
        """Return what the Monitor finds in what we sent."""
        return [f"{f.code} {f.message}" for f in self.report().findings if f.subject == "harness"]

    def faults_of_the_client(self) -> list[str]:
        """Return the codes of the errors that the user is told about the client."""
        return [f.code for f in self.report().findings if f.subject != "harness" and f.severity == "error"]

    def _take(self, actions: Any) -> None:
        for action in actions:
            if isinstance(action, Send):
                event = orjson.loads(action.body)
                self.heard.append(event)
                self.times.append(action.at_ns - START_NS)
                self._bench.note(action.at_ns, "server", action.body)
            elif isinstance(action, Complain):
                self._bench.complain(action.finding)
            elif isinstance(action, Close):
                self.closed = action


def faults_of(script: Script) -> frozenset[str]:
    """Return the codes of what is wrong with the recording itself."""
    return frozenset(finding.code for finding in check(script.recording).findings)


def append(ms: float) -> dict[str, Any]:
    """Return an event with that much silence."""
    return {"type": "input_audio_buffer.append", "audio": silence(ms)}


def silence(ms: float) -> str:
    """Return base64 of PCM16 at 24 kHz."""
    return base64.b64encode(bytes(int(ms * 24) * 2)).decode()


def tone(ms: float, level: int = 8_000) -> dict[str, object]:
    """Return an event with something that is as loud as a voice."""
    wave = array("h", [level, -level] * int(ms * 12))
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(wave.tobytes()).decode()}


def user_says(text: str, **more: Any) -> dict[str, Any]:
    """Return an event that adds a message of the user."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    return {"type": "conversation.item.create", "item": item, **more}


def deltas(events: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the text of the deltas among some events."""
    return (event["delta"] for event in events if event["type"].endswith("text.delta"))
