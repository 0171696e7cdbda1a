"""A line of output before anybody knows where it goes: pieces of text with what they mean."""

import re
from typing import TypeAlias

from harness.diff.structure import compact
from harness.model import JSON, Change, Place

Span: TypeAlias = tuple[str, str]
"""A text and its style, one of those that `harness.reports.line` knows."""
Line: TypeAlias = tuple[Span, ...]

MARKS = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})", re.DOTALL)
LONGEST = 72
"""Characters of a value shown; a line has room for two of them less than half, a table for one."""


def marked(text: str) -> Line:
    """Return a text with its `[-…-]` and `{+…+}` in the styles of the two sides."""
    styles = {"[-": "error", "{+": "good"}
    return tuple((piece, styles.get(piece[:2], "")) for piece in MARKS.split(text) if piece)


def line_of(side: str, place: Place | None) -> str:
    """Return a place as a report has it, such as `A:214`."""
    return f"{side}:{place.line}" if place is not None else f"{side}:–"


def places(change: Change) -> str:
    """Return both places of a change."""
    return f"{line_of('A', change.left_place)} {line_of('B', change.right_place)}"


def cut(value: JSON) -> str:
    """Return a value in a line, its middle left out when it is long."""
    text = " ".join(compact(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 21]} … {text[-18:]}"
