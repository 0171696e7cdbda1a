"""`harness diff`: says what changed between two sessions."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from shutil import get_terminal_size

import click

from harness.commands import output
from harness.commands.exit_codes import ExitCode
from harness.commands.inputs import SUFFIXES, expand
from harness.commands.loading import load
from harness.diff import Comparison, Options, compare, formats
from harness.diff.options import KINDS, Kind
from harness.errors import UsageError
from harness.logs.problems import LOSSES
from harness.model import Session
from harness.reports.line import Span


class Percentage(click.ParamType[float]):
    """A part of the whole, such as `20%` or `0.2`."""

    name = "percentage"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return it as a fraction."""
        text = str(value).strip()
        try:
            part = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            self.fail(f"{text!r} is no percentage, such as 20%", param, ctx)
        if not 0 <= part < inf:
            self.fail(f"{text!r} is no part of a whole; give one such as 20%", param, ctx)
        return part


class Kinds(click.ParamType[frozenset[Kind]]):
    """Kinds of changes, with commas between."""

    name = "kinds"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[Kind]:
        """Return them as a set."""
        if isinstance(value, frozenset):
            return value
        wanted = [part.strip() for part in str(value).split(",") if part.strip()]
        unknown = [part for part in wanted if part not in KINDS]
        if unknown:
            self.fail(f"there is no kind {unknown[0]!r}; there are {', '.join(KINDS)}", param, ctx)
        return frozenset(kind for kind in KINDS if kind in wanted)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, required=True, metavar="A B | LOG…")
@click.option("--baseline", metavar="DIR", help="Compare each LOG with the log of its name in this folder.")
@click.option(
    "--format", "format_name", type=click.Choice(formats.names()), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@click.option("--ignore", type=Kinds(), metavar="KINDS", help=f"Not these kinds of changes: {', '.join(KINDS)}.")
@click.option("--only", type=Kinds(), metavar="KINDS", help="Only these kinds of changes.")
@click.option(
    "--tolerance", type=Percentage(), default="20%", show_default=True, metavar="N%",
    help="How much longer or shorter a phase may take.",
)  # fmt: skip
@click.option(
    "--floor", type=click.FloatRange(min=0), default=100, show_default=True, metavar="MS",
    help="And by how many milliseconds at least.",
)  # fmt: skip
@click.option("--path", "paths", multiple=True, help="Only changes there, such as 'response.output[*].content'.")
def diff(
    logs: tuple[str, ...],
    baseline: str | None,
    format_name: str,
    ignore: frozenset[Kind] | None,
    only: frozenset[Kind] | None,
    tolerance: float,
    floor: float,
    paths: tuple[str, ...],
) -> int:
    """Say what changed between two sessions: turn by turn, ids, stamps and chunks set aside.

    A and B are logs of any known shape and any dialect; one of them may be - for standard input.

    Exit codes: 0 the same, 1 different, 2 wrong usage, 3 input unreadable or only partly read.
    """
    if only is not None and ignore is not None:
        raise UsageError("--only and --ignore exclude each other: name the kinds one way")
    kinds = only if only is not None else frozenset(KINDS) - (ignore or frozenset())
    options = Options(tolerance=tolerance, floor_ms=floor, kinds=kinds, paths=paths)
    outcomes = [_compare(left, right, options) for left, right in _pairs(logs, baseline)]
    _show([comparison for comparison, _ in outcomes if comparison is not None], format_name)
    return max(code for _, code in outcomes)


def _compare(left: str, right: str, options: Options) -> tuple[Comparison | None, ExitCode]:
    """Return what differs between two logs, None when one cannot be read, and the exit code it calls for."""
    ours, theirs = _read(left), _read(right)
    if ours is None or theirs is None:
        return None, ExitCode.UNREADABLE
    with _no_collection():
        comparison = compare(ours, theirs, options)
    lost = any(problem.code in LOSSES for problem in (*ours.problems, *theirs.problems))
    return comparison, ExitCode.UNREADABLE if lost else ExitCode.FINDINGS if comparison else ExitCode.CLEAN


def _read(path: str) -> Session | None:
    """Return a session; where there is none, say why and return None."""
    with _no_collection():
        session, code = load(path, None)
    if session is not None and session.events:
        return session
    if code is ExitCode.CLEAN:
        click.echo(f"harness: {path}: there is no event in this log", err=True)
    return None


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for garbage among the many small objects of two sessions: a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _pairs(logs: tuple[str, ...], baseline: str | None) -> list[tuple[str, str]]:
    """Return what is compared with what."""
    if baseline is not None:
        folder = Path(baseline)
        if not folder.is_dir():
            raise UsageError(f"--baseline {baseline}: there is no such folder")
        return [(_stored(folder, Path(log)), log) for log in expand(logs)]
    if len(logs) != 2:
        raise UsageError(f"diff compares two logs, not {len(logs)}; for many, give --baseline DIR")
    return [(logs[0], logs[1])]


def _stored(folder: Path, log: Path) -> str:
    """Return the log of the same name in a folder or, as far as they are named alike, below; its ending may differ."""
    parts = [part for part in log.parts if part not in (log.anchor, "..")]
    for start in range(len(parts)):
        exact = folder.joinpath(*parts[start:])
        if exact.is_file():
            return str(exact)
    alike = [path for path in sorted(folder.glob("*")) if path.stem == log.stem and path.suffix in SUFFIXES]
    return str(alike[0] if len(alike) == 1 else folder / log.name)


def _show(comparisons: list[Comparison], format_name: str) -> None:
    lines = formats.find(format_name)(comparisons, get_terminal_size((120, 24)).columns)
    output.show(tuple(Span(text, style) for text, style in line) for line in lines)
