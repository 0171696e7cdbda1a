"""The public functions. What they need is imported when they are called, not before."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

from harness.errors import UnreadableError
from harness.events import event_of
from harness.model import Entry, Problem, Repair, Report, Session

if TYPE_CHECKING:
    from harness.diff import Comparison, Options
    from harness.logs import Limits
    from harness.reports.checked import Checked

Items: TypeAlias = Iterable[Entry | Problem]
"""What reading a log gives."""


def load(path: str | os.PathLike[str]) -> Session:
    """Read a recorded session of any shape.

    Raises:
        UnreadableError: the file cannot be opened, or nothing in it is an entry.
    """
    return session_of(read_file(path), os.fspath(path))


def loads(text: str | bytes) -> Session:
    """Read a recorded session from a text.

    Raises:
        UnreadableError: nothing in it is an entry.
    """
    data = text.encode() if isinstance(text, str) else text
    return session_of(read_stream(BytesIO(data), ""), "")


def check(session: Session | str | os.PathLike[str]) -> Report:
    """Judge a session, or a log by its path; a log is streamed and never held in memory.

    Raises:
        UnreadableError: the file cannot be opened, or nothing in it is an entry.
    """
    return judge(session).report


def judge(source: Session | str | os.PathLike[str]) -> "Checked":
    """Judge a session, or a log by its path, and keep what a report needs to show it."""
    if isinstance(source, Session):
        return examine((*source.entries, *source.problems), source.path, source.dialect)
    return examine(read_file(source), os.fspath(source))


def diff(
    left: Session | str | os.PathLike[str], right: Session | str | os.PathLike[str], options: "Options | None" = None
) -> "Comparison":
    """Return what changed from one session, or log, to another: a sequence of `Change`, empty when they are the same.

    Raises:
        UnreadableError: a file cannot be opened, or nothing in it is an entry.
    """
    from harness.diff import compare

    sessions = [source if isinstance(source, Session) else load(source) for source in (left, right)]
    return compare(sessions[0], sessions[1], options)


def assert_same_shape(
    left: Session | str | os.PathLike[str], right: Session | str | os.PathLike[str], options: "Options | None" = None
) -> None:
    """Check, in a test, that two sessions or logs are the same but for words.

    `options` are those of `diff`; without them times and usage do not count.

    Raises:
        AssertionError: they are not; it tells what differs.
        UnreadableError: a file cannot be opened, or nothing in it is an entry.
    """
    __tracebackhide__ = True
    from harness.diff.snapshot import difference_in_shape

    sessions = [source if isinstance(source, Session) else load(source) for source in (left, right)]
    told = difference_in_shape(sessions[0], sessions[1], options)
    if told:
        raise AssertionError(told)


def read_file(
    path: str | os.PathLike[str], shape: str | None = None, limits: "Limits | None" = None
) -> Iterator[Entry | Problem]:
    """Yield what a log holds.

    Raises:
        UnreadableError: the file cannot be opened, or nothing in it is an entry.
        UsageError: there is no shape of that name.
    """
    try:
        with Path(path).open("rb") as stream:
            yield from read_stream(stream, os.fspath(path), shape, limits)
    except OSError as error:
        raise UnreadableError(f"{os.fspath(path)}: {error.strerror}") from None


def read_stream(
    stream: IO[bytes], path: str, shape: str | None = None, limits: "Limits | None" = None
) -> Iterator[Entry | Problem]:
    """Yield what a binary stream holds; `path` is what its places say."""
    from harness.logs import read
    from harness.protocol.schemas import ProtocolKnowledge

    return read(stream, path, ProtocolKnowledge(), shape, limits)


ELIDED = "value-elided"
"""The kind of repair that says that a logger left a value out."""


def _is_guessed(entry: Entry) -> bool:
    """Tell whether the log holds only a part of what was sent."""
    return any(repair.confidence < 1 or repair.kind == ELIDED for repair in entry.repairs)


def examine(
    items: Items, path: str, dialect: str | None = None, thresholds: Mapping[str, float] | None = None
) -> "Checked":
    """Judge what a log holds, as it comes, and keep what a report needs to show it.

    `thresholds` are those that a user set, by name.
    """
    from harness.logs.id_watch import IdWatch
    from harness.reports.checked import Checked
    from harness.reports.context import Window
    from harness.rules.monitor import Monitor

    monitor, window, ids = Monitor(dialect, path=path, limits=thresholds or {}), Window(), IdWatch()
    complete, entries = True, 0
    repairs: list[Repair] = []
    for item in items:
        if isinstance(item, Problem):
            complete &= monitor.problem(item).severity != "error"
            continue
        event = event_of(entries, item)
        entries += 1
        if event is not None:
            window.see(event)
            ids.see(item)
            news = monitor.feed(event, bool(item.repairs) and _is_guessed(item))
            if news:
                window.keep(news)
        repairs.extend(item.repairs)
    for note in ids.notes():
        monitor.problem(note)
    repairs.sort(key=lambda repair: repair.place)
    report = monitor.finish(entries=entries, repairs=tuple(repairs))
    report = replace(report, statistics={**report.statistics, "ids": ids.facts()})
    window.keep(report.findings)
    return Checked(report, complete, window.kept)


def session_of(items: Items, path: str) -> Session:
    """Return what a log holds as a session, its dialect told by its events."""
    from harness.protocol.dialects import all_dialects, detect

    entries: list[Entry] = []
    problems: list[Problem] = []
    for item in items:
        if isinstance(item, Problem):
            problems.append(item)
        else:
            entries.append(item)
    made = (event_of(seq, entry) for seq, entry in enumerate(entries))
    events = tuple(event for event in made if event is not None)
    dialect = detect(events) or next(iter(all_dialects().values()))
    return Session(path, dialect.name, tuple(entries), events, tuple(problems))
