"""The `LiveAgent` of `ag2`, which listens and answers."""

import asyncio

import turns
from ag2.events import (
    ModelMessageChunk,
    ModelResponse,
    RecordedAudioEvent,
    SynthesizedAudioEvent,
)
from ag2.live import LiveAgent, OpenAIRealTimeConfig
from openai import AsyncOpenAI

CALLS = []


def get_weather(city: str) -> str:
    """Look up the weather."""
    CALLS.append({"city": city})
    return turns.WEATHER


async def talk(url, responses=1):
    """Say something and return what the agent said in so many responses."""
    client = AsyncOpenAI(api_key="sk-test", websocket_base_url=url.replace("http", "ws"))
    agent = LiveAgent(
        "assistant", "Be brief.", config=OpenAIRealTimeConfig("gpt-realtime", client=client), tools=[get_weather]
    )
    told, done = {"text": "", "audio_bytes": 0}, asyncio.Semaphore(0)

    async def hear(event: ModelMessageChunk):
        told["text"] += event.content

    async def play(event: SynthesizedAudioEvent):
        told["audio_bytes"] += len(event.content)

    async def finish(event: ModelResponse):
        done.release()

    async with agent.run() as context:
        for kind, listener in ((ModelMessageChunk, hear), (SynthesizedAudioEvent, play), (ModelResponse, finish)):
            context.stream.where(kind).subscribe(listener)
        for chunk in turns.CHUNKS:
            await context.send(RecordedAudioEvent(chunk))
        for _ in range(responses):
            await done.acquire()
    return told


async def tool(url):
    told = await talk(url, responses=2)
    return {**told, "arguments": CALLS[0]}


turns.run(audio=talk, tool=tool)
