"""A line of output before anybody knows where it goes: pieces of text with what they mean."""

import re
from typing import TypeAlias

from harness.diff.structure import compact
from harness.diff.values import arrow
from harness.model import JSON, Change, Place

Span: TypeAlias = tuple[str, str]
"""A text and its style, one of those that `harness.reports.line` knows."""
Line: TypeAlias = tuple[Span, ...]

MARKS = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})", re.DOTALL)
LEFT_ONLY, RIGHT_ONLY = re.compile(r"\[-.*?-\]", re.DOTALL), re.compile(r"\{\+.*?\+\}", re.DOTALL)
NOTHING = "–"


def marked(text: str) -> Line:
    """Return a text with its `[-…-]` and `{+…+}` in the styles of the two sides."""
    styles = {"[-": "error", "{+": "good"}
    return tuple((piece, styles.get(piece[:2], "")) for piece in MARKS.split(text) if piece)


def line_of(side: str, place: Place | None) -> str:
    """Return a place as a report has it, such as `A:214`."""
    return f"{side}:{place.line if place is not None else NOTHING}"


def places(change: Change) -> str:
    """Return both places of a change."""
    return f"{line_of('A', change.left_place)} {line_of('B', change.right_place)}"


def by_side(change: Change) -> tuple[str, str]:
    """Return what a change says of each side; words that only one side has keep their marks."""
    if MARKS.search(change.message):
        return RIGHT_ONLY.sub("", change.message), LEFT_ONLY.sub("", change.message)
    unit = " ms" if change.kind == "timing" else ""
    return shown(change.left, unit), shown(change.right, unit)


def beside(change: Change) -> str:
    """Return the message of a change where it says more than what stands on the two sides, else nothing."""
    if change.kind == "usage" or MARKS.search(change.message):
        return ""
    return change.message.removeprefix(arrow(change.left, change.right)).strip()


def shown(value: JSON, unit: str = "") -> str:
    """Return a value as a person would write it: an object as its fields, each with its value."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {compact(member) or NOTHING}" for name, member in value.items()) or NOTHING
    return f"{compact(value)}{unit}" if value is not None and value != "" else NOTHING
