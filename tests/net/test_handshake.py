"""Who may come in, and how: keys, ephemeral keys, TLS, compression, Azure's path."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import orjson
import pytest
from clients import client, http
from websockets.exceptions import ConnectionClosed, InvalidStatus

from harness.errors import UsageError
from harness.net import tls
from harness.net.server import Server, serve

ANSWER = "Hey! I'm doing well, thanks for asking. How about you?"
KEY = "sk-right-0123456789"


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", {"additional_headers": {"Authorization": f"Bearer {KEY}"}}),
        ("", {"additional_headers": {"api-key": KEY}}),
        ("", {"subprotocols": ["realtime", f"openai-insecure-api-key.{KEY}"]}),
        (f"?api-key={KEY}", {}),
    ],
)
async def test_the_right_key_is_taken_wherever_it_stands(serve_seed: Any, query: str, options: Any) -> None:
    async with serve_seed(keys=[KEY]) as server, client(server.url + query, **options) as one:
        assert await one.turn() == ANSWER


@pytest.mark.parametrize(
    ("headers", "code", "said"),
    [
        ({}, None, "You didn't provide an API key"),
        ({"Authorization": "Bearer sk-wrong-987654321"}, "invalid_api_key", "Incorrect API key provided: sk-wr***21"),
    ],
)
async def test_a_client_without_the_key_is_refused_with_401(
    serve_seed: Any, told: list[str], headers: Any, code: str | None, said: str
) -> None:
    async with serve_seed(keys=[KEY]) as server:
        with pytest.raises(InvalidStatus) as refused:
            async with client(server.url, additional_headers=headers):
                pass
        assert server.connections == 0
    response = refused.value.response
    assert (response.status_code, response.headers["Content-Type"]) == (401, "application/json")
    error = orjson.loads(response.body)["error"]
    assert (error["code"], error["type"]) == (code, "invalid_request_error")
    assert said in error["message"]
    assert any("a handshake failed" in line for line in told)


async def test_an_ephemeral_key_opens_the_door_and_brings_its_session_along(serve_seed: Any) -> None:
    async with serve_seed(keys=[KEY], as_dialect="openai-ga") as server:
        wanted = {"session": {"type": "realtime", "instructions": "Speak Latin."}, "expires_after": {"seconds": 60}}
        assert (await http(server, "POST /v1/realtime/client_secrets", wanted))[0] == 401
        bearer = f"Authorization: Bearer {KEY}\r\n"
        status, secret = await http(server, "POST /v1/realtime/client_secrets", wanted, bearer)
        assert status == 200 and secret["session"]["instructions"] == "Speak Latin."
        async with client(server.url, additional_headers={"Authorization": f"Bearer {secret['value']}"}) as one:
            assert (await one.take("session.created"))["session"]["instructions"] == "Speak Latin."
            await one.send({"type": "session.update", "session": {"type": "realtime", "tools": []}})
            assert (await one.take("session.updated"))["session"]["instructions"] == "Speak Latin."


async def test_an_ephemeral_key_that_has_expired_opens_nothing(serve_seed: Any) -> None:
    async with serve_seed(keys=[KEY]) as server:
        wanted = {"expires_after": {"seconds": -1}}
        bearer = f"Authorization: Bearer {KEY}\r\n"
        _, secret = await http(server, "POST /v1/realtime/client_secrets", wanted, bearer)
        with pytest.raises(InvalidStatus):
            async with client(server.url, additional_headers={"Authorization": f"Bearer {secret['value']}"}):
                pass


async def test_a_body_that_is_no_json_is_refused(mock: Server) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(mock.url.rpartition(":")[2].partition("/")[0]))
    writer.write(b"POST /v1/realtime/client_secrets HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n{")
    assert b"400" in await reader.readline()
    writer.close()


async def test_compression_is_spoken_with_who_offers_it_and_with_nobody_else(mock: Server) -> None:
    async with client(mock.url, compression="deflate") as one, client(mock.url, compression=None) as two:
        assert [extension.name for extension in one.connection.protocol.extensions] == ["permessage-deflate"]
        assert two.connection.protocol.extensions == []
        assert await one.turn() == await two.turn() == ANSWER


async def test_azures_path_without_its_parameters_is_told(mock: Server) -> None:
    azure = mock.url.replace("/v1/realtime", "/openai/realtime?api-version=2024-10-01-preview")
    async with client(azure) as one:
        assert await one.turn() == ANSWER
    async with client(azure + "&deployment=mine") as one:
        await one.turn()
    told = [finding.message for finding in mock.report.findings if finding.code == "CLI979"]
    assert told == ["/openai/realtime?api-version=2024-10-01-preview lacks `deployment`"]


async def test_tls_is_served_with_a_certificate_that_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, serve_seed: Any
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    async with serve_seed(tls=True) as server:
        authority = tls.own().authority
        assert authority is not None and authority.is_relative_to(tmp_path)
        trusting = ssl.create_default_context(cafile=str(authority))
        assert server.url.startswith("wss://127.0.0.1:") and server.base_url.startswith("https://127.0.0.1:")
        async with client(server.url, ssl=trusting) as one:
            assert await one.turn() == ANSWER
    made = authority.read_bytes()
    assert tls.own().authority == authority and authority.read_bytes() == made
    assert authority.parent.stat().st_mode & 0o077 == 0


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "cert.pem"
    wrong.write_text("no certificate")
    with pytest.raises(UsageError, match=r"cert\.pem is no certificate with its key"):
        tls.context(tls.given(str(wrong), None))


async def test_a_client_that_does_not_answer_a_goodbye_is_left(
    serve_seed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.net.socket.PARTING_S", 0.05)
    async with serve_seed() as server:
        port = int(server.url.rpartition(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readuntil(b"session.created")
        server.close(1001, "maximum duration")
        rest = await asyncio.wait_for(_rest(reader), 5)
        assert b"maximum duration" in rest
        writer.close()


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b"maximum duration"


async def test_several_logs_are_chosen_by_name_path_or_model(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml").read_text()
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(text)
    second.write_text(text.replace("gpt-4o-realtime-preview-2024-10-01", "other-model"))
    async with serve(first, second, speed=0) as server:

        async def model(target: str) -> str:
            async with client(server.url.replace("/v1/realtime", target)) as one:
                created = await one.take("session.created")
            return str(created["session"]["model"])

        assert await model("/v1/realtime") == "gpt-4o-realtime-preview-2024-10-01"
        for target in ("/v1/realtime?log=second", "/second/v1/realtime", "/v1/realtime?model=other-model"):
            assert await model(target) == "other-model"
        models = (await http(server, "GET /v1/models"))[1]["data"]
        assert [one["id"] for one in models] == ["gpt-4o-realtime-preview-2024-10-01", "other-model"]


async def test_close_codes_and_reasons_arrive_as_they_were_meant(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.take("session.created")
        mock.close(4000, "invalid_request_error.beta_api_shape_disabled")
        with pytest.raises(ConnectionClosed) as closed:
            await one.take("nothing")
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "invalid_request_error.beta_api_shape_disabled")
