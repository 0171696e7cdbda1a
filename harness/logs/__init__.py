"""Reading and writing logs: from bytes to entries, whatever their shape, and back."""

from harness.logs.converting import FORMATS, format_of, write
from harness.logs.knowledge import Ignorance, Knowledge
from harness.logs.limits import Limits
from harness.logs.reading import read
from harness.logs.shapes import all_shapes

__all__ = [
    "FORMATS",
    "Ignorance",
    "Knowledge",
    "Limits",
    "all_shapes",
    "format_of",
    "read",
    "write",
]
