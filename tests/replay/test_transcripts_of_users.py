"""What the user said, in writing: with the turn it belongs to, and only where the session asks for it."""

from typing import Any

import pytest
from mock_talk import Talk, append, tone
from recordings import SEED, script_of

import harness
from harness.protocol.translate import translate
from harness.replay.script import Script

TRANSCRIPT = "conversation.item.input_audio_transcription."


@pytest.fixture(scope="module")
def spoken() -> Script:
    """A turn by voice; the deltas of its transcript were recorded while the answer was coming already."""
    return script_of(harness.load(SEED.parent / "spoken-turn.yaml"))


def said_to(talk: Talk, **session: Any) -> Talk:
    """Let a client configure the session and say something."""
    talk << "session.created"
    talk >> {"type": "session.update", "session": {"type": "realtime", **session}}
    talk << "session.updated"
    return talk >> tone(1_000) >> append(1_000)


def test_what_the_user_said_is_written_down_where_the_session_asks_for_it(spoken: Script) -> None:
    talk = said_to(Talk(spoken), audio={"input": {"transcription": {"model": "whisper-1"}}})
    names = [event["type"].removeprefix(TRANSCRIPT) for event in talk.heard if TRANSCRIPT in event["type"]]
    assert names == ["delta"] * 7 + ["completed"]
    assert talk.faults_of_ours() == []


def test_nothing_is_written_down_where_nobody_asked_for_it(spoken: Script) -> None:
    talk = said_to(Talk(spoken), instructions="Be brief.")
    assert [event["type"] for event in talk.heard if TRANSCRIPT in event["type"]] == []
    assert talk.until("response.done")["response"]["status"] == "completed"
    assert talk.faults_of_ours() == []


def test_a_transcript_belongs_to_its_turn_and_not_to_the_answer_it_came_along_with(spoken: Script) -> None:
    (turn,) = spoken.turns
    assert sum(step.type == f"{TRANSCRIPT}delta" for step in turn.block.steps) == 7
    assert not any(step.type.startswith(TRANSCRIPT) for response in spoken.responses for step in response.block.steps)


@pytest.mark.parametrize("dialect", ["openai-beta", "openai-ga"])
def test_a_turn_whose_transcript_was_not_recorded_gets_one_that_says_so(dialect: str) -> None:
    beta = {"input_audio_transcription": {"model": "whisper-1"}}
    today = {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}
    talk = Talk(seed_in(dialect))
    talk >> {"type": "session.update", "session": beta if dialect == "openai-beta" else today}
    talk >> tone(1_000) >> append(1_000)
    item_id = talk.until("input_audio_buffer.committed")["item_id"]
    completed = talk.until(f"{TRANSCRIPT}completed")
    assert (completed["item_id"], completed["usage"]) == (item_id, {"type": "duration", "seconds": 2})
    assert completed["transcript"] == "This is a made-up transcript: the recording has none."
    assert talk.until("response.done")["response"]["status"] == "completed"
    assert talk.faults_of_ours() == []


def test_the_seed_writes_nothing_down_unless_asked_to() -> None:
    talk = Talk(seed_in("openai-beta"))
    talk >> tone(1_000) >> append(1_000)
    assert not any(TRANSCRIPT in event["type"] for event in talk.heard)


def seed_in(dialect: str) -> Script:
    """Return the seed, which has no transcript of its user, as it is or translated."""
    session = harness.load(SEED)
    return script_of(session if dialect == session.dialect else translate(session, dialect)[0])
