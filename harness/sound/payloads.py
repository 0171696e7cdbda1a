"""Audio as it stands in events: base64, or what a recorder wrote in its place."""

import binascii

from harness.model import JSON


def decoded(payload: JSON) -> bytes | None:
    """Return the bytes of a base64 payload; None for a placeholder, a cut string or no string at all.

    Line breaks in it do not matter: loggers add them.
    """
    if not isinstance(payload, str):
        return None
    try:
        return binascii.a2b_base64("".join(payload.split()), strict_mode=True)
    except (binascii.Error, ValueError):
        return None
