"""Phases: one gap is one phase, and what lies beside it follows from it."""

from dataclasses import replace
from typing import Any

from made_up import Line, Writer, session_of

from harness.diff import Comparison, Options, compare
from harness.model import Session


def spoken(*answers: str) -> list[Line]:
    writer = Writer().opening()
    for number, answer in enumerate(answers):
        writer.spoken(f"question {number}", answer)
    return writer.lines


def delayed(lines: list[Line], kind: str, ms: float, turn: int = 1, alone: bool = False) -> Session:
    """Return the session with everything from an event of a turn on, or that event alone, delayed."""
    at = next(index for index, line in enumerate(lines) if line.turn == turn and line.body["type"] == kind)
    end = at + 1 if alone else len(lines)
    moved = [replace(line, at_ms=line.at_ms + ms) if at <= i < end else line for i, line in enumerate(lines)]
    return session_of(sorted(moved, key=lambda line: line.at_ms))


def told(comparison: Comparison) -> list[tuple[str, str]]:
    return [(change.path, change.message.partition(":")[0]) for change in comparison if change.kind == "timing"]


def test_the_pause_before_a_turn_is_a_phase() -> None:
    lines = spoken("One.", "Two.")
    comparison = compare(session_of(lines), delayed(lines, "input_audio_buffer.speech_started", 5_000, turn=2))
    assert told(comparison) == [("turn 2 / input 1", "response.done → input_audio_buffer.speech_started")]


def test_a_transcription_that_waits_for_nothing_else_is_a_phase_beside() -> None:
    lines = spoken("One.")
    kind = "conversation.item.input_audio_transcription.completed"
    comparison = compare(session_of(lines), delayed(lines, kind, 4_000, alone=True))
    assert told(comparison) == [("turn 1 / input 1 / part 1", f"input_audio_buffer.committed → {kind}")]


def test_a_gap_within_a_longer_phase_explains_that_phase_too() -> None:
    lines = spoken("One.")
    kind = "conversation.item.input_audio_transcription.completed"
    slow = delayed(lines, "response.created", 3_000)
    events = list(slow.events)
    at = next(i for i, event in enumerate(events) if event.type == kind)
    late = events.pop(at)
    events.append(late._replace(at_ns=events[-1].at_ns))
    before = list(session_of(lines).events)
    early = before.pop(next(i for i, event in enumerate(before) if event.type == kind))
    before.append(early._replace(at_ns=before[-1].at_ns))
    comparison = compare(replace(slow, events=tuple(before)), replace(slow, events=tuple(events)))
    assert told(comparison) == [("turn 1 / response 1", "input_audio_buffer.committed → response.created")]
    assert [change.path for change in comparison.following] == ["turn 1 / input 1 / part 1"]


def test_the_time_of_more_words_follows_from_the_words() -> None:
    left, right = spoken("One."), spoken("One, and a good deal more than that to say about it.")
    stretched = [replace(line, at_ms=line.at_ms * 4) for line in right]
    phases = [(change.path, change.kind) for change in compare(session_of(left), session_of(stretched)).following]
    assert ("turn 1 / response 1", "timing") in phases


def test_speech_that_lasts_a_little_longer_each_time_is_within_the_tolerance_however_far_it_drifts() -> None:
    lines = spoken("One.", "Two.", "Three.", "Four.")
    drifted = [
        replace(line, body=line.body | {name: line.body[name] * 1.15})
        for line in lines
        for name in ("audio_start_ms", "audio_end_ms")
        if name in line.body
    ]
    others = [line for line in lines if not {"audio_start_ms", "audio_end_ms"} & line.body.keys()]
    both = session_of(lines), session_of(sorted([*others, *drifted], key=lambda line: line.at_ms))
    last = max(line.body.get("audio_end_ms", 0) for line in lines)
    assert last * 0.15 > 1_000
    assert told(compare(*both)) == []
    assert told(compare(*both, Options(tolerance=0.1))) != []


def test_speech_elsewhere_in_the_audio_is_told_once_for_all_that_follows() -> None:
    def shifted(line: Line) -> Line:
        body: dict[str, Any] = dict(line.body)
        for name in ("audio_start_ms", "audio_end_ms"):
            if name in body and line.turn >= 2:
                body[name] += 700
        return replace(line, body=body)

    lines = spoken("One.", "Two.", "Three.")
    (change,) = compare(session_of(lines), session_of(map(shifted, lines)))
    assert (change.kind, change.path, change.message) == ("timing", "turn 2 / input 1", "audio_start_ms 2300 → 3000")


def test_one_place_in_the_audio_alone_is_told_once() -> None:
    lines = spoken("One.", "Two.", "Three.")
    other = [
        replace(line, body={**line.body, "audio_end_ms": 9_999})
        if line.turn == 2 and "audio_end_ms" in line.body
        else line
        for line in lines
    ]
    (change,) = compare(session_of(lines), session_of(other))
    assert (change.path, change.message) == ("turn 2 / input 1", "audio_end_ms 3200 → 9999")


def test_without_stamps_times_are_not_compared_and_that_is_said() -> None:
    lines = spoken("One.")
    comparison = compare(session_of(lines), session_of(lines, stamped=False))
    assert comparison.verdict == "same"
    assert "timing is not compared: there are no time stamps in B" in comparison.notes


def test_stamps_that_run_backwards_are_no_phase() -> None:
    session = session_of(spoken("One."))
    backwards = [event._replace(at_ns=10**12 - (event.at_ns or 0)) for event in session.events]
    assert not compare(session, replace(session, events=tuple(backwards)))
