"""The figures of the call in `fixtures/`, against the plan that it was made by (`tools/make_voice_call.py`)."""

from pathlib import Path

import pytest

from harness import api
from harness.measure import Stats, stats
from harness.measure.prices import shipped
from harness.measure.recording import record
from harness.measure.tracks import tracks

CALL = Path(__file__).parents[2] / "fixtures" / "sessions" / "phone-call.jsonl"


@pytest.fixture(scope="module")
def call() -> Stats:
    return stats(api.load(CALL), shipped())


PLANNED = {
    # The plan has each moment in milliseconds after the one before.
    ("1.1", "vad_delay"): 65,
    ("1.1", "created"): 38,
    ("1.1", "first_delta"): 210 + 12,
    ("1.1", "tool_time"): 1_350 + 4,  # the arguments are complete 4 ms before the response is done
    ("1.1", "transcript_lag"): 410,
    ("1.2", "created"): 39,  # asked for 1 351 ms after the response before, created 1 390 after it
    ("1.2", "first_delta"): 290 - 1,
    ("1.2", "resume"): 1_390 + 289 - 1_350,
    ("2", "first_audio"): 4 + 45 + 330,
    ("2", "interrupt_audio"): 200,  # two more deltas, one each 100 ms
    ("2", "interrupt_truncate"): 85,
    ("2", "interrupt_done"): 200 + 25 + 6,
    ("2", "generation"): 4,
    ("2", "made"): 10 * 400,
    ("2", "heard"): 700,
    ("2", "stale"): 2 * 400,
    ("3", "first_audio"): 4 + 41 + 300,
    ("1.1", "cost"): (132 * 4 + 22 * 32 + 18 * 16) / 1e6,
    ("1.1", "transcription_cost"): 3 / 60 * 0.006,
}


@pytest.mark.parametrize(("turn", "name"), PLANNED)
def test_the_call_is_measured_as_it_was_planned(call: Stats, turn: str, name: str) -> None:
    row = next(row for row in call.rows if row.label == turn)
    assert row.value(name) == pytest.approx(PLANNED[turn, name])


def test_the_first_sound_is_later_than_the_first_audio_by_the_silence_before_it(call: Stats) -> None:
    """Each answer begins with 120 ms of silence, and the voice with a few more."""
    for row in call.rows:
        if row.value("first_audio") is not None:
            waited = (row.value("first_audible") or 0) - (row.value("first_audio") or 0)
            assert 120 <= waited <= 140
            assert (row.value("felt") or 0) == (row.value("first_audible") or 0) + 500  # silence_duration_ms


def test_a_cancel_after_the_end_interrupts_nothing(call: Stats) -> None:
    last = call.rows[-1]
    assert last.value("heard") == last.value("made") and "interrupt_done" not in last.figures


def test_the_audio_of_the_call_is_what_its_settings_say(call: Stats) -> None:
    found = tracks(record(api.load(CALL)))
    assert [track.name for track in found] == [
        "turn-1-user",
        "turn-1.2-assistant",
        "turn-2-user",
        "turn-2-assistant",
        "turn-3-user",
        "turn-3-assistant",
        "rest-user",
    ]
    assert all(track.form.name == "g711_ulaw" and not track.remarks for track in found[:-1])
    assert found[-1].remarks == ("it is silent",)
