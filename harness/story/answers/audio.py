"""Why no audio?"""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.measure import amounts
from harness.measure.recording import (
    AUDIO,
    ITEM_CREATE,
    event,
    events,
)
from harness.model import JSON
from harness.story.answers.answer import answer as why_no_answer
from harness.story.question import Question, Said, figure, inputs, odd_sounds, responses, setting, source
from harness.story.story import Story
from harness.story.turns import is_spoken
from harness.story.words import at, count, quoted, reason, said, seconds, shown
from harness.turns.nodes import Node


def answer(story: Story) -> Iterator[Said]:
    """Yield what was asked for by whom, and what came."""
    made = responses(story)
    if not made:
        yield Said("There is no response in the log, so no audio could come.", None, True)
        yield from why_no_answer(story)
        return
    with_audio = [one for one in made if event(one, AUDIO) is not None]
    yield Said(f"Audio came in {len(with_audio)} of {count(len(made), 'response')}.", bad=not with_audio)
    asked = setting(story, "modalities")
    if asked is not None:
        yield Said(f"The session's modalities are {shown(asked.value)}: {source(asked)}.", asked.places[-1])
    else:
        yield Said("The log does not tell which modalities the session had.")
    for response in made:
        yield from _loud(story, response) if response in with_audio else _silent(response)
    yield from odd_sounds(story, "assistant")
    wanted = asked is None or asked.value is None or not only_text(asked.value)
    if wanted and any(_is_text(one) for one in made if one not in with_audio):
        yield from _history(story)
    elif not wanted:
        yield Said("Only text was asked for: ask for audio in `session.update`, or drop `modalities` from the request.")


def only_text(modalities: JSON) -> bool:
    """Tell whether modalities leave no room for audio."""
    return isinstance(modalities, list) and bool(modalities) and "audio" not in modalities


def _loud(story: Story, response: Node) -> Iterator[Said]:
    count, made = len(events(response, AUDIO)), figure(story, response, "made")
    length = seconds(made.value) if made is not None and made.value is not None else "its length is not known"
    yield Said(f"The response at {at(response.place)} has {count} audio deltas ({length}).", response.place)


def _silent(response: Node) -> Iterator[Said]:
    """Yield why a response has no audio, as far as the log tells."""
    where, override = at(response.place), _override(response)
    if override is not None:
        told = f"The `response.create` of the response at {where} asks for {shown(override)}"
        only = only_text(override)
        yield Said(f"{told}{', which overrides the session: drop the field to hear it' * only}.", response.place, only)
    kinds = [str(item.value("type")) for item in response.of("item")]
    tokens = value_at(amounts.usage_of(response), "output_token_details.audio_tokens")
    billed = f", and usage counts {tokens} audio tokens" if isinstance(tokens, int) else ""
    status = response.value("status")
    if not kinds:
        why = reason(response)
        yield Said(
            f"The response at {where} has no output ({status}{': ' + why if why else ''}).", response.place, True
        )
    elif set(kinds) <= {"function_call", "mcp_call"}:
        yield Said(f"The response at {where} only calls a tool: no audio is to be expected of it.", response.place)
    elif isinstance(tokens, int) and tokens:
        yield Said(
            f"The response at {where} was spoken ({tokens} audio tokens), and its audio is not in this log: over "
            "WebRTC it does not go through the events, and some loggers leave it out.", response.place,
        )  # fmt: skip
    elif _is_text(response):
        words = quoted(said(response))
        yield Said(f"The response at {where} came as text, {words}, no audio delta{billed}.", response.place, True)
    else:
        yield Said(f"The response at {where} has no audio delta{billed} ({status}).", response.place, True)


def _is_text(response: Node) -> bool:
    parts = [part for item in response.of("item") for part in item.of("part")]
    return any("text" in str(part.value("type")) or part.value("text") for part in parts)


def _override(response: Node) -> JSON:
    asked = response.asked
    holder = value_at(asked.body, "response") if asked is not None and asked.side == "client" else None
    return value_at(holder, "output_modalities") or value_at(holder, "modalities")


def _history(story: Story) -> Iterator[Said]:
    """Yield the texts that stand in the conversation: models that hear text tend to answer in text."""
    written = [one for one in inputs(story) if event(one, ITEM_CREATE) and one.value("type") in ("message", None)]
    texts = [node for node in written if not is_spoken(node)]
    if texts:
        listed = ", ".join(f"{node.value('role')} at {at(node.place)}" for node in texts[:3])
        more = f" and {len(texts) - 3} more" if len(texts) > 3 else ""
        yield Said(
            f"The client put text into the conversation: {listed}{more}. Text in the history goes along with answers "
            "in text (a correlation that many met); `instructions` are the place for it.", texts[0].place,
        )  # fmt: skip


QUESTION = Question(
    "Why no audio?",
    answer,
    words=(
        "audio",
        "text-instead",
        "text-only",
        "modalit",
        "playback",
        "telephone",
        "voice",
        "silent",
        "truncat",
        "response-failed",
        "cut-short",
        "connection-refused",
    ),
)
