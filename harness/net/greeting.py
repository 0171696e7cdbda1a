"""What a client is greeted with, where it has said before what session it wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.replay.actions import Send
from harness.replay.settings import merged
from harness.replay.wire import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import JSON
    from harness.net.jury import Seat
    from harness.scenarios.acts import Act


def configured(act: Act, asked: Mapping[str, JSON], seat: Seat) -> Act:
    """Return the greeting with the configuration that an ephemeral key was made with."""
    if not isinstance(act, Send):
        return act
    event = loads(act.body)
    if not isinstance(event.get("session"), dict):
        return act
    event["session"] = merged(event["session"], asked)
    seat.replayer.session = event["session"]
    return Send(act.at_ns, dumps(event))
