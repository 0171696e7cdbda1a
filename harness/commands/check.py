"""`harness check`: says what is wrong in recorded sessions."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import click

from harness import api
from harness.commands import baseline, configuration, output
from harness.commands.exit_codes import ExitCode
from harness.commands.inputs import STDIN, expand
from harness.commands.manuals import manuals
from harness.commands.progress import Bar
from harness.commands.refusals import refuse_repairs, unreadable
from harness.commands.selection import Selection, selected
from harness.commands.settings import thresholds
from harness.commands.suppressions import Suppression, Suppressions, commented, has_comments, located
from harness.errors import UnreadableError, UsageError
from harness.logs.limits import MIB, Limits
from harness.model import Severity
from harness.reports import formats
from harness.reports.checked import SEVERITIES, Checked, Options, failures


@dataclass(frozen=True, slots=True)
class Job:
    """How the logs are to be read and judged."""

    logs: Sequence[str]
    dialect: str | None
    shape: str | None
    limits: Limits
    strict: bool
    selection: Selection
    thresholds: Mapping[str, float]
    suppressions: Suppressions


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, required=True, metavar="LOG…")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(formats.names()),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.option("--fail-on", type=click.Choice(SEVERITIES), help="Exit 1 from this severity on.  [default: error]")
@click.option(
    "--select", multiple=True, metavar="CODES", help="Only these rules: codes or their beginnings, with commas."
)
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these rules.")
@click.option(
    "--suppress", multiple=True, metavar="LOG:LINE:CODE", help="Silence a finding where the report points at it."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a threshold; `harness rules --thresholds` lists them.",
)
@click.option("--dialect", metavar="NAME", help="Judge by this dialect instead of the one found in the log.")
@click.option("--shape", metavar="NAME", help="Read the log as this shape instead of the one found.")
@click.option("--repairs", is_flag=True, help="List every guess made to read a damaged log (text only).")
@click.option("--strict", is_flag=True, help="Refuse logs that need repairs.")
@click.option(
    "--max-entry", type=click.IntRange(min=1), default=Limits().entry_bytes // MIB, show_default=True, metavar="MIB",
    help="Skip entries longer than this.",
)  # fmt: skip
@click.option("--baseline", "accepted", metavar="FILE", help="Leave out the findings that FILE accepts.")
@click.option("--write-baseline", metavar="FILE", help="Accept what fails now: write it to FILE, and exit 0.")
@click.option("-v", "--verbose", is_flag=True, help="Name the rules that had nothing to judge, and why.")
def check(
    logs: tuple[str, ...],
    format_name: str,
    fail_on: Severity | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    suppress: tuple[str, ...],
    settings: tuple[str, ...],
    dialect: str | None,
    shape: str | None,
    repairs: bool,
    strict: bool,
    max_entry: int,
    accepted: str | None,
    write_baseline: str | None,
    verbose: bool,
) -> int:
    """Say what is wrong in recorded sessions: schema, order, references, sums.

    LOG is a file of any known shape, a folder, a pattern or - for standard input. What is not said here may stand in
    harness.toml or [tool.harness] of pyproject.toml: select, ignore, fail-on, per-file-ignores, thresholds.

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong usage, 3 input unreadable or only partly read,
    4 a bug of harness, 5 the baseline accepts what is not found any more. Of several the greatest is given.
    """
    if repairs and format_name != "text":
        raise UsageError("--repairs lists the guesses in the text report only; every format counts them")
    rules, config = manuals(), configuration.find()
    fail_on = fail_on or config.fail_on or "error"
    chosen = selected(select or config.select, ignore or config.ignore, rules)
    silenced = Suppressions(config, located(suppress, rules), chosen)
    job = Job(expand(logs), dialect, shape, Limits(max_entry * MIB), strict, chosen, thresholds(settings), silenced)
    known, done = baseline.read(accepted) if accepted else baseline.Baseline(Counter()), list[Checked]()
    shown = _checked(job, known, done)
    output.show(formats.find(format_name).render(shown, Options(fail_on, repairs, verbose, rules)))
    if write_baseline:
        baseline.write(write_baseline, done, fail_on)
        return ExitCode.CLEAN
    return max(_stale(known), *(_exit_code(one, fail_on) for one in done))


def _checked(job: Job, known: baseline.Baseline, done: list[Checked]) -> Iterator[Checked]:
    """Check the logs one by one, so that each is shown before the next is read."""
    bar = Bar(job.logs)
    for path in job.logs:
        one = _check(path, job, bar)
        bar.hide()
        done.append(replace(one, report=known.sift(one.report)))
        yield done[-1]
    idle = job.suppressions.left_over()
    if idle is not None:
        done.append(idle)
        yield idle


def _exit_code(one: Checked, fail_on: Severity) -> ExitCode:
    if not one.complete:
        return ExitCode.UNREADABLE
    return ExitCode.FINDINGS if failures(one.report, fail_on) else ExitCode.CLEAN


def _stale(known: baseline.Baseline) -> ExitCode:
    lines = known.stale()
    for line in lines:
        click.echo(f"harness: {line}; write it anew with --write-baseline", err=True)
    return ExitCode.STALE_BASELINE if lines else ExitCode.CLEAN


def _check(path: str, job: Job, bar: Bar) -> Checked:
    try:
        items, comments = _items(path, job, bar)
        one = api.examine(items, path, job.dialect, job.thresholds)
    except UnreadableError as error:
        return unreadable(path, str(error).removeprefix(f"{path}: "))
    if job.strict:
        one = refuse_repairs(one)
    return job.suppressions.apply(replace(one, report=job.selection.apply(one.report)), comments)


def _items(path: str, job: Job, bar: Bar) -> tuple[api.Items, list[Suppression]]:
    """Return what a log holds, and what its comments silence. Only a file that has some is held in memory."""
    if path == STDIN:
        return api.read_stream(sys.stdin.buffer, STDIN, job.shape, job.limits), []
    if not has_comments(path):
        return bar.read(path, job.shape, job.limits), []
    data, comments = commented(Path(path).read_bytes(), path, manuals())
    return api.read_stream(BytesIO(data), path, job.shape, job.limits), comments
