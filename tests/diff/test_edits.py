"""Edits with a known meaning: as many are told as were made, of their kind and at their place."""

from collections.abc import Callable

import known_edits as edits
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from known_edits import Edit
from made_up import Line, Writer, session_of

from harness.diff import Comparison, compare

KINDS = ("typed", "spoken", "called")
NOUNS = ("cats", "dogs", "bees", "owls", "eels", "ants", "yaks", "hens", "cows", "bats")

SWAPS = (
    ("response.output_item.done", "response.content_part.done"),
    ("response.done", "response.output_item.done"),
    ("response.output_item.added", "response.created"),
)
"""Events that have changed places, of which the protocol says that they must not."""

EDITS: dict[str, Callable[[int, int], Edit]] = {
    "answer": lambda turn, nth: edits.reworded_answer(turn, "reply"),
    "question": lambda turn, nth: edits.reworded_question(turn, "doubt"),
    "dropped": edits.dropped,
    "doubled": edits.doubled,
    "slowed": lambda turn, nth: edits.slowed(turn),
    "tokens": lambda turn, nth: edits.more_tokens(turn),
    "cut short": lambda turn, nth: edits.cut_short(turn),
    "refused": lambda turn, nth: edits.refused(turn),
    "removed": lambda turn, nth: edits.removed(turn),
    "swapped": lambda turn, nth: edits.swapped(turn, *SWAPS[nth % len(SWAPS)]),
    "inserted": lambda turn, nth: edits.inserted(turn),
}


def written(kinds: list[str]) -> list[Line]:
    """Return a session with turns of these kinds, no two about the same thing."""
    writer = Writer().opening()
    for number, kind in enumerate(kinds):
        noun = NOUNS[number % len(NOUNS)]
        question, answer = f"My question {number} is about {noun}?", f"The answer {number} is that {noun} are fine."
        if kind == "called":
            writer.called(question, "Paris", answer)
        else:
            getattr(writer, kind)(question, answer)
    return writer.lines


def compared(lines: list[Line], made: list[Edit]) -> Comparison:
    """Compare a session with itself after some edits."""
    edited = lines
    for edit in made:
        edited = edit.apply(edited)
    return compare(session_of(lines, "left"), session_of(edited, "right"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", EDITS)
def test_one_edit_is_told_as_one_change_of_its_kind_at_its_place(kind: str, name: str) -> None:
    lines = written(["typed", kind, "spoken", "called"])
    for nth in range(24 if name in ("dropped", "doubled") else 1):
        edit = EDITS[name](2, nth)
        comparison = compared(lines, [edit])
        assert len(comparison) == 1, (edit, comparison.changes)
        assert edit.explains(comparison[0]), (edit, comparison[0])


@pytest.mark.parametrize(
    "edit", [edits.other_voice(), edits.other_default(), edits.other_city(2)], ids=lambda edit: edit.name
)
def test_one_edit_of_a_setting_or_an_argument_is_told_as_one_change(edit: Edit) -> None:
    comparison = compared(written(["typed", "called", "spoken"]), [edit])
    assert len(comparison) == 1, comparison.changes
    assert edit.explains(comparison[0])


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[str], list[Edit]]:
    """Draw the kinds of the turns of a session, and edits of some of them."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8))
    turns = draw(st.sets(st.integers(1, len(kinds)), max_size=4))
    chosen = {turn: draw(st.sampled_from(sorted(EDITS))) for turn in sorted(turns)}
    # A turn that goes where another comes is a turn that is another, or that has other words.
    assume(not any(name == "inserted" and chosen.get(turn + 1) == "removed" for turn, name in chosen.items()))
    made = [EDITS[name](turn, draw(st.integers(0, 30))) for turn, name in chosen.items()]
    if draw(st.booleans()):
        made.append(draw(st.sampled_from([edits.other_voice(), edits.other_default()])))
    return kinds, made


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_turn_that_moved_is_one_change(turn: int) -> None:
    comparison = compared(written(["typed", "spoken", "called", "spoken"]), [edits.moved(turn)])
    assert [(change.kind, change.path) for change in comparison] == [("lifecycle", f"turn {turn}")]
    assert f"turn is now turn {turn + 1}: user" in comparison[0].message


@settings(max_examples=60, deadline=None)
@given(scenes())
def test_k_edits_are_told_as_at_most_k_changes_each_of_the_right_kind_at_the_right_place(
    scene: tuple[list[str], list[Edit]],
) -> None:
    kinds, made = scene
    comparison = compared(written(kinds), made)
    assert len(comparison) <= len(made), comparison.changes
    for change in comparison:
        assert any(edit.explains(change) for edit in made), (made, change)
    assert bool(comparison) == bool(made)
