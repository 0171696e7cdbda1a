"""Why does the tool call not go on?"""

from collections.abc import Iterator

from harness.measure.recording import (
    CREATED,
    event,
    outputs,
)
from harness.model import Event
from harness.story.question import Question, Said, responses, setting
from harness.story.story import Story
from harness.story.words import at, shown
from harness.turns.nodes import Node


def answer(story: Story) -> Iterator[Said]:
    """Yield every call of a tool and what became of it."""
    sent = dict(outputs(story.recording))
    calls = [item for one in responses(story) for item in one.of("item") if item.value("type") == "function_call"]
    tools = setting(story, "tools")
    if not calls:
        names = shown(tools.value) if tools is not None else "not told by the log"
        yield Said(f"The model called no tool. The session's tools: {names}.")
    for call in calls:
        yield from _call(story, call, sent.get(call))


def _call(story: Story, call: Node, output: Event | None) -> Iterator[Said]:
    name, where = call.value("name") or "a tool", at(call.place)
    if output is None:
        yield Said(f"The call of {name} at {where} got no output: send one, even an error, then `response.create`.",
                   call.place, True)  # fmt: skip
        return
    following = [one for one in responses(story) if (first := event(one, CREATED)) and first.seq > output.seq]
    asked = [one for one in story.session.events if one.type == "response.create" and one.seq > output.seq]
    told = f"The call of {name} at {where} was answered at {at(output.place)}"
    if following:
        yield Said(f"{told}, and the model went on at {at(following[0].place)}.", output.place)
    elif asked:
        yield Said(f"{told}; `response.create` followed at {at(asked[0].place)}, and no response.", output.place, True)
    else:
        yield Said(
            f"{told}, and no `response.create` followed: without one the model stays silent.", output.place, True
        )


QUESTION = Question(
    "Why does the tool call not go on?", answer, ("tool", "call", "function", "mcp", "argument", "approval")
)
