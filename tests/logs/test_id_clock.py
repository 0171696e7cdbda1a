"""The clock in the ids, and what it is good for."""

import json
from collections.abc import Callable

import pytest
from conftest import FIXTURES, Reading

from harness.logs import split
from harness.logs.id_clock import derive, event_seconds, seconds
from harness.model import Entry

ReadText = Callable[..., Reading]
SEED = FIXTURES / "sessions" / "seed.yaml"


def test_an_id_tells_the_second_in_which_it_was_made() -> None:
    # The session of the seed expires 900 s after its id was made (`expires_at: 1729159204`).
    assert seconds("sess_AJHM0FzjVhLoBKqYCYlzh") == 1729159204 - 900
    assert seconds("event_AJHM0GHx1SRrOKfe8kybr") == 1729158304


@pytest.mark.parametrize(
    "name",
    [
        "evt_AJHM0FzjVhLoBKqYCYlzh",
        "event_AJHM0FzjVhLoBKqYCYlz",
        "event_AJHM0FzjVhLoBKqYCYlzhX",
        "event_0123456789abcdef",
        "event_00000FzjVhLoBKqYCYlzh",
        "event_AJHM0Fzj-hLoBKqYCYlzh",
        "",
    ],
)
def test_other_ids_tell_nothing(name: str) -> None:
    assert seconds(name) is None


def test_the_ids_of_the_seed_agree_with_its_stamps(read_text: ReadText) -> None:
    entries, _ = read_text(SEED.read_bytes())
    derived = derive(entries)
    assert derived.trusted
    assert derived.offset_ns is not None
    assert abs(derived.offset_ns) < 2_000_000_000
    assert derived.zone_ns == 0
    times = [moment for moment in derived.at_s if moment is not None]
    assert times == sorted(times)
    assert len(times) == 29


def test_the_ids_tell_the_zone_of_naive_stamps(read_text: ReadText) -> None:
    text = SEED.read_text(encoding="utf-8").replace("+02:00", "")
    derived = derive(read_text(text)[0])
    assert derived.zone_ns == 2 * 3600 * 1_000_000_000
    assert derived.skew_ns is not None
    assert abs(derived.skew_ns) < 2_000_000_000


def test_ids_that_do_not_agree_with_each_other_are_not_trusted(read_text: ReadText) -> None:
    text = "\n".join(
        json.dumps({"type": "response.done", "event_id": f"event_{n}JHM0FzjVhLoBKqYCYlzh"}) for n in "ABCDEF"
    )
    derived = derive(read_text(text)[0])
    assert not derived.trusted
    assert set(derived.at_s) == {None}


def sessions(entries: list[Entry]) -> list[list[Entry]]:
    return [[entry for entry in part if isinstance(entry, Entry)] for part in split(entries)]


def test_one_session_is_one_session(read_text: ReadText) -> None:
    entries, _ = read_text(SEED.read_bytes())
    assert sessions(entries) == [entries]


def test_two_sessions_in_one_file_are_split(read_text: ReadText) -> None:
    seed = SEED.read_text(encoding="utf-8")
    entries, _ = read_text(seed + seed.replace("_AJHM", "_AJI3").replace("sess_AJHM0", "sess_AJI30"))
    assert [len(part) for part in sessions(entries)] == [32, 32]


def test_an_announcement_of_another_session_begins_one(read_text: ReadText) -> None:
    events = [
        {"type": "session.created", "event_id": "a", "session": {"id": "sess_1"}},
        {"type": "response.create"},
        {"type": "session.updated", "event_id": "b", "session": {"id": "sess_1"}},
        {"type": "session.created", "event_id": "c", "session": {"id": "sess_2"}},
        {"type": "response.create"},
    ]
    entries, _ = read_text("\n".join(map(json.dumps, events)))
    assert [len(part) for part in sessions(entries)] == [3, 2]


def test_an_id_of_another_day_begins_another_session(read_text: ReadText) -> None:
    names = ["event_AJHM0GHx1SRrOKfe8kybr", "event_AJHM1grX8RCOscJI6fdKX", "event_AMyCJ39rsbJXIlpXivFcH"]
    entries, _ = read_text("\n".join(json.dumps({"type": "response.done", "event_id": name}) for name in names))
    assert [len(part) for part in sessions(entries)] == [2, 1]
    assert [event_seconds(entry.content) for entry in entries] == [1729158304, 1729158305, 1730037979]
