"""Listens to the client's audio: how much there is, and whether anybody speaks."""

from harness.model import JSON
from harness.replay import audio
from harness.replay.pacing import MISSING_NS, QUIET_NS
from harness.replay.script import Turn
from harness.sound.formats import Format
from harness.sound.payloads import decoded

FRAME_MS = 20
"""Audio is looked at in pieces of this length, as voice detectors do."""
SPEECH_FRAMES = 3
"""As many loud frames in a row are speech; fewer may be a click, or the header of a WAV file."""


class Ear:
    """Counts what was appended to the input audio buffer, and hears speech begin and end."""

    def __init__(self) -> None:
        self.session_ms = 0.0
        """All audio since the session began: the clock of `audio_start_ms` and `audio_end_ms`."""
        self.turn_ms = 0.0
        """The audio since the last turn ended."""
        self.ended_ms = 0.0
        """The audio of the last turn that ended."""
        self.buffer_ms = 0.0
        """What a commit would take."""
        self.appends = 0
        """The pieces since the last turn ended."""
        self.is_blind = False
        """Whether a piece could not be decoded, so that the length of the buffer is not known."""
        self.speech_start_ms: float | None = None
        """Where in this turn the user began to speak; None while nobody is heard."""
        self.is_silent_again = False
        """Whether silence followed the speech, and lasted."""
        self.knows_voice = False
        """Whether anybody was heard speaking in this session: whose silence is silence, however much of it comes."""
        self.quiet_at: int | None = None
        """When the client will have been quiet for so long that its turn is over."""
        self.heard_ns = 0
        """When the last piece came."""
        self._last_ms = 0.0
        self._rest = b""
        """What came behind the last whole frame."""
        self._looked_ms = 0.0
        self._loud_frames = 0
        self._loud_until_ms = 0.0

    def hear(self, payload: JSON, form: Format, silence_ms: float, now_ns: int) -> None:
        """Take in one piece of audio; speech ends after `silence_ms` of silence."""
        data = decoded(payload) or b""
        self.heard_ns = now_ns
        self.is_blind = self.is_blind or not data
        self.appends += 1
        self._last_ms = form.ms_in(len(data))
        self.session_ms += self._last_ms
        self.buffer_ms += self._last_ms
        self.turn_ms += self._last_ms
        size = form.bytes_in(FRAME_MS)
        heard = self._rest + data
        whole = len(heard) - len(heard) % size
        for start in range(0, whole, size):
            self._look(audio.is_speech(heard[start : start + size], form), silence_ms)
        self._rest = heard[whole:]

    def _look(self, is_loud: bool, silence_ms: float) -> None:
        self._looked_ms += FRAME_MS
        if self.is_silent_again:
            return
        self._loud_frames = self._loud_frames + 1 if is_loud else 0
        if self._loud_frames >= SPEECH_FRAMES:
            self._loud_until_ms = self._looked_ms
            if self.speech_start_ms is None:
                self.speech_start_ms = self._looked_ms - SPEECH_FRAMES * FRAME_MS
                self.knows_voice = True
        elif self.speech_start_ms is not None:
            self.is_silent_again = self._looked_ms - self._loud_until_ms >= silence_ms

    def is_enough_for(self, turn: Turn) -> bool:
        """Tell whether as much audio has come as the recorded turn had."""
        needed = turn.heard_ms if turn.heard_ms is not None else turn.end_ms
        return needed is not None and self.turn_ms >= needed > 0

    def expect_quiet(self, turn: Turn) -> None:
        """Begin to wait for silence: longer than a piece of audio is, and longer while pieces seem to miss."""
        patience = QUIET_NS if self.appends >= turn.appends else MISSING_NS
        self.quiet_at = self.heard_ns + patience + int(min(self._last_ms, 1000) * 1_000_000)

    def started_ms(self, turn: Turn, padding_ms: float) -> int:
        """Return where in the session's audio the model hears a turn begin: `padding_ms` before the voice."""
        voice = turn.start_ms or 0 if self.speech_start_ms is None else self.speech_start_ms - padding_ms
        return int(self.session_ms - self.turn_ms + min(max(voice, 0), self.turn_ms))

    def stopped_ms(self, turn: Turn, silence_ms: float) -> int:
        """Return where it ends: with the silence that ended it; never beyond what was heard."""
        ended = turn.end_ms or self.turn_ms if self.speech_start_ms is None else self._loud_until_ms + silence_ms
        return int(self.session_ms - self.turn_ms + min(ended, self.turn_ms))

    def end_turn(self) -> None:
        """Begin to listen for the next turn; the session's clock goes on."""
        self.ended_ms, self.turn_ms, self.buffer_ms = self.turn_ms, 0.0, 0.0
        self.appends, self.quiet_at = 0, None
        self.is_blind = self.is_silent_again = False
        self.speech_start_ms = None
        self._rest, self._looked_ms, self._loud_frames = b"", 0.0, 0
