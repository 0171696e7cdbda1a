"""Recorded sessions of real services: none of their servers did anything that counts as an error."""

from pathlib import Path

import pytest

import harness

SESSIONS = Path(__file__).parents[2] / ".." / "shared" / "corpus" / "sessions"
RECORDINGS = sorted(SESSIONS.glob("*.yaml")) if SESSIONS.is_dir() else []
NOT_FROM_THE_START = {"openai_ws_sideband__webrtc_sideband_audio_turn"}
"""A sideband connection joins a session that goes on already; the protocol sends it no `session.created`."""

pytestmark = pytest.mark.skipif(not RECORDINGS, reason="the recorded sessions are not beside this checkout")


@pytest.mark.parametrize("path", RECORDINGS, ids=[path.stem for path in RECORDINGS])
def test_a_recording_has_no_error_and_no_warning(path: Path) -> None:
    report = harness.check(path)
    assert [one for one in report.findings if one.severity != "note"] == []
    notes = {one.code for one in report.findings}
    assert notes == ({"LOG190"} if path.stem in NOT_FROM_THE_START else set())


@pytest.mark.parametrize("path", RECORDINGS, ids=[path.stem for path in RECORDINGS])
def test_a_recording_is_of_the_dialect_of_its_service(path: Path) -> None:
    service = path.stem.partition("_ws")[0]
    wanted = {"xai": "xai", "azure_voice_live": "azure-voice-live"}.get(service, "openai-ga")
    assert harness.load(path).dialect == wanted == harness.check(path).dialect


@pytest.mark.parametrize("path", RECORDINGS, ids=[path.stem for path in RECORDINGS])
def test_a_recording_judged_as_a_session_and_as_a_file_gives_one_report(path: Path) -> None:
    assert harness.check(harness.load(path)).findings == harness.check(path).findings


@pytest.mark.parametrize("path", RECORDINGS, ids=[path.stem for path in RECORDINGS])
def test_what_the_server_sends_alone_is_not_wrong_either(path: Path) -> None:
    monitor = harness.Monitor()
    for event in harness.load(path).events:
        if event.side == "server":
            monitor.feed(event)
    assert [one for one in monitor.finish().findings if one.severity != "note"] == []


@pytest.mark.parametrize("path", RECORDINGS, ids=[path.stem for path in RECORDINGS])
def test_a_recording_cut_anywhere_has_no_error(path: Path) -> None:
    """A log may begin and end anywhere: what was cut off is not held against the server."""
    events = harness.load(path).events
    blamed = {}
    for cut in range(1, len(events)):
        for part in (events[:cut], events[cut:]):
            monitor = harness.Monitor(harness.load(path).dialect)
            for event in part:
                monitor.feed(event)
            errors = [one.code for one in monitor.finish().findings if one.severity == "error"]
            if errors:
                blamed[cut, part is not events[:cut] and part[0].seq == cut] = errors
    assert blamed == {}
