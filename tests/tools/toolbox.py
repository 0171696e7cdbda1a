"""The scripts of `tools/`, which import each other by their folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import make_schemas
import schema_overlay
import schema_shape

__all__ = ["make_schemas", "schema_overlay", "schema_shape"]
