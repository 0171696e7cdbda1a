"""What did the user hear of an interrupted answer?"""

from collections.abc import Iterator

from harness.measure.figures import BY_NAME
from harness.measure.recording import (
    interruption,
)
from harness.story.question import Question, Said, figure, responses
from harness.story.story import Story
from harness.story.words import at, seconds


def answer(story: Story) -> Iterator[Said]:
    """Yield what the user heard of every answer that was interrupted."""
    stopped = [(one, stop) for one in responses(story) if (stop := interruption(story.recording, one)) is not None]
    if not stopped:
        yield Said("No answer was interrupted in this log.")
    for response, stop in stopped:
        yield Said(
            f"The response at {at(response.place)} was interrupted by `{stop.type}` at {at(stop.place)}.", stop.place
        )
        for name in ("made", "heard", "stale", "interrupt_audio", "interrupt_truncate", "interrupt_done"):
            found = figure(story, response, name)
            if found is not None:
                known = seconds(found.value) if found.value is not None else f"not known: {found.why}"
                yield Said(f"  {BY_NAME[name].title}: {known}.", found.place)


QUESTION = Question(
    "What did the user hear of an interrupted answer?",
    answer,
    words=("interrupt", "cancel", "truncat", "noise", "unheard", "playback"),
)
