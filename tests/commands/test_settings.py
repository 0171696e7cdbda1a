"""Thresholds that a user sets: in the project's file, and by option, which wins."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from harness.cli import harness
from harness.commands.settings import thresholds
from harness.errors import UsageError

SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"
BURST = "faster-than-real-time"


def project(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return folder


def test_nothing_is_set_without_an_option_or_a_project(tmp_path: Path) -> None:
    assert thresholds((), project(tmp_path, "")) == {}


def test_a_threshold_is_read_from_the_project_also_from_a_folder_within(tmp_path: Path) -> None:
    project(tmp_path, f"[tool.harness.thresholds]\n{BURST} = 30\n")
    (tmp_path / "logs").mkdir()
    assert thresholds((), tmp_path / "logs") == {BURST: 30.0}


def test_an_option_wins_over_the_project(tmp_path: Path) -> None:
    folder = project(tmp_path, f"[tool.harness.thresholds]\n{BURST} = 30\n")
    assert thresholds((f"{BURST}=2.5",), folder) == {BURST: 2.5}


@pytest.mark.parametrize(
    ("option", "said"),
    [("none=1", "no threshold is called 'none'"), (BURST, "NAME=VALUE"), (f"{BURST}=soon", "a number of 0 or more")],
)
def test_a_threshold_that_is_none_is_refused(tmp_path: Path, option: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        thresholds((option,), project(tmp_path, ""))


@pytest.mark.parametrize("text", ["[tool.harness]\nthresholds = 3\n", "[tool\n"])
def test_a_project_that_cannot_be_understood_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match=r"pyproject\.toml"):
        thresholds((), project(tmp_path, text))


def test_a_rule_keeps_to_the_threshold_that_is_set(tmp_path: Path) -> None:
    runner = CliRunner()
    assert "TIM730" in runner.invoke(harness, ["check", str(SEED)]).output
    assert "TIM730" not in runner.invoke(harness, ["check", str(SEED), "--set", f"{BURST}=30"]).output


def test_the_list_of_rules_names_the_thresholds_with_what_they_were_taken_from() -> None:
    output = CliRunner().invoke(harness, ["rules", "--thresholds"]).output
    assert f"{BURST}  " in output
    assert "the seed's audio was pushed 24 times as fast" in output
