"""`--mode strict`: holds a client to what was recorded, event by event."""

from collections.abc import Iterator, Mapping, Sequence

from harness.model import JSON

SET_ASIDE = frozenset({"event_id", "id", "item_id", "previous_item_id", "call_id", "response_id", "audio"})
"""What differs from run to run, wherever it stands."""

AUDIO = "input_audio_buffer.append"


class Rehearsal:
    """Follows the recorded client's events. Any number of pieces of audio counts as one."""

    def __init__(self, recorded: Sequence[Mapping[str, JSON]]) -> None:
        self._expected = [event for n, event in enumerate(recorded) if not _continues_audio(recorded, n)]
        self._at = 0

    def follow(self, event: Mapping[str, JSON]) -> str:
        """Return what is wrong with the client's next event, empty when it is as recorded."""
        if event.get("type") == AUDIO and self._at and self._expected[self._at - 1].get("type") == AUDIO:
            return ""
        here = self._expected[self._at : self._at + 1]
        if here and here[0].get("type") == event.get("type"):
            self._at += 1
            return _difference(here[0], event)
        later = [n for n in range(self._at, len(self._expected)) if self._expected[n].get("type") == event.get("type")]
        wanted = f"`{here[0].get('type')}`" if here else "nothing more"
        if not later:
            return f"`{event.get('type')}` came, where the recording has {wanted}"
        skipped, self._at = later[0] - self._at, later[0] + 1
        return f"`{event.get('type')}` came {skipped} event{'s' * (skipped > 1)} early: the recording has {wanted} here"

    def missing(self) -> tuple[str, ...]:
        """Return the types of the recorded events that the client has not sent."""
        return tuple(str(event.get("type")) for event in self._expected[self._at :])


def _continues_audio(events: Sequence[Mapping[str, JSON]], n: int) -> bool:
    return n > 0 and events[n].get("type") == AUDIO == events[n - 1].get("type")


def _difference(recorded: Mapping[str, JSON], live: Mapping[str, JSON]) -> str:
    found = next(_differences(dict(recorded), dict(live), ""), None)
    return "" if found is None else f"`{live.get('type')}` differs from the recording: {found}"


def _differences(recorded: JSON, live: JSON, path: str) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(live, dict):
        for key in sorted((recorded.keys() | live.keys()) - SET_ASIDE):
            yield from _differences(recorded.get(key), live.get(key), f"{path}.{key}".lstrip("."))
    elif isinstance(recorded, list) and isinstance(live, list) and len(recorded) == len(live):
        for n, (left, right) in enumerate(zip(recorded, live, strict=True)):
            yield from _differences(left, right, f"{path}[{n}]")
    elif recorded != live:
        yield f"{path} is {live!r}, recorded was {recorded!r}"
