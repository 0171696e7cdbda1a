"""Events of which a log holds only a part: what is missing is no fault of their sender, what is there is judged."""

import harness

CUT = 'got {"type": "response.done", "event_id": "event_1", "response": {"id": "resp_1", "status": "comp'
REFUSED = (
    "Error: {'type': 'invalid_request_error', 'code': None, 'message': 'Conversation already has an active response', "
    "'param': None, 'event_id': None}"
)


def _codes(text: str) -> list[str]:
    return [finding.code for finding in harness.check(harness.loads(text)).findings]


def test_an_event_that_was_cut_off_breaks_no_schema() -> None:
    assert "SCH101" not in _codes(CUT)


def test_an_error_of_which_only_the_inner_object_was_logged_is_judged() -> None:
    codes = _codes(REFUSED)
    assert "SCH101" not in codes
    assert any(code.startswith("CLI") for code in codes)
