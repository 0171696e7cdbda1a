"""A block on its way to the client."""

from collections.abc import Mapping

from harness.model import JSON
from harness.replay.compiler import FIRST_NAME
from harness.replay.script import Block, Step, Turn
from harness.replay.wire import loads


class Playing:
    """A block that is being sent, with the live ids that stand in its slots."""

    __slots__ = ("answers", "block", "origin_ns", "position", "request", "skip", "turn", "values")

    def __init__(self, block: Block, values: list[bytes], origin_ns: int) -> None:
        self.block, self.values, self.origin_ns = block, values, origin_ns
        self.position = 0
        """The step that comes next."""
        self.request: Mapping[str, JSON] = {}
        """What the client's `response.create` said about the response."""
        self.skip: frozenset[str] = frozenset()
        """Canonical names of events that are left out."""
        self.turn: Turn | None = None
        """The turn of the user's voice, while it is not committed."""
        self.answers: Playing | None = None
        """The turn that it answers without being asked to."""

    @property
    def next_step(self) -> Step:
        """Return the step that comes next."""
        return self.block.steps[self.position]

    @property
    def is_out_of_band(self) -> bool:
        """Tell whether it is a response that stays out of the conversation."""
        return self.request.get("conversation") == "none"

    @property
    def response_id(self) -> str:
        """Return the id of a response that has begun, empty for anything else."""
        names = enumerate(self.block.names, FIRST_NAME)
        found = (str(loads(self.values[slot])) for slot, name in names if name.kind == "response")
        return next(found, "") if self.position else ""

    def item_id(self, step: Step) -> str:
        """Return the live id of the item that a step is about."""
        return "" if step.item is None else str(loads(self.values[step.item]))
