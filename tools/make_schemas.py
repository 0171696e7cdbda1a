"""Make `schemas/` from the types of a pinned SDK and the rows of evidence in `tools/overlays/`.

`python tools/make_schemas.py` writes the folder anew; `--check` compares it instead, and exits 1 where it differs.
Each pinned SDK is installed with pip into a throw-away folder, so the result does not depend on this environment.

An overlay is one dialect: `dialect`, `rank` (0 is the newest), `base` (another dialect) or `source` (an SDK's types)
or both, and the rows for `client` and `server`. Of a source, a dialect with a base takes only the event types that
the base has not; its folder holds only the files that differ from the base.
"""

import argparse
import copy
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from schema_overlay import Events, apply
from schema_shape import event_schema

ROOT = Path(__file__).resolve().parent.parent
OVERLAYS = ROOT / "tools" / "overlays"
SCHEMAS = ROOT / "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
WIDTH = 110

Overlay = Mapping[str, Any]
Files = dict[str, str]


def overlays() -> list[Overlay]:
    """Return the overlays, newest dialect first."""
    texts = [path.read_text("utf-8") for path in sorted(OVERLAYS.glob("*.yaml"))]
    return sorted((yaml.safe_load(text) for text in texts), key=lambda overlay: overlay["rank"])


def sdk_events(source: Mapping[str, Any]) -> Events:
    """Install the pinned packages of `source` aside and return the schemas that its reader finds in its module."""
    with tempfile.TemporaryDirectory(prefix="schemas-") as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, *source["packages"]]
        subprocess.run(pip, check=True)
        command = [sys.executable, "-S", str(ROOT / "tools" / source["reader"]), source["module"]]
        printed = subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": folder})
    sides = json.loads(printed.stdout)
    return {(side, name): event_schema(raw) for side, raws in sides.items() for name, raw in raws.items()}


def build(overlay: Overlay, built: Mapping[str, Events]) -> Events:
    """Return the whole dialect: its base and its source, with the rows laid over."""
    events = copy.deepcopy(built[overlay["base"]]) if "base" in overlay else {}
    if "source" in overlay:
        events = {**sdk_events(overlay["source"]), **events}
    for side in ("client", "server"):
        for row in overlay.get(side, ()):
            apply(row, side, events)
    return events


def files(dialects: list[Overlay]) -> Files:
    """Return every file of the folder: its path in `schemas/` and its text."""
    built: dict[str, Events] = {}
    made: Files = {}
    for overlay in sorted(dialects, key=lambda each: "base" in each):
        name = overlay["dialect"]
        built[name] = build(overlay, built)
        base = built.get(overlay.get("base", ""), {})
        for (side, event), schema in built[name].items():
            if schema != base.get((side, event)):
                made[f"{name}/{side}/{event}.json"] = text({"$schema": DRAFT, **schema})
    made["MANIFEST.json"] = text(manifest(dialects, made))
    return made


def manifest(dialects: list[Overlay], made: Files) -> dict[str, Any]:
    """Return what the schemas were made from, newest dialect first, and a digest of each file."""
    return {
        "dialects": [
            {key: overlay[key] for key in ("dialect", "base", "source") if key in overlay} for overlay in dialects
        ],
        "overlays": {path.name: digest(path.read_text("utf-8")) for path in sorted(OVERLAYS.glob("*.yaml"))},
        "schemas": {path: digest(content) for path, content in sorted(made.items())},
    }


def digest(content: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()


def text(value: Any) -> str:
    """Return `value` as JSON with sorted keys, each part on one line where it fits."""
    return "".join(_lines(value, 0, 0)) + "\n"


def _lines(value: Any, depth: int, used: int) -> Iterator[str]:
    """Yield `value` as JSON. `used` counts what stands on its line already."""
    short = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if used + depth + len(short) < WIDTH or not isinstance(value, dict | list) or not value:
        yield short
        return
    pairs = sorted(value.items()) if isinstance(value, dict) else [(None, each) for each in value]
    yield "{" if isinstance(value, dict) else "["
    for number, (key, each) in enumerate(pairs):
        label = f"{json.dumps(key)}: " if key is not None else ""
        yield f"{',' if number else ''}\n{' ' * (depth + 1)}{label}"
        yield from _lines(each, depth + 1, len(label))
    yield f"\n{' ' * depth}" + ("}" if isinstance(value, dict) else "]")


def differences(made: Files) -> list[str]:
    """Return a line for each file of `schemas/` that is not as it would be made now."""
    here = {path.relative_to(SCHEMAS).as_posix() for path in SCHEMAS.rglob("*.json")}
    stale = [path for path in sorted(here & set(made)) if (SCHEMAS / path).read_text("utf-8") != made[path]]
    return [
        *(f"{path}: differs" for path in stale),
        *(f"{path}: is not made any more" for path in sorted(here - set(made))),
        *(f"{path}: is missing" for path in sorted(set(made) - here)),
    ]


def write(made: Files) -> None:
    """Write `schemas/` anew, and remove the files that are not made any more."""
    for stale in SCHEMAS.rglob("*.json"):
        stale.unlink()
    for path, content in made.items():
        target = SCHEMAS / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Make schemas/ from a pinned SDK and tools/overlays/.")
    parser.add_argument("--check", action="store_true", help="compare with schemas/ instead of writing it")
    check = parser.parse_args().check
    made = files(overlays())
    changed = differences(made)
    if not check:
        write(made)
    for line in changed:
        print(line)
    print(f"{len(made) - 1} schemas, {len(changed)} files " + ("differ" if check else "changed"))
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main())
