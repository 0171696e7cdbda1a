"""Draws tables on standard output: coloured on a terminal, plain in a pipe."""

import re
import sys
from collections.abc import Iterable
from shutil import get_terminal_size

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
"""The first columns say what a row is about, and are never broken."""
WIDTH = 160
"""Characters of a line in a pipe, which has no width of its own."""


def show(parts: Iterable[Table | Text]) -> None:
    """Print tables and the lines between them as they come."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    width = get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
    console = Console(width=width, highlight=False, no_color=not coloured(), force_terminal=coloured())
    for part in parts:
        with console.capture() as drawn:
            console.print(_drawn(part) if isinstance(part, Table) else Words(part.text, STYLES[part.style]))
        lines = [line.rstrip() for line in drawn.get().splitlines()]
        click.echo("\n".join(lines + [""] * isinstance(part, Table)), color=coloured())


def _drawn(table: Table) -> Drawn:
    drawn = Drawn(title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_edge=False)
    for number, head in enumerate(table.head):
        numbers = (row[number] for row in table.rows)
        right = all(NUMBERS.fullmatch(cell) for cell in numbers)
        drawn.add_column(head, justify="right" if right else "left", vertical="bottom", no_wrap=number < KEPT)
    for row in table.rows:
        drawn.add_row(*map(Words, row))
    return drawn
