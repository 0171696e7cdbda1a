"""What clients demand of the port (the numbers are those of the contract)."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import orjson
import pytest
from clients import SEED, Client, client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from harness.errors import UnreadableError, UsageError
from harness.net.mock import Mock, Options
from harness.net.port import bind
from harness.net.scripts import script_of
from harness.net.server import Server, running, serve, serving

ANSWER = "Hey! I'm doing well, thanks for asking. How about you?"


async def test_the_live_api_is_refused_instead_of_left_to_wait(mock: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with client(mock.url.replace("/v1/realtime", "/v1/live/sessions")):
            pass
    assert refused.value.response.status_code == 404


async def test_text_that_is_no_json_is_answered_and_told(mock: Server) -> None:
    async with client(mock.url) as one, client(mock.url) as other:
        await one.connection.send("{not json")
        assert (await one.take("error"))["error"]["type"] == "invalid_request_error"
        assert await one.turn() == await other.turn() == ANSWER
    findings = mock.report.findings
    assert [(f.code, f.subject, f.place.path) for f in findings if f.code == "CLI971"] == [
        ("CLI971", "client", "connection 1")
    ]


async def test_a_binary_frame_is_ignored_and_told(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.connection.send(b"\x00\x01")
        assert await one.turn() == ANSWER
    assert [f.code for f in mock.report.findings if f.severity == "error"] == ["CLI972"]


async def test_an_event_in_several_frames_is_one_event(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.connection.send(iter(['{"type": "resp', "onse.cre", 'ate"}']))
        assert (await one.take("response.done"))["response"]["status"] == "completed"


async def test_a_frame_over_the_limit_closes_that_connection_only(mock: Server) -> None:
    async with client(mock.url) as other, client(mock.url) as one:
        with pytest.raises(ConnectionClosed) as closed:
            await one.connection.send("x" * (33 << 20))
            await one.take("error")
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009
        assert await other.turn() == ANSWER
    assert "CLI975" in [f.code for f in mock.report.findings]


async def test_hanging_up_mid_response_is_told_and_disturbs_nobody(serve_seed: Any) -> None:
    async with serve_seed(speed=1) as server:
        async with client(server.url) as other:
            async with client(server.url) as one:
                await one.send({"type": "response.create"})
                await one.take("response.created")
                one.connection.transport.abort()
            assert await other.turn() == ANSWER
        assert [(f.code, f.place.path) for f in server.report.findings if f.code == "CLI974"] == [
            ("CLI974", "connection 2")
        ]


async def test_a_client_that_does_not_read_delays_nobody(mock: Server) -> None:
    async with client(mock.url, max_queue=1) as deaf, client(mock.url) as other:
        deaf.connection.transport.pause_reading()
        for _ in range(2_000):
            await deaf.send({"type": "response.create"})
            if deaf.connection.transport.get_write_buffer_size():
                break
        assert await asyncio.wait_for(other.turn(), 60) == ANSWER
        deaf.connection.transport.abort()


async def test_a_beta_client_at_a_mock_of_today_is_warned_about(serve_seed: Any, told: list[str]) -> None:
    async with serve_seed(as_dialect="openai-ga") as server:
        async with client(server.url, additional_headers={"OpenAI-Beta": "realtime=v1"}):
            pass
        assert [f.code for f in server.report.findings if f.code == "CLI973"] == ["CLI973"]
    assert any("--as openai-beta" in line for line in told)


async def test_what_a_client_does_wrong_is_in_the_report(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.send({"type": "input_audio_buffer.append", "audio": 7})
        await one.turn()
    report = mock.report
    assert report.verdict == "errors"
    assert {f.subject for f in report.findings if f.severity == "error"} == {"client"}


async def test_a_client_that_does_everything_right_leaves_no_finding_of_weight(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.send({"type": "session.update", "session": {"instructions": "Be brief."}})
        await one.turn()
    assert [f for f in mock.report.findings if f.severity == "error"] == []


async def test_a_port_in_use_is_said_to_be_in_use(mock: Server) -> None:
    port = int(mock.url.rpartition(":")[2].partition("/")[0])
    with pytest.raises(UsageError, match=f"port {port} on 127.0.0.1 is in use.*--port 0"):
        async with serve(SEED, port=port):
            pass


async def test_a_log_that_is_not_there_is_said_not_to_be_there() -> None:
    with pytest.raises(UnreadableError, match=r"nowhere\.yaml"):
        async with serve("nowhere.yaml"):
            pass


async def test_a_dialect_that_cannot_be_served_is_named() -> None:
    with pytest.raises(UsageError, match="no translation from openai-beta to xai"):
        async with serve(SEED, as_dialect="xai"):
            pass


async def test_strict_mode_wants_what_was_recorded(serve_seed: Any) -> None:
    async with serve_seed(strict=True) as server:
        async with client(server.url) as one:
            await one.turn()
        findings = [f for f in server.report.findings if f.code == "CLI976"]
    assert "`response.create` came, where the recording has `conversation.item.create`" in findings[0].message
    assert findings[1].expected == ("conversation.item.create", "input_audio_buffer.append")


def test_a_test_that_is_not_asynchronous_gets_a_server_too() -> None:
    from websockets.sync.client import connect

    with serving(SEED, speed=0) as server, connect(server.url, proxy=None) as connection:
        assert orjson.loads(connection.recv())["type"] == "session.created"
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2].partition("/")[0])), timeout=1)


def test_a_server_that_cannot_start_says_so_in_the_calling_thread() -> None:
    with pytest.raises(UnreadableError), serving("nowhere.yaml"):
        pass


async def test_shutting_down_closes_connections_politely(serve_seed: Any) -> None:
    async with serve_seed() as server:
        one: Client = await client(server.url).__aenter__()
        await one.take("session.created")
    with pytest.raises(ConnectionClosed) as closed:
        await one.take("anything")
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001


async def test_what_is_wrong_with_the_recording_is_not_blamed_on_anybody(tmp_path: Path) -> None:
    text = SEED.read_text()
    log = tmp_path / "wrong.yaml"
    log.write_text(text.replace("delta: ' doing'", "delta: ' dooing'").replace('delta: " doing"', 'delta: " dooing"'))
    assert log.read_text() != text
    async with serve(log, speed=0) as server:
        async with client(server.url) as one:
            await one.turn()
        assert [f for f in server.report.findings if f.severity == "error"] == []


async def test_who_comes_before_the_log_is_read_is_served_when_it_is() -> None:
    mock = Mock(Options(speed=0))
    async with running(mock, bind("127.0.0.1", 0)) as server:
        async with client(server.url) as one:
            turn = asyncio.create_task(one.turn())
            await asyncio.sleep(0.05)
            assert not turn.done()
            mock.perform(script_of(SEED))
            assert await turn == ANSWER
        async with client(server.url) as gone:
            await gone.take("session.created")
    assert server.connections == 2


async def test_who_leaves_before_the_log_is_read_leaves_nothing_behind() -> None:
    mock = Mock(Options(speed=0))
    async with running(mock, bind("127.0.0.1", 0)) as server:
        async with client(server.url):
            pass
        mock.perform(script_of(SEED))
    assert server.connections == 0


async def test_clients_that_are_gone_take_no_memory(mock: Server) -> None:
    async def visit() -> None:
        async with client(mock.url) as one:
            await one.turn()

    for _ in range(20):
        await asyncio.gather(*(visit() for _ in range(5)))
    jury = mock._mock.jury
    while jury._benches:
        await asyncio.sleep(0.01)
    assert (jury.connections, len(jury._benches), len(jury._open)) == (100, 0, 0)


async def test_who_hangs_up_is_not_told_that_the_mock_said_too_little(serve_seed: Any) -> None:
    async with serve_seed(speed=1) as server:
        async with client(server.url) as one:
            await one.send({"type": "response.create"})
            await one.take("response.output_item.added")
        assert [(f.code, f.subject) for f in server.report.findings if f.subject != "client"] == []
        assert "CLI974" in [f.code for f in server.report.findings]
