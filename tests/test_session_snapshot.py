"""Live sessions against stored ones, in the suite of a user."""

from pathlib import Path

import pytest
import yaml  # noqa: F401

from harness.rules import catalogue

pytest_plugins = ["pytester"]
catalogue.checks()  # before pytester forgets one half of it

STORED = "__sessions__/test_own/test_live.yaml"
LIVE = """
def test_live(session_snapshot):
    session_snapshot("live.yaml")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, seed: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a suite with one test that compares `live.yaml`; no plugin but ours is loaded."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "harness.pytest_plugin")
    (pytester.path / "live.yaml").write_text(seed.read_text("utf-8"), "utf-8")
    pytester.makepyfile(test_own=LIVE)
    return pytester


def stored(suite: pytest.Pytester) -> list[str]:
    return sorted(str(path.relative_to(suite.path)) for path in suite.path.glob("__sessions__/*/*"))


def change(suite: pytest.Pytester) -> None:
    """Take the end of the answer out of the live session."""
    documents = (suite.path / "live.yaml").read_text("utf-8").split("---\n")
    kept = [one for one in documents if "\n  type: response.done\n" not in one]
    assert len(kept) < len(documents)
    (suite.path / "live.yaml").write_text("---\n".join(kept), "utf-8")


def orphan(suite: pytest.Pytester, name: str = "test_gone.yaml") -> Path:
    suite.runpytest("--sessions-update").assert_outcomes(passed=1)
    path = suite.path / "__sessions__" / "test_own" / name
    path.write_bytes((suite.path / STORED).read_bytes())
    return path


def test_a_session_that_is_not_stored_fails_with_the_command_that_stores_it(suite: pytest.Pytester) -> None:
    result = suite.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["no session is stored as test_live.yaml;*", "  pytest --sessions-update *::test_live"])
    assert stored(suite) == []
    assert "pytest_plugin.py" not in result.stdout.str()


def test_updating_creates_it_and_then_it_passes(suite: pytest.Pytester) -> None:
    result = suite.runpytest("--sessions-update")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*stored sessions*", f"created {STORED}"])
    assert stored(suite) == [STORED]
    again = suite.runpytest()
    again.assert_outcomes(passed=1)
    assert "stored sessions" not in again.stdout.str()


def test_updating_what_is_the_same_writes_nothing(suite: pytest.Pytester) -> None:
    suite.runpytest("--sessions-update").assert_outcomes(passed=1)
    before = (suite.path / STORED).stat().st_mtime_ns
    result = suite.runpytest("--sessions-update")
    assert (suite.path / STORED).stat().st_mtime_ns == before
    assert "stored sessions" not in result.stdout.str()


def test_a_session_that_differs_fails_with_the_comparison_and_updating_fixes_it(suite: pytest.Pytester) -> None:
    suite.runpytest("--sessions-update").assert_outcomes(passed=1)
    change(suite)
    result = suite.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the session differs from the one stored as test_live.yaml*", "different: *"])
    fixed = suite.runpytest("--sessions-update")
    fixed.assert_outcomes(passed=1)
    fixed.stdout.fnmatch_lines([f"fixed {STORED}"])
    suite.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (b"", "*test_live.yaml cannot be read whole: line 1: there is nothing in this log; mend it*"),
        (b"\x00\x01\x02" * 500, "*test_live.yaml cannot be read whole: *binary*"),
        (b"<<<<<<< HEAD\n", "*test_live.yaml cannot be read whole: *"),
        (b"just a sentence", "*test_live.yaml cannot be read whole: *"),
    ],
    ids=["empty", "binary", "conflict", "prose"],
)
def test_a_stored_session_that_cannot_be_read_fails_with_the_reason_and_updating_fixes_it(
    suite: pytest.Pytester, damage: bytes, told: str
) -> None:
    suite.runpytest("--sessions-update").assert_outcomes(passed=1)
    (suite.path / STORED).write_bytes(damage)
    result = suite.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([told, "  pytest --sessions-update *"])
    assert "Traceback" not in result.stdout.str()
    fixed = suite.runpytest("--sessions-update")
    fixed.assert_outcomes(passed=1)
    fixed.stdout.fnmatch_lines([f"fixed {STORED}"])
    suite.runpytest().assert_outcomes(passed=1)


def test_a_live_session_that_cannot_be_read_whole_is_never_stored(suite: pytest.Pytester) -> None:
    for live in ("", "timestamp: [unclosed\nsender: {\n---\n" + (suite.path / "live.yaml").read_text("utf-8")):
        (suite.path / "live.yaml").write_text(live, "utf-8")
        result = suite.runpytest("--sessions-update")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["E *Failed: live.yaml cannot be compared: line *: *"])
        assert stored(suite) == []


def test_keys_and_tokens_are_not_stored_and_make_no_difference(suite: pytest.Pytester) -> None:
    key = "sk-proj-abcdefghijklmnop1234567890"
    live = suite.path / "live.yaml"
    live.write_text(live.read_text("utf-8").replace("You are a helpful assistant.", f"My key is {key}."), "utf-8")
    assert key in live.read_text("utf-8")
    suite.runpytest("--sessions-update").assert_outcomes(passed=1)
    assert key not in (suite.path / STORED).read_text("utf-8")
    assert "[redacted]" in (suite.path / STORED).read_text("utf-8")
    suite.runpytest().assert_outcomes(passed=1)


def test_what_no_test_uses_fails_the_run_and_updating_trims_it(suite: pytest.Pytester) -> None:
    gone = orphan(suite)
    result = suite.runpytest()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["unused __sessions__/test_own/test_gone.yaml", "*--sessions-update to trim*"])
    assert gone.exists()
    trimmed = suite.runpytest("--sessions-update")
    assert trimmed.ret == pytest.ExitCode.OK
    trimmed.stdout.fnmatch_lines(["trimmed __sessions__/test_own/test_gone.yaml"])
    assert stored(suite) == [STORED]


def test_the_sessions_of_a_test_file_that_is_gone_are_unused(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_old="def test_old(session_snapshot): session_snapshot('live.yaml')")
    suite.runpytest("--sessions-update").assert_outcomes(passed=2)
    assert suite.runpytest("test_own.py").ret == pytest.ExitCode.OK, "its file is there, and did not run"
    (suite.path / "test_old.py").unlink()
    result = suite.runpytest()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["unused __sessions__/test_old/test_old.yaml"])
    suite.runpytest("--sessions-update").stdout.fnmatch_lines(["trimmed __sessions__/test_old/test_old.yaml"])
    assert suite.runpytest().ret == pytest.ExitCode.OK


@pytest.mark.parametrize("narrow", [("-k", "live"), ("test_own.py::test_live",), ("-m", "not slow")])
def test_a_run_of_some_tests_leaves_the_sessions_of_others_alone(
    suite: pytest.Pytester, narrow: tuple[str, ...]
) -> None:
    gone = orphan(suite)
    assert suite.runpytest(*narrow).ret == pytest.ExitCode.OK
    suite.runpytest("--sessions-update", *narrow).assert_outcomes(passed=1)
    assert gone.exists()


def test_the_session_of_a_test_that_was_skipped_is_not_unused(suite: pytest.Pytester) -> None:
    suite.runpytest("--sessions-update").assert_outcomes(passed=1)
    suite.makepyfile(test_own=f"import pytest\n\n@pytest.mark.skip\n{LIVE.strip()}\n")
    assert suite.runpytest("--sessions-update").ret == pytest.ExitCode.OK
    assert stored(suite) == [STORED]


def test_several_sessions_of_a_test_have_names_and_parameters_their_own(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own="""
        import pytest
        import harness

        class Call:
            recording = harness.load("live.yaml")

        @pytest.mark.parametrize("case", ["a/b"])
        def test_two(session_snapshot, case):
            session_snapshot(harness.load("live.yaml"))
            session_snapshot(Call(), name="second")

        def test_twice(session_snapshot):
            session_snapshot("live.yaml")
            with pytest.raises(pytest.fail.Exception, match="compared twice"):
                session_snapshot("live.yaml")
        """
    )
    # In a process of its own: pytester forgets what was imported, and a Session of before is no Session of after.
    suite.runpytest_subprocess("--sessions-update", timeout=60).assert_outcomes(passed=2)
    assert [Path(path).name for path in stored(suite)] == [
        "test_twice.yaml",
        "test_two[a%2Fb].second.yaml",
        "test_two[a%2Fb].yaml",
    ]
    assert suite.runpytest_subprocess(timeout=60).ret == pytest.ExitCode.OK


SERVED = """
import json

from websockets.sync.client import connect

KEY = "sk-proj-abcdefghijklmnop1234567890"


def talk(url, *events):
    with connect(url, proxy=None) as socket:
        socket.recv(timeout=10)
        for event in events:
            socket.send(json.dumps(event))
            while json.loads(socket.recv(timeout=10))["type"] not in ("session.updated", "response.done"):
                pass


def test_client(replay_server, session_snapshot):
    server = replay_server("live.yaml", speed=0)
    talk(
        server.url,
        {"type": "session.update", "session": {"instructions": f"Call the tool with {KEY}."}},
        {"type": "response.create"},
    )
    session_snapshot(server)
"""


def test_what_passed_over_a_connection_to_the_mock_can_be_stored_without_its_secrets(suite: pytest.Pytester) -> None:
    suite.makepyfile(test_own=SERVED)
    suite.runpytest_subprocess("--sessions-update", timeout=60).assert_outcomes(passed=1)
    (path,) = suite.path.glob("__sessions__/*/*")
    text = path.read_text("utf-8")
    assert "sk-proj" not in text and "Call the tool with [redacted]." in text
    assert "type: response.create\n" in text and "type: response.done\n" in text
    suite.runpytest_subprocess(timeout=60).assert_outcomes(passed=1)
    suite.makepyfile(test_own=SERVED.replace("Call the tool", "Call no tool"))
    changed = suite.runpytest_subprocess(timeout=60)
    changed.assert_outcomes(failed=1)
    changed.stdout.fnmatch_lines(["different: 1 configuration", "*Call [[]-the-]{+no+} tool with*"])


def test_a_server_with_no_or_several_connections_is_told_apart(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_own=SERVED
        + """

def test_none(replay_server, session_snapshot):
    session_snapshot(replay_server("live.yaml", speed=0, judge=False))


def test_two(replay_server, session_snapshot):
    server = replay_server("live.yaml", speed=0)
    talk(server.url, {"type": "response.create"})
    talk(server.url, {"type": "response.create"})
    session_snapshot(server.sessions[0], name="first")
    session_snapshot(server)
"""
    )
    result = suite.runpytest_subprocess("--sessions-update", timeout=60)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["E * there were 0 connections;*", "E * there were 2 connections;*"])


def test_sessions_are_stored_and_counted_across_processes(suite: pytest.Pytester) -> None:
    gone = orphan(suite)
    result = suite.runpytest_subprocess("-p", "xdist", "-n", "2", "--sessions-update", timeout=60)
    result.stdout.fnmatch_lines(["trimmed __sessions__/test_own/test_gone.yaml"])
    assert not gone.exists()
    assert stored(suite) == [STORED]
