"""Whatever a client does that is allowed, the mock answers with events that the Monitor accepts."""

from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from mock_talk import Talk, append, tone, user_says
from recordings import SEED, recorded, script_of, tool_call

from harness.api import load
from harness.protocol.translate import translate
from harness.replay.script import Script

SCRIPTS = ("seed", "seed_ga", "tool", "slow_tool")


@cache
def script(name: str) -> Script:
    """Return one of the scripts of `conftest`, which are no fixtures for a state machine."""
    if name == "seed":
        return script_of(load(SEED))
    if name == "seed_ga":
        return script_of(translate(load(SEED), "openai-ga").session)
    return script_of(recorded("openai-ga", *tool_call(), every_ms=10 * (name == "slow_tool")))


class Client(RuleBasedStateMachine):
    """A client that knows what it was told, and does as it likes."""

    @initialize(
        name=st.sampled_from(SCRIPTS),
        speed=st.sampled_from([0.0, 1.0, 20.0]),
        when_done=st.sampled_from(["repeat", "generate"]),
    )
    def connect(self, name: str, speed: float, when_done: Any) -> None:
        self.talk = Talk(script(name), speed, when_done=when_done)
        self.talk + 1_000
        self.update = {"type": "realtime"} if name != "seed" else {}
        self.beta, self.said = name == "seed", 0

    @rule(ms=st.integers(0, 3_000))
    def wait(self, ms: int) -> None:
        self.talk + ms

    @rule(own_id=st.booleans(), after=st.sampled_from([None, "root"]))
    def say(self, own_id: bool, after: str | None) -> None:
        event, self.said = user_says("Hi", previous_item_id=after), self.said + 1
        self.talk >> ({**event, "item": {**event["item"], "id": f"mine_{self.said}"}} if own_id else event)

    @rule(text=st.text(max_size=20), listening=st.sampled_from(["server_vad", "semantic_vad", None, "same"]))
    def configure(self, text: str, listening: str | None) -> None:
        detection = None if listening is None else {"type": listening}
        asked = {} if listening == "same" else {"turn_detection": detection}
        session = {**asked} if self.beta else {"audio": {"input": asked}}
        self.talk >> {"type": "session.update", "session": {**self.update, "instructions": text, **session}}

    @rule(ms=st.sampled_from([0, 20, 90, 100, 500, 2_300, 5_000]))
    def speak(self, ms: int) -> None:
        self.talk >> append(ms)

    @rule(ms=st.sampled_from([20, 100, 700]))
    def shout(self, ms: int) -> None:
        self.talk >> tone(ms)

    @rule(kind=st.sampled_from(["input_audio_buffer.commit", "input_audio_buffer.clear", "response.cancel"]))
    def call(self, kind: str) -> None:
        self.talk + 1_000  # a commit that crosses a `response.created` on the wire looks unanswered to the Monitor
        self.talk >> {"type": kind}

    @rule(response=st.sampled_from([None, {}, {"metadata": {"a": "b"}}, {"conversation": "none"}]))
    def ask(self, response: Any) -> None:
        self.talk >> {"type": "response.create", "response": response}

    @rule(doing=st.sampled_from(["delete", "retrieve", "truncate"]), data=st.data())
    def touch(self, doing: str, data: Any) -> None:
        known = [event["item"]["id"] for event in self.talk.heard if "item" in event]
        if known:
            event = {"type": f"conversation.item.{doing}", "item_id": data.draw(st.sampled_from(known))}
            self.talk >> (event if doing != "truncate" else {**event, "content_index": 0, "audio_end_ms": 0})

    @rule()
    def answer_tools(self) -> None:
        for event in [event for event in self.talk.heard if event["type"] == "response.function_call_arguments.done"]:
            item = {"type": "function_call_output", "call_id": event["call_id"], "output": "fog"}
            self.talk >> {"type": "conversation.item.create", "item": item}

    def teardown(self) -> None:
        self.talk + 60_000
        faults = self.talk.faults_of_ours()
        assert not faults, faults


Client.TestCase.settings = settings(
    max_examples=80, stateful_step_count=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
test_what_the_mock_sends_is_always_in_order = Client.TestCase
