import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_the_scenarios_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "make_scenarios.py"))["page"]()
    assert (ROOT / "docs" / "scenarios.md").read_text("utf-8") == made, "run `make docs`"
