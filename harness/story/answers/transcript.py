"""Where is the transcript?"""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.measure.recording import (
    TRANSCRIBED,
    event,
    steps,
)
from harness.story.question import Question, Said, inputs, setting, source
from harness.story.story import Story
from harness.story.turns import is_spoken
from harness.story.words import at, quoted, said, shown
from harness.turns.nodes import Node

TRANSCRIPTION_FAILED = "conversation.item.input_audio_transcription.failed"


def answer(story: Story) -> Iterator[Said]:
    """Yield whether transcription was on, and which spoken input has a transcript."""
    on = setting(story, "transcription")
    spoken = [node for node in inputs(story) if is_spoken(node)]
    if on is None:
        yield Said("The log does not tell whether input transcription was on.")
    elif on.told and on.value is None:
        yield Said(f"Input transcription is off ({source(on)}): no transcript of the user will come.",
                   on.places[-1], True)  # fmt: skip
    else:
        yield Said(f"Input transcription: {shown(on.value)} ({source(on)}).", on.places[-1])
    if not spoken:
        yield Said("The user did not speak in this log.")
    for node in spoken:
        yield from _transcribed(node)


def _transcribed(node: Node) -> Iterator[Said]:
    done, failed, words = event(node, TRANSCRIBED), event(node, TRANSCRIPTION_FAILED), said(node)
    where = f"The speech at {at(node.place)}"
    if failed is not None:
        message = value_at(failed.body, "error.message") or "the log does not tell why"
        yield Said(f"{where} could not be transcribed: {message}", failed.place, True)
    elif done is not None:
        text = quoted(words) if words else "empty: what was heard was taken for noise"
        yield Said(
            f"{where} has its transcript at {at(steps(node, TRANSCRIBED)[-1].last.place)}: {text}.",
            done.place,
            not words,
        )
    else:
        yield Said(f"{where} has no transcript in this log.", node.place, True)


QUESTION = Question(
    "Where is the transcript?",
    answer,
    words=("transcri",),
)
