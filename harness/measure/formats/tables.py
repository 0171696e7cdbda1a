"""Figures as tables: one for each group of measures of a session, and one that puts sessions side by side."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, get_args

from harness.measure.figures import BY_NAME, Group, Measure, Row, Stats, Summary
from harness.measure.prices import Prices

NOTHING = "–"


class Table(NamedTuple):
    """A table; the shell draws it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Text(NamedTuple):
    """A line between tables."""

    text: str
    style: str = ""


FEW = 4
"""So many sessions fit beside each other as columns; more become rows."""


def render(sessions: Sequence[Stats], table: Prices, turns: bool = False) -> Iterator[Table | Text]:
    """Yield what is to be shown of some sessions: each by itself, then all side by side.

    Of many sessions only the comparison is shown, unless their `turns` are asked for.
    """
    for one in sessions if turns or len(sessions) <= FEW else ():
        yield from _session(one)
    if len(sessions) > FEW:
        yield from _one_below_the_other(sessions)
    elif len(sessions) > 1:
        yield _side_by_side(sessions)
    if any(row.value("cost") for one in sessions for row in one.rows):
        yield Text(f"prices: as of {table.as_of}; {table.source}", "faint")


def _session(one: Stats) -> Iterator[Table | Text]:
    count = len(one.rows)
    facts = (one.dialect, one.model, f"{count} response{'s' * (count != 1)}" if count else "")
    yield Text(f"{one.path or '<text>'}  {' · '.join(filter(None, facts))}", "strong")
    for group in get_args(Group):
        found = _turns(one, group)
        if found is not None:
            yield found
    known = [summary for summary in one.summaries() if summary.values]
    if len(one.rows) > 1 and known:
        yield Table("all turns", _HEAD, [_summary(summary) for summary in known])
    notes = [*(f"note: {note}" for note in one.notes), *_unknown(one)]
    yield from (Text(line, "faint") for line in notes)
    if notes or not one.rows:
        yield Text("")


def _turns(one: Stats, group: Group) -> Table | None:
    """Return the figures of one group turn by turn; a measure that nothing is known of has no column."""
    known = [summary.measure for summary in one.summaries() if summary.values and summary.measure.group == group]
    if not known:
        return None
    head = ("turn", "line", "ended", *(f"{measure.title}\n{measure.unit}" for measure in known))
    return Table(group, head, [_row(row, known) for row in one.rows])


def _row(row: Row, measures: Iterable[Measure]) -> list[str]:
    line = str(row.place.line) if row.place is not None else NOTHING
    return [row.label, line, row.status, *(shown(row.value(measure.name), measure) for measure in measures)]


_HEAD = ("measure", "unit", "turns", "p50", "p95", "max", "sum", "worst")


def _summary(summary: Summary) -> list[str]:
    measure = summary.measure
    shares = [shown(summary.percentile(part), measure) for part in (0.5, 0.95, 1.0)]
    total = shown(summary.total, measure) if measure.summed else ""
    return [measure.title, measure.unit, str(len(summary.values)), *shares, total, _worst(summary)]


def _worst(summary: Summary) -> str:
    """Return which turn is the worst, and the line to look at."""
    row = summary.worst
    if row is None:
        return NOTHING
    place = row.figures[summary.measure.name].place or row.place
    return f"turn {row.label}" + (f", line {place.line}" if place is not None else "")


def _unknown(one: Stats) -> Iterator[str]:
    """Yield what is not known, by reason."""
    reasons: dict[str, list[str]] = {}
    for summary in one.summaries():
        for why in summary.unknown:
            reasons.setdefault(why, []).append(summary.measure.title)
    for why, titles in reasons.items():
        yield f"not known: {', '.join(titles)}: {why}"


def _side_by_side(sessions: Sequence[Stats]) -> Table:
    """Return a table with a column for each session: p50, p95 and the greatest, and the sum where that says more."""
    found = [{summary.measure.name: summary for summary in one.summaries()} for one in sessions]
    names = [name for name in BY_NAME if any(name in one and one[name].values for one in found)]
    head = ("measure", "unit", *(f"{name}\np50 / p95 / max" for name in _names(sessions)))
    rows = [[BY_NAME[name].title, BY_NAME[name].unit, *(_cell(one.get(name)) for one in found)] for name in names]
    return Table("side by side", head, rows)


def _cell(summary: Summary | None) -> str:
    if summary is None or not summary.values:
        return NOTHING
    shares = (summary.percentile(part) for part in (0.5, 0.95, 1.0))
    text = " / ".join(shown(share, summary.measure) for share in shares)
    total = summary.total
    return text if total is None else f"{text}  Σ {shown(total, summary.measure)}"


def _one_below_the_other(sessions: Sequence[Stats]) -> Iterator[Table | Text]:
    """Yield a table for each group with a row for each session: its sum where that means something, else its p95."""
    found = [{summary.measure.name: summary for summary in one.summaries()} for one in sessions]
    for group in get_args(Group):
        known = [
            measure
            for name, measure in BY_NAME.items()
            if measure.group == group and any(name in one and one[name].values for one in found)
        ]
        if known:
            head = ("log", "turns", *(f"{one.title}\n{'Σ' if one.summed else 'p95'} {one.unit}" for one in known))
            rows = [
                [name, str(len(one.rows)), *(_short(summaries.get(measure.name)) for measure in known)]
                for name, one, summaries in zip(_names(sessions), sessions, found, strict=True)
            ]
            yield Table(group, head, rows)
    yield Text("– is not told by the log, or does not apply; --turns says why", "faint")


def _short(summary: Summary | None) -> str:
    if summary is None:
        return NOTHING
    return shown(summary.total if summary.measure.summed else summary.percentile(0.95), summary.measure)


def _names(sessions: Sequence[Stats]) -> list[str]:
    """Return how the sessions are called: by the last part of their paths, where that tells them apart."""
    paths = [one.path or "<text>" for one in sessions]
    short = [path.rpartition("/")[2] for path in paths]
    return short if len(set(short)) == len(short) else paths


def shown(value: float | None, measure: Measure) -> str:
    """Return a value as a person reads it."""
    if value is None:
        return NOTHING
    if measure.unit == "USD":
        return f"{value:.6f}" if value else "0"
    if measure.unit == "×":
        return f"{value:.1f}"
    return f"{value:,.0f}".replace(",", " ")
