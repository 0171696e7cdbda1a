"""The realtime client of `ag2` 0.9, which is written over the `openai` package's beta."""

import asyncio
import base64
import logging

import turns
from autogen.agentchat.realtime.experimental.clients import get_client
from autogen.agentchat.realtime.experimental.realtime_events import AudioDelta, FunctionCall

SAID = ("response.text.delta", "response.audio_transcript.delta")


def connected(url):
    choice = {
        "model": "gpt-4o-realtime-preview",
        "api_key": "sk-test",
        "websocket_base_url": url.replace("http", "ws"),
    }
    return get_client(llm_config={"config_list": [choice]}, logger=logging.getLogger("ag2"))


async def listen(client, responses=1):
    """Return what was said in so many responses; a call of the function is answered."""
    told, done = {"text": "", "audio_bytes": 0}, asyncio.Semaphore(0)
    reader = asyncio.create_task(read(client, told, done))
    for _ in range(responses):
        await done.acquire()
    reader.cancel()
    return told


async def read(client, told, done):
    """Read to the end: the client's reader cannot be left in the middle."""
    async for event in client.read_events():
        if isinstance(event, AudioDelta):
            told["audio_bytes"] += len(base64.b64decode(event.delta))
        elif isinstance(event, FunctionCall):
            told["arguments"] = event.arguments
            await client.send_function_result(event.call_id, turns.WEATHER)
        kind = event.raw_message.get("type")
        told["text"] += event.raw_message["delta"] if kind in SAID else ""
        if kind == "response.done":
            done.release()


async def text(url):
    client = connected(url)
    async with client.connect():
        await client.send_text(role="user", text=turns.WORDS)
        return await listen(client)


async def audio(url):
    client = connected(url)
    async with client.connect():
        for chunk in turns.ENCODED:
            await client.send_audio(chunk)
        return await listen(client)


async def tool(url):
    client = connected(url)
    async with client.connect():
        await client.session_update({"tools": [turns.FUNCTION], "tool_choice": "auto"})
        await client.send_text(role="user", text=turns.QUESTION)
        return await listen(client, responses=2)


turns.run(text=text, audio=audio, tool=tool)
