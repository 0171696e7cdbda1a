"""Who closed the connection?"""

from collections.abc import Iterator

from harness.story.closing import moment
from harness.story.question import Question, Said, caused
from harness.story.story import Story
from harness.story.words import at


def answer(story: Story) -> Iterator[Said]:
    """Yield how the session ended, what was open then, and the last error before."""
    yield from ending(story)
    yield from caused(story.errors[-1:])


def ending(story: Story) -> Iterator[Said]:
    """Yield how the session ended and what was open then."""
    end = story.closing
    if end.place is None:
        last = story.session.events[-1] if story.session.events else None
        tail = f"; its last event is `{last.type}` at {at(last.place)}, of the {last.side}" if last is not None else ""
        yield Said(f"The log does not tell that the connection was closed{tail}.", last.place if last else None)
    else:
        who = f"The {end.side} closed the connection" if end.side else "The connection was closed"
        code = f" with code {end.code}" + (f" ({end.meaning})" if end.meaning else "") if end.code else ""
        yield Said(f"{who} at {at(end.place)}{code}; the log says “{end.label}”.", end.place)
    for text in end.open:
        yield Said(f"Still open: {text}.", None, True)
    if end.expires_at is not None:
        yield Said(f"The session would have ended at {moment(end.expires_at)}.")


QUESTION = Question(
    "Who closed the connection?",
    answer,
    words=(
        "expire",
        "near-its-end",
        "unfinished",
        "stops",
        "silent",
        "retired",
        "connection",
        "hung-up",
        "frame-over",
        "log-ends",
    ),
)
