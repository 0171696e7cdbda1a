"""Writes audio as a WAV file."""

import wave
from io import BytesIO


def wav(samples: bytes, rate: int) -> bytes:
    """Return a WAV file of PCM16 samples, one channel."""
    file = BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples)
    return file.getvalue()
