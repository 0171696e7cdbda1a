"""The `pydantic-ai` package: an agent's realtime session; with the argument `azure`, at Azure."""

import sys

import turns
from pydantic_ai import Agent
from pydantic_ai.messages import PartDeltaEvent, PartEndEvent, RealtimeTurnCompleteEvent, SpeechPart, TextPart
from pydantic_ai.providers.azure import AzureProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.realtime.azure import AzureRealtimeModel
from pydantic_ai.realtime.openai import OpenAIRealtimeModel

CALLS = []


def get_weather(city: str) -> str:
    """Look up the weather."""
    CALLS.append({"city": city})
    return turns.WEATHER


def model_at(url):
    if "azure" in sys.argv:
        endpoint = url.removesuffix("/v1")
        azure = AzureProvider(azure_endpoint=endpoint, api_key="test", api_version="2025-08-28")
        return AzureRealtimeModel("gpt-realtime", provider=azure)
    return OpenAIRealtimeModel("gpt-realtime", provider=OpenAIProvider(base_url=url, api_key="sk-test"))


async def talk(url, ask, modality="text", tools=()):
    """Return what the agent said until it had nothing more to do."""
    agent = Agent(instructions="Be brief.", tools=list(tools))
    text, audio_bytes = "", 0
    async with agent.realtime(model_at(url), model_settings={"output_modality": modality}).session() as session:
        await ask(session)
        async for event in session:
            if isinstance(event, PartEndEvent) and isinstance(event.part, TextPart):
                text += event.part.content
            elif isinstance(event, PartEndEvent) and isinstance(event.part, SpeechPart):
                text += event.part.transcript if event.part.speaker == "assistant" else ""
            elif isinstance(event, PartDeltaEvent):
                audio_bytes += len(getattr(event.delta, "audio_chunk", None) or b"")
            elif isinstance(event, RealtimeTurnCompleteEvent) and text:
                return {"text": text, "audio_bytes": audio_bytes}
    raise RuntimeError("the session ended")


async def text(url):
    return await talk(url, lambda session: session.send(turns.WORDS))


async def audio(url):
    async def speak(session):
        for chunk in turns.CHUNKS:
            await session.send_audio(chunk)

    return await talk(url, speak, "audio")


async def tool(url):
    told = await talk(url, lambda session: session.send(turns.QUESTION), tools=[get_weather])
    return {**told, "arguments": CALLS[0]}


turns.run(text=text, audio=audio, tool=tool)
