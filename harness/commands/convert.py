"""`harness convert`: writes a log in another format, whole or in part, with or without its secrets and its audio."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import click

from harness import api
from harness.commands.exit_codes import ExitCode
from harness.commands.inputs import STDIN
from harness.commands.outputs import opened
from harness.errors import UsageError
from harness.logs import FORMATS, write
from harness.logs.converting import ENDINGS, ending_of, format_of
from harness.logs.problems import LOSSES
from harness.logs.redact import Redactor
from harness.logs.redact import elide_audio as elide
from harness.logs.restamping import restamped
from harness.logs.sessions import sessions, wanted
from harness.model import Entry, Problem

LEFT_OUT = {
    "cassette": "stamps, labels and the notes of the recorder",
    "har": "labels, the zones of stamps and the notes of the recorder",
}
"""What the formats of other programs have no place for."""
MOST_TOLD = 10
"""So many problems of a log are told one by one; `harness check` tells them all."""


@dataclass(slots=True)
class Job:
    """What is to be done to the entries, and how often something was seen while doing it."""

    only: tuple[str, ...]
    redactor: Redactor | None
    elide: bool
    problems: int = 0
    losses: int = 0
    """The problems by which something of the log is missing."""
    repairs: int = 0
    read: int = 0

    def entries(self, items: api.Items) -> Iterator[Entry]:
        """Yield the entries of a log; tell its problems, and count their repairs."""
        for item in items:
            if isinstance(item, Problem):
                self._tell(item)
            else:
                self.read += 1
                self.repairs += len(item.repairs)
                yield item

    def _tell(self, problem: Problem) -> None:
        self.problems += 1
        self.losses += problem.code in LOSSES
        if self.problems <= MOST_TOLD:
            path, line, column = problem.place
            _say(f"{path}:{line}:{column}: {problem.code} {problem.message}; {problem.hint}")

    def changed(self, entries: Iterable[Entry]) -> Iterable[Entry]:
        """Return the entries as they are to be written."""
        # Audio goes first: a text that looks like a key may stand in it by chance.
        entries = map(elide, map(restamped, entries)) if self.elide else map(restamped, entries)
        return self.redactor.entries(entries) if self.redactor else entries


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("log", metavar="IN")
@click.argument("out", metavar="OUT")
@click.option("--to", "format_name", type=click.Choice(list(FORMATS)), help="The format, instead of by OUT's ending.")
@click.option("--redact", is_flag=True, help="Take out what looks like a key or a token: sk-…, Bearer …, api_key.")
@click.option("--secret", "secrets", multiple=True, metavar="VALUE", help="Take out this value wherever it stands.")
@click.option("--elide-audio", is_flag=True, help="Write `<audio data elided: N bytes>` in the place of audio.")
@click.option(
    "--only", multiple=True, metavar="WHAT",
    help="Only these entries: client, server, system, or a pattern of types such as 'response.*'; with commas.",
)  # fmt: skip
@click.option("--split", is_flag=True, help="Write each session to a file of its own: OUT-1, OUT-2 …")
@click.option("--shape", metavar="NAME", help="Read the log as this shape instead of the one found.")
def convert(
    log: str,
    out: str,
    format_name: str | None,
    redact: bool,
    secrets: tuple[str, ...],
    elide_audio: bool,
    only: tuple[str, ...],
    split: bool,
    shape: str | None,
) -> int:
    """Write a log in another format: yaml and jsonl lose nothing, cassette and har are for other programs.

    IN is a log of any known shape, OUT a file that is made or replaced; - is standard input or output. The ending of
    OUT names the format: .yaml, .jsonl, .cassette.yaml, .har.

    Exit codes: 0 written, 2 wrong usage, 3 input unreadable or only partly read; what was read is written.
    """
    format_name = format_name or _format_of(out)
    if split and out == STDIN:
        raise UsageError("--split writes a file for each session, and standard output is one; name a file")
    redactor = Redactor(secrets, patterns=redact) if redact or secrets else None
    job = Job(_parts(only), redactor, elide_audio)
    items = api.read_stream(sys.stdin.buffer, STDIN, shape) if log == STDIN else api.read_file(log, shape)
    made = list(_write(job, job.entries(items), out, format_name, split))
    return _tell(job, log, format_name, made)


def _format_of(out: str) -> str:
    format_name = format_of(out)
    if format_name is not None:
        return format_name
    told = "standard output has no ending" if out == STDIN else f"the ending of {out} tells no format"
    raise UsageError(f"{told}; name it with --to ({', '.join(FORMATS)}), or end in {', '.join(ENDINGS)}")


def _parts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _write(job: Job, entries: Iterator[Entry], out: str, format_name: str, split: bool) -> Iterator[str]:
    """Write what is wanted of the entries, one file after the other; yield the names of the files."""
    numbered = sessions(entries) if split else ((0, entry) for entry in entries)
    kept = ((number, entry) for number, entry in numbered if wanted(entry, job.only))
    for number, group in groupby(kept, key=itemgetter(0)):
        name = _numbered(out, number)
        with opened(name) as stream:
            write(job.changed(entry for _, entry in group), stream, format_name)
        yield name


def _numbered(out: str, number: int) -> str:
    """Return the name of a session's file: for the second, `call.yaml` is `call-2.yaml`; 0 stands for all sessions."""
    if not number:
        return out
    path = Path(out)
    stem = path.name[: len(path.name) - len(ending_of(out) or path.suffix)]
    return str(path.with_name(f"{stem}-{number}{path.name[len(stem) :]}"))


def _tell(job: Job, log: str, format_name: str, made: list[str]) -> ExitCode:
    """Say on standard error what was written, what is missing and what was guessed; return the exit code."""
    if job.problems > MOST_TOLD:
        _say(f"and {job.problems - MOST_TOLD} more problems; `harness check {log}` tells them all")
    if job.repairs:
        _say(f"guesses needed to read {log}: {job.repairs}; `harness check --repairs {log}` lists them")
    if not made and job.read:
        raise UsageError(f"nothing was written: --only {','.join(job.only)} names none of the {job.read} entries")
    if made and format_name in LEFT_OUT:
        _say(f"left out, because {format_name} has no place for them: {LEFT_OUT[format_name]}")
    if job.redactor:
        _say(f"values taken out: {job.redactor.count}")
    if made and made != [STDIN]:
        _say(f"wrote {', '.join(made)}")
    return ExitCode.UNREADABLE if job.losses or not made else ExitCode.CLEAN


def _say(line: str) -> None:
    click.echo(f"harness: {line}", err=True)
