"""Aligning two sequences: everything has one place, equal things find each other, and few moves explain the rest."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from harness.diff.align import Alignment, align, joined

ITEMS = st.lists(st.integers(0, 6), max_size=14)


def by_key(left: Sequence[int], right: Sequence[int]) -> Alignment:
    """Align by keys alone: what is not equal is nothing alike."""
    return align(left, right, lambda i, j: 0.0, lambda side, index: (left, right)[side][index])


@given(ITEMS, ITEMS)
def test_every_element_has_exactly_one_place(left: list[int], right: list[int]) -> None:
    found = by_key(left, right)
    both = [*found.pairs, *found.moved, *found.replaced]
    assert sorted([i for i, _ in both] + found.removed) == list(range(len(left)))
    assert sorted([j for _, j in both] + found.added) == list(range(len(right)))


@given(ITEMS, ITEMS)
def test_pairs_are_equal_and_in_order_on_both_sides(left: list[int], right: list[int]) -> None:
    found = by_key(left, right)
    assert all(left[i] == right[j] for i, j in [*found.pairs, *found.moved])
    assert found.pairs == sorted(found.pairs)
    assert [j for _, j in found.pairs] == sorted(j for _, j in found.pairs)


@given(ITEMS)
def test_equal_sequences_are_paired_whole(items: list[int]) -> None:
    assert by_key(items, list(items)) == Alignment([(i, i) for i in range(len(items))], [], [], [], [])


@given(st.lists(st.integers(), max_size=30, unique=True), st.data())
def test_one_inserted_element_is_one_addition(items: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(items)))
    longer = [*items[:at], max(items, default=0) + 1, *items[at:]]
    assert by_key(items, longer).added == [at]
    assert by_key(longer, items).removed == [at]


@given(st.lists(st.integers(), min_size=2, max_size=30, unique=True), st.data())
def test_one_element_elsewhere_is_one_move(items: list[int], data: st.DataObject) -> None:
    start, end = data.draw(st.integers(0, len(items) - 1)), data.draw(st.integers(0, len(items) - 1))
    other = [*items[:start], *items[start + 1 :]]
    other.insert(end, items[start])
    found = by_key(items, other)
    assert len(found.moved) == (start != end)
    assert not found.removed and not found.added and not found.replaced


def test_without_equal_elements_the_most_alike_are_paired() -> None:
    left, right = [10, 20, 30], [9, 31]
    found = align(left, right, lambda i, j: max(0.0, 0.9 - abs(left[i] - right[j]) / 10), lambda side, index: None)
    assert found.pairs == [(0, 0), (2, 1)]
    assert found.removed == [1]


def test_an_element_at_the_spot_of_another_replaces_it() -> None:
    assert by_key([1, 2, 3], [1, 9, 3]).replaced == [(1, 1)]
    assert by_key([1, 2, 2, 3], [1, 9, 3]) == Alignment([(0, 0), (3, 2)], [], [(1, 1)], [2], [])


def test_many_insertions_among_equal_elements_are_found_far_from_the_diagonal() -> None:
    left = [0] * 400
    right = [*[1] * 90, *[0] * 400]
    assert len(by_key(left, right).pairs) == 400


def test_alignments_of_different_elements_are_joined() -> None:
    first = by_key([1], [1]).renumbered([4], [2])
    second = by_key([1], []).renumbered([0], [])
    assert joined([first, second]) == Alignment([(4, 2)], [], [], [0], [])
