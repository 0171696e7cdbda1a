"""The catalogue: every rule has a code of its own, a name and a complete manual."""

import re

import pytest

from harness.model import Rule
from harness.protocol.dialects import all_dialects
from harness.rules.catalogue import catalogue, checks, declared, manual
from harness.rules.envelope import ENVELOPE
from harness.rules.recorder import RECORDER

FAMILIES = {
    "LOG": "1",
    "SCH": "1",
    "IDN": "2",
    "ORD": "3",
    "CNT": "4",
    "CAU": "5",
    "DIA": "6",
    "TIM": "7",
    "ADV": "8",
    "CLI": "9",
}
"""The letters of each family of codes, and the digit that its numbers begin with."""

every_rule = pytest.mark.parametrize("rule", catalogue(), ids=[one.code for one in catalogue()])


@every_rule
def test_a_code_is_of_a_known_family(rule: Rule) -> None:
    match = re.fullmatch(r"([A-Z]{3})(\d)\d\d", rule.code)
    assert match is not None
    assert FAMILIES[match[1]] == match[2]


@every_rule
def test_a_name_is_in_kebab_case(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)+", rule.name)


@every_rule
def test_a_manual_says_what_why_on_what_ground_and_what_to_do(rule: Rule) -> None:
    for text in (rule.what, rule.why, rule.source):
        assert len(text.split()) >= 3
        assert text == text.strip()
    assert len(rule.do.split()) >= 3


@every_rule
def test_what_is_found_is_told_in_whole_sentences(rule: Rule) -> None:
    for text in (rule.what, rule.why):
        assert re.match(r"[A-Z`]|[a-z_]+[._]", text), text  # a capital, or the name of an event or a field
        assert text.endswith(".")


@every_rule
def test_a_server_is_in_error_only_by_what_is_documented_or_breaks_a_schema(rule: Rule) -> None:
    """The exceptions are errors because every recording agrees; a client is in error when services refuse it."""
    agreed = {"CAU521", "CNT430", "DIA601"}
    if rule.severity == "error" and rule.subject == "server":
        assert rule.layer in ("documented", "schema") or rule.code in agreed


def test_no_two_rules_share_a_name() -> None:
    names = [one.name for one in catalogue()]
    assert len(names) == len(set(names))


def test_no_two_rules_share_a_code() -> None:
    """The same rule may be declared in several dialects; another one under its code would be lost."""
    rules = [one.rule for one in checks()]
    rules += [one for dialect in all_dialects().values() for one in declared(dialect.declarations)]
    by_code: dict[str, set[str]] = {}
    for one in (*rules, *ENVELOPE, *RECORDER):
        by_code.setdefault(one.code, set()).add(one.name)
    assert {code: names for code, names in by_code.items() if len(names) > 1} == {}
    assert sorted(by_code) == [one.code for one in catalogue()]


def test_a_waived_rule_exists_and_has_its_evidence() -> None:
    codes = {one.code for one in catalogue()}
    for dialect in all_dialects().values():
        assert set(dialect.waived) <= codes
        assert all(dialect.waived.values())


def test_a_manual_without_a_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks Do"):
        manual("Find it.\n\n    What: a\n    Why: b\n    Source: c\n")


def test_a_manual_is_read_by_its_headings() -> None:
    text = "Find it.\n\n    What: one\n        and a half\n    Why: two\n    Source: three\n    Do: four\n"
    assert manual(text) == {"What": "one and a half", "Why": "two", "Source": "three", "Do": "four"}
