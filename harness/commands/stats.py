"""`harness stats`: measures recorded sessions."""

from pathlib import Path

import click

from harness.commands.exit_codes import ExitCode
from harness.commands.inputs import expand
from harness.commands.loading import load
from harness.errors import UsageError
from harness.measure import Stats, prices
from harness.measure import stats as measure
from harness.measure.prices import Prices

PRICES = click.option(
    "--prices", "prices_file", type=click.Path(dir_okay=False), metavar="FILE",
    help="A price table as JSON instead of the one that is shipped.",
)  # fmt: skip
SHAPE = click.option("--shape", metavar="NAME", help="Read the log as this shape instead of the one found.")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, required=True, metavar="LOG…")
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@click.option("--turns", is_flag=True, help="Show every turn, also of many logs (text only).")
@PRICES
@SHAPE
def stats(logs: tuple[str, ...], format_name: str, turns: bool, prices_file: str | None, shape: str | None) -> int:
    """Measure recorded sessions: latencies, audio made and heard, tokens and cost, turn by turn and over all.

    LOG is a file of any known shape, a folder, a pattern or - for standard input; several are put side by side.
    A figure that the log does not tell is left out, with the reason.

    Exit codes: 0 measured, 2 wrong usage, 3 input unreadable or only partly read.
    """
    table = price_table(prices_file)
    found: list[Stats] = []
    worst = ExitCode.CLEAN
    for path in expand(logs):
        session, code = load(path, shape)
        worst = max(worst, code)
        if session is not None:
            found.append(measure(session, table))
    if found:
        _show(found, table, format_name, turns)
    return worst


def price_table(file: str | None) -> Prices:
    """Return the table in a file, or the one that is shipped.

    Raises:
        UsageError: the file cannot be opened, or is no price table.
    """
    if file is None:
        return prices.shipped()
    try:
        return prices.read(Path(file).read_bytes(), file)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None


def _show(found: list[Stats], table: Prices, format_name: str, turns: bool) -> None:
    from harness.measure.formats import csv, json, tables

    if format_name == "text":
        from harness.commands.tables import show

        show(tables.render(found, table, turns))
    else:
        click.echo(json.render(found, table) if format_name == "json" else csv.render(found))
