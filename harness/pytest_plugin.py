"""The pytest plugin: recorded sessions as tests, and a mock server as a fixture.

It is loaded in every run of pytest where this package is installed, so it imports nothing before it is used, and
touches no file unless `--sessions` or `sessions = …` names it.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from harness.model import Report, Session, Severity
    from harness.net.server import Server
    from harness.reports.checked import Checked

Source: TypeAlias = "Session | str | os.PathLike[str]"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--sessions PATH` and the setting `sessions`."""
    group = parser.getgroup("harness", "recorded sessions of the Realtime protocol")
    group.addoption(
        "--sessions",
        action="append",
        default=[],
        metavar="PATH",
        help="check recorded sessions as tests: a log, a folder of logs or a pattern (repeatable)",
    )
    parser.addini("sessions", "logs, folders or patterns to check as tests, relative to this file", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Set out to collect the sessions that are named, if any are."""
    named = [str(config.invocation_params.dir / path) for path in config.getoption("sessions")]
    listed = [str(path) for path in config.getini("sessions")]
    if not named and not listed:
        return
    collector = SessionCollector(_files(named + listed))
    config.pluginmanager.register(collector, "harness-sessions")
    # Who names tests on the command line wants those; the sessions of the settings belong to a run of everything.
    everything = config.args_source is not pytest.Config.ArgsSource.ARGS
    config.args += _not_below(_files(named + (listed if everything else [])), config)


def _files(names: list[str]) -> list[str]:
    from harness.commands.inputs import expand
    from harness.errors import UsageError

    try:
        files = expand(names)
    except UsageError as error:
        raise pytest.UsageError(f"sessions: {error}") from None
    missing = [file for file in files if not Path(file).is_file()]
    if missing:
        raise pytest.UsageError(f"sessions: there is no file {missing[0]}")
    return files


def _not_below(files: Iterable[str], config: pytest.Config) -> list[str]:
    """Return the files that the arguments do not hold already; pytest would collect them twice."""
    roots = [Path(config.invocation_params.dir, argument.partition("::")[0]) for argument in config.args]
    return [file for file in files if not any(Path(file).is_relative_to(root) for root in roots)]


class SessionCollector:
    """Collects the named logs, and no other file."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = frozenset(map(Path, files))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> "SessionFile | None":
        """Return the collector of a log that is named."""
        return SessionFile.from_parent(parent, path=file_path) if file_path in self._files else None


class SessionFile(pytest.File):
    """A log."""

    def collect(self) -> Iterator["SessionItem"]:
        """Yield its one test."""
        yield SessionItem.from_parent(self, name="session")


class SessionItem(pytest.Item):
    """The test that a recorded session is sound."""

    def runtest(self) -> None:
        """Check the log, and fail on an error or when something of it could not be read."""
        from harness.api import examine, read_stream

        name = os.path.relpath(self.path, self.config.invocation_params.dir)
        with self.path.open("rb") as stream:
            _fail_on(examine(read_stream(stream, name), name), "error")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """Return the findings; for anything else say what happened, without our own frames."""
        from harness.errors import HarnessError

        if isinstance(excinfo.value, HarnessError | pytest.fail.Exception):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the headline of a failure."""
        return self.path, None, f"session {self.path.name}"


def _fail_on(checked: "Checked", severity: "Severity") -> "Report":
    """Return the report, or fail the test with its findings."""
    from harness.reports.checked import Options, failures
    from harness.reports.formats import find
    from harness.reports.line import text_of

    if checked.complete and not failures(checked.report, severity):
        return checked.report
    lines = find("text").render([checked], Options(fail_on=severity))
    return pytest.fail("\n".join(map(text_of, lines)), pytrace=False)


@pytest.fixture
def check_session() -> "Callable[..., Report]":
    """Check a session or a log: `report = check_session("call.yaml")` fails the test on an error.

    `fail_on` names a lesser severity (`warning`, `note`) to fail on.
    """

    def check(session: Source, fail_on: "Severity" = "error") -> "Report":
        from harness.api import judge

        return _fail_on(judge(session), fail_on)

    return check


@pytest.fixture
def replay_server() -> "Iterator[Callable[..., Server]]":
    """Serve a log: `server = replay_server("call.yaml", speed=0)`, then point the client at `server.url`.

    Takes what `harness.serve` takes. The clients are judged when the test is over: an error of theirs is an error of
    the test, unless `judge=False` says that they are meant to misbehave.
    """
    from harness.net.server import serving

    judged: list[Server] = []
    with ExitStack() as running:

        def start(log: Source, *, judge: bool = True, **options: Any) -> "Server":
            server = running.enter_context(serving(log, **options))
            if judge:
                judged.append(server)
            return server

        yield start
    for server in judged:
        for connection in server.checked():
            _fail_on(connection, "error")
