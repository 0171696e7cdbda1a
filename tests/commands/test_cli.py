"""The command line as a whole: help, version, failures and exit codes."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from command_line import Run

from harness import __version__, cli
from harness.cli import COMMANDS, find, run
from harness.errors import UnreadableError, UsageError


def failing(error: BaseException) -> click.Command:
    @click.command()
    def fail() -> None:
        raise error

    return fail


def test_help_lists_every_command(command: Run) -> None:
    outcome = command("--help")
    assert outcome.code == 0
    for name, help_line in COMMANDS.items():
        assert f"{name} " in outcome.out
        assert help_line in outcome.out


def test_the_version_is_that_of_the_package(command: Run) -> None:
    assert command("--version").out == f"harness, version {__version__}\n"


def test_an_unknown_command_is_a_usage_error(command: Run) -> None:
    outcome = command("chekc", "x")
    assert outcome.code == 2
    assert "No such command 'chekc'" in outcome.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_and_has_help(command: Run, name: str) -> None:
    assert find(name).name == name
    assert command(name, "--help").code == 0


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UsageError("no such dialect"), 2, "harness: no such dialect\n"),
        (UnreadableError("a.yaml: no such file"), 3, "harness: a.yaml: no such file\n"),
        (PermissionError(13, "Permission denied", "a.yaml"), 3, "Permission denied"),
        (KeyboardInterrupt(), 130, ""),
        (click.UsageError("which?"), 2, "Error: which?"),
    ],
    ids=["usage", "unreadable", "file", "interrupt", "click"],
)
def test_a_failure_has_its_exit_code_and_says_what_happened(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, told: str
) -> None:
    assert run(failing(error), "harness", []) == code
    assert told in capsys.readouterr().err


def test_a_bug_exits_4_and_says_what_to_report_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HARNESS_DEBUG", raising=False)
    assert run(failing(KeyError("item")), "harness", []) == 4
    told = capsys.readouterr().err
    assert f"a bug of harness {__version__}: KeyError: 'item' at test_cli.py:" in told
    assert "Please report" in told
    assert "Traceback" not in told


def test_a_bug_shows_its_traceback_to_who_debugs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_DEBUG", "1")
    assert run(failing(KeyError("item")), "harness", []) == 4
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_bug() -> None:
    script = (
        "import sys, click\n"
        "from harness.cli import run\n"
        "command = click.Command('endless', callback=lambda: [click.echo('x' * 1000) for _ in range(10000)] and None)\n"
        "sys.exit(run(command, 'harness', []))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize(("entry", "name"), [(cli.main, "harness"), (cli.replay, "replay")])
def test_the_installed_programs_show_their_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], entry: object, name: str
) -> None:
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    assert callable(entry)
    with pytest.raises(SystemExit) as exit_:
        entry()
    assert exit_.value.code == 0
    assert f"Usage: {name} " in capsys.readouterr().out


@pytest.fixture(scope="module")
def imported() -> Iterator[frozenset[str]]:
    """Yield what `import harness.cli` brings along, in a process of its own."""
    script = "import sys, harness.cli; print(*sys.modules)"
    yield frozenset(subprocess.check_output([sys.executable, "-c", script], text=True).split())


@pytest.mark.parametrize("heavy", ["deepdiff", "hypothesis", "jsonschema", "jsonschema_rs", "rich", "uvicorn", "yaml"])
def test_the_command_line_imports_nothing_heavy_before_a_command_needs_it(imported: frozenset[str], heavy: str) -> None:
    assert heavy not in imported
