"""How much audio of an item the client has been sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.replay import settings
from harness.replay.wire import loads
from harness.sound.formats import format_of
from harness.sound.payloads import decoded

if TYPE_CHECKING:
    from harness.replay.replayer import Replayer

AUDIO = "response.output_audio.delta"


def spoken_ms(replayer: Replayer, item_id: str) -> int:
    """Return the milliseconds of audio that were sent of an item; 0 for one without audio."""
    playing = replayer.speakers.get(item_id)
    if playing is None:
        return 0
    steps = playing.block.steps[: playing.position]
    events = (loads(step.template.render(playing.values)) for step in steps if step.type == AUDIO)
    sent = sum(len(decoded(event["delta"]) or b"") for event in events if event["item_id"] == item_id)
    return int(format_of(settings.setting(replayer.session, "output_format")).ms_in(sent))
