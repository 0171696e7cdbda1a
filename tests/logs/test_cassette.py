"""Recorded cassettes."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from log_places import SHARED, Reading

ReadText = Callable[..., Reading]
SESSIONS = sorted((SHARED / "corpus" / "sessions").glob("*.yaml"))


@pytest.mark.skipif(not SESSIONS, reason="the recorded sessions are not beside this checkout")
@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_a_recording_reads_as_pyyaml_reads_it(path: Path, read_text: ReadText) -> None:
    entries, problems = read_text(path.read_bytes())
    frames = yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]
    assert problems == []
    assert [entry.content for entry in entries] == [frame["data"] for frame in frames]
    assert [entry.side for entry in entries] == [
        {"sent": "client", "received": "server"}[frame["direction"]] for frame in frames
    ]
    lines = path.read_text(encoding="utf-8").split("\n")
    assert all(lines[entry.place.line - 1] == "- kind: message" for entry in entries)
