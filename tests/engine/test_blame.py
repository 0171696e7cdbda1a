"""Which piece is to blame when joined pieces differ from the whole: one fault is made, and must be found again."""

from hypothesis import assume, given
from hypothesis import strategies as st

from harness.engine.facts import Blame, blame_pieces

any_pieces = st.lists(st.text("ab ", min_size=1, max_size=3), min_size=2, max_size=8)
"""Pieces over a tiny alphabet: what happened is often ambiguous, and any explanation that fits will do."""


@st.composite
def distinct_pieces(draw: st.DrawFn) -> list[str]:
    """Draw pieces of which no two share a letter, so that one fault has one explanation only."""
    lengths = draw(st.lists(st.integers(1, 3), min_size=2, max_size=8))
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    return ["".join(next(letters) for _ in range(length)) for length in lengths]


def _repaired(pieces: list[str], blame: Blame) -> set[str]:
    """Return the texts that the pieces make once the fault that is blamed is undone."""
    at, rest = blame.piece, pieces[: blame.piece] + pieces[blame.piece + 1 :]
    match blame.kind:
        case "missing":
            ways = [[*pieces[:at], blame.wanted, *pieces[at:]]]
        case "lacking":
            ways = [[*pieces[: at + 1], blame.wanted, *pieces[at + 1 :]]]
        case "extra":
            ways = [pieces[:at] + pieces[end:] for end in range(at + 1, len(pieces) + 1)]
        case "moved":
            ways = [[*rest[:spot], pieces[at], *rest[spot:]] for spot in range(len(pieces))]
        case "altered":
            ways = [[*pieces[:at], blame.wanted, *pieces[end:]] for end in range(at + 1, len(pieces) + 1)]
        case kind:
            raise AssertionError(f"unknown kind {kind}")
    return {"".join(way) for way in ways}


@given(any_pieces, st.data())
def test_undoing_what_is_blamed_gives_the_whole_text(pieces: list[str], data: st.DataObject) -> None:
    whole = "".join(pieces)
    at = data.draw(st.integers(0, len(pieces) - 1))
    kind = data.draw(st.sampled_from(["drop", "duplicate", "alter", "move", "cut", "grow"]))
    faulty = list(pieces)
    match kind:
        case "drop":
            del faulty[at]
        case "duplicate":
            faulty.insert(at, faulty[at])
        case "alter":
            faulty[at] = data.draw(st.text("ab ", max_size=4))
        case "move":
            faulty.insert(data.draw(st.integers(0, len(pieces) - 1)), faulty.pop(at))
        case "cut":
            faulty[at] = faulty[at][:-1]
        case "grow":
            faulty[at] += data.draw(st.text("ab ", min_size=1, max_size=9))
    blame = blame_pieces(faulty, whole)
    if "".join(faulty) == whole:
        assert blame is None
    else:
        assert blame is not None
        assert whole in _repaired(faulty, blame)


@given(distinct_pieces(), st.data())
def test_a_dropped_piece_is_missing_before_the_next_one(pieces: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pieces) - 2))
    faulty = pieces[:at] + pieces[at + 1 :]
    assert blame_pieces(faulty, "".join(pieces)) == Blame("missing", at, pieces[at])


@given(distinct_pieces())
def test_a_piece_dropped_at_the_end_is_told_at_the_last_one(pieces: list[str]) -> None:
    faulty = pieces[:-1]
    assert blame_pieces(faulty, "".join(pieces)) == Blame("lacking", len(faulty) - 1, pieces[-1])


@given(distinct_pieces(), st.data())
def test_a_doubled_piece_is_one_too_many_at_its_second_coming(pieces: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pieces) - 1))
    faulty = [*pieces[: at + 1], *pieces[at:]]
    assert blame_pieces(faulty, "".join(pieces)) == Blame("extra", at + 1, "")


@given(distinct_pieces(), st.data())
def test_an_altered_piece_is_named_with_what_was_wanted(pieces: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(pieces) - 1))
    faulty = [*pieces[:at], "X" * len(pieces[at]), *pieces[at + 1 :]]
    assert blame_pieces(faulty, "".join(pieces)) == Blame("altered", at, pieces[at])


@given(distinct_pieces(), st.data())
def test_a_piece_that_moved_far_is_the_one_out_of_place(pieces: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(pieces) - 1))
    end = data.draw(st.integers(0, len(pieces) - 1))
    assume(abs(start - end) > 1)  # neighbours that changed places: either one has moved
    faulty = list(pieces)
    faulty.insert(end, faulty.pop(start))
    assert blame_pieces(faulty, "".join(pieces)) == Blame("moved", end, "")


def test_of_two_neighbours_that_changed_places_one_is_out_of_place() -> None:
    blame = blame_pieces(["a", "c", "b", "d"], "abcd")
    assert blame is not None
    assert (blame.kind, blame.piece) in {("moved", 1), ("moved", 2)}


def test_of_several_pieces_too_many_the_first_is_named() -> None:
    assert blame_pieces(["a", "b", "a", "b"], "ab") == Blame("extra", 2, "")


def test_pieces_that_make_the_whole_are_not_blamed() -> None:
    assert blame_pieces(["Hey", "!", ""], "Hey!") is None
    assert blame_pieces([], "") is None
