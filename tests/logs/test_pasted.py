"""Every event that a person sees in the pasted logs is found."""

from collections.abc import Callable, Mapping

import pytest
import yaml
from log_places import FIXTURES, SHARED, Reading

from harness.errors import UnreadableError

ReadText = Callable[..., Reading]
PASTED = SHARED / "corpus" / "pasted"
COUNTS: Mapping[str, Mapping[str, int]] = yaml.safe_load(
    (FIXTURES / "logs" / "pasted_counts.yaml").read_text(encoding="utf-8")
)
absent = pytest.mark.skipif(not PASTED.is_dir(), reason="the pasted logs are not beside this checkout")


@absent
def test_every_pasted_log_was_counted() -> None:
    assert {path.name for path in PASTED.iterdir()} == set(COUNTS)


@absent
@pytest.mark.parametrize("name", sorted(name for name, count in COUNTS.items() if count["events"]))
def test_as_many_events_are_found_as_a_person_sees(name: str, read_text: ReadText) -> None:
    entries, problems = read_text((PASTED / name).read_bytes())
    assert len(entries) == COUNTS[name]["events"]
    assert all(isinstance(entry.content, dict) and isinstance(entry.content["type"], str) for entry in entries)
    cut = [entry for entry in entries if any(repair.kind == "cut-off" for repair in entry.repairs)]
    assert len(cut) == COUNTS[name]["cut"]
    assert all(problem.code == "LOG111" for problem in problems)


@absent
@pytest.mark.parametrize("name", sorted(name for name, count in COUNTS.items() if not count["events"]))
def test_a_log_without_an_event_is_said_to_have_none(name: str, read_text: ReadText) -> None:
    with pytest.raises(UnreadableError, match="no event was found"):
        read_text((PASTED / name).read_bytes())


@absent
@pytest.mark.parametrize("name", sorted(name for name, count in COUNTS.items() if count["events"]))
def test_each_event_stands_at_its_own_line(name: str, read_text: ReadText) -> None:
    text = (PASTED / name).read_text(encoding="utf-8")
    entries, _ = read_text(text)
    lines = text.split("\n")
    places = [(entry.place.line, entry.place.column) for entry in entries]
    assert places == sorted(set(places))
    for entry in entries:
        assert lines[entry.place.line - 1][entry.place.column - 1] in "{EW"


@absent
def test_direction_and_time_come_from_the_words_around_an_event(read_text: ReadText) -> None:
    entries, _ = read_text((PASTED / "forum_994154_raw_message_out_in.txt").read_bytes())
    assert [(entry.side, entry.label) for entry in entries] == [
        ("server", "Raw message from OpenAI"),
        ("client", "Message out to OpenAI"),
    ]
    entries, _ = read_text((PASTED / "livekit_1183_s2s_error.txt").read_bytes())
    assert entries[0].stamp == "2025-01-21 17:38:10,105"
    assert entries[0].at_ns == 1737481090_105000000
