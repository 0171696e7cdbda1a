"""Real sessions, replayed to the client that was recorded: the same events in the same order, under other ids."""

from pathlib import Path
from typing import Any

import pytest
from mock_talk import Talk
from recordings import script_of

from harness.api import load
from harness.model import Session
from harness.protocol.translate import translate

SHARED = Path(__file__).parents[3] / "shared" / "corpus" / "sessions"
LOGS = sorted(SHARED.glob("*.yaml"))
COMPLETE = [log for log in LOGS if "sideband" not in log.name]

pytestmark = pytest.mark.skipif(not LOGS, reason=f"the recorded sessions are not in {SHARED}")


def replayed(session: Session) -> Talk:
    """Return the conversation of the recorded client with a mock made from its own session."""
    talk = Talk(script_of(session))
    said: list[dict[str, Any]] = list(talk.heard)
    recorded_calls = _call_ids([event.body for event in session.events if event.side == "server"])
    for event in session.events:
        if event.side == "client":
            before = len(talk.heard)
            live = dict(zip(recorded_calls, _call_ids(said), strict=False))
            talk >> _with_call_id(event.body, live)
            talk + (0 if event.type == "input_audio_buffer.append" else 0.001)
            said += talk.heard[before:]
    return talk + 5_000


def _call_ids(events: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(event["call_id"] for event in events if "call_id" in event))


def _with_call_id(event: dict[str, Any], live: dict[str, str]) -> dict[str, Any]:
    item = event.get("item", {})
    return {**event, "item": {**item, "call_id": live[item["call_id"]]}} if "call_id" in item else event


@pytest.mark.parametrize("log", COMPLETE, ids=lambda log: log.stem)
def test_the_recorded_client_gets_what_it_got(log: Path) -> None:
    session = load(log)
    talk = replayed(session)
    assert talk.types() == [event.type for event in session.events if event.side == "server"]
    assert talk.faults_of_ours() == []


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_no_id_of_the_recording_is_sent(log: Path) -> None:
    session = load(log)
    sent = replayed(session).heard
    server = [event.body for event in session.events if event.side == "server"]
    items = {event["item_id"] for event in server if event.get("item_id")}
    assert not items & {value for event in sent for value in _strings(event)}
    assert not {event["event_id"] for event in server} & {event["event_id"] for event in sent}


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for member in value.values() for text in _strings(member)]
    if isinstance(value, list):
        return [text for member in value for text in _strings(member)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("log", [log for log in COMPLETE if log.name.startswith("openai")], ids=lambda log: log.stem)
def test_a_session_of_today_plays_to_a_client_of_2024(log: Path) -> None:
    session = translate(load(log), "openai-beta").session
    talk = replayed(session)
    assert talk.types() == [event.type for event in session.events if event.side == "server"]
    assert talk.faults_of_ours() == []


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_all_audio_that_is_sent_can_be_played(log: Path) -> None:
    from harness.sound.payloads import decoded

    for event in replayed(load(log)).heard:
        if event["type"] in ("response.audio.delta", "response.output_audio.delta"):
            data = decoded(event["delta"])
            assert data and len(data) % 2 == 0
