"""The `openai` package, in today's protocol; with the argument `azure`, its client for Azure."""

import base64
import sys
from urllib.parse import urlsplit

import openai
import turns


def connect(url):
    if "azure" in sys.argv:
        endpoint = f"https://{urlsplit(url).netloc}"
        azure = openai.AsyncAzureOpenAI(api_key="test", azure_endpoint=endpoint, api_version="2025-08-28")
        return azure.realtime.connect(model="gpt-realtime")
    client = openai.AsyncOpenAI(api_key="sk-test", websocket_base_url=url.replace("http", "ws"))
    return client.realtime.connect(model="gpt-realtime")


async def listen(connection):
    """Return the text, the bytes of audio and the calls of one response."""
    text, audio = "", 0
    async for event in connection:
        if event.type in ("response.output_text.delta", "response.output_audio_transcript.delta"):
            text += event.delta
        elif event.type == "response.output_audio.delta":
            audio += len(base64.b64decode(event.delta))
        elif event.type == "response.done":
            return text, audio, [item for item in event.response.output if item.type == "function_call"]
        elif event.type == "error":
            raise RuntimeError(event.error.message)
    raise RuntimeError("the connection ended")


async def say(connection, words):
    content = [{"type": "input_text", "text": words}]
    await connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
    await connection.response.create()


async def text(url):
    async with connect(url) as connection:
        await connection.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        await say(connection, turns.WORDS)
        return {"text": (await listen(connection))[0]}


async def audio(url):
    async with connect(url) as connection:
        await connection.session.update(session={"type": "realtime", "instructions": "Reply in a few words."})
        for chunk in turns.ENCODED:
            await connection.input_audio_buffer.append(audio=chunk)
        text, audio_bytes, _ = await listen(connection)
        return {"text": text, "audio_bytes": audio_bytes}


async def tool(url):
    async with connect(url) as connection:
        session = {"type": "realtime", "output_modalities": ["text"], "tools": [turns.FUNCTION]}
        await connection.session.update(session=session)
        await say(connection, turns.QUESTION)
        _, _, (call,) = await listen(connection)
        output = {"type": "function_call_output", "call_id": call.call_id, "output": turns.WEATHER}
        await connection.conversation.item.create(item=output)
        await connection.response.create()
        return {"arguments": call.arguments, "text": (await listen(connection))[0]}


turns.run(text=text, audio=audio, tool=tool)
