"""Puts lines on standard output: coloured on a terminal, plain in a pipe."""

import os
import sys
from collections.abc import Iterable

import click

from harness.reports.line import Line, text_of

STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold blue",
    "good": "green",
    "place": "cyan",
    "faint": "dim",
    "strong": "bold",
    "": "",
}
"""How the styles of a span look."""


def show(lines: Iterable[Line]) -> None:
    """Print the lines as they come."""
    if hasattr(sys.stdout, "reconfigure"):
        # A log may hold half a surrogate pair; showing it escaped beats failing on it.
        sys.stdout.reconfigure(errors="backslashreplace")
    if coloured():
        _paint(lines)
    else:
        for line in lines:
            click.echo(text_of(line))


def coloured() -> bool:
    """Tell whether to use colours; follow no-color.org and force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def _paint(lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(Text.assemble(*((span.text, STYLES[span.style]) for span in line)))
