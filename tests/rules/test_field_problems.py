"""Every problem of the field is looked for by a rule, or listed with the reason why no log shows it."""

import re
from pathlib import Path

import pytest
import yaml

from harness.rules.catalogue import catalogue

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / ".." / "shared" / "FIELD-PROBLEMS.md"
LOOKED_FOR: dict[str, list[str]] = yaml.safe_load((ROOT / "docs" / "field-problems.yaml").read_text("utf-8"))
PAGE = (ROOT / "docs" / "not-checked.md").read_text("utf-8").partition("## Problems of the field")[2]
NOT_SHOWN = set(re.findall(r"^\| ([A-Z]\d+) \|", PAGE.partition("\n## ")[0], re.MULTILINE))
RULES = {one.code: one for one in catalogue()}
CITED = re.compile(r"[A-Z]\d+")


def test_none_of_the_problems_is_forgotten_and_none_made_up() -> None:
    if not REFERENCE.exists():
        pytest.skip("the list of problems of the reference material is absent")
    listed = set(re.findall(r"^\*\*([A-Z]\d+)\. ", REFERENCE.read_text("utf-8"), re.MULTILINE))
    assert len(listed) == 109
    assert listed - {*LOOKED_FOR, *NOT_SHOWN} == set(), "neither looked for nor listed as not shown"
    assert {*LOOKED_FOR, *NOT_SHOWN} - listed == set(), "not in the reference material"


def test_nothing_is_both_looked_for_and_not() -> None:
    assert set(LOOKED_FOR) & NOT_SHOWN == set()


def test_what_looks_for_a_problem_is_a_rule() -> None:
    assert {name: codes for name, codes in LOOKED_FOR.items() if not codes or not set(codes) <= set(RULES)} == {}


def _cited(source: str) -> set[str]:
    return {name for told in re.findall(r"field problems? ([^;.)]*)", source) for name in CITED.findall(told)}


def test_a_rule_that_cites_a_problem_is_named_with_it() -> None:
    missing = {
        (code, name)
        for code, rule in RULES.items()
        for name in _cited(rule.source)
        if name in LOOKED_FOR and code not in LOOKED_FOR[name]
    }
    assert missing == set()
