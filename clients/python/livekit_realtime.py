"""The realtime model of `livekit-plugins-openai`, without a room."""

import asyncio

import aiohttp
import turns
from livekit import rtc
from livekit.agents import function_tool
from livekit.agents.llm import ChatContext, FunctionCallOutput
from livekit.plugins.openai.realtime import RealtimeModel


@function_tool
async def get_weather(city: str) -> str:
    """Look up the weather."""
    return turns.WEATHER


class Talk:
    """A session and what was said in it."""

    def __init__(self, session):
        self.session, self.text, self.audio_bytes, self.calls = session, "", 0, []

    async def say(self, words):
        context = ChatContext.empty()
        context.add_message(role="user", content=words)
        await self.session.update_chat_ctx(context)
        await self.listen(await self.session.generate_reply())

    async def listen(self, generation):
        async for message in generation.message_stream:
            async for piece in message.text_stream:
                self.text += piece
            async for frame in message.audio_stream:
                self.audio_bytes += frame.data.nbytes
        async for call in generation.function_stream:
            self.calls.append(call)

    async def answer(self):
        (call,) = self.calls
        context = self.session.chat_ctx.copy()
        output = FunctionCallOutput(call_id=call.call_id, name=call.name, output=turns.WEATHER, is_error=False)
        context.items.append(output)
        await self.session.update_chat_ctx(context)
        await self.listen(await self.session.generate_reply())


async def talk(url, turn, modalities):
    async with aiohttp.ClientSession() as http:
        model = RealtimeModel(base_url=url, api_key="sk-test", http_session=http, modalities=modalities)
        conversation = Talk(model.session())
        await turn(conversation)
        await conversation.session.aclose()
        return {"text": conversation.text, "audio_bytes": conversation.audio_bytes}, conversation.calls


async def text(url):
    told, _ = await talk(url, lambda conversation: conversation.say(turns.WORDS), ["text"])
    return told


async def audio(url):
    async def speak(conversation):
        answered = asyncio.get_running_loop().create_future()
        conversation.session.on("generation_created", answered.set_result)
        for chunk in turns.CHUNKS:
            frame = rtc.AudioFrame(chunk, sample_rate=24_000, num_channels=1, samples_per_channel=len(chunk) // 2)
            conversation.session.push_audio(frame)
        await conversation.listen(await answered)

    told, _ = await talk(url, speak, ["text", "audio"])
    return told


async def tool(url):
    async def ask(conversation):
        await conversation.session.update_tools([get_weather])
        await conversation.say(turns.QUESTION)
        await conversation.answer()

    told, (call,) = await talk(url, ask, ["text"])
    return {**told, "arguments": call.arguments}


turns.run(text=text, audio=audio, tool=tool)
