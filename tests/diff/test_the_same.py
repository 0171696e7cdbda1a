"""Two runs of one script: what they never share is set aside, and nothing is left."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import Line, Writer, later, rechunked, renamed, session_of, with_events

from harness import api
from harness.diff import compare
from harness.model import Session
from harness.protocol.translate import translate

ROOT = Path(__file__).parents[2]
SEED = ROOT / "fixtures" / "sessions" / "seed.yaml"
RECORDED = sorted((ROOT / ".." / "shared" / "corpus" / "sessions").glob("*.yaml"))


@pytest.fixture(scope="module")
def seed() -> Session:
    return api.load(SEED)


@pytest.fixture(scope="module")
def talk() -> list[Line]:
    writer = Writer().opening().typed("Where do owls sleep?", "They sleep in trees, mostly.")
    writer.spoken("And the bats", "Bats sleep in caves.").called("Is it raining there?", "Paris", "No, it is clear.")
    return writer.lines


def test_a_session_is_the_same_as_itself(seed: Session) -> None:
    assert compare(seed, seed).verdict == "same"


def test_the_flattened_seed_is_the_same_as_the_seed_with_its_indentation(seed: Session) -> None:
    flat = api.load(ROOT / "fixtures" / "recovery" / "seed-flat.txt")
    assert compare(seed, flat).verdict == "same"


def test_other_ids_are_the_same(seed: Session) -> None:
    other = renamed(seed)
    assert other.events[4].body["item_id"] != seed.events[4].body["item_id"]
    assert compare(seed, other).verdict == "same"


@pytest.mark.parametrize("size", [1, 2, 7, 200])
def test_text_in_other_pieces_is_the_same(seed: Session, size: int) -> None:
    other = rechunked(seed, size)
    assert len(other.events) != len(seed.events)
    assert compare(seed, other).verdict == "same"


def test_another_time_of_day_is_the_same(seed: Session) -> None:
    assert compare(seed, later(seed, 86_400_000)).verdict == "same"


def test_a_few_milliseconds_more_or_less_are_the_same(seed: Session) -> None:
    assert compare(seed, later(seed, 80, since=12)).verdict == "same"


@pytest.mark.parametrize("turned", [False, True], ids=["beta to GA", "GA to beta"])
def test_another_generation_of_the_protocol_is_the_same(seed: Session, turned: bool) -> None:
    translated = translate(seed, "openai-ga").session
    comparison = compare(translated, seed) if turned else compare(seed, translated)
    assert {comparison.left.dialect, comparison.right.dialect} == {"openai-beta", "openai-ga"}
    assert comparison.verdict == "same"
    assert "`conversation.item.done` is not compared: openai-beta has no such event" in comparison.notes


def test_everything_at_once_is_the_same(seed: Session) -> None:
    other = rechunked(renamed(later(translate(seed, "openai-ga").session, 5_000)), 3)
    assert compare(seed, other).verdict == "same"


def test_a_voice_session_with_tools_in_the_older_generation_is_the_same(talk: list[Line]) -> None:
    today = session_of(talk)
    assert compare(today, translate(today, "openai-beta").session).verdict == "same"


@pytest.mark.skipif(not RECORDED, reason="the recorded sessions are not on this machine")
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_every_recorded_session_is_the_same_with_other_ids_pieces_and_times(path: Path) -> None:
    session = api.load(path)
    assert compare(session, renamed(rechunked(later(session, 1234), 5))).verdict == "same"


def test_null_written_in_another_way_is_the_same(seed: Session) -> None:
    events = [
        event._replace(body={key: value for key, value in event.body.items() if value not in ("", None)})
        for event in seed.events
    ]
    assert compare(seed, with_events(seed, events)).verdict == "same"


def test_heartbeats_and_rate_limits_are_set_aside(talk: list[Line]) -> None:
    other = []
    for line in talk:
        body = line.body
        if body["type"] == "rate_limits.updated":
            body = {**body, "rate_limits": [{"name": "requests", "remaining": 3}]}
        other += [replace(line, body=body), Line("server", {"type": "ping", "event_id": "p"}, line.at_ms, line.turn)]
    assert compare(session_of(talk), session_of(other)).verdict == "same"


BESIDE = ("conversation.item.input_audio_transcription", "rate_limits", "response.output_audio.done")
"""Events that have no common scope and no cause with those around them in the turn."""


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_independent_streams_in_another_order_are_the_same(data: st.DataObject) -> None:
    lines = Writer().opening().spoken("How do bats see", "They hear where things are.").lines
    for kind in BESIDE[:2]:
        moving = [line for line in lines if line.body["type"].startswith(kind)]
        rest = [line for line in lines if line not in moving]
        first = next(i for i, line in enumerate(rest) if line.body["type"] == "conversation.item.added") + 1
        if kind == "rate_limits":
            first = next(i for i, line in enumerate(rest) if line.body["type"] == "response.created") + 1
        places = sorted(data.draw(st.lists(st.integers(first, len(rest)), min_size=len(moving), max_size=len(moving))))
        for offset, (place, line) in enumerate(zip(places, moving, strict=True)):
            rest.insert(place + offset, line)
        lines = rest
    left = session_of(Writer().opening().spoken("How do bats see", "They hear where things are.").lines, stamped=False)
    assert compare(left, session_of(lines, stamped=False)).verdict == "same"


def test_audio_and_its_transcript_may_interleave_in_any_way() -> None:
    lines = Writer().opening().spoken("How do bats see", "They hear where things are.").lines
    audio = [line for line in lines if line.body["type"].startswith("response.output_audio.")]
    rest = [line for line in lines if line not in audio]
    at = next(i for i, line in enumerate(rest) if line.body["type"] == "response.content_part.done")
    other = [*rest[:at], *audio, *rest[at:]]
    assert compare(session_of(lines, stamped=False), session_of(other, stamped=False)).verdict == "same"
