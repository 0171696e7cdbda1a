"""The recordings that one port serves, and which of them a client gets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from harness.replay.script import Script

CHOOSERS = ("log", "model", "deployment", "intent")
"""The parameters of a URL that can name a recording: by its file, by its model, by Azure's name for that."""


class Piece:
    """A recording that can be served."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self._faults: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """Return the name of its file, without folder and ending."""
        return PurePath(self.script.recording.path).name.partition(".")[0]

    @property
    def model(self) -> str:
        """Return the model that was recorded."""
        return str(self.script.session.get("model", "gpt-realtime"))

    def faults(self) -> frozenset[str]:
        """Return the codes of what is wrong with the recording itself; judging it takes a moment the first time."""
        if self._faults is None:
            from harness.rules.monitor import Monitor

            monitor = Monitor(self.script.vocabulary.dialect)
            for event in self.script.recording.events:
                monitor.feed(event)
            self._faults = frozenset(finding.code for finding in monitor.finish().findings)
        return self._faults


class Repertoire:
    """Several recordings at one port."""

    def __init__(self, scripts: Sequence[Script]) -> None:
        """The first of them is for clients that name none."""
        self.pieces = [Piece(script) for script in scripts]

    def choose(self, target: str) -> Piece:
        """Return what a request asks for: by `?log=NAME`, by a folder of the path, or by its model."""
        url = urlsplit(target)
        asked = [value for name in CHOOSERS for value in parse_qs(url.query).get(name, ())]
        asked += [unquote(folder) for folder in url.path.split("/") if folder]
        by_name = {piece.name: piece for piece in reversed(self.pieces)}
        by_model = {piece.model: piece for piece in reversed(self.pieces)}
        found = (by_name.get(word) or by_model.get(word) for word in asked)
        return next((piece for piece in found if piece is not None), self.pieces[0])

    def model_for(self, target: str) -> str:
        """Return the model that a request asks for, empty where it asks for none or means the name of a recording."""
        asked = parse_qs(urlsplit(target).query).get("model", [""])[0]
        return "" if any(asked == piece.name for piece in self.pieces) else asked

    def replace(self, path: str, script: Script) -> None:
        """Serve a recording instead of the one that was read from the same file."""
        self.pieces = [Piece(script) if piece.script.recording.path == path else piece for piece in self.pieces]
