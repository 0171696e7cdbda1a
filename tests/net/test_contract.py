"""The contract that real clients demand, point by point (CLIENTS.md, section 1); each test names its point."""

import asyncio
import base64
import ssl
from typing import Any

import orjson
import pytest
from clients import SEED, Client, client, http
from websockets.exceptions import ConnectionClosed

from harness.net.server import Server, serve

ANSWER = "Hey! I'm doing well, thanks for asking. How about you?"


@pytest.mark.parametrize(
    "path",
    ["/", "/v1/realtime?model=gpt-realtime", "/openai/realtime?api-version=2024-10-01-preview&deployment=m", "/x/y"],
)
async def test_1_any_path_and_query_is_served(mock: Server, path: str) -> None:
    async with client(mock.url.replace("/v1/realtime", path)) as one:
        assert await one.turn() == ANSWER


async def test_1_plain_http_is_answered_politely(mock: Server) -> None:
    status, models = await http(mock, "GET /v1/models")
    assert (status, models["data"][0]["id"]) == (200, "gpt-4o-realtime-preview-2024-10-01")
    assert await http(mock, "GET /healthz") == (200, {"status": "ok", "url": mock.url})
    status, secret = await http(mock, "POST /v1/realtime/client_secrets")
    assert status == 200 and secret["value"].startswith("ek_")
    status, session = await http(mock, "POST /v1/realtime/sessions")
    assert status == 200 and session["client_secret"]["value"].startswith("ek_")
    status, body = await http(mock, "GET /v1/realtime")
    assert status == 426 and mock.url in body["error"]["message"]
    assert (await http(mock, "GET /v1/assistants"))[0] == 404


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, None),
        (["realtime", "openai-insecure-api-key.sk-x", "openai-beta.realtime-v1"], "realtime"),
        (["something-else"], None),
    ],
)
async def test_2_the_subprotocol_is_echoed_if_and_only_if_it_is_offered(
    mock: Server, offered: Any, chosen: str | None
) -> None:
    async with client(mock.url, subprotocols=offered) as one:
        assert one.connection.subprotocol == chosen


async def test_3_and_4_the_server_greets_in_text_before_the_client_says_anything(mock: Server) -> None:
    async with client(mock.url) as one:
        frame = await one.connection.recv()
        assert isinstance(frame, str)
        assert orjson.loads(frame)["type"] == "session.created"


async def test_15_a_frame_of_16_mib_is_taken(mock: Server) -> None:
    async with client(mock.url, max_size=None) as one:
        await one.send({"type": "input_audio_buffer.append", "audio": "A" * (16 << 20)})
        assert (await one.take("response.done"))["response"]["status"] == "completed"


async def test_16_the_connection_stays_open_after_the_last_event(mock: Server) -> None:
    async with client(mock.url) as one:
        assert await one.turn() == await one.turn() == ANSWER
        await asyncio.sleep(0.05)
        await one.connection.ping()
        assert await one.turn() == ANSWER


async def test_17_every_connection_has_a_replay_of_its_own(mock: Server) -> None:
    async with client(mock.url) as one, client(mock.url) as two:
        first, second = await one.take("session.created"), await two.take("session.created")
        assert first["session"]["id"] != second["session"]["id"]
        assert await asyncio.gather(one.turn(), two.turn()) == [ANSWER, ANSWER]
    async with client(mock.url) as three:
        assert await three.turn() == ANSWER
    assert mock.report.statistics["connections"] == 3


async def test_18_a_client_that_wants_tls_is_recognised(serve_seed: Any, told: list[str]) -> None:
    async with serve_seed() as server:
        with pytest.raises((ssl.SSLError, OSError)):
            async with client(server.url.replace("ws:", "wss:"), ssl=ssl.create_default_context()):
                pass
        async with client(server.url) as one:
            assert await one.turn() == ANSWER
    assert any("TLS" in line and "ws://" in line for line in told)


async def test_2_keys_are_masked_wherever_a_connection_is_shown(mock: Server) -> None:
    offered: Any = ["realtime", "openai-insecure-api-key.sk-secret-123456"]
    async with client(mock.url + "?api-key=sk-secret-123456", subprotocols=offered) as one:
        await one.turn()
    shown = [*(await http(mock, "GET /harness/sessions"))[1], *map(str, mock.recording.entries)]
    assert "sk-secret" not in str(shown)


async def test_5_every_session_update_is_answered(mock: Server) -> None:
    async with client(mock.url) as one:
        for number in range(4):
            await one.send({"type": "session.update", "session": {"instructions": f"Be {number}."}})
        for number in range(4):
            assert (await one.take("session.updated"))["session"]["instructions"] == f"Be {number}."


async def test_6_an_item_comes_back_under_the_id_the_client_gave_it(mock: Server) -> None:
    content = [{"type": "input_text", "text": "Hi"}]
    async with client(mock.url) as one:
        for item_id, before in (("item_0123456789ab", None), ("pydantic_ai_item_0", "root")):
            item = {"id": item_id, "type": "message", "role": "user", "content": content}
            await one.send({"type": "conversation.item.create", "previous_item_id": before, "item": item})
            assert (await one.take("conversation.item.created"))["item"]["id"] == item_id


async def test_7_metadata_of_a_request_comes_back_in_the_response(mock: Server) -> None:
    metadata = {"client_event_id": "event_1234"}
    async with client(mock.url) as one:
        await one.send({"type": "response.create", "response": {"metadata": metadata}})
        assert (await one.take("response.created"))["response"]["metadata"] == metadata
        assert (await one.take("response.done"))["response"]["metadata"] == metadata


async def events_of_a_turn(connection: Client) -> list[dict[str, Any]]:
    """Ask for a response; return all events up to its end."""
    await connection.send({"type": "response.create"})
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] != "response.done":
        events.append(orjson.loads(await connection.connection.recv()))
    return events


async def test_8_a_response_has_its_full_sequence_in_both_generations(serve_seed: Any) -> None:
    for dialect, added, text in (
        ("openai-beta", "conversation.item.created", "response.text"),
        ("openai-ga", "conversation.item.added", "response.output_text"),
    ):
        async with serve_seed(as_dialect=dialect) as server, client(server.url) as one:
            types = [event["type"] for event in await events_of_a_turn(one)]
        wanted = [
            "response.created",
            "response.output_item.added",
            added,
            "response.content_part.added",
            f"{text}.delta",
            f"{text}.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.done",
        ]
        places = [types.index(name) for name in wanted]
        assert places == sorted(places)


async def test_8_a_finished_call_names_its_function() -> None:
    log = SEED.parent / "tool-call.yaml"
    async with serve(log, speed=0) as server, client(server.url) as one:
        events = await events_of_a_turn(one)
    done = [event for event in events if event["type"] == "response.function_call_arguments.done"]
    assert done and all(event["name"] for event in done)


async def test_9_every_server_event_has_an_event_id_of_its_own(mock: Server) -> None:
    async with client(mock.url) as one:
        ids = [event.get("event_id") for event in await events_of_a_turn(one)]
    assert all(ids) and len(set(ids)) == len(ids)


async def test_10_nulls_are_nulls(mock: Server) -> None:
    async with client(mock.url) as one:
        events = await events_of_a_turn(one)
    session = events[0]["session"]
    created = next(event["response"] for event in events if event["type"] == "response.created")
    assert session["input_audio_transcription"] is None
    assert (created["status_details"], created["usage"]) == (None, None)


async def test_11_audio_is_base64_of_whole_samples() -> None:
    async with serve(SEED.parent / "spoken-turn.yaml", speed=0) as server, client(server.url) as one:
        events = await events_of_a_turn(one)
    pieces = [event["delta"] for event in events if event["type"] == "response.output_audio.delta"]
    sizes = [len(base64.b64decode(piece, validate=True)) for piece in pieces]
    assert sizes and all(size and size % 2 == 0 for size in sizes)


async def test_12_a_connection_speaks_one_generation(serve_seed: Any) -> None:
    todays = {"conversation.item.added", "conversation.item.done", "response.output_text.delta"}
    betas = {"conversation.item.created", "response.text.delta"}
    for dialect, foreign in (("openai-beta", todays), ("openai-ga", betas)):
        async with serve_seed(as_dialect=dialect) as server, client(server.url) as one:
            assert not {event["type"] for event in await events_of_a_turn(one)} & foreign


async def test_13_what_clients_write_oddly_is_taken(mock: Server) -> None:
    async with client(mock.url) as one:
        await one.send({"event_id": None, "response": None, "type": "response.create"})
        await one.take("response.done")
        await one.send({"response": {}, "type": "response.create"})
        await one.take("response.done")
        await one.send({"response": {"instructions": None}, "type": "response.create"})
        await one.take("response.done")
        await one.connection.ping()
        assert await one.turn() == ANSWER


async def test_14_what_is_off_script_is_told_to_the_user_and_not_on_the_wire(serve_seed: Any) -> None:
    async with serve_seed(strict=True) as server:
        async with client(server.url) as one:
            assert "error" not in [event["type"] for event in await events_of_a_turn(one)]
        assert "CLI976" in [finding.code for finding in server.report.findings]


async def test_15_frames_of_the_server_stay_below_1_mib() -> None:
    spoken = SEED.parent / "spoken-turn.yaml"
    async with serve(spoken, speed=0) as server, client(server.url, max_size=1 << 20) as one:
        assert (await events_of_a_turn(one))[-1]["type"] == "response.done"


async def test_16_the_last_words_reach_a_client_though_the_connection_ends(serve_seed: Any) -> None:
    async with serve_seed(when_done="end") as server, client(server.url) as one:
        for _ in range(9):
            await one.send({"type": "response.create"})
        with pytest.raises(ConnectionClosed) as closed:
            await one.take("nothing")
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1000


async def test_19_nobody_waits_longer_than_a_client_would(tmp_path: Any) -> None:
    log = tmp_path / "slow.yaml"
    log.write_text(SEED.read_text().replace("2024-10-17T11:45:0", "2024-10-17T11:45:4", 1))
    async with serve(SEED) as server, client(server.url) as one:
        begun = asyncio.get_running_loop().time()
        await one.send({"type": "response.create"})
        await one.take("response.created")
        assert asyncio.get_running_loop().time() - begun < 5
