"""The model that a client asks for in its URL is the one that its session has, as at the real server."""

from clients import SEED, client

from harness.net.server import Server, serve

RECORDED = "gpt-4o-realtime-preview-2024-10-01"


async def model_of(server: Server, query: str) -> str:
    """Return the model of a session, which an update does not change."""
    async with client(f"{server.url}{query}") as talk:
        created = await talk.take("session.created")
        await talk.send({"type": "session.update", "session": {"instructions": "Be brief."}})
        updated = await talk.take("session.updated")
    assert created["session"]["model"] == updated["session"]["model"]
    return str(updated["session"]["model"])


async def test_a_client_gets_the_model_it_asks_for(mock: Server) -> None:
    assert await model_of(mock, "?model=gpt-4o-mini-realtime-preview") == "gpt-4o-mini-realtime-preview"


async def test_a_client_that_asks_for_none_gets_the_recorded_one(mock: Server) -> None:
    assert await model_of(mock, "") == RECORDED


async def test_the_name_of_a_recording_is_no_model() -> None:
    async with serve(SEED, speed=0) as server:
        assert await model_of(server, "?model=seed") == RECORDED
