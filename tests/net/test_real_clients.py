"""The newest `openai`, event by event: what it gets has the form of its own types. More clients are in the matrix."""

from typing import Any

import openai
import pytest
from clients import SEED
from pydantic import TypeAdapter

from harness.net.server import serve, serving

ANSWER = "Hey! I'm doing well, thanks for asking. How about you?"


def ask(connection: Any) -> Any:
    """Add a message of the user."""
    content = [{"type": "input_text", "text": "Hi"}]
    return connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})


async def turn(connection: Any) -> list[Any]:
    """Return the events up to the end of a response."""
    events = []
    async for event in connection:
        events.append(event)
        if event.type == "response.done":
            return events
    raise AssertionError("the connection ended")


@pytest.fixture
def today() -> TypeAdapter[Any]:
    """Validates an event strictly against the types of the newest `openai`."""
    from openai.types.realtime import RealtimeServerEvent

    return TypeAdapter(RealtimeServerEvent)


async def test_the_newest_openai_gets_the_seed_in_its_own_dialect(today: TypeAdapter[Any]) -> None:
    async with serve(SEED, speed=0, as_dialect="openai-ga") as server:
        client = openai.AsyncOpenAI(api_key="sk-test", base_url=server.base_url)
        async with client.realtime.connect(model="gpt-realtime") as connection:
            await connection.session.update(session={"type": "realtime", "instructions": "Be brief."})
            await ask(connection)
            await connection.response.create()
            text_turn = await turn(connection)
            await connection.input_audio_buffer.append(audio="AAAA" * 40_000)
            audio_turn = await turn(connection)
    for events in (text_turn, audio_turn):
        assert events[-1].response.output[0].content[0].text == ANSWER
        for event in events:
            today.validate_python(event.to_dict(), strict=True)
    assert audio_turn[0].type == "input_audio_buffer.speech_started"
    assert [f for f in server.report.findings if f.severity == "error"] == []


@pytest.mark.filterwarnings("ignore:connect\\(\\) must be used as a context manager")
def test_the_newest_openai_without_async_too() -> None:
    with serving(SEED, speed=0, as_dialect="openai-ga") as server:
        client = openai.OpenAI(api_key="sk-test", base_url=server.base_url)
        with client.realtime.connect(model="gpt-realtime") as connection:
            connection.response.create()
            done = next(event for event in connection if event.type == "response.done")
    assert done.response.output[0].content[0].text == ANSWER
