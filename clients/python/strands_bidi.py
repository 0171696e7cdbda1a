"""The `strands-agents` package: a bidirectional agent with a function as its tool."""

import base64

import turns
from strands import tool as strands_tool
from strands.bidi import BidiAgent
from strands.bidi.models.openai import realtime
from strands.bidi.types.media import AudioDelta

CALLS = []


@strands_tool
def get_weather(city: str) -> str:
    """Look up the weather."""
    CALLS.append({"city": city})
    return turns.WEATHER


async def talk(url, said, modality="text", responses=1):
    """Return what the agent said in so many responses."""
    realtime.OPENAI_REALTIME_URL = f"{url.replace('http', 'ws')}/realtime"  # there is no option for it
    model = realtime.OpenAIRealtimeModel(
        model_id="gpt-realtime",
        api_key="sk-test",
        transcription_model_id="whisper-1",
        params={"output_modalities": [modality]},
    )
    agent = BidiAgent(model=model, tools=[get_weather], system_prompt="Be brief.")
    await agent.start()
    for content in said:
        await agent.send(content)
    text, audio_bytes = "", 0
    async for event in agent.receive():
        kind = event.get("type")
        if kind == "bidi_text_delta" or (kind == "bidi_transcript_delta" and event["role"] == "assistant"):
            text += event["delta"]
        elif kind == "bidi_audio_delta":
            audio_bytes += len(base64.b64decode(event["audio"]))
        elif kind == "bidi_response_stop":
            responses -= 1
        if responses == 0:
            break
    await agent.stop()
    return {"text": text, "audio_bytes": audio_bytes}


async def text(url):
    return await talk(url, [turns.WORDS])


async def audio(url):
    return await talk(url, [AudioDelta(format="pcm", source={"bytes": chunk}) for chunk in turns.CHUNKS], "audio")


async def tool(url):
    told = await talk(url, [turns.QUESTION], responses=2)
    return {**told, "arguments": CALLS[0]}


turns.run(text=text, audio=audio, tool=tool)
