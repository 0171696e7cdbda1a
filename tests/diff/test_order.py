"""Which events must keep their order."""

import pytest
from made_up import session_of

from harness.diff.order import Conflict, bound, conflicts, misplaced
from harness.model import Event, Place
from harness.turns.nodes import Step


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("response.created", "response.done"),
        ("response.content_part.added", "response.output_text.delta"),
        ("response.output_text.delta", "response.output_text.done"),
        ("response.created", "response.output_item.added"),
        ("response.done", "response.content_part.done"),
        ("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"),
        ("input_audio_buffer.committed", "conversation.item.added"),
        (">response.create", "response.created"),
    ],
)
def test_a_common_scope_or_a_cause_binds(first: str, second: str) -> None:
    pairs = bound("openai-ga")
    assert (first, second) in pairs
    assert (second, first) in pairs


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("response.output_audio.delta", "response.output_audio_transcript.delta"),
        ("response.output_audio.done", "response.output_audio_transcript.done"),
        ("conversation.item.input_audio_transcription.completed", "response.created"),
        ("rate_limits.updated", "response.done"),
        ("conversation.item.done", "response.output_item.done"),
    ],
)
def test_what_has_neither_commutes(first: str, second: str) -> None:
    assert (first, second) not in bound("openai-ga")


def step(letter: str, *seqs: int) -> Step:
    return Step(letter, [Event(seq, Place("x", seq + 1, 1), None, "server", letter, {}) for seq in seqs])


def test_an_event_that_passed_two_others_is_the_one_that_moved() -> None:
    pairs = frozenset((a, b) for a in "abc" for b in "abc" if a != b)
    own = [(step("a", 0), step("a", 2)), (step("b", 1), step("b", 0)), (step("c", 2), step("c", 1))]
    (found,) = misplaced(list(conflicts(own, [], pairs)))
    assert found.first[0].letter == "a"


def test_a_run_that_outlives_what_ends_it_is_a_conflict() -> None:
    pairs = frozenset({("delta", "done"), ("done", "delta")})
    before = [(step("delta", 0, 1), step("delta", 0, 2)), (step("done", 2), step("done", 1))]
    assert len(list(conflicts(before, [], pairs))) == 1


def test_without_conflicts_nothing_is_misplaced() -> None:
    none: list[Conflict] = []
    assert list(misplaced(none)) == []
    assert session_of([]).events == ()
