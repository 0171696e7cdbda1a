"""Runs the command line in this process."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from command_line import Outcome, Run

from harness.cli import harness, run


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `harness ARGUMENTS…`, plain, as in a pipe."""
    for name in ("NO_COLOR", "FORCE_COLOR", "HARNESS_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def run_it(*arguments: object, env: Mapping[str, str] | None = None) -> Outcome:
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        code = run(harness, "harness", [str(argument) for argument in arguments])
        return Outcome(code, *capsys.readouterr())

    return run_it


@pytest.fixture
def bad(seed: Path, tmp_path: Path) -> Path:
    """Return the seed without its `response.created`: one fault of the server."""
    documents = seed.read_text("utf-8").split("---\n")
    kept = [one for one in documents if "\n  type: response.created\n" not in one]
    assert len(kept) == len(documents) - 1
    path = tmp_path / "bad.yaml"
    path.write_text("---\n".join(kept), "utf-8")
    return path


@pytest.fixture
def torn(seed: Path, tmp_path: Path) -> Path:
    """Return the seed with one document in the middle that is no YAML."""
    documents = seed.read_text("utf-8").split("---\n")
    documents[20] = "timestamp: [unclosed\nsender: {\n"
    path = tmp_path / "torn.yaml"
    path.write_text("---\n".join(documents), "utf-8")
    return path
