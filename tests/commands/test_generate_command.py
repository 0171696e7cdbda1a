"""`harness generate`: writes a session that `harness check` has nothing against."""

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Run

from harness.protocol.dialects import all_dialects


@pytest.mark.parametrize("dialect", all_dialects())
def test_what_is_generated_checks_without_errors(command: Run, tmp_path: Path, dialect: str) -> None:
    path = tmp_path / "made.yaml"
    made = command("generate", "--dialect", dialect, "--turns", 2, "--seed", 7, "--out", path)
    assert (made.code, made.out, made.err) == (0, "", "")
    assert command("check", "--dialect", dialect, path).code == 0


def test_the_ending_of_the_file_names_the_format(command: Run, tmp_path: Path) -> None:
    path = tmp_path / "made.jsonl"
    assert command("generate", "--out", path).code == 0
    assert path.read_text("utf-8").splitlines()[0].startswith("{")


def test_an_unknown_dialect_is_wrong_usage_and_the_known_ones_are_told(command: Run) -> None:
    made = command("generate", "--dialect", "klingon")
    assert made.code == 2
    assert "openai-beta" in made.err


def test_a_file_that_cannot_be_written_is_wrong_usage(command: Run, tmp_path: Path) -> None:
    made = command("generate", "--out", tmp_path / "no" / "made.yaml")
    assert made.code == 2
    assert "cannot write" in made.err


def test_harness_starts_without_hypothesis() -> None:
    code = "import sys, harness.cli, harness.commands.generate; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
