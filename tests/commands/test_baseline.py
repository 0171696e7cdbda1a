"""Findings that are known and accepted."""

import json
from pathlib import Path

import pytest
from command_line import Run


@pytest.fixture
def accepted(command: Run, bad: Path) -> Path:
    """Return a baseline that accepts the one error of the bad log."""
    path = bad.parent / "baseline.json"
    assert command("check", bad, "--write-baseline", path).code == 0
    return path


def test_a_baseline_lists_what_fails_by_log_and_code(command: Run, bad: Path, accepted: Path) -> None:
    findings = json.loads(command("check", bad, "--format", "json").out)["sessions"][0]["findings"]
    (code,) = [one["code"] for one in findings if one["severity"] == "error"]
    document = json.loads(accepted.read_text("utf-8"))
    assert document == {"version": 1, "accepted": [{"path": str(bad), "code": code, "count": 1}]}


def test_what_is_accepted_does_not_fail(command: Run, bad: Path, accepted: Path) -> None:
    outcome = command("check", bad, "--baseline", accepted)
    assert outcome.code == 0
    assert "error" not in outcome.lines[-1]


def test_a_new_finding_fails_beside_accepted_ones(command: Run, bad: Path, accepted: Path) -> None:
    documents = bad.read_text("utf-8").split("---\n")
    done = next(one for one in documents if "\n  type: response.done\n" in one)
    bad.write_text("---\n".join([*documents, done]), "utf-8")
    assert command("check", bad, "--baseline", accepted).code == 1


def test_an_accepted_finding_that_is_gone_makes_the_baseline_stale(
    command: Run, bad: Path, accepted: Path, seed: Path
) -> None:
    bad.write_bytes(seed.read_bytes())
    outcome = command("check", bad, "--baseline", accepted)
    assert outcome.code == 5
    assert "in the baseline 1 time more than it was found; write it anew with --write-baseline" in outcome.err


def test_logs_that_are_not_checked_do_not_make_it_stale(command: Run, accepted: Path, seed: Path) -> None:
    assert command("check", seed, "--baseline", accepted).code == 0


def test_a_file_that_is_no_baseline_is_a_usage_error(command: Run, seed: Path) -> None:
    outcome = command("check", seed, "--baseline", seed)
    assert outcome.code == 2
    assert "is no baseline; write one with --write-baseline" in outcome.err


def test_a_baseline_that_is_not_there_is_unreadable(command: Run, seed: Path, tmp_path: Path) -> None:
    assert command("check", seed, "--baseline", tmp_path / "none.json").code == 3


def test_a_baseline_that_cannot_be_written_is_told_in_words(command: Run, bad: Path) -> None:
    outcome = command("check", bad, "--write-baseline", bad.parent / "nowhere" / "baseline.json")
    assert outcome.code == 3
    assert outcome.err == f"harness: {bad.parent}/nowhere/baseline.json: No such file or directory\n"
