"""A session and what a mock makes of it are the same."""

from pathlib import Path

import orjson
import pytest
from made_up import with_events

from harness import api
from harness.diff import compare
from harness.model import Event, Place, Session, Side
from harness.protocol import dialects
from harness.protocol.causes import attribute
from harness.replay.actions import Action, Send
from harness.replay.ids import Ids
from harness.replay.pacing import Pace
from harness.replay.replayer import Replayer
from harness.replay.script import Script
from harness.replay.vocabulary import Vocabulary

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / ".." / "shared" / "corpus" / "sessions"
LOGS = [
    ROOT / "fixtures" / "sessions" / "seed.yaml",
    RECORDED / "openai_ws__message_history_seeding.yaml",
    RECORDED / "gateway_ws__gateway_openai_text_in_audio_out.yaml",
]


class Tape:
    """Serves a session to its own client, and records what passes."""

    def __init__(self, session: Session) -> None:
        dialect = dialects.get(session.dialect)
        script = Script.of(session, attribute(dialect, session.events), Vocabulary.of(dialect))
        self.replayer = Replayer(script, Ids("AJHM0Token000"), Pace(1.0))
        self.events: list[Event] = []
        self.now_ns = session.events[0].at_ns or 0
        self._take(self.replayer.open(self.now_ns))

    def run(self, session: Session) -> Session:
        """Send what the client sent, when it did; where that is not known, when the server has nothing more to say."""
        for event in session.events:
            if event.side == "client":
                self._wait(event.at_ns)
                self._note("client", event.body, self.now_ns)
                self._take(self.replayer.feed(event.body, self.now_ns))
        self._wait(None)
        stamped = session.events[0].at_ns is not None
        return with_events(session, [event if stamped else event._replace(at_ns=None) for event in self.events])

    def _wait(self, until_ns: int | None) -> None:
        while self.replayer.next_ns is not None and (until_ns is None or self.replayer.next_ns <= until_ns):
            self.now_ns = max(self.now_ns, self.replayer.next_ns)
            self._take(self.replayer.wake(self.now_ns))
        self.now_ns = max(self.now_ns, until_ns or 0)

    def _take(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Send):
                self._note("server", orjson.loads(action.body), action.at_ns)

    def _note(self, side: Side, body: dict[str, object], at_ns: int) -> None:
        place = Place("tape", len(self.events) + 1, 1)
        self.events.append(Event(len(self.events), place, at_ns, side, str(body["type"]), body))  # type: ignore[arg-type]


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_replayed_session_is_the_same_as_its_recording(path: Path) -> None:
    if not path.exists():
        pytest.skip("the recorded sessions are not on this machine")
    session = api.load(path)
    replayed = Tape(session).run(session)
    assert replayed.events[-1].body != session.events[-1].body  # the ids at least are fresh
    assert compare(session, replayed).verdict == "same"
