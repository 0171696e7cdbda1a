"""Aligns two sequences: which element of one is which of the other.

Equal elements that occur once on both sides are anchors (patience diff); between anchors, the alignment of greatest
total similarity is sought in a band along the diagonal (Needleman and Wunsch 1970). Both are close to linear where
the sequences are close to equal.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

BAND = 48
"""How far from the diagonal pairs are sought, beside the difference in length: a few dozen insertions in one gap."""

Similar: TypeAlias = Callable[[int, int], float]
"""How much an element of the left resembles one of the right, by their indices: from 0, no pair, to below 1."""

Twins: TypeAlias = Callable[[int, int], Hashable]
"""What an element says, by its side, 0 or 1, and its index: asked only for what finds no partner in order."""

SKIP_LEFT, SKIP_RIGHT, PAIR = range(3)


class Gap(NamedTuple):
    """A stretch of both sides between two anchors."""

    left: range
    right: range


class Alignment(NamedTuple):
    """Who is who."""

    pairs: list[tuple[int, int]]
    """In order on both sides."""
    moved: list[tuple[int, int]]
    """Saying the same, and elsewhere."""
    replaced: list[tuple[int, int]]
    """Unlike, and at the same spot: one stands where the other stood."""
    removed: list[int]
    added: list[int]

    def renumbered(self, left: Sequence[int], right: Sequence[int]) -> "Alignment":
        """Return the same of two longer sequences; `left` and `right` say where in them the elements are."""
        pairs, moved, replaced = (
            [(left[i], right[j]) for i, j in found] for found in (self.pairs, self.moved, self.replaced)
        )
        return Alignment(pairs, moved, replaced, [left[i] for i in self.removed], [right[j] for j in self.added])


def joined(alignments: Iterable[Alignment]) -> Alignment:
    """Return several alignments of different elements as one."""
    whole = Alignment([], [], [], [], [])
    for one in alignments:
        for all_of_it, found in zip(whole, one, strict=True):
            all_of_it += found  # type: ignore[operator]
    return whole


def align(left: Sequence[Hashable], right: Sequence[Hashable], similar: Similar, twins: Twins) -> Alignment:
    """Return the alignment of two sequences of keys; elements with equal keys are equal."""
    pairs = sorted(_pairs(left, right, similar))
    matched_left, matched_right = {i for i, _ in pairs}, {j for _, j in pairs}
    moved = _moved(
        [i for i in range(len(left)) if i not in matched_left],
        [j for j in range(len(right)) if j not in matched_right],
        twins,
    )
    taken_left, taken_right = {i for i, _ in moved}, {j for _, j in moved}
    replaced, removed, added = [], [], []
    for gap in _gaps(pairs, len(left), len(right)):
        ours = [i for i in gap.left if i not in taken_left]
        theirs = [j for j in gap.right if j not in taken_right]
        swapped = list(zip(ours, theirs, strict=False))
        replaced += swapped
        removed += ours[len(swapped) :]
        added += theirs[len(swapped) :]
    return Alignment(pairs, moved, replaced, removed, added)


def _pairs(left: Sequence[Hashable], right: Sequence[Hashable], similar: Similar) -> Iterator[tuple[int, int]]:
    waiting = [Gap(range(len(left)), range(len(right)))]
    while waiting:
        gap = waiting.pop()
        anchors = list(_ends(left, right, gap))
        inner = _inner(gap, anchors)
        unique = _unique(left, right, inner)
        yield from anchors
        yield from unique
        if unique:
            waiting += _gaps(unique, inner.left.stop, inner.right.stop, inner.left.start, inner.right.start)
        elif inner.left and inner.right:
            yield from _banded(left, right, inner, similar)


def _ends(left: Sequence[Hashable], right: Sequence[Hashable], gap: Gap) -> Iterator[tuple[int, int]]:
    """Yield the equal elements at the beginning and at the end."""
    head = 0
    shorter = min(len(gap.left), len(gap.right))
    while head < shorter and left[gap.left[head]] == right[gap.right[head]]:
        yield gap.left[head], gap.right[head]
        head += 1
    tail = 1
    while tail <= shorter - head and left[gap.left[-tail]] == right[gap.right[-tail]]:
        yield gap.left[-tail], gap.right[-tail]
        tail += 1


def _inner(gap: Gap, ends: list[tuple[int, int]]) -> Gap:
    """Return the gap without the elements that are paired at its ends."""
    start_left, start_right = gap.left.start, gap.right.start
    for i, j in ends:
        if (i, j) != (start_left, start_right):
            break
        start_left, start_right = i + 1, j + 1
    head = start_left - gap.left.start
    tail = len(ends) - head
    return Gap(range(start_left, gap.left.stop - tail), range(start_right, gap.right.stop - tail))


def _unique(left: Sequence[Hashable], right: Sequence[Hashable], gap: Gap) -> list[tuple[int, int]]:
    """Return the longest ordered chain of elements that occur once on each side of the gap."""
    ours, theirs = Counter(left[i] for i in gap.left), Counter(right[j] for j in gap.right)
    where = {right[j]: j for j in gap.right if theirs[right[j]] == 1}
    shared = [(i, where[left[i]]) for i in gap.left if ours[left[i]] == 1 and left[i] in where]
    return _rising(shared)


def _rising(shared: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of the pairs that rises on the right as well (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(shared):
        pile = bisect_left(tops, j)
        before.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(j)
            piles.append(index)
        else:
            tops[pile], piles[pile] = j, index
    chain, index = [], piles[-1] if piles else -1
    while index >= 0:
        chain.append(shared[index])
        index = before[index]
    return chain[::-1]


def _gaps(
    pairs: list[tuple[int, int]], left_stop: int, right_stop: int, left_start: int = 0, right_start: int = 0
) -> list[Gap]:
    """Return the stretches between pairs in which at least one side has something."""
    gaps = []
    for i, j in (*pairs, (left_stop, right_stop)):
        gap = Gap(range(left_start, i), range(right_start, j))
        if gap.left or gap.right:
            gaps.append(gap)
        left_start, right_start = i + 1, j + 1
    return gaps


def _banded(
    left: Sequence[Hashable], right: Sequence[Hashable], gap: Gap, similar: Similar
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of greatest total similarity in a band along the diagonal of a gap."""
    rows, columns = len(gap.left), len(gap.right)
    width = abs(rows - columns) + BAND
    moves: list[bytearray] = []
    starts: list[int] = []
    above: list[float] = [0.0] * (columns + 1)
    above_start = 0
    for row in range(rows):
        start = max(0, row * columns // rows - width)
        stop = min(columns, row * columns // rows + width + 1)
        i = gap.left[row]
        here, move = [0.0], bytearray()
        for column in range(start, stop):
            j = gap.right[column]
            score = 1.0 if left[i] == right[j] else similar(i, j)
            paired = _at(above, column - above_start) + score if score > 0 else -1.0
            skip_left = _at(above, column + 1 - above_start)
            best = max(paired, skip_left, here[-1])
            move.append(PAIR if best == paired else SKIP_LEFT if best == skip_left else SKIP_RIGHT)
            here.append(best)
        if start:
            here[0] = _at(above, start - above_start)
        above, above_start = here, start
        moves.append(move)
        starts.append(start)
    yield from _traced(moves, starts, gap)


def _at(row: list[float], index: int) -> float:
    """Return a score of the row above; beyond the band it is that of the band's edge."""
    return row[min(max(index, 0), len(row) - 1)]


def _traced(moves: list[bytearray], starts: list[int], gap: Gap) -> Iterator[tuple[int, int]]:
    row, column = len(moves) - 1, len(gap.right) - 1
    while row >= 0 and column >= 0:
        index = column - starts[row]
        move = moves[row][index] if 0 <= index < len(moves[row]) else SKIP_LEFT if index < 0 else SKIP_RIGHT
        if move == PAIR:
            yield gap.left[row], gap.right[column]
        row -= move in (PAIR, SKIP_LEFT)
        column -= move in (PAIR, SKIP_RIGHT)


def _moved(ours: list[int], theirs: list[int], twins: Twins) -> list[tuple[int, int]]:
    """Return the elements left over on both sides that say the same."""
    if not ours or not theirs:
        return []
    where: dict[Hashable, list[int]] = {}
    for j in reversed(theirs):
        where.setdefault(twins(1, j), []).append(j)
    return [(i, where[key].pop()) for i in ours if where.get(key := twins(0, i))]
