"""Every rule finds its bad dialogue at the marked event and nothing else in it, and nothing in its good one."""

import cases_advice
import cases_client
import cases_declared
import cases_items
import cases_responses
import cases_voice
import pytest
from cases import Case, Step, play

from harness.model import Report

CASES: dict[str, Case] = {
    **cases_responses.CASES,
    **cases_items.CASES,
    **cases_voice.CASES,
    **cases_client.CASES,
    **cases_advice.CASES,
    **cases_declared.CASES,
}

TOLD_ONLY_WHEN_FOUND = {
    *("ORD311", "ORD331", "ORD361", "LOG190", "LOG191"),  # about the end or the beginning of a log: there is always one
    *("IDN201", "SCH110", "SCH120", "SCH130", "SCH140", "DIA601"),  # about every event
}
"""Rules that are not counted as exercised while they find nothing."""

every_case = pytest.mark.parametrize("code", sorted(CASES))


def wanted(steps: list[Step]) -> list[tuple[str, int]]:
    """Return the code and the line of every marked finding."""
    return sorted((code, line) for line, step in enumerate(steps, 1) for code in step.code.split())


@every_case
def test_a_rule_finds_its_bad_dialogue_at_the_marked_event_and_nothing_else(code: str) -> None:
    case = CASES[code]
    report = play(case, case.bad)
    assert code in [one for one, _ in wanted(case.bad)]
    assert sorted((one.code, one.place.line) for one in report.findings) == wanted(case.bad), _told(report)


@every_case
def test_a_rule_is_exercised_in_its_good_dialogue_and_finds_nothing(code: str) -> None:
    case = CASES[code]
    report = play(case, case.good)
    assert code not in [one for one, _ in wanted(case.good)]
    assert sorted((one.code, one.place.line) for one in report.findings) == wanted(case.good), _told(report)
    assert code in report.exercised or code in TOLD_ONLY_WHEN_FOUND, report.not_exercised.get(code)


def _told(report: Report) -> str:
    return "\n".join(f"{one.code} line {one.place.line}: {one.message}" for one in report.findings)
