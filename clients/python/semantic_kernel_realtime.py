"""The realtime client of `semantic-kernel`, its functions called by hand."""

import base64

import turns
from openai import AsyncOpenAI
from semantic_kernel.connectors.ai.open_ai import (
    OpenAIRealtimeExecutionSettings,
    OpenAIRealtimeWebsocket,
    SendEvents,
)
from semantic_kernel.contents import (
    AudioContent,
    ChatHistory,
    FunctionResultContent,
    RealtimeAudioEvent,
    RealtimeEvent,
    RealtimeFunctionResultEvent,
    RealtimeTextEvent,
)

ARGUMENTS = "response.function_call_arguments.done"


def connected(url):
    client = AsyncOpenAI(api_key="sk-test", websocket_base_url=url.replace("http", "ws"))
    return OpenAIRealtimeWebsocket(ai_model_id="gpt-realtime", client=client)


async def listen(client, responses=1):
    """Return what was said in so many responses; a call of the function is answered."""
    told = {"text": "", "audio_bytes": 0}
    async for event in client.receive():
        if isinstance(event, RealtimeTextEvent):
            told["text"] += event.text.text
        elif isinstance(event, RealtimeAudioEvent):
            told["audio_bytes"] += len(base64.b64decode(event.service_event.delta))
        elif event.service_type == ARGUMENTS:
            told["arguments"] = event.service_event.arguments
            call = {"call_id": event.service_event.call_id}
            result = FunctionResultContent(id=call["call_id"], name=turns.TOOL, result=turns.WEATHER, metadata=call)
            answer = RealtimeFunctionResultEvent(
                service_type=SendEvents.CONVERSATION_ITEM_CREATE, function_result=result
            )
            await client.send(answer)
        elif event.service_type == "response.done":
            responses -= 1
            if responses == 0:
                return told
            await client.send(RealtimeEvent(service_type=SendEvents.RESPONSE_CREATE))
    raise RuntimeError("the connection ended")


async def ask(url, words, responses=1, **settings):
    history = ChatHistory()
    history.add_user_message(words)
    chosen = OpenAIRealtimeExecutionSettings(output_modalities=["text"], **settings)
    async with connected(url)(chat_history=history, settings=chosen, create_response=True) as client:
        return await listen(client, responses)


async def text(url):
    return await ask(url, turns.WORDS)


async def audio(url):
    settings = OpenAIRealtimeExecutionSettings(instructions="Be brief.")
    async with connected(url)(settings=settings) as client:
        for chunk in turns.CHUNKS:
            audio = AudioContent(data=chunk, data_format="base64")
            await client.send(RealtimeAudioEvent(service_type=SendEvents.INPUT_AUDIO_BUFFER_APPEND, audio=audio))
        return await listen(client)


async def tool(url):
    return await ask(url, turns.QUESTION, responses=2, tools=[turns.FUNCTION], tool_choice="auto")


turns.run(text=text, audio=audio, tool=tool)
