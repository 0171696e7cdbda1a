"""What a mock keeps of its connections."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from clients import SEED, client

import harness
from harness.errors import UsageError
from harness.logs import write
from harness.net.server import Server, serve, serving


def told(session: harness.Session) -> list[tuple[str, str]]:
    return [(event.side, event.type) for event in session.events]


def errors(report: harness.Report) -> list[str]:
    return [finding.subject for finding in report.findings if finding.severity == "error"]


async def test_a_connection_can_be_looked_at_while_it_is_open_and_after(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.turn()
        assert told(mock.recording)[:3] == [
            ("server", "session.created"),
            ("client", "response.create"),
            ("server", "response.created"),
        ]
        assert mock.sessions[0].is_open
    after = mock.recording
    assert told(after)[-1] == ("server", "response.done")
    assert after.entries[0].label == "Connection established"


async def test_a_recording_is_a_session_that_can_be_checked_written_and_served(mock: Server, tmp_path: Path) -> None:
    async with client(mock.url) as one:
        answer = await one.turn()
    assert "error" not in {finding.severity for finding in harness.check(mock.recording).findings}
    log, written = tmp_path / "again.yaml", BytesIO()
    write(mock.recording.entries, written)
    log.write_bytes(written.getvalue())
    assert told(harness.load(log)) == told(mock.recording)
    async with serve(log, speed=0) as second, client(second.url) as one:
        assert await one.turn() == answer


async def test_the_times_of_a_recording_are_stamps(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.turn()
    entries = mock.recording.entries
    assert all(entry.at_ns and entry.stamp.endswith("Z") for entry in entries)
    assert [entry.at_ns for entry in entries] == sorted(entry.at_ns or 0 for entry in entries)


async def test_each_connection_has_a_recording_of_its_own(mock: Server) -> None:
    async with client(mock.url) as one, client(mock.url + "?model=m&api-key=secret-1234") as two:
        await one.turn()
        await two.take("session.created")
    assert [len(told(session.recording)) > 1 for session in mock.sessions] == [True, False]
    assert mock.sessions[1].target == "/v1/realtime?model=m&api-key=***"
    with pytest.raises(UsageError, match="there were 2 connections"):
        _ = mock.recording


async def test_a_mock_that_keeps_nothing_says_so(serve_seed: Any) -> None:
    async with serve_seed(recordings=0) as server:
        async with client(server.url) as one:
            await one.turn()
        with pytest.raises(UsageError, match="connection 1 was not recorded"):
            _ = server.recording


async def test_a_report_in_between_ends_no_connection(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.turn()
        assert errors(mock.report) == []
        await one.send({"type": "response.crate"})
        await one.take("error")
        assert errors(mock.report) == ["client"]
        await one.turn()
    final = mock.report
    assert errors(final) == ["client"]
    assert final.events == len(mock.recording.events)


def test_a_test_that_is_not_asynchronous_has_recordings_too() -> None:
    from websockets.sync.client import connect

    with serving(SEED, speed=0) as server:
        with connect(server.url, proxy=None) as connection:
            connection.recv()
        assert told(server.recording) == [("server", "session.created")]
