"""Every invariant of the protocol, and every rule for clients, is checked by a rule or listed with the reason."""

import json
import re
from pathlib import Path

import pytest
import yaml

from harness.rules.catalogue import catalogue

ROOT = Path(__file__).parents[2]
KNOWN = ROOT / ".." / "shared" / "protocol"
CODES = {one.code for one in catalogue()}
CHECKED: dict[str, list[str]] = yaml.safe_load((ROOT / "docs" / "invariants.yaml").read_text("utf-8"))
PAGE = (ROOT / "docs" / "not-checked.md").read_text("utf-8").partition("## Checked in part")
UNCHECKED = {
    name
    for row in re.findall(r"^\| ((?:[A-Z]{1,2}-\d\d(?:, )?)+) \|", PAGE[0], re.MULTILINE)
    for name in row.split(", ")
}


def _ids(name: str) -> list[str]:
    path = KNOWN / name
    if not path.exists():
        pytest.skip(f"{name} of the reference material is absent")
    return [one["id"] for one in json.loads(path.read_text("utf-8"))]


@pytest.mark.parametrize("name", ["invariants.json", "client_rules.json"])
def test_nothing_is_forgotten_and_nothing_made_up(name: str) -> None:
    ids = set(_ids(name))
    kind = {one for one in {*CHECKED, *UNCHECKED} if one.startswith("C-") == (name == "client_rules.json")}
    assert ids - kind == set(), "neither checked nor listed as not checked"
    assert kind - ids == set(), "not in the reference material"


def test_nothing_is_both_checked_and_not() -> None:
    assert set(CHECKED) & UNCHECKED == set()


def test_what_checks_an_invariant_is_a_rule() -> None:
    assert {name: codes for name, codes in CHECKED.items() if not codes or not set(codes) <= CODES} == {}


def test_what_is_checked_in_part_is_checked() -> None:
    rows = re.findall(r"^\| ((?:[A-Z]-\d\d(?:, )?)+) \|", PAGE[2], re.MULTILINE)
    parts = {name for row in rows for name in row.split(", ")}
    assert parts
    assert parts <= set(CHECKED)
