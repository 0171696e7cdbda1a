"""What docs/diff.md shows is what is printed."""

import re
from pathlib import Path

import pytest

from harness.cli import find, run

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / ".." / "shared" / "corpus" / "sessions"
SHOWN = re.findall(r"```console\n\$ harness diff (.*)\n((?:.*\n)*?)```", (ROOT / "docs" / "diff.md").read_text("utf-8"))


@pytest.mark.parametrize(("arguments", "output"), SHOWN, ids=[arguments for arguments, _ in SHOWN])
def test_the_page_shows_what_is_printed(
    arguments: str, output: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ROOT if arguments.startswith("fixtures/") else RECORDED
    if not folder.exists():
        pytest.skip("the recorded sessions are not on this machine")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "110")
    monkeypatch.setenv("NO_COLOR", "1")
    run(find("diff"), "harness diff", arguments.split())
    assert capsys.readouterr().out == output


def test_the_page_shows_three_recorded_pairs_and_one_that_anyone_can_run() -> None:
    pairs = {tuple(arguments.split()[:2]) for arguments, _ in SHOWN}
    assert len(pairs) == 4
    assert ("fixtures/diff/monday.yaml", "fixtures/diff/tuesday.yaml") in pairs
