"""For programs: one document for all comparisons."""

from collections.abc import Iterator, Sequence
from json import dumps

from harness.diff.comparison import Comparison, Side
from harness.diff.formats.spans import Line
from harness.model import JSON, Change, Place

VERSION = 1
"""Counts up when a field changes its meaning or goes away; new fields may come at any time."""


def render(comparisons: Sequence[Comparison], width: int) -> Iterator[Line]:
    """Yield the document."""
    document = {"version": VERSION, "comparisons": [_comparison(one) for one in comparisons]}
    yield ((dumps(document, indent=2, ensure_ascii=False), ""),)


def _comparison(one: Comparison) -> dict[str, JSON]:
    return {
        "left": _side(one.left),
        "right": _side(one.right),
        "verdict": one.verdict,
        "same": not one.changes,
        "same_shape": one.same_shape,
        "tolerance": one.options.tolerance,
        "floor_ms": one.options.floor_ms,
        "changes": [_change(change) for change in one.changes],
        "following": [_change(change) for change in one.following],
        "notes": list(one.notes),
    }


def _side(side: Side) -> dict[str, JSON]:
    return {
        "path": side.path,
        "dialect": side.dialect,
        "events": side.events,
        "turns": side.turns,
        "responses": side.responses,
        "tokens": None if side.tokens is None else dict(side.tokens),
        "cost_usd": side.cost_usd,
    }


def _change(change: Change) -> dict[str, JSON]:
    return {
        "kind": change.kind,
        "path": change.path,
        "message": change.message,
        "left": change.left,
        "right": change.right,
        "left_place": _place(change.left_place),
        "right_place": _place(change.right_place),
    }


def _place(place: Place | None) -> JSON:
    return None if place is None else {"path": place.path, "line": place.line, "column": place.column}
