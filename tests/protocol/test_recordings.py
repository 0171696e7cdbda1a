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
    session = harness.load(path)
    blamed = []
    for cut in range(1, len(session.events), 3):
        for name, part in (("front", session.events[:cut]), ("rest", session.events[cut:])):
            monitor = harness.Monitor(session.dialect)
            for event in part:
                monitor.feed(event)
            errors = [one.code for one in monitor.finish().findings if one.severity == "error"]
            blamed += [(name, cut, code) for code in errors]
    assert blamed == []
