"""The fixtures of the rules say of themselves what is to be found in them, and it is found."""

import json
from pathlib import Path

import pytest

import harness

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
MARK = "expect: "
FILES = sorted(FIXTURES.glob("*/*.jsonl"))


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_a_fixture_has_exactly_the_findings_that_it_is_marked_with(path: Path) -> None:
    labels = [json.loads(line).get("message", "") for line in path.read_text("utf-8").splitlines()]
    marks = [(line, label.removeprefix(MARK)) for line, label in enumerate(labels, 1) if label.startswith(MARK)]
    wanted = sorted((code, line) for line, codes in marks for code in codes.split())
    found = sorted((one.code, one.place.line) for one in harness.check(path).findings)
    assert found == wanted
    assert (path.parent.name in [code for code, _ in wanted]) == (path.stem == "bad")
