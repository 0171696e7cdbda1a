"""Time from ids: what they tell, and when they are not believed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from entry_makers import made
from hypothesis import given
from hypothesis import strategies as st
from log_places import FIXTURES, SHARED, Reading

from harness.logs.id_clock import DIGITS, EPOCH_S, LAUNCH_S, Derived, derive, second_of
from harness.model import Entry

ReadText = Callable[..., Reading]
SESSIONS = sorted((SHARED / "corpus" / "sessions").glob("*.yaml"))
OTHER_SCHEME = "xai_ws"
"""Its ids are UUIDs."""
ENDS = {
    "azure_voice_live_ws__audio_in_server_vad_turn": 1784668573,
    "azure_voice_live_ws__tool_call_round": 1784668577,
    "azure_ws__audio_in_server_vad_transcribes": 1784858052,
    "azure_ws__message_history_seeding": 1784688022,
    "azure_ws__text_in_audio_out_turn": 1784667072,
    "azure_ws__tool_call_round": 1784688021,
    "gateway_ws__gateway_openai_text_in_audio_out": 1786422310,
    "openai_ws__audio_in_server_vad_turn": 1785217650,
    "openai_ws__message_history_seeding": 1785217658,
    "openai_ws__tool_call_round": 1785217655,
    "openai_ws_sideband__webrtc_sideband_audio_turn": 1785287846,
}
"""`expires_at` of the recordings: the session began an hour, or a second or two more, before."""
NOON = 1_729_166_400
"""2024-10-17T12:00:00Z."""


def id_at(second: int, prefix: str = "event", tail: str = "M0GHx1SRrOKfe8kyb") -> str:
    """Return an id that was made at a Unix second."""
    left, digits = second - EPOCH_S, ""
    for _ in range(5):
        left, digit = divmod(left, 62)
        digits = DIGITS[digit] + digits
    return f"{prefix}_{digits}{tail[-16:]:0>16}"


def events_at(*seconds: int, stamp: Callable[[int], str] = lambda second: "") -> list[Entry]:
    return [
        made({"type": "x", "event_id": id_at(second, tail=f"{number:016}")}, stamp=stamp(second))
        for number, second in enumerate(seconds)
    ]


def iso(second: int, zone: str = "Z") -> str:
    hours, rest = divmod(second % 86_400, 3600)
    return f"2024-10-17T{hours:02}:{rest // 60:02}:{rest % 60:02}.500{zone}"


@given(st.integers(LAUNCH_S, EPOCH_S + 62**5 - 1))
def test_the_first_five_characters_of_an_id_are_its_second(second: int) -> None:
    assert second_of(id_at(second)) == second


def test_an_id_of_the_seed_was_made_when_its_session_was_15_minutes_before_its_end() -> None:
    assert second_of("sess_AJHM0FzjVhLoBKqYCYlzh") == 1729159204 - 900


@pytest.mark.parametrize(
    "identifier",
    [
        "event_6UkYip0C2Yhq5gLxloq8cl",
        "event_0123456789abcdef",
        "evt_AJHM0GHx1SRrOKfe8kybr",
        "call_AJHM0GHx1SRrOKfe8kybr",
        "event_AJHM0GHx1SRr-Kfe8kybr",
        "event_00000GHx1SRrOKfe8kybr",
        "",
    ],
    ids=["22 characters", "16", "a client's", "a call's", "not base62", "before the service began", "none"],
)
def test_what_is_not_of_the_scheme_has_no_second(identifier: str) -> None:
    assert second_of(identifier) is None


@pytest.mark.skipif(not SESSIONS, reason="the recorded sessions are not beside this checkout")
@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_the_ids_of_a_recording_tell_when_it_was_made_or_nothing(path: Path, read_text: ReadText) -> None:
    times = derive(read_text(path.read_bytes())[0])
    if path.stem.startswith(OTHER_SCHEME):
        assert times is None
        return
    assert times is not None
    first, last = times.span
    assert 3600 <= ENDS[path.stem] - first <= 3602
    assert last - first < 60
    exact = [one.at_s for one in times.entries if one is not None and one.exact]
    assert exact == sorted(exact)


def test_every_server_event_of_the_seed_has_a_derived_time_and_its_clock_is_right(read_text: ReadText) -> None:
    entries, _ = read_text((FIXTURES / "sessions" / "seed.yaml").read_bytes())
    times = derive(entries)
    assert times is not None and times.skew is not None
    assert times.confirmed
    assert times.span == (1729158304, 1729158307)
    assert [one is not None and one.exact for one in times.entries] == [entry.side == "server" for entry in entries]
    assert (times.skew.zone_s, times.skew.entries) == (None, 29)
    # A request was under way for up to a second; that is no error of a clock.
    assert abs(times.skew.seconds) < 1


def test_one_id_alone_is_no_clock() -> None:
    assert derive(events_at(NOON)) is None
    assert derive([]) is None


def test_ids_far_apart_are_no_clock() -> None:
    assert derive(events_at(NOON, NOON + 86_400, NOON + 200_000, NOON + 300_000)) is None


def test_an_end_that_agrees_makes_a_single_id_a_clock() -> None:
    session = {"id": id_at(NOON, "sess"), "expires_at": NOON + 1801}
    times = derive([made({"type": "session.created", "event_id": "evt_1", "session": session})])
    assert times is not None and times.confirmed
    assert times.entries == (Derived(NOON, False),)


def test_an_end_that_does_not_agree_confirms_nothing() -> None:
    session = {"id": id_at(NOON, "sess"), "expires_at": NOON + 1700}
    assert derive([made({"type": "session.created", "session": session})]) is None


def test_a_random_id_among_many_tells_nothing() -> None:
    times = derive(events_at(NOON, NOON + 1, NOON + 400_000_000, NOON + 2))
    assert times is not None
    assert times.entries == (Derived(NOON, True), Derived(NOON + 1, True), None, Derived(NOON + 2, True))
    assert times.span == (NOON, NOON + 2)


def test_another_session_in_the_same_file_keeps_its_times() -> None:
    later = NOON + 5_000_000
    times = derive(events_at(NOON, NOON, NOON + 1, NOON + 2, later, later, later + 1))
    assert times is not None
    assert times.span == (NOON, later + 1)


def test_an_entry_without_an_id_of_its_own_is_no_older_than_what_it_names() -> None:
    item = {"type": "conversation.item.truncate", "item_id": id_at(NOON + 1, "item")}
    times = derive([*events_at(NOON, NOON + 3), made(item, "client"), made({"type": "response.create"}, "client")])
    assert times is not None
    assert times.entries[2:] == (Derived(NOON + 1, False), None)


@pytest.mark.parametrize(
    ("ahead", "zone", "seconds", "zone_s"),
    [
        (0, "Z", 0, None),
        (11, "Z", 11, None),
        (5 * 3600 + 1800, "", 0, 19_800),
        (-5 * 3600 + 11, "", 11, -18_000),
        (0, "", 0, 0),
        (7200, "+02:00", 0, None),
    ],
    ids=["right", "11 s ahead", "India, no zone", "New York, no zone, 11 s ahead", "UTC, no zone", "a zone"],
)
def test_stamps_tell_the_skew_of_their_clock_and_the_zone_they_do_not_name(
    ahead: int, zone: str, seconds: int, zone_s: int | None
) -> None:
    times = derive(events_at(NOON, NOON + 1, NOON + 5, stamp=lambda second: iso(second + ahead, zone)))
    assert times is not None and times.skew is not None
    assert times.skew.seconds == pytest.approx(seconds, abs=0.01)
    assert times.skew.zone_s == zone_s


def test_stamps_days_away_are_in_no_zone() -> None:
    times = derive(events_at(NOON, NOON + 1, stamp=lambda second: iso(second, "").replace("10-17", "10-14")))
    assert times is not None and times.skew is not None
    assert times.skew.zone_s is None
    assert times.skew.seconds == pytest.approx(-3 * 86_400)
