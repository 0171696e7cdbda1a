"""Figures for a spreadsheet: one row for each response, one column for each measure; empty where nothing is known."""

import csv
from collections.abc import Sequence
from io import StringIO

from harness.measure.figures import MEASURES, Stats

HEAD = ("path", "dialect", "model", "turn", "line", "status", *(measure.name for measure in MEASURES))


def render(sessions: Sequence[Stats]) -> str:
    """Return the rows of all sessions below one head (RFC 4180, but for the line ends)."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEAD)
    for one in sessions:
        for row in one.rows:
            values = (row.value(measure.name) for measure in MEASURES)
            line = row.place.line if row.place is not None else ""
            cells = ("" if value is None else f"{value:.6f}".rstrip("0").rstrip(".") for value in values)
            writer.writerow((one.path, one.dialect, one.model, row.label, line, row.status, *cells))
    return file.getvalue().rstrip("\n")
