"""Speaks what a log left out, through `espeak-ng` where that is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.replay import audio
from harness.replay.audio import Rendering, Voice
from harness.sound.pcm import encoded, resampled

if TYPE_CHECKING:
    from harness.sound.formats import Format

PROGRAM = "espeak-ng"
LONGEST_S = 30
"""How long the program may take; it speaks a hundred times faster than a person."""


def rendering(voice: str = "tone", audio_pace: str = "burst") -> Rendering:
    """Return how audio is served: `tone`, `silence` or `speech`, in a `burst` or in `realtime`.

    Raises:
        UsageError: speech is wanted, and `espeak-ng` is not installed.
    """
    return Rendering(_voices()[voice], audio_pace == "realtime")


def _voices() -> dict[str, Voice]:
    return {"tone": audio.tone, "silence": audio.silence, "speech": speech}


def speech(words: str, form: Format, ms: float) -> bytes:
    """Return spoken words; a tone where there are none.

    Raises:
        UsageError: `espeak-ng` is not installed.
    """
    if shutil.which(PROGRAM) is None:
        raise UsageError(f"--voice speech needs {PROGRAM}, which is not installed; use --voice tone or silence")
    if not words.strip():
        return audio.tone(words, form, ms)
    made = subprocess.run(
        [PROGRAM, "--stdin", "--stdout"], input=words.encode(), capture_output=True, check=True, timeout=LONGEST_S
    )
    with wave.open(io.BytesIO(made.stdout)) as spoken:
        rate, samples = spoken.getframerate(), made.stdout[44:]
    return encoded(resampled(samples, rate, form.rate), form)
