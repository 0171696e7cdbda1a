"""The files as they are written, and whether they are still what their sources give."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from toolbox import make_schemas

ROOT = Path(__file__).parents[2]


def test_what_is_written_is_sorted_and_short_parts_stand_on_one_line() -> None:
    value = {"b": {"type": ["null", "string"]}, "a": ["x" * 60, "y" * 60]}
    written = make_schemas.text(value)
    assert json.loads(written) == value
    assert written.splitlines() == [
        "{",
        ' "a": [',
        f'  "{"x" * 60}",',
        f'  "{"y" * 60}"',
        " ],",
        ' "b": {"type": ["null", "string"]}',
        "}",
    ]


def test_no_line_of_a_schema_is_longer_than_a_screen_unless_it_cannot_be_broken() -> None:
    lines = [line for path in (ROOT / "schemas").glob("*/*/*.json") for line in path.read_text("utf-8").splitlines()]
    assert max(map(len, lines)) <= make_schemas.WIDTH + 1


def test_every_overlay_names_its_sources_by_exact_version() -> None:
    for overlay in make_schemas.overlays():
        assert "source" in overlay or "base" in overlay
        assert all("==" in package for package in overlay.get("source", {}).get("packages", ()))


@pytest.mark.slow
def test_the_schemas_are_what_the_pinned_sdks_and_the_overlays_give_today() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_schemas.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith("0 files differ\n")
