"""Findings in the order in which a person wants to hear them."""

from typing import Any

import pytest

from harness.model import Finding, Place
from harness.rules.catalogue import catalogue
from harness.rules.ranking import ANSWERS, likely_causes, most_useful_first


def finding(code: str, severity: Any = "warning", line: int = 1, subject: Any = "server") -> Finding:
    return Finding(code, "a-name", severity, subject, "observed", line, Place("log", line, 1), "said")


def codes(findings: list[Finding]) -> list[str]:
    return [one.code for one in findings]


def test_what_answers_a_question_counts_as_a_level_graver() -> None:
    found = [finding("CNT465"), finding("SCH101", "error"), finding("ADV801")]
    assert codes(most_useful_first(found)) == ["ADV801", "SCH101", "CNT465"]


def test_an_error_that_answers_a_question_comes_before_a_warning_that_does() -> None:
    found = [finding("ADV801"), finding("CLI908", "error")]
    assert codes(most_useful_first(found)) == ["CLI908", "ADV801"]


def test_of_two_answers_the_one_to_the_more_frequent_question_comes_first() -> None:
    found = [finding("TIM721", line=1), finding("ADV801", line=9)]
    assert codes(most_useful_first(found)) == ["ADV801", "TIM721"]


def test_what_is_wrong_with_the_log_comes_last() -> None:
    found = [finding("LOG104", "error", subject="recorder"), finding("DIA640", "note")]
    assert codes(most_useful_first(found)) == ["DIA640", "LOG104"]


def test_the_likely_causes_are_of_different_rules() -> None:
    found = [finding("ADV802", line=line) for line in (3, 2, 1)] + [
        finding("CAU521", "note"),
        finding("ADV860", "note"),
    ]
    assert [(one.code, one.place.line) for one in likely_causes(found)] == [("ADV802", 1), ("ADV860", 1), ("CAU521", 1)]


@pytest.mark.parametrize("code", ANSWERS)
def test_what_answers_a_question_is_a_rule(code: str) -> None:
    assert code in {one.code for one in catalogue()}


def test_no_rule_answers_twice() -> None:
    assert len(set(ANSWERS)) == len(ANSWERS)
