"""Every rule finds its bad dialogue at the marked event and nothing else in it, and nothing in its good one."""

import cases_client
import cases_items
import cases_responses
import cases_voice
import pytest
from cases import Case, play

CASES: dict[str, Case] = {
    **cases_responses.CASES,
    **cases_items.CASES,
    **cases_voice.CASES,
    **cases_client.CASES,
}

every_case = pytest.mark.parametrize("code", sorted(CASES))


@every_case
def test_a_rule_finds_its_bad_dialogue_at_the_marked_event_alone(code: str) -> None:
    case = CASES[code]
    wanted = [(code, line) for line, step in enumerate(case.bad, 1) for code in step.code.split()]
    report = play(case, case.bad)
    assert code in [one for one, _ in wanted]
    assert sorted((one.code, one.place.line) for one in report.findings) == sorted(wanted), [
        (one.code, one.place.line, one.message) for one in report.findings
    ]


@every_case
def test_a_rule_finds_nothing_in_its_good_dialogue_and_was_exercised_there(code: str) -> None:
    report = play(CASES[code], CASES[code].good)
    assert [(one.code, one.place.line, one.message) for one in report.findings] == []
    assert code in report.exercised, report.not_exercised.get(code)
