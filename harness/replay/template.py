"""Events of a recording compiled to bytes with slots, so that playing one is a single formatting."""

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from harness.model import JSON
from harness.replay.wire import dumps

MARK = re.compile('"(?:\ue000|\\\\ue000)([0-9]+)(?:\ue001|\\\\ue001)"'.encode())
"""How a slot looks in the dumped event: two private-use characters, which no recording has."""


class Template(NamedTuple):
    """An event with slots. The values that fill them are JSON as bytes, quotes included."""

    pattern: bytes
    pick: Callable[[Sequence[bytes]], object]
    """Takes the values that this event needs, in the order of its slots."""

    def render(self, values: Sequence[bytes]) -> bytes:
        """Return the event as JSON, the slots filled from `values`."""
        return self.pattern % self.pick(values)


def mark(slot: int) -> str:
    """Return the string to put into an event where slot number `slot` shall be."""
    return f"\ue000{slot}\ue001"


def compile_event(body: dict[str, JSON]) -> Template:
    """Compile an event in which `mark`s stand for slots.

    Raises:
        ValueError: the event has no slot; every event of a server has at least its `event_id`.
    """
    text = dumps(body).replace(b"%", b"%%")
    slots = [int(number) for number in MARK.findall(text)]
    if not slots:
        raise ValueError(f"an event without slots: {body.get('type')!r}")
    return Template(MARK.sub(b"%b", text), itemgetter(*slots))
