"""The `openai` package without async, in today's protocol."""

import asyncio
import base64

import openai
import turns


def listen(connection):
    """Return the text, the bytes of audio and the calls of one response."""
    text, audio = "", 0
    for event in connection:
        if event.type in ("response.output_text.delta", "response.output_audio_transcript.delta"):
            text += event.delta
        elif event.type == "response.output_audio.delta":
            audio += len(base64.b64decode(event.delta))
        elif event.type == "response.done":
            return text, audio, [item for item in event.response.output if item.type == "function_call"]
        elif event.type == "error":
            raise RuntimeError(event.error.message)
    raise RuntimeError("the connection ended")


def say(connection, words):
    content = [{"type": "input_text", "text": words}]
    connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
    connection.response.create()


def text(connection):
    say(connection, turns.WORDS)
    return {"text": listen(connection)[0]}


def audio(connection):
    for chunk in turns.ENCODED:
        connection.input_audio_buffer.append(audio=chunk)
    text, audio_bytes, _ = listen(connection)
    return {"text": text, "audio_bytes": audio_bytes}


def tool(connection):
    session = {"type": "realtime", "output_modalities": ["text"], "tools": [turns.FUNCTION]}
    connection.session.update(session=session)
    say(connection, turns.QUESTION)
    _, _, (call,) = listen(connection)
    output = {"type": "function_call_output", "call_id": call.call_id, "output": turns.WEATHER}
    connection.conversation.item.create(item=output)
    connection.response.create()
    return {"arguments": call.arguments, "text": listen(connection)[0]}


def connected(turn):
    """Give a turn a connection, in a thread."""

    def talk(url):
        client = openai.OpenAI(api_key="sk-test", base_url=url)
        with client.realtime.connect(model="gpt-realtime") as connection:
            return turn(connection)

    return lambda url: asyncio.to_thread(talk, url)


turns.run(text=connected(text), audio=connected(audio), tool=connected(tool))
