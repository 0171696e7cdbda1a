"""`harness rules` and `harness rule CODE`."""

import json
from pathlib import Path

import pytest
from command_line import Run

from harness.commands.manuals import manuals


def test_the_list_has_every_rule_once_in_the_order_of_the_codes(command: Run) -> None:
    codes = [line.split()[0] for line in command("rules").lines]
    assert codes == sorted(set(codes))
    assert {"LOG001", "SCH101"} <= set(codes)


def test_the_list_for_programs_has_the_whole_manual(command: Run) -> None:
    listed = json.loads(command("rules", "--format", "json").out)
    assert len(listed) == len(manuals())
    assert set(listed[0]) == {"code", "name", "severity", "subject", "layer", "what", "why", "source", "do"}


def test_the_list_for_the_docs_has_a_heading_for_each_rule(command: Run) -> None:
    headings = [line for line in command("rules", "--format", "markdown").lines if line.startswith("## ")]
    assert headings == [f"## {rule.code} {rule.name}" for rule in manuals().values()]


def test_the_pages_in_docs_are_those_of_the_catalogue(command: Run) -> None:
    page = Path(__file__).parents[2] / "docs" / "rules.md"
    assert page.read_text("utf-8") == command("rules", "--format", "markdown").out, "run `make docs`"


@pytest.mark.parametrize("asked", ["LOG001", "log001", "log-cannot-be-read"])
def test_a_manual_is_found_by_code_or_name(command: Run, asked: str) -> None:
    outcome = command("rule", asked)
    assert outcome.code == 0
    assert outcome.lines[0] == "LOG001 log-cannot-be-read"
    assert [line for line in outcome.lines if line and not line.startswith(" ")][2:] == [
        "What",
        "Why it matters",
        "Source",
        "What to do",
    ]


def test_a_mistyped_rule_gets_the_nearest_ones(command: Run) -> None:
    outcome = command("rule", "LOG0001")
    assert outcome.code == 2
    assert "did you mean LOG001" in outcome.err


def test_a_rule_that_is_nothing_like_any_gets_the_list(command: Run) -> None:
    outcome = command("rule", "zzz")
    assert outcome.code == 2
    assert "`harness rules` lists them" in outcome.err


def test_every_manual_is_complete() -> None:
    for rule in manuals().values():
        assert all((rule.what, rule.why, rule.source, rule.do)), rule.code
