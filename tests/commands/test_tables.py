"""Tables fit the terminal, and no number is cut."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.commands.tables import KEPT, _fitting, show
from harness.measure.formats.tables import Table, Text


def wide(columns: int, rows: int = 2) -> Table:
    head = ["turn", "line", "ended", *(f"measure number {one}\nms" for one in range(columns))]
    return Table("latency", head, [[str(row), "1", "completed", *["1 234 567"] * columns] for row in range(rows)])


def drawn(table: Table, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    monkeypatch.setattr("harness.commands.tables.WIDTH", width)
    capsys.readouterr()
    show([table])
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_wide_table_is_drawn_in_parts_that_fit(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = drawn(wide(9), width, monkeypatch, capsys)
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)
    assert sum(line.count("1 234 567") for line in lines) == 9 * 2
    heads = [line for line in lines if line.split()[:3] == ["turn", "line", "ended"]]
    assert len(heads) == lines.count("latency")


@given(st.integers(0, 12), st.integers(0, 3), st.integers(20, 200))
def test_parts_hold_every_column_once_and_the_first_ones_each_time(columns: int, rows: int, width: int) -> None:
    table = wide(columns, rows)
    parts: Sequence[Table | Text] = list(_fitting(table, width))
    assert all(isinstance(part, Table) and list(part.head[:KEPT]) == list(table.head[:KEPT]) for part in parts)
    shown = [name for part in parts if isinstance(part, Table) for name in part.head[KEPT:]]
    assert shown == list(table.head[KEPT:])
