"""No rule is dead: a fixture, or a test of its own, makes it speak. `test_rule_fixtures` checks that each one does."""

from pathlib import Path

import pytest

import harness
from harness.commands.manuals import manuals

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "rules"

ELSEWHERE = {
    "LOG001": "tests/commands/test_check.py",
    "LOG002": "tests/commands/test_check.py",
    "LOG112": "tests/rules/test_every_rule_is_reached.py",
    "LOG003": "tests/commands/test_suppressions.py",
    "ADV841": "tests/rules/cases_advice.py",
    "CLI926": "tests/rules/cases_client.py",
    "CLI955": "tests/rules/cases_advice.py",
    "TIM733": "tests/rules/cases_advice.py",
}
"""Rules without a log of a few lines that breaks them, each with the file that makes it speak."""
SHADOWED = {
    "CLI978": "what the mock says of a request that it refuses yields to the rule that sees it coming (CLI909)",
    "ORD321": "the link that asks for the end of an item (CAU541) tells the same of the same event first",
}
"""Rules that another one tells before them; each with the reason."""
READERS, MOCK = ROOT / "tests" / "logs", ROOT / "tests"


@pytest.mark.parametrize("code", sorted(manuals()))
def test_a_rule_speaks_somewhere(code: str) -> None:
    if (FIXTURES / code / "bad.jsonl").is_file() or code in SHADOWED:
        return
    if code in ELSEWHERE:
        assert code in (ROOT / ELSEWHERE[code]).read_text("utf-8")
        return
    folder = READERS if code.startswith("LOG") else MOCK
    texts = [path.read_text("utf-8") for path in folder.rglob("*.py") if path != Path(__file__)]
    assert any(code in text or manuals()[code].name in text for text in texts), (
        f"{code} has no fixture and no test that names it"
    )


def test_an_event_that_is_nested_too_deeply_is_told(tmp_path: Path) -> None:
    path, head = tmp_path / "deep.jsonl", '{"timestamp": "", "sender": "server", "message": "", "content": '
    opened = head + '{"type": "session.created", "event_id": "a", "session": {"type": "realtime"}}}'
    deep = head + '{"type": "ping", "event_id": "b", "x": ' + "[" * 300 + "]" * 300 + "}}"
    path.write_text(f"{opened}\n{deep}\n", "utf-8")
    assert "LOG112" in [one.code for one in harness.check(path).findings]


def test_no_fixture_is_of_a_rule_that_is_gone() -> None:
    assert {path.name for path in FIXTURES.iterdir()} <= set(manuals())


def test_what_is_said_to_be_elsewhere_has_no_fixture() -> None:
    having = {code for code in {*ELSEWHERE, *SHADOWED} if (FIXTURES / code / "bad.jsonl").is_file()}
    assert not having
