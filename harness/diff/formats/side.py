"""For a wide terminal: A and B side by side."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from harness.diff.comparison import Comparison
from harness.diff.formats.folding import Group, elsewhere, sections
from harness.diff.formats.spans import Line, beside, by_side, line_of, marked
from harness.diff.formats.text import heading, rest
from harness.diff.formats.text import title as title_of

NARROWEST = 24
"""Characters of a column; below that words no longer fit."""


def render(comparisons: Sequence[Comparison], width: int) -> Iterator[Line]:
    """Yield the lines of a report on each comparison."""
    for index, one in enumerate(comparisons):
        if index:
            yield ()
        yield from heading(one)
        for section in sections(one.changes):
            yield ()
            yield title_of(one, section.kind)
            for group in section.groups:
                yield from _group(group, max(NARROWEST, (width - 7) // 2))
        yield from rest(one)


def _group(group: Group, width: int) -> Iterator[Line]:
    change = group.first
    more = f"  ({elsewhere(group)})" if group.others else ""
    yield (f"  {change.path}", "strong"), (more, "faint")
    left, right = by_side(change)
    if note := beside(change):
        yield ((f"    {note}", ""),)
    ours = _cell(f"{line_of('A', change.left_place)}  {left}", width)
    theirs = _cell(f"{line_of('B', change.right_place)}  {right}", width)
    for one, other in zip_longest(ours, theirs, fillvalue=""):
        filling = " " * (width - len(one))
        yield ("    ", ""), *marked(one), (filling, ""), (" │ " if other else " │", "faint"), *marked(other)


def _cell(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, drop_whitespace=True, break_on_hyphens=False)
