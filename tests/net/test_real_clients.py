"""Real clients, one turn each: today's `openai` by translation, and one of 2025 that speaks the beta."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import openai
import pytest
from clients import SEED
from pydantic import TypeAdapter

from harness.net.server import Server, serve, serving

ANSWER = "Hey! I'm doing well, thanks for asking. How about you?"
BETA_VERSION = "1.98.0"
"""The last releases whose `beta.realtime` is the only one they have."""

BETA_CLIENT = """
import asyncio, sys
import openai

async def main(url):
    client = openai.AsyncOpenAI(api_key="sk-test", websocket_base_url=url)
    async with client.beta.realtime.connect(model="gpt-4o-realtime-preview-2024-10-01") as connection:
        await connection.session.update(session={"instructions": "Be brief."})
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
        await connection.conversation.item.create(item=item)
        await connection.response.create()
        async for event in connection:
            if event.type == "response.done":
                print(openai.__version__, event.response.output[0].content[0].text)
                return

asyncio.run(main(sys.argv[1]))
"""


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


@pytest.fixture(scope="session")
def beta_openai() -> Path:
    """A folder with an `openai` that speaks the beta; installed once and kept."""
    folder = Path(tempfile.gettempdir()) / "realtime-harness-clients" / f"openai-{BETA_VERSION}"
    if not (folder / "openai").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
        done = subprocess.run(
            [*command, f"openai[realtime]=={BETA_VERSION}"], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"openai {BETA_VERSION} could not be installed: {done.stderr.strip()[-200:]}")
    return folder


def test_an_openai_that_speaks_the_beta_gets_the_seed_as_it_was(beta_openai: Path) -> None:
    server: Server
    with serving(SEED, speed=0) as server:
        url = server.url.removesuffix("/realtime")
        command = [sys.executable, "-c", BETA_CLIENT, url]
        environment = {"PYTHONPATH": str(beta_openai), "PATH": "", "HOME": str(Path.home())}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == f"{BETA_VERSION} {ANSWER}", done.stderr
    assert [f for f in server.report.findings if f.severity == "error"] == []
