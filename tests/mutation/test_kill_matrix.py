"""Every rule finds something that no other rule finds, or says why it stays."""

import json
import re
from pathlib import Path

import pytest

from benchmarks.mutation.kept import KEPT
from harness.rules.catalogue import catalogue

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mutation.md").read_text("utf-8")
ALONE = {code: int(alone) for code, alone in re.findall(r"^\| ([A-Z]{3}\d{3}) \| \d+ \| (\d+) \|", PAGE, re.MULTILINE)}
CODES = [rule.code for rule in catalogue()]
MARK = "expect: "


def marked(code: str, name: str) -> set[str]:
    """Return what a log of a rule's fixtures is marked with; `test_rule_fixtures` holds that this is what is found."""
    path = ROOT / "fixtures" / "rules" / code / f"{name}.jsonl"
    labels = (
        [json.loads(line).get("message", "") for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )
    return {one for label in labels if label.startswith(MARK) for one in label.removeprefix(MARK).split()}


def speaks_alone(code: str) -> bool:
    """Tell whether a rule's bad log differs from its good one by a finding of this rule only."""
    return marked(code, "bad") - marked(code, "good") == {code}


@pytest.mark.parametrize("code", CODES)
def test_a_rule_finds_something_alone_or_says_why_it_stays(code: str) -> None:
    assert speaks_alone(code) or ALONE.get(code, 0) > 0 or code in KEPT, (
        f"{code} finds nothing alone; say in kept.py why it stays"
    )


def test_no_reason_is_given_for_a_rule_that_is_gone_or_that_needs_none() -> None:
    assert set(KEPT) <= set(CODES)
    assert [code for code in KEPT if speaks_alone(code)] == []
