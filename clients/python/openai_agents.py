"""The `openai-agents` package: a realtime agent with a function as its tool."""

import sys

import turns
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner

MODEL = (*sys.argv[1:], "gpt-realtime")[0]
SPOKEN = ["audio", "text"] if "preview" in MODEL else ["audio"]
"""The beta takes text alone, or both."""
CALLS = []


@function_tool
def get_weather(city: str) -> str:
    """Look up the weather."""
    CALLS.append({"city": city})
    return turns.WEATHER


async def talk(url, modalities, ask, responses=1, tools=()):
    """Return what the agent said in so many responses."""
    agent = RealtimeAgent(name="Assistant", instructions="Be brief.", tools=list(tools))
    runner = RealtimeRunner(agent, config={"model_settings": {"model_name": MODEL, "modalities": modalities}})
    endpoint = f"{url.replace('http', 'ws')}/realtime?model={MODEL}"
    said, audio_bytes = {}, 0
    async with await runner.run(model_config={"api_key": "sk-test", "url": endpoint}) as session:
        await ask(session)
        async for event in session:
            if event.type in ("history_added", "history_updated"):
                for item in [event.item] if event.type == "history_added" else event.history:
                    if getattr(item, "role", "") == "assistant":
                        said[item.item_id] = "".join(
                            part.text if part.type == "text" else part.transcript or "" for part in item.content
                        )
            elif event.type == "audio":
                audio_bytes += len(event.audio.data)
            elif event.type == "error":
                raise RuntimeError(event.error)
            elif event.type == "agent_end":
                responses -= 1
            if responses == 0:
                return {"text": "".join(said.values()), "audio_bytes": audio_bytes}
    raise RuntimeError("the session ended")


async def text(url):
    return await talk(url, ["text"], lambda session: session.send_message(turns.WORDS))


async def audio(url):
    async def speak(session):
        for chunk in turns.CHUNKS:
            await session.send_audio(chunk)

    return await talk(url, SPOKEN, speak)


async def tool(url):
    told = await talk(
        url, ["text"], lambda session: session.send_message(turns.QUESTION), responses=2, tools=[get_weather]
    )
    return {**told, "arguments": CALLS[0]}


turns.run(text=text, audio=audio, tool=tool)
