"""Draws tables on standard output: coloured on a terminal, plain in a pipe."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from shutil import get_terminal_size
from typing import Literal

import click
from rich import box
from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text as Words

from harness.commands.output import STYLES, coloured
from harness.measure.formats.tables import Table, Text

NUMBERS = re.compile(r"[\d\s.,/Σ–-]*")
"""What a cell of numbers is made of; a column of such is set to the right."""
KEPT = 3
"""The first columns say what a row is about: they are never broken, and repeated where a table is."""
GAP = 3
"""Between two columns."""
TEXT = 40
"""Longer texts are broken into lines."""
WIDTH = 160
"""Characters of a line in a pipe, which has no width of its own."""


def show(parts: Iterable[Table | Text]) -> None:
    """Print tables and the lines between them as they come."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    width = get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
    console = Console(width=width, highlight=False, no_color=not coloured(), force_terminal=coloured())
    for part in (piece for one in parts for piece in _fitting(one, width)):
        with console.capture() as drawn:
            console.print(_drawn(part) if isinstance(part, Table) else Words(part.text, STYLES[part.style]))
        lines = [line.rstrip() for line in drawn.get().splitlines()]
        click.echo("\n".join(lines + [""] * isinstance(part, Table)), color=coloured())


def _fitting(part: Table | Text, width: int) -> Iterator[Table | Text]:
    """Yield a table in as many parts as fit, each with the first columns: a number that is cut would be wrong."""
    if isinstance(part, Text):
        yield part
        return
    columns = list(zip(part.head, *part.rows, strict=True))
    widths = [_width(column) for column in columns]
    start = sum(widths[:KEPT])
    parts: list[list[int]] = [[]]
    for number in range(KEPT, len(columns)):
        if parts[-1] and start + sum(widths[one] for one in parts[-1]) + widths[number] > width:
            parts.append([])
        parts[-1].append(number)
    for chosen in parts:
        kept = [*range(min(KEPT, len(columns))), *chosen]
        yield Table(part.title, [part.head[one] for one in kept], [[row[one] for one in kept] for row in part.rows])


def _width(column: Sequence[str]) -> int:
    """Return how wide a column must be: its head may be broken between words, and of its cells only text."""
    head, *cells = column
    words = max(map(len, head.split()), default=0)
    cell = max(map(len, cells), default=0)
    return GAP + max(words, cell if _is_numbers(cells) else min(cell, TEXT))


def _is_numbers(cells: Iterable[str]) -> bool:
    return all(NUMBERS.fullmatch(cell) for cell in cells)


def _drawn(table: Table) -> Drawn:
    drawn = Drawn(title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_edge=False)
    for number, head in enumerate(table.head):
        cells = [row[number] for row in table.rows]
        side: Literal["right", "left"] = "right" if _is_numbers(cells) else "left"
        least = _width([head, *cells]) - GAP
        drawn.add_column(head, justify=side, vertical="bottom", no_wrap=number < KEPT, min_width=least)
    for row in table.rows:
        drawn.add_row(*map(Words, row))
    return drawn
