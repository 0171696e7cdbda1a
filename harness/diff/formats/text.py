"""For a terminal: one block per change, the verdict first."""

from collections.abc import Iterator, Sequence

from harness.diff.comparison import Comparison
from harness.diff.formats.folding import Group, limits, sections, size
from harness.diff.formats.spans import Line, marked, places

FEW = 3
"""Further places of a change that are listed; more are only counted."""


def render(comparisons: Sequence[Comparison]) -> Iterator[Line]:
    """Yield the lines of a report on each comparison."""
    for index, one in enumerate(comparisons):
        if index:
            yield ()
        yield from _report(one)


def _report(one: Comparison) -> Iterator[Line]:
    yield ((one.verdict, "good" if not one else "strong"),)
    width = max(len(one.left.path), len(one.right.path))
    for name, side in (("A", one.left), ("B", one.right)):
        yield (f"  {name}  ", "strong"), (f"{side.path:{width}}  ", "place"), (size(side), "faint")
    for section in sections(one.changes):
        yield ()
        yield ((section.kind, "strong"), *([(f"  ({limits(one)})", "faint")] if section.kind == "timing" else []))
        for group in section.groups:
            yield from _group(group)
    yield from _rest("follows from these", [line for part in sections(one.following) for line in _short(part.groups)])
    yield from _rest("set aside", [((f"  {note}", "faint"),) for note in one.notes])


def _rest(title: str, lines: Sequence[Line]) -> Iterator[Line]:
    if lines:
        yield ()
        yield ((title, "faint"),)
        yield from lines


def _group(group: Group) -> Iterator[Line]:
    yield (f"  {group.first.path}  ", ""), (places(group.first), "place")
    yield ("    ", ""), *marked(group.first.message)
    if group.others:
        listed = ", ".join(f"{other.path} ({places(other)})" for other in group.others[:FEW])
        more = len(group.others) - FEW
        yield ((f"    the same at {listed}{f' and {more} more' if more > 0 else ''}", "faint"),)


def _short(groups: Sequence[Group]) -> Iterator[Line]:
    for group in groups:
        more = f" (and {len(group.others)} more)" if group.others else ""
        yield ((f"  {group.first.path}  {group.first.message}{more}", "faint"),)
