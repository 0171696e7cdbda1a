"""Why is it slow?"""

from collections.abc import Iterator

from harness.measure.recording import (
    NO_STAMPS,
)
from harness.story.question import Question, Said
from harness.story.story import Story
from harness.story.words import at, seconds


def answer(story: Story) -> Iterator[Said]:
    """Yield the slowest of every latency."""
    known = [
        one
        for one in story.figures.summaries()
        if one.measure.unit == "ms" and one.measure.group != "audio" and one.values
    ]
    if not known:
        yield Said(f"Nothing can be timed: {NO_STAMPS}, or nothing was answered.")
    for one in known:
        worst, most = one.worst, one.percentile(1.0)
        place = worst.figures[one.measure.name].place if worst is not None else None
        turn = f"turn {worst.label}, {at(place)}" if worst is not None else ""
        yield Said(f"{one.measure.title}: {seconds(most or 0.0)} at most ({turn}); {one.measure.what}.", place)


QUESTION = Question(
    "Why is it slow?",
    answer,
    words=("slow", "late", "takes-long", "faster"),
)
