"""What docs/explain.md and docs/stats.md show is what is printed."""

import re
from pathlib import Path

import pytest
from command_line import Run

from harness.measure.figures import MEASURES
from harness.story.answers import questions

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text("utf-8") for name in ("explain", "stats")}
SHOWN = [
    found for page in PAGES.values() for found in re.findall(r"```console\n\$ harness (.*)\n((?:.*\n)*?)```", page)
]


@pytest.mark.parametrize(("arguments", "output"), SHOWN, ids=[arguments for arguments, _ in SHOWN])
def test_the_page_shows_what_is_printed(
    arguments: str, output: str, command: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)  # what is written is written there
    printed = command(*arguments.split(), env={"NO_COLOR": "1"}).out
    assert before_findings(printed) == before_findings(output)


def before_findings(output: str) -> list[str]:
    """Return what the page is about: the words of findings are those of the rules, and have a page of their own."""
    told = output.partition("\nfindings\n")
    return [told[0], told[1]]


def test_the_pages_tell_every_measure_and_every_question() -> None:
    assert len(SHOWN) == 7
    for measure in MEASURES:
        assert f"| {measure.title} | {measure.unit} | {measure.what} |" in PAGES["stats"]
    for name in questions():
        assert f"| `{name}` |" in PAGES["explain"]
