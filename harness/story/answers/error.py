"""Which of my events caused this error?"""

from collections.abc import Iterator

from harness.story.question import Question, Said, caused
from harness.story.story import Story


def answer(story: Story) -> Iterator[Said]:
    """Yield every error with its cause."""
    if not story.errors:
        yield Said("There is no error in the log.")
    yield from caused(story.errors)


QUESTION = Question(
    "Which of my events caused this error?",
    answer,
    words=("error", "refus", "unanswered", "fail"),
    families=("SCH", "CLI", "DIA601", "DIA630"),
)
