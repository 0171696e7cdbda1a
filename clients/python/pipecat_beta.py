"""A pipeline of `pipecat-ai` 0.0.80 around its service for the beta."""

import asyncio

import turns
from pipecat.adapters.schemas.function_schema import FunctionSchema
from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    InputAudioRawFrame,
    LLMFullResponseEndFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.runner import PipelineRunner
from pipecat.pipeline.task import PipelineTask
from pipecat.processors.aggregators.openai_llm_context import OpenAILLMContext
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.openai_realtime_beta import OpenAIRealtimeBetaLLMService, SessionProperties

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


async def talk(url, words="", modalities=("text",), tools=(), responses=1, chunks=()):
    """Return what the service said in so many responses."""
    llm = OpenAIRealtimeBetaLLMService(
        api_key="sk-test",
        base_url=f"{url.replace('http', 'ws')}/realtime",
        session_properties=SessionProperties(modalities=list(modalities)),
    )
    llm.register_function(turns.TOOL, get_weather)
    messages = [{"role": "user", "content": words}] if words else []
    pair = llm.create_context_aggregator(OpenAILLMContext(messages, ToolsSchema(standard_tools=list(tools))))
    ear = Ear(responses)
    task = PipelineTask(Pipeline([pair.user(), llm, ear, pair.assistant()]))
    running = asyncio.create_task(PipelineRunner(handle_sigint=False).run(task))
    frames = [InputAudioRawFrame(chunk, 24_000, 1) for chunk in chunks]
    await task.queue_frames(frames or [pair.user().get_context_frame()])
    await ear.done.wait()
    await task.cancel()
    await running
    return {"text": ear.text, "audio_bytes": ear.audio_bytes}


async def text(url):
    return await talk(url, turns.WORDS)


async def audio(url):
    return await talk(url, modalities=["audio", "text"], chunks=turns.CHUNKS)


async def tool(url):
    return {**await talk(url, turns.QUESTION, tools=[WEATHER], responses=2), "arguments": CALLS[0]}


turns.run(text=text, audio=audio, tool=tool)
