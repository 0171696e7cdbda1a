"""The hand in what clients get: from Python and over HTTP."""

import asyncio
from typing import Any

import orjson
import pytest
from clients import SEED, client, http

from harness.errors import UsageError
from harness.net.server import Server, serve, serving

NOTE = {"type": "x.note", "event_id": "event_by_hand"}


async def test_an_event_can_be_injected_and_nobody_is_blamed_for_it(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.take("session.created")
        mock.inject(NOTE)
        assert await one.take("x.note") == NOTE
        await one.turn()
    assert [f for f in mock.report.findings if f.severity == "error"] == []
    assert "x.note" in [event.type for event in mock.recording.events]


async def test_a_test_can_wait_for_what_a_client_sends(serve_seed: Any) -> None:
    async with serve_seed() as server, client(server.url) as one:
        waiting = asyncio.create_task(server.wait_for("response.create"))
        await one.send({"type": "response.create", "event_id": "first"})
        assert (await waiting)["event_id"] == "first"
        await one.take("response.done")
        await one.send({"type": "response.create", "event_id": "second"})
        await one.take("response.done")
        assert (await server.wait_for("response.create"))["event_id"] == "second"
        with pytest.raises(TimeoutError, match=r"no `response\.create` came from a client within 0\.01 s"):
            await server.wait_for("response.create", 0.01)


async def test_a_fault_can_be_switched_on_while_a_client_is_there(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.turn()
        mock.fault("drop on=response.done")
        await one.send({"type": "response.create"})
        await one.take("response.output_item.done")
        await one.send({"type": "session.update", "session": {}})
        assert (await one.take("session.updated"))["type"] == "session.updated"
        with pytest.raises(UsageError, match="there is no fault `nonsense`"):
            mock.fault("nonsense on=x")


async def test_who_has_left_can_be_given_nothing(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.take("session.created")
    mock.inject(NOTE)
    with pytest.raises(UsageError, match="connection 1 is over"):
        mock.sessions[0].inject(NOTE)


def test_the_same_from_a_test_that_is_not_asynchronous() -> None:
    from websockets.sync.client import connect

    with serving(SEED, speed=0) as server, connect(server.url, proxy=None) as connection:
        connection.recv()
        server.inject(NOTE)
        assert orjson.loads(connection.recv()) == NOTE
        connection.send('{"type": "response.create", "event_id": "mine"}')
        assert server.wait_for("response.create")["event_id"] == "mine"
        server.fault("delay on=session.updated ms=1")
        server.close(1000, "enough")
        with pytest.raises(TimeoutError):
            server.wait_for("response.cancel", 0.01)


async def test_sessions_and_the_report_can_be_read_over_http(mock: Server) -> None:
    async with client(mock.url + "?model=m") as one:
        await one.turn()
        await one.send({"type": "response.crate"})
        await one.take("error")
        status, sessions = await http(mock, "GET /harness/sessions")
        assert status == 200
        assert [(s["number"], s["target"], s["open"], s["errors"]) for s in sessions] == [
            (1, "/v1/realtime?model=m", True, 1)
        ]
    _, session = await http(mock, "GET /harness/sessions/last")
    assert [finding["subject"] for finding in session["findings"] if finding["severity"] == "error"] == ["client"]
    _, report = await http(mock, "GET /harness/report")
    assert (report["verdict"], report["statistics"]["connections"]) == ("errors", 1)
    _, recording = await http(mock, "GET /harness/sessions/1/recording")
    assert "session.created" in recording and "response.crate" in recording
    assert "GET /harness/sessions" in (await http(mock, "GET /harness"))[1]


async def test_http_can_inject_disturb_and_close(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.take("session.created")
        assert (await http(mock, "POST /harness/sessions/last/inject", NOTE))[0] == 200
        assert (await one.take("x.note"))["event_id"] == "event_by_hand"
        fault = {"fault": "refuse on=response.create code=rate_limit_exceeded"}
        assert (await http(mock, "POST /harness/sessions/1/fault", fault))[0] == 200
        await one.send({"type": "response.create"})
        assert (await one.take("error"))["error"]["code"] == "rate_limit_exceeded"
        status, told = await http(mock, "POST /harness/sessions/1/fault", {"fault": "nonsense on=x"})
        assert status == 400 and "there is no fault `nonsense`" in told["error"]["message"]
        await http(mock, "POST /harness/sessions/1/close", {"code": 4001, "reason": "by hand"})
        await one.connection.wait_closed()
        assert (one.connection.close_code, one.connection.close_reason) == (4001, "by hand")
    status, told = await http(mock, "POST /harness/sessions/1/drop")
    assert status == 400 and "connection 1 is over" in told["error"]["message"]
    assert (await http(mock, "GET /harness/sessions/7"))[0] == 400
    assert (await http(mock, "GET /harness/nothing"))[0] == 404


async def test_findings_are_told_as_they_are_made() -> None:
    async with serve(SEED, speed=0) as server, client(server.url) as one:
        port = int(server.url.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /harness/findings HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200" in await reader.readline()
        await one.send({"type": "response.crate"})
        data = await asyncio.wait_for(reader.readuntil(b"response.crate"), 10)
        assert b"event: finding" in data
        writer.close()
