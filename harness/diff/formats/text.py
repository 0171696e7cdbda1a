"""For a terminal: one block per change, the verdict first."""

from collections.abc import Iterator, Sequence

from harness.diff.comparison import Comparison
from harness.diff.formats.folding import Group, limits, sections, size
from harness.diff.formats.spans import Line, marked, places
from harness.diff.options import Kind

FEW = 3
"""Further places of a change that are listed; more are only counted."""


def render(comparisons: Sequence[Comparison], width: int) -> Iterator[Line]:
    """Yield the lines of a report on each comparison; the terminal breaks those longer than its `width`."""
    for index, one in enumerate(comparisons):
        if index:
            yield ()
        yield from heading(one)
        for section in sections(one.changes):
            yield ()
            yield title(one, section.kind)
            for group in section.groups:
                yield from _group(group)
        yield from rest(one)


def heading(one: Comparison) -> Iterator[Line]:
    """Yield the verdict, and what was compared."""
    yield ((one.verdict, "strong" if one else "good"),)
    longest = max(len(one.left.path), len(one.right.path))
    for name, side in (("A", one.left), ("B", one.right)):
        yield (f"  {name}  ", "strong"), (f"{side.path:{longest}}  ", "place"), (size(side), "faint")


def title(one: Comparison, kind: Kind) -> Line:
    """Return the line above the changes of a kind; above times stands which of them count."""
    return ((kind, "strong"), (f"  ({limits(one)})" if kind == "timing" else "", "faint"))


def rest(one: Comparison) -> Iterator[Line]:
    """Yield what follows from the changes, and what was set aside."""
    following = [line for section in sections(one.following) for group in section.groups for line in _short(group)]
    for name, lines in (
        ("follows from these", following),
        ("set aside", [((f"  {note}", "faint"),) for note in one.notes]),
    ):
        if lines:
            yield ()
            yield ((name, "faint"),)
            yield from lines


def _group(group: Group) -> Iterator[Line]:
    yield (f"  {group.first.path}  ", ""), (places(group.first), "place")
    yield ("    ", ""), *marked(group.first.message)
    if group.others:
        listed = ", ".join(f"{other.path} ({places(other)})" for other in group.others[:FEW])
        more = len(group.others) - FEW
        yield ((f"    the same at {listed}{f' and {more} more' if more > 0 else ''}", "faint"),)


def _short(group: Group) -> Iterator[Line]:
    more = f" (and {len(group.others)} more)" if group.others else ""
    yield ((f"  {group.first.path}  {group.first.message}{more}", "faint"),)
