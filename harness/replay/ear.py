"""Listens to the client's audio: how much there is, whether anybody speaks, and when a turn is over."""

from harness.model import JSON
from harness.replay import audio
from harness.replay.pacing import MISSING_NS, QUIET_NS
from harness.replay.script import Turn


class Ear:
    """Counts what was appended to the input audio buffer."""

    def __init__(self) -> None:
        self.session_ms = 0.0
        """All audio since the session began: the clock of `audio_start_ms` and `audio_end_ms`."""
        self.turn_ms = 0.0
        """The audio since the last turn ended."""
        self.appends = 0
        """The pieces since the last turn ended."""
        self.buffer_ms = 0.0
        """What a commit would take."""
        self.is_blind = False
        """Whether a piece could not be decoded, so that the length of the buffer is not known."""
        self._last_ms = 0.0
        self.quiet_at: int | None = None
        """When the client will have been quiet for so long that its turn is over."""

    def hear(self, payload: JSON, form: audio.Format) -> None:
        """Take in one piece of audio."""
        data = audio.decoded(payload) or b""
        self.is_blind = self.is_blind or not data
        length = form.ms_in(len(data))
        self.session_ms += length
        self.turn_ms += length
        self.buffer_ms += length
        self.appends += 1
        self._last_ms = length

    def is_enough_for(self, turn: Turn) -> bool:
        """Tell whether as much audio has come as the recorded turn had."""
        needed = turn.heard_ms if turn.heard_ms is not None else turn.end_ms
        return needed is not None and self.turn_ms >= needed > 0

    def expect_quiet(self, turn: Turn, now_ns: int) -> None:
        """Begin to wait for silence: longer than a piece of audio is, and longer while pieces seem to miss."""
        patience = QUIET_NS if self.appends >= turn.appends else MISSING_NS
        self.quiet_at = now_ns + patience + int(min(self._last_ms, 1000) * 1_000_000)

    def started_ms(self, turn: Turn) -> int:
        """Return where in the session's audio the speech of a turn began."""
        return int(self.session_ms - self.turn_ms + min(turn.start_ms or 0, self.turn_ms))

    def stopped_ms(self, turn: Turn) -> int:
        """Return where it ended; never beyond what was heard."""
        return int(self.session_ms - self.turn_ms + min(turn.end_ms or self.turn_ms, self.turn_ms))

    def end_turn(self) -> None:
        """Begin to listen for the next turn."""
        self.turn_ms, self.appends, self.buffer_ms, self.quiet_at = 0.0, 0, 0.0, None
        self.is_blind = False

    def clear(self) -> None:
        """Forget what is in the buffer; the session's clock goes on."""
        self.end_turn()
