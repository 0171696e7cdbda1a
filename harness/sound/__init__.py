"""Audio as evidence: decoded, measured, told by its signature, written as WAV. One decoder for the whole project."""
