"""Says what changed from one session to another, ids, stamps and chunks set aside."""

from harness.diff.compare import compare
from harness.diff.comparison import Comparison
from harness.diff.options import Options

__all__ = ["Comparison", "Options", "compare"]
