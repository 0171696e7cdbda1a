"""Reading and writing logs: from bytes to entries, whatever their shape, and back."""

from harness.logs.changing import Changes, changed
from harness.logs.converting import FORMATS, convert, format_of, write
from harness.logs.knowledge import Ignorance, Knowledge
from harness.logs.limits import Limits
from harness.logs.reading import read
from harness.logs.shapes import all_shapes
from harness.logs.splitting import split

__all__ = [
    "FORMATS",
    "Changes",
    "Ignorance",
    "Knowledge",
    "Limits",
    "all_shapes",
    "changed",
    "convert",
    "format_of",
    "read",
    "split",
    "write",
]
