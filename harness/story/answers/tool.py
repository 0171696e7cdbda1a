"""Why does the tool call not go on?"""

from collections.abc import Iterator

from harness.measure.recording import (
    CREATED,
    event,
)
from harness.model import Event
from harness.story.question import Question, Said, responses, setting
from harness.story.story import Story
from harness.story.words import at, shown
from harness.turns.nodes import Node


def answer(story: Story) -> Iterator[Said]:
    """Yield every call of a tool and what became of it."""
    sent = story.recording.results
    calls = [item for one in responses(story) for item in one.of("item") if item.value("type") == "function_call"]
    tools = setting(story, "tools")
    if not calls:
        names = shown(tools.value) if tools is not None else "not told by the log"
        yield Said(f"The model called no tool. The session's tools: {names}.")
    begun = [one for response in responses(story) if (one := event(response, CREATED)) is not None]
    asked = [one for one in story.session.events if (one.side, one.type) == ("client", "response.create")]
    for call in calls:
        yield _call(call, sent.get(call), begun, asked)


def _call(call: Node, output: Event | None, begun: list[Event], asked: list[Event]) -> Said:
    """Return what became of a call; `begun` are the responses, `asked` the requests for them."""
    name, where = call.value("name") or "a tool", at(call.place)
    if output is None:
        told = f"The call of {name} at {where} got no output: send one, even an error, then `response.create`."
        return Said(told, call.place, True)
    told = f"The call of {name} at {where} was answered at {at(output.place)}"
    following = next((one for one in begun if one.seq > output.seq), None)
    request = next((one for one in asked if one.seq > output.seq), None)
    if following is not None:
        return Said(f"{told}, and the model went on at {at(following.place)}.", output.place)
    if request is not None:
        return Said(f"{told}; `response.create` followed at {at(request.place)}, and no response.", output.place, True)
    return Said(f"{told}, and no `response.create` followed: without one the model stays silent.", output.place, True)


QUESTION = Question(
    "Why does the tool call not go on?",
    answer,
    words=("tool", "call", "function", "argument", "approval", "output-in", "output-of"),
)
