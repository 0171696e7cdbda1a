"""Which response comes next."""

from typing import Literal, TypeAlias

from harness.replay.script import Response, Script

WhenDone: TypeAlias = Literal["repeat", "end", "generate"]
"""What follows the last recorded response: it again, the end of the connection, or a made-up one."""


class Responses:
    """Deals out the recorded responses of a script, each once, and then what `when_done` says."""

    def __init__(self, script: Script, when_done: WhenDone) -> None:
        self._script, self._when_done = script, when_done
        self._unused = list(script.responses)

    def next(self, asked: bool) -> Response:
        """Return the response that comes next, without taking it: one with the same kind of cause first.

        `asked` says whether the client asked for it, or a turn made it.
        """
        fitting = (response for response in self._unused if response.asked == asked)
        return next(fitting, self._unused[0] if self._unused else self._spare())

    def take(self, response: Response) -> bool:
        """Count a response as used; tell whether it was not before."""
        before = len(self._unused)
        self._unused = [other for other in self._unused if other is not response]
        return len(self._unused) < before

    def is_over(self) -> bool:
        """Tell whether there are no more responses and the connection is to end with them."""
        return self._when_done == "end" and not self._unused

    def _spare(self) -> Response:
        """Return what follows the last recorded response: never a tool call, which a client would answer for ever."""
        if self._when_done == "generate":
            return self._script.plain_response
        repeatable = [response for response in self._script.responses if not _calls_tool(response)]
        return repeatable[-1] if repeatable else self._script.plain_response


def _calls_tool(response: Response) -> bool:
    return any(step.type == "response.function_call_arguments.done" for step in response.block.steps)
