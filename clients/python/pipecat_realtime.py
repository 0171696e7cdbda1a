"""A pipeline of `pipecat-ai` around its OpenAI realtime service."""

import asyncio

import turns
from pipecat.adapters.schemas.function_schema import FunctionSchema
from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    InputAudioRawFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineTask
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai.realtime.events import SessionProperties
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService

CALLS = []
PROPERTIES = turns.PARAMETERS["properties"]
WEATHER = FunctionSchema(name=turns.TOOL, description="Look up.", properties=PROPERTIES, required=["city"])


async def get_weather(call):
    CALLS.append(dict(call.arguments))
    await call.result_callback(turns.WEATHER)


class Ear(FrameProcessor):
    """Hears what the service says, up to so many responses."""

    def __init__(self, responses):
        super().__init__()
        self.text, self.audio_bytes, self.responses, self.done = "", 0, responses, asyncio.Event()

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMTextFrame):
            self.text += frame.text
        elif isinstance(frame, TTSAudioRawFrame):
            self.audio_bytes += len(frame.audio)
        elif isinstance(frame, LLMFullResponseEndFrame):
            self.responses -= 1
            if self.responses == 0:
                self.done.set()
        await self.push_frame(frame, direction)


async def talk(url, frames, messages=(), modality="text", tools=(), responses=1):
    """Return what the service said in so many responses."""
    llm = OpenAIRealtimeLLMService(
        api_key="sk-test",
        base_url=f"{url.replace('http', 'ws')}/realtime",
        settings=OpenAIRealtimeLLMService.Settings(
            model="gpt-realtime", session_properties=SessionProperties(output_modalities=[modality])
        ),
    )
    llm.register_function(turns.TOOL, get_weather)
    pair = LLMContextAggregatorPair(LLMContext(list(messages), ToolsSchema(standard_tools=list(tools))))
    ear = Ear(responses)
    task = PipelineTask(Pipeline([pair.user(), llm, ear, pair.assistant()]))
    running = asyncio.create_task(PipelineRunner(handle_sigint=False).run(task))
    await task.queue_frames(frames)
    await ear.done.wait()
    await task.cancel()
    await running
    return {"text": ear.text, "audio_bytes": ear.audio_bytes}


def user(words):
    return [{"role": "user", "content": words}]


async def text(url):
    return await talk(url, [LLMRunFrame()], user(turns.WORDS))


async def audio(url):
    return await talk(url, [InputAudioRawFrame(chunk, 24_000, 1) for chunk in turns.CHUNKS], modality="audio")


async def tool(url):
    told = await talk(url, [LLMRunFrame()], user(turns.QUESTION), tools=[WEATHER], responses=2)
    return {**told, "arguments": CALLS[0]}


turns.run(text=text, audio=audio, tool=tool)
