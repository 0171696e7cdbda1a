"""One edit of a clean session is one error, at the event that was edited, whatever format the log has."""

import json
from pathlib import Path

import pytest

import harness

EDITS = Path(__file__).parents[2] / "fixtures" / "edits"
EXPECTED = json.loads((EDITS / "expected.json").read_text("utf-8"))
"""For each edit, the code of its error and the line in JSON Lines; in YAML a comment stands on the line before."""
MARK = "--- # expect: "


@pytest.mark.parametrize("name", EXPECTED)
def test_an_edit_is_one_error_in_json_lines(name: str) -> None:
    wanted = EXPECTED[name]
    assert _errors(EDITS / f"{name}.jsonl") == [(wanted["code"], wanted["line"])]


@pytest.mark.parametrize("name", EXPECTED)
def test_an_edit_is_one_error_in_yaml(name: str) -> None:
    path = EDITS / f"{name}.yaml"
    lines = path.read_text("utf-8").splitlines()
    marks = [(line.removeprefix(MARK), number + 1) for number, line in enumerate(lines, 1) if line.startswith(MARK)]
    assert len(marks) == 1
    assert _errors(path) == marks


def test_the_session_that_was_edited_has_no_error() -> None:
    assert _errors(EDITS.parent / "sessions" / "seed.yaml") == []


def _errors(path: Path) -> list[tuple[str, int]]:
    return [(one.code, one.place.line) for one in harness.check(path).findings if one.severity == "error"]
