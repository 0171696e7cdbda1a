"""Findings that are silenced one by one: in the log, on the command line, and by file in the configuration.

    # harness: ignore CNT401, TIM      on a line of its own: for the entry around it, in JSON Lines for the next
    # harness: ignore-file TIM710      for the whole log
    --suppress call.jsonl:214:CNT401   for logs that nobody wants to write into

Each must be needed: one that silences nothing is a finding itself.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from mmap import ACCESS_READ, mmap
from pathlib import Path

from harness.commands.configuration import Configuration
from harness.commands.selection import Selection, parse
from harness.errors import UsageError
from harness.model import Finding, Place, Report, Rule
from harness.reports.checked import Checked, verdict_of

UNUSED = Rule(
    code="LOG003",
    name="suppression-unused",
    severity="error",
    subject="recorder",
    layer="house",
    what="A comment, an option or a setting silences a finding that is not there.",
    why="It hides the next fault of its kind at that place.",
    source="`# harness: ignore`, `--suppress` and `per-file-ignores`.",
    do="take it out",
)
SIGN = b"# harness:"
COMMENT = re.compile(rb"^[ \t]*# harness:[ \t]*(ignore|ignore-file)[ \t]+([A-Za-z0-9, \t]+?)[ \t]*\r?$", re.MULTILINE)
SEPARATOR = b"---"
LOCATED = re.compile(r"(.+):(\d+):([A-Za-z]+\d*)")


@dataclass(slots=True)
class Suppression:
    """The beginning of a code that is silenced on some lines of a log, and how often it was needed."""

    code: str
    place: Place
    """Where it is written."""
    first: int = 1
    last: int | None = None
    """The last line it covers, None for the end of the log."""
    used: int = 0

    def covers(self, finding: Finding) -> bool:
        """Tell whether it silences a finding."""
        line = finding.place.line
        return finding.code.startswith(self.code) and self.first <= line and (self.last is None or line <= self.last)


def has_comments(path: str) -> bool:
    """Tell whether a file may silence something; a pipe is not looked into."""
    try:
        if not Path(path).is_file() or not Path(path).stat().st_size:
            return False
        with Path(path).open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            return data.find(SIGN) >= 0
    except OSError:  # opening it to read it will say so
        return False


def commented(data: bytes, path: str, codes: Collection[str]) -> tuple[bytes, list[Suppression]]:
    """Return a log with its comments blanked out, no line moved, and what they silence.

    Raises:
        UsageError: a comment names no code of the catalogue.
    """
    lines = data.split(b"\n")
    found = []
    for match in COMMENT.finditer(data):
        line = data.count(b"\n", 0, match.start()) + 1
        first, last = (1, None) if match[1] == b"ignore-file" else _entry(lines, line)
        listed = match[2].decode().replace(",", " ").split()
        for code in parse(f"{path}:{line}: ignore", listed, codes):
            found.append(Suppression(code, Place(path, line, 1), first, last))
    return COMMENT.sub(b"", data), found


def _entry(lines: Sequence[bytes], line: int) -> tuple[int, int]:
    """Return the first and the last line of the entry that a comment belongs to."""
    if not any(one.rstrip() == SEPARATOR for one in lines):
        after = (n for n in range(line, len(lines)) if lines[n].strip() and not COMMENT.match(lines[n]))
        following = next(after, line) + 1
        return following, following
    first = next((n for n in range(line - 1, 0, -1) if lines[n - 1].rstrip() == SEPARATOR), 0) + 1
    last = next((n for n in range(line, len(lines)) if lines[n].rstrip() == SEPARATOR), len(lines))
    return first, last


def located(values: Iterable[str], codes: Collection[str]) -> dict[str, list[Suppression]]:
    """Return what `--suppress LOG:LINE:CODE` silences, by log.

    Raises:
        UsageError: a value has another form, or names no code of the catalogue.
    """
    found: dict[str, list[Suppression]] = {}
    for value in values:
        match = LOCATED.fullmatch(value)
        if match is None:
            raise UsageError(f"--suppress {value}: LOG:LINE:CODE was expected, such as call.jsonl:214:CNT401")
        path, line, (code,) = match[1], int(match[2]), parse("--suppress", [match[3]], codes)
        found.setdefault(Path(path).as_posix(), []).append(Suppression(code, Place(path, line, 1), line, line))
    return found


@dataclass(slots=True)
class Suppressions:
    """Everything that is silenced in one run."""

    configuration: Configuration
    located: Mapping[str, list[Suppression]]
    selection: Selection
    _by_file: dict[tuple[str, str], Suppression] = field(default_factory=dict)
    """The settings that a log was checked with, by pattern and code."""

    def apply(self, one: Checked, comments: Iterable[Suppression]) -> Checked:
        """Return a log's report without what is silenced, and with what silences nothing."""
        own = [*comments, *self.located.get(Path(one.report.path).as_posix(), ())]
        silencing = [*own, *self._of_file(one.report.path)]
        kept = []
        for finding in one.report.findings:
            hit = next((each for each in silencing if each.covers(finding)), None)
            if hit is None:
                kept.append(finding)
            else:
                hit.used += 1
        kept += [_unused(each) for each in own if not each.used and self._is_looked_for(each)]
        return replace(one, report=_with(one.report, kept))

    def _of_file(self, path: str) -> Iterator[Suppression]:
        config = self.configuration
        if config.path is None:
            return
        for pattern, codes in config.per_file_ignores.items():
            if _fits(path, pattern, config.path.parent):
                for code in codes:
                    made = Suppression(code.upper(), Place(str(config.path), 1, 1))
                    yield self._by_file.setdefault((pattern, code), made)

    def _is_looked_for(self, one: Suppression) -> bool:
        """Tell whether a run looks for what is silenced: one that does not cannot say that it is not there."""
        return self.selection.wants(one.code)

    def left_over(self) -> Checked | None:
        """Return the settings by file that silenced nothing in any log of the run, None when there are none."""
        idle = [(pattern, one) for (pattern, _), one in self._by_file.items() if not one.used]
        unused = [_unused(one, f" for {pattern}") for pattern, one in idle if self._is_looked_for(one)]
        if not unused:
            return None
        return Checked(_with(Report(unused[0].place.path, "", (), "clean", (UNUSED.code,), {}), unused))


def _fits(path: str, pattern: str, folder: Path) -> bool:
    full = Path(path).resolve()
    seen = full.relative_to(folder.resolve()).as_posix() if full.is_relative_to(folder.resolve()) else full.as_posix()
    return fnmatch(seen, pattern) or fnmatch(full.name, pattern)


def _with(report: Report, findings: Sequence[Finding]) -> Report:
    return replace(report, findings=tuple(findings), verdict=verdict_of(findings))


def _unused(one: Suppression, where: str = "") -> Finding:
    message = f"{one.code} is ignored{where}, and nothing of the kind was found"
    rule = UNUSED
    return Finding(
        rule.code, rule.name, rule.severity, rule.subject, rule.layer, None, one.place, message, hint=rule.do
    )
