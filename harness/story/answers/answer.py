"""Why no answer, or two?"""

from collections.abc import Iterator

from harness.measure.recording import (
    COMMITTED,
    CREATED,
    STARTED,
    STOPPED,
    event,
    steps,
)
from harness.story.question import Question, Said, caused, odd_sounds, setting, source
from harness.story.story import Story
from harness.story.turns import CREATE, called_by
from harness.story.words import at, count, reason
from harness.turns.nodes import Node


def answer(story: Story) -> Iterator[Said]:
    """Yield what became of each turn."""
    turns = story.recording.tree.root.of("turn")
    if story.recording.transcribes:
        yield Said("This is a transcription session: it writes down what it hears, and answers nothing.")
        return
    if not turns:
        yield Said("Nobody said anything in this log, so there was nothing to answer.", None, True)
        yield from caused(story.errors)
        return
    silent = [turn for turn in turns if not any(event(one, CREATED) for one in turn.of("response"))]
    yield Said(f"{len(turns) - len(silent)} of {count(len(turns), 'turn')} got a response.", bad=bool(silent))
    for turn in turns:
        if turn in silent:
            yield from _unanswered(story, turn)
        for response in turn.of("response"):
            if response.value("status") in ("failed", "cancelled", "incomplete"):
                why = reason(response) or "the log does not tell why"
                text = f"The response at {at(response.place)} ended {response.value('status')}: {why}."
                yield Said(text, response.place, True)
        if len(turn.of("response")) > 1:
            yield from _several(turn)
    yield from odd_sounds(story, "user")
    yield from caused(story.errors)


def _several(turn: Node) -> Iterator[Said]:
    listed = "; ".join(f"{at(one.place)} by {called_by(one)}" for one in turn.of("response"))
    yield Said(f"Turn {turn.number} has {len(turn.of('response'))} responses: {listed}.", turn.place)


def _unanswered(story: Story, turn: Node) -> Iterator[Said]:
    """Yield why a turn has no response."""
    started, stopped, committed = (event(turn, letter) for letter in (STARTED, STOPPED, COMMITTED))
    asked = [step.first for step in steps(turn, CREATE)]
    detection = setting(story, "turn detection")
    where = f"Turn {turn.number}, {at(turn.place)}, got no response"
    if asked:
        yield Said(
            f"{where}: `response.create` was sent at {at(asked[0].place)}, and nothing was created.", turn.place, True
        )
    elif started is not None and stopped is None and committed is None:
        yield Said(f"{where}: speech began and never stopped; the server waits for silence.", started.place, True)
    elif detection is None or not detection.told:
        text = "no `response.create` is in the log, and neither are the session's settings"
        yield Said(f"{where}: {text}.", turn.place, True)
    elif committed is None:
        yield Said(f"{where}: it was not spoken, and the client sent no `response.create`.", turn.place, True)
    elif not isinstance(detection.value, dict) or detection.value.get("create_response") is False:
        how = "voice activity detection is off" if not isinstance(detection.value, dict) else "create_response is false"
        text = f"{where}: {how} ({source(detection)}), and the client sent no `response.create`."
        yield Said(text, committed.place, True)
    else:
        text = f"{where}: the server committed it at {at(committed.place)} and should have answered by itself."
        yield Said(text, committed.place, True)


QUESTION = Question(
    "Why no answer, or two?",
    answer,
    words=(
        "response",
        "answer",
        "commit",
        "speech",
        "made-a-turn",
        "nobody",
        "silent",
        "unasked",
        "connection-refused",
    ),
)
