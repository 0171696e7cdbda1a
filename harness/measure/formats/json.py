"""Figures for programs. The shape is a contract: a key is added, never renamed or taken away."""

from collections.abc import Sequence
from json import dumps

from harness.measure.figures import Figure, Row, Stats, Summary
from harness.measure.prices import Prices
from harness.model import JSON

VERSION = 1


def render(sessions: Sequence[Stats], table: Prices) -> str:
    """Return one JSON document about all sessions."""
    document: JSON = {
        "version": VERSION,
        "prices": {"as_of": table.as_of, "source": table.source},
        "sessions": [_session(one) for one in sessions],
    }
    return dumps(document, indent=2, ensure_ascii=False)


def _session(one: Stats) -> JSON:
    return {
        "path": one.path,
        "dialect": one.dialect,
        "model": one.model or None,
        "notes": list(one.notes),
        "turns": [_row(row) for row in one.rows],
        "measures": {summary.measure.name: _summary(summary) for summary in one.summaries()},
    }


def _row(row: Row) -> JSON:
    return {
        "turn": row.label,
        "line": row.place.line if row.place is not None else None,
        "status": row.status,
        "figures": {name: figure_of(figure) for name, figure in row.figures.items()},
    }


def figure_of(figure: Figure) -> JSON:
    """Return a figure with its line, or with the reason why it is not known."""
    if figure.value is None:
        return {"value": None, "why": figure.why}
    return {"value": figure.value, "line": figure.place.line if figure.place is not None else None}


def _summary(summary: Summary) -> JSON:
    worst = summary.worst
    return {
        "title": summary.measure.title,
        "unit": summary.measure.unit,
        "what": summary.measure.what,
        "known": len(summary.values),
        "p50": summary.percentile(0.5),
        "p95": summary.percentile(0.95),
        "max": summary.percentile(1.0),
        "sum": summary.total,
        "worst": None if worst is None else {"turn": worst.label, **_line(worst, summary)},
        "unknown": dict(summary.unknown),
    }


def _line(worst: Row, summary: Summary) -> dict[str, JSON]:
    place = worst.figures[summary.measure.name].place or worst.place
    return {"line": place.line if place is not None else None}
