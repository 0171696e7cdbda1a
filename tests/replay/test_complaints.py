"""What the mock tells about a client stands beside the catalogue, under codes of its own."""

from harness.replay.complaints import RULES
from harness.rules.catalogue import catalogue


def test_no_complaint_has_the_code_of_a_rule() -> None:
    taken = {rule.code for rule in catalogue()}
    assert [rule.code for rule in RULES if rule.code in taken] == []
    assert len({rule.code for rule in RULES}) == len(RULES)
