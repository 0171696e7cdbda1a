"""The pytest plugin: recorded sessions as tests, and a mock server as a fixture.

It is loaded in every run of pytest where this package is installed, so it imports nothing before it is used, and
touches no file but those that `--sessions` or `sessions = …` names, and the sessions stored for the tests that run.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import pytest

if TYPE_CHECKING:
    from harness.diff import Options
    from harness.diff.snapshot import Judgement
    from harness.model import Report, Session, Severity
    from harness.net.server import Server
    from harness.reports.checked import Checked

T = TypeVar("T")
Source: TypeAlias = "Session | str | os.PathLike[str]"
FOLDER = "__sessions__"
"""Beside a test file: it holds a folder for each such file, with the sessions stored for its tests."""
NARROWED = ("keyword", "markexpr", "deselect", "lf", "stepwise", "ignore", "ignore_glob", "collectonly")
"""The options of pytest by which a run leaves tests out, so that nobody knows what they would have used."""


class Recorded(Protocol):
    """What has a session of its own to show, such as a connection that was recorded."""

    @property
    def recording(self) -> "Session":
        """Return what has passed so far."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--sessions PATH`, the setting `sessions`, and `--sessions-update`."""
    group = parser.getgroup("harness", "recorded sessions of the Realtime protocol")
    group.addoption(
        "--sessions",
        action="append",
        default=[],
        metavar="PATH",
        help="check recorded sessions as tests: a log, a folder of logs or a pattern (repeatable)",
    )
    group.addoption(
        "--sessions-update",
        action="store_true",
        help="store the sessions of session_snapshot: create, fix and trim them",
    )
    parser.addini("sessions", "logs, folders or patterns to check as tests, relative to this file", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Watch over the stored sessions, and set out to collect those that are named, if any are."""
    _import_as_it_is(config)
    config.pluginmanager.register(Snapshots(config), "harness-snapshots")
    named = [str(config.invocation_params.dir / path) for path in config.getoption("sessions")]
    listed = [str(path) for path in config.getini("sessions")]
    if not named and not listed:
        return
    collector = SessionCollector(_files(named + listed))
    config.pluginmanager.register(collector, "harness-sessions")
    # Who names tests on the command line wants those; the sessions of the settings belong to a run of everything.
    everything = config.args_source is not pytest.Config.ArgsSource.ARGS
    config.args += _not_below(_files(named + (listed if everything else [])), config)


def _import_as_it_is(config: pytest.Config) -> None:
    """Keep pytest from rewriting the assertions of this package, as it does with every installed plugin.

    It would parse each module, and CPython 3.11 cannot do so in two threads at once ("AST constructor recursion depth
    mismatch"): a mock imports in a thread of its own. There is no public way to say so.
    """
    marked: set[str] = getattr(config.pluginmanager.rewrite_hook, "_must_rewrite", set())
    marked -= {name for name in marked if name.partition(".")[0] == "harness"}


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
            checked = _or_fail(lambda: examine(read_stream(stream, name), name))
        _fail_on([checked], "error")

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the headline of a failure."""
        return self.path, None, f"session {self.path.name}"


def _or_fail(action: Callable[[], T]) -> T:
    """Return what the action returns; what it raises on purpose is told at the line of the test that called for it."""
    __tracebackhide__ = True
    from harness.errors import HarnessError

    try:
        return action()
    except HarnessError as error:
        reason = str(error)
    return pytest.fail(reason)


def _fail_on(checked: "Sequence[Checked]", severity: "Severity") -> None:
    """Fail the test with the findings of what has some of this severity, the gravest in the first line."""
    from harness.reports.checked import Options, failures
    from harness.reports.formats import find
    from harness.reports.formats.text import headline
    from harness.reports.line import text_of

    failed = [one for one in checked if not one.complete or failures(one.report, severity)]
    if failed:
        more = f" (and in {len(failed) - 1} more)" if len(failed) > 1 else ""
        lines = find("text").render(failed, Options(fail_on=severity))
        pytest.fail("\n".join((f"{headline(failed[0])}{more}", "", *map(text_of, lines))), pytrace=False)


@pytest.fixture
def check_session() -> "Callable[..., Report]":
    """Check a session or a log: `report = check_session("call.yaml")` fails the test on an error.

    `fail_on` names a lesser severity (`warning`, `note`) to fail on.
    """

    def check(session: Source, fail_on: "Severity" = "error") -> "Report":
        __tracebackhide__ = True
        from harness.api import judge
        from harness.reports.checked import SEVERITIES

        if fail_on not in SEVERITIES:
            pytest.fail(f"fail_on={fail_on!r} is none of {', '.join(SEVERITIES)}")
        checked = _or_fail(lambda: judge(session))
        _fail_on([checked], fail_on)
        return checked.report

    return check


@pytest.fixture
def replay_server(request: pytest.FixtureRequest) -> "Iterator[Callable[..., Server]]":
    """Serve a log: `server = replay_server("call.yaml", speed=0)`, then point the client at `server.url`.

    Takes what `harness.serve` takes. The clients are judged when the test is over: an error of theirs is an error of
    the test, and so is that no client came, unless `judge=False` says that they are meant to misbehave.
    """
    from harness.net.server import serving

    judged: list[Server] = []
    with ExitStack() as running:

        def start(log: Source, *, judge: bool = True, **options: Any) -> "Server":
            __tracebackhide__ = True
            server = _or_fail(lambda: running.enter_context(serving(log, **options)))
            if judge:
                judged.append(server)
            return server

        yield start
    _fail_on([connection for server in judged for connection in server.checked()], "error")
    unmet = [server.url for server in judged if not server.connections]
    if unmet and request.node.stash.get(PASSED, False):
        pytest.fail(
            f"no client connected to {unmet[0]}, so nothing was tested: point the client at server.url, "
            "or say replay_server(…, judge=False) when none is meant to come",
            pytrace=False,
        )


PASSED = pytest.StashKey[bool]()
"""Whether the body of a test has passed."""
USED = pytest.StashKey[list[tuple[str, str]]]()
"""What a test has done with stored sessions: the action and the path of each."""


class Snapshots:
    """Watches which stored sessions the tests use; it works from reports, which cross processes."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._update = bool(config.getoption("sessions_update"))
        self._whole = not any(config.getoption(name, None) for name in NARROWED)
        self._whole &= not any("::" in argument for argument in config.invocation_params.args)
        self._used: dict[str, str] = {}
        self._folders: set[Path] = set()
        self._unfinished: set[str] = set()
        """The tests that were skipped or failed: what they would have used, nobody knows."""
        self._unused: tuple[str, ...] = ()

    def pytest_deselected(self) -> None:
        """Note that the run leaves tests out."""
        self._whole = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Tell with the last report of a test what it has used."""
        report = yield
        if report.when == "call":  # type: ignore[attr-defined]
            item.stash[PASSED] = report.passed  # type: ignore[attr-defined]
        if isinstance(item, pytest.Function):
            report.harness_stored = str(stored_path(item))  # type: ignore[attr-defined]
            if report.when == "teardown":  # type: ignore[attr-defined]
                report.harness_used = item.stash.get(USED, [])  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what a test has used, here or in another process."""
        own = getattr(report, "harness_stored", None)
        if own is None:
            return
        self._folders.add(Path(own).parent)
        self._used.update((path, action) for action, path in getattr(report, "harness_used", ()))
        if not report.passed:
            self._unfinished.add(own.removesuffix("yaml"))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Trim the stored sessions that no test has used, or fail because of them."""
        if hasattr(self._config, "workerinput") or not self._whole or session.shouldstop or session.shouldfail:
            return
        stored = [str(path) for folder in self._known() for path in folder.glob("*.yaml")]
        if not stored or session.exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        from harness.diff.snapshot import unused

        spared = tuple(self._unfinished)
        self._unused = tuple(path for path in unused(stored, self._used) if not path.startswith(spared))
        if self._update:
            for path in self._unused:
                Path(path).unlink()
        elif self._unused:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _known(self) -> Iterator[Path]:
        """Yield the folders of the test files that ran, and beside them those whose test file is gone."""
        for root in {folder.parent for folder in self._folders}:
            for folder in root.iterdir() if root.is_dir() else ():
                if folder in self._folders or not any(root.parent.glob(f"{escape(folder.name)}.*")):
                    yield folder

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name the stored sessions that were created, fixed and trimmed, or are unused."""
        told = {"created": self._done("create"), "fixed": self._done("fix")}
        told["trimmed" if self._update else "unused"] = list(self._unused)
        if not any(told.values()):
            return
        terminalreporter.section("stored sessions")
        for what, paths in told.items():
            for path in sorted(paths):
                terminalreporter.line(f"{what} {os.path.relpath(path, self._config.invocation_params.dir)}")
        if told.get("unused"):
            terminalreporter.line("no test uses them; run with --sessions-update to trim them", red=True)

    def _done(self, action: str) -> list[str]:
        return [path for path, done in self._used.items() if done == action]


def stored_path(item: pytest.Item, name: str = "") -> Path:
    """Return where the session of a test is stored; `name` tells several of one test apart."""
    from urllib.parse import quote

    test = ".".join(filter(None, (*item.nodeid.split("::")[1:], name)))
    return item.path.parent / FOLDER / item.path.stem / f"{quote(test, safe='[] ')}.yaml"


@pytest.fixture
def session_snapshot(request: pytest.FixtureRequest) -> "Callable[..., None]":
    """Compare a live session with the stored one: `session_snapshot("out/call.yaml")` fails when it differs.

    Takes a log, a Session, or what has a `recording`. `name` tells several of one test apart; `options` are those of
    `harness.diff`, and without them times and usage do not count. `--sessions-update` stores what is new.
    """
    item: pytest.Item = request.node
    used = item.stash.setdefault(USED, [])
    update = request.config.getoption("sessions_update")

    def compare(live: "Source | Recorded", name: str = "", options: "Options | None" = None) -> None:
        __tracebackhide__ = True
        path = stored_path(item, name)
        if any(path == Path(other) for _, other in used):
            pytest.fail(f"{path.name} is compared twice in this test; give the second a name: name=…")
        session = _or_fail(lambda: _live(live))
        judged = _judged(path, session, options)
        used.append((judged.action if update else "keep", str(path)))
        if judged.action == "keep":
            return
        if not update:
            pytest.fail(f"{judged.message}:\n  {_updating(item)}", pytrace=False)
        _store(session, path)

    return compare


def _live(live: "Source | Recorded") -> "Session":
    """Return a session as it may be stored.

    Raises:
        UnreadableError: it cannot be read, or not whole.
    """
    from harness.api import load
    from harness.diff.snapshot import without_secrets
    from harness.errors import UnreadableError
    from harness.model import Session

    if not isinstance(live, Session | str | os.PathLike):
        session = live.recording
    else:
        session = live if isinstance(live, Session) else load(live)
    if reason := _damage(session):
        raise UnreadableError(f"{session.path or 'the live session'} cannot be compared: {reason}")
    return without_secrets(session)


def _damage(session: "Session") -> str:
    """Return what is lost of a session, empty when nothing is."""
    from harness.logs.problems import LOSSES

    lost = next((problem for problem in session.problems if problem.code in LOSSES), None)
    if lost is not None:
        return f"line {lost.place.line}: {lost.message}"
    return "" if session.events else "there is no event in it"


def _judged(path: Path, live: "Session", options: "Options | None") -> "Judgement":
    from harness.api import load
    from harness.diff.snapshot import damaged, judge
    from harness.errors import UnreadableError

    if not path.exists():
        return judge(path.name, None, live, options)
    try:
        stored = load(path)
    except UnreadableError as error:
        return damaged(path.name, str(error).removeprefix(f"{path}: "))
    reason = _damage(stored)
    return damaged(path.name, reason) if reason else judge(path.name, stored, live, options)


def _updating(item: pytest.Item) -> str:
    from shlex import quote

    return f"pytest --sessions-update {quote(item.nodeid)}"


def _store(session: "Session", path: Path) -> None:
    from io import BytesIO

    from harness.logs import write
    from harness.logs.restamping import restamped

    written = BytesIO()
    write(map(restamped, session.entries), written)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written.getvalue())
