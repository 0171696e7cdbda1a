"""Recorded sessions as tests, in the suite of a user."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # noqa: F401

from harness.rules import catalogue

pytest_plugins = ["pytester"]
# `pytester` forgets what a run in this process imported. PyYAML must outlive that: its C part goes on raising the
# exceptions of its first import; and so must the rules, of which it would forget one half.
catalogue.checks()


@pytest.fixture
def suite(pytester: pytest.Pytester, seed: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a suite with one good session, one bad one, and files of other kinds; no plugin but ours is loaded."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "harness.pytest_plugin")
    good = seed.read_text("utf-8")
    documents = good.split("---\n")
    (pytester.path / "sessions").mkdir()
    (pytester.path / "sessions" / "good.yaml").write_text(good, "utf-8")
    kept = [one for one in documents if "\n  type: response.created\n" not in one]
    (pytester.path / "sessions" / "bad.yaml").write_text("---\n".join(kept), "utf-8")
    (pytester.path / "sessions" / "notes.md").write_text("not a log")
    (pytester.path / "other.yaml").write_text("settings: of something else")
    pytester.makepyfile(test_own="def test_own(): pass")
    return pytester


def test_each_session_is_a_test_and_a_failure_prints_its_findings(suite: pytest.Pytester) -> None:
    result = suite.runpytest("-v", "--sessions", "sessions")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["*sessions/bad.yaml::session FAILED*", "*sessions/good.yaml::session PASSED*", "*_ session bad.yaml _*"]
    )
    result.stdout.fnmatch_lines(["*error · server ·*", "  --> sessions/bad.yaml:*", "sessions/bad.yaml: 1 error*"])
    assert "pytest_plugin.py" not in result.stdout.str()


def test_one_session_can_be_named(suite: pytest.Pytester) -> None:
    suite.runpytest("--sessions", "sessions/good.yaml").assert_outcomes(passed=2)


def test_a_session_below_an_argument_is_a_test_once(suite: pytest.Pytester) -> None:
    suite.runpytest("--sessions", "sessions", ".").assert_outcomes(passed=2, failed=1)
    suite.runpytest("--sessions", "sessions", "sessions").assert_outcomes(passed=1, failed=1)


def test_sessions_can_stand_in_the_settings(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nsessions = sessions/good.yaml\ntestpaths = test_own.py\n")
    suite.runpytest().assert_outcomes(passed=2)


def test_who_names_tests_does_not_get_the_sessions_of_the_settings(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\nsessions = sessions/*.yaml\n")
    suite.runpytest("test_own.py").assert_outcomes(passed=1)
    suite.runpytest("sessions/good.yaml").assert_outcomes(passed=1)


def test_without_sessions_no_file_is_touched(suite: pytest.Pytester) -> None:
    suite.runpytest().assert_outcomes(passed=1)
    suite.runpytest("sessions").assert_outcomes()


def test_a_yaml_file_of_another_plugin_is_left_to_it(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """
        import pytest

        class Item(pytest.Item):
            def runtest(self): pass

        class File(pytest.File):
            def collect(self): yield Item.from_parent(self, name="theirs")

        def pytest_collect_file(file_path, parent):
            if file_path.name == "other.yaml":
                return File.from_parent(parent, path=file_path)
        """
    )
    suite.runpytest("--sessions", "sessions/good.yaml").assert_outcomes(passed=3)


def test_a_session_that_is_not_there_is_a_usage_error(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--sessions", "nowhere.yaml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*sessions: there is no file *nowhere.yaml"])


def test_a_folder_without_logs_is_a_usage_error(suite: pytest.Pytester) -> None:
    (suite.path / "empty").mkdir()
    result = suite.runpytest("--sessions", "empty")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*no log in *empty*"])


def test_a_log_that_was_only_partly_read_fails(suite: pytest.Pytester, seed: Path) -> None:
    documents = seed.read_text("utf-8").split("---\n")
    documents[20] = "timestamp: [unclosed\nsender: {\n"
    (suite.path / "torn.yaml").write_text("---\n".join(documents), "utf-8")
    result = suite.runpytest("--sessions", "torn.yaml", "torn.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*only partly read*"])


def test_a_file_that_is_no_log_fails_with_the_reason(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--sessions", "other.yaml", "other.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["other.yaml*", "*other.yaml: *log*"])


def test_sessions_are_spread_over_processes(suite: pytest.Pytester) -> None:
    suite.runpytest_subprocess("-p", "xdist", "-n", "2", "--sessions", "sessions", timeout=60).assert_outcomes(
        passed=2, failed=1
    )


def test_check_session_returns_the_report_or_fails_with_the_findings(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own="""
        def test_good(check_session):
            assert check_session("sessions/good.yaml").events == 31

        def test_bad(check_session):
            check_session("sessions/bad.yaml")
        """
    )
    result = suite.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["  --> sessions/bad.yaml:*"])


def test_check_session_fails_on_lesser_findings_when_asked(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own="""
        import pytest

        def test_strictly(check_session):
            report = check_session("sessions/good.yaml")
            assert report.verdict in ("notes", "warnings")
            with pytest.raises(pytest.fail.Exception):
                check_session("sessions/good.yaml", fail_on="note")
        """
    )
    suite.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('check_session("nowhere.yaml")', "nowhere.yaml: No such file or directory"),
        ('check_session("sessions")', "sessions: Is a directory"),
        ('check_session("sessions/good.yaml", fail_on="warming")', "fail_on='warming' is none of note, warning, error"),
        ('replay_server("nowhere.yaml")', "nowhere.yaml: No such file or directory"),
        ('replay_server("sessions/good.yaml", as_dialect="martian")', "no dialect is called 'martian'*"),
        ('session_snapshot("nowhere.yaml")', "nowhere.yaml: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_told_at_the_line_that_asks_for_it(suite: pytest.Pytester, call: str, told: str) -> None:
    fixture = call.partition("(")[0]
    suite.makepyfile(test_own=f"def test_own({fixture}):\n    {call}\n")
    result = suite.runpytest()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f">       {call}", f"E       Failed: {told}", "", "test_own.py:2: Failed"])
    assert "harness/" not in result.stdout.str().replace("realtime-harness", "")


def test_the_first_line_names_the_gravest_finding(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_own='def test_own(check_session):\n    check_session("sessions/bad.yaml", fail_on="note")\n')
    result = suite.runpytest("--sessions", "sessions/bad.yaml")
    line = "1 error*: ORD* at sessions/bad.yaml:*"
    result.stdout.fnmatch_lines(["*_ session bad.yaml _*", line, ""], consecutive=True)
    result.stdout.fnmatch_lines(["*_ test_own _*", line, ""], consecutive=True)
    result.stdout.fnmatch_lines(["FAILED test_own.py::test_own - Failed: 1 error*"])
    result.stdout.fnmatch_lines(["FAILED sessions/bad.yaml::session - Failed: 1 error*"])


CLIENT = """
import json

import pytest
from websockets.sync.client import connect


def talk(url, *events):
    with connect(url) as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "session.created"
        for event in events:
            socket.send(json.dumps(event))
        while json.loads(socket.recv(timeout=10))["type"] not in ("response.done", "error"):
            pass

"""


def test_replay_server_serves_a_log_to_a_client(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own=CLIENT
        + """
def test_client(replay_server):
    server = replay_server("sessions/good.yaml", speed=0)
    talk(server.url, {"type": "response.create"})
"""
    )
    suite.runpytest_subprocess(timeout=60).assert_outcomes(passed=1)


def test_replay_server_judges_the_client_when_the_test_is_over(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own=CLIENT
        + """
WRONG = ({"type": "conversation.item.create"}, {"type": "response.make"})


def test_wrong(replay_server):
    talk(replay_server("sessions/good.yaml", speed=0).url, *WRONG)


def test_wrong_on_purpose(replay_server):
    server = replay_server("sessions/good.yaml", speed=0, judge=False)
    talk(server.url, *WRONG)
    assert server.report.verdict == "errors"
"""
    )
    result = suite.runpytest_subprocess(timeout=60)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*error · client ·*"])


def test_a_server_that_no_client_came_to_is_no_success(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own="""
        import pytest

        def test_forgotten(replay_server):
            replay_server("sessions/good.yaml", speed=0)

        def test_on_purpose(replay_server):
            replay_server("sessions/good.yaml", speed=0, judge=False)

        def test_failed_before(replay_server):
            replay_server("sessions/good.yaml", speed=0)
            assert False

        def test_skipped(replay_server):
            replay_server("sessions/good.yaml", speed=0)
            pytest.skip("no client here")
        """
    )
    result = suite.runpytest_subprocess(timeout=60)
    result.assert_outcomes(passed=2, failed=1, skipped=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_forgotten*", "no client connected to ws://*"])


def test_pytest_leaves_our_modules_as_they_are(suite: pytest.Pytester) -> None:
    suite.makeconftest("import pytest; pytest.register_assert_rewrite('harness')")
    suite.makepyfile(
        test_own="""
        import harness.reports.formats.github

        def test_own():
            assert "rewrit" not in type(harness.reports.formats.github.__loader__).__module__
        """
    )
    suite.runpytest_subprocess(timeout=60).assert_outcomes(passed=1)


def test_the_plugin_imports_nothing_before_it_is_used() -> None:
    script = (
        "import sys, pytest; before = set(sys.modules); import harness.pytest_plugin; print(*set(sys.modules) - before)"
    )
    loaded = subprocess.check_output([sys.executable, "-c", script], text=True).split()
    assert {name for name in loaded if name.startswith("harness")} == {"harness", "harness.pytest_plugin"}
    assert len(loaded) <= 2, loaded
