"""`harness audio`: writes the audio of a session as WAV files, and says what is odd about it."""

from json import dumps
from pathlib import Path

import click

from harness.commands.loading import load
from harness.commands.stats import SHAPE
from harness.errors import UsageError
from harness.measure.formats.tables import Table, Text
from harness.measure.recording import record
from harness.measure.tracks import Track, tracks
from harness.model import JSON

HEAD = ("file", "line", "length\ns", "level\ndB", "silence before\nms", "and after\nms", "remarks")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("log", metavar="LOG")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option(
    "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print.",
)  # fmt: skip
@SHAPE
def audio(log: str, folder: str, format_name: str, shape: str | None) -> int:
    """Write the audio of each turn to DIR, as turn-N-user.wav and turn-N-assistant.wav; say what is odd about it.

    LOG is a file of any known shape, or - for standard input. DIR is made where it is missing; files of these names
    in it are replaced. What is taken for another format than it is, is written as it is taken.

    Exit codes: 0 written, or nothing to write, 2 wrong usage, 3 input unreadable or only partly read.
    """
    session, code = load(log, shape)
    if session is None:
        return code
    found = tracks(record(session))
    _write([one for one in found if one.sound is not None], Path(folder))
    if format_name == "json":
        click.echo(dumps({"version": 1, "path": log, "tracks": [_json(one) for one in found]}, indent=2))
    else:
        _show(log, folder, found)
    return code


def _write(found: list[Track], folder: Path) -> None:
    try:
        if found:
            folder.mkdir(parents=True, exist_ok=True)
        for one in found:
            (folder / f"{one.name}.wav").write_bytes(one.wav())
    except OSError as error:
        raise UsageError(f"{error.filename or folder}: {error.strerror}") from None


def _show(log: str, folder: str, found: list[Track]) -> None:
    from harness.commands.tables import show

    written = sum(one.sound is not None for one in found)
    if not found:
        show([Text(f"{log}: there is no audio in this log")])
        return
    title = f"{log}: {written} of {len(found)} tracks written to {folder}"
    show([Table(title, HEAD, [_row(one) for one in found])])


def _row(one: Track) -> list[str]:
    sound, line, said = one.sound, str(one.place.line), "; ".join(one.remarks)
    if sound is None:
        return [f"({one.name})", line, "–", "–", "–", "–", said]
    numbers = (f"{sound.ms / 1000:.2f}", f"{sound.level_db:.0f}", f"{sound.lead_ms:.0f}", f"{sound.tail_ms:.0f}")
    return [f"{one.name}.wav", line, *numbers, said]


def _json(one: Track) -> JSON:
    sound = one.sound
    held: dict[str, JSON] = {
        "name": one.name,
        "line": one.place.line,
        "format": one.form.name,
        "rate": one.form.rate,
        "pieces": len(one.pieces.data),
        "lost": one.pieces.lost,
        "remarks": list(one.remarks),
    }
    if sound is not None:
        held |= {
            "file": f"{one.name}.wav",
            "ms": sound.ms,
            "level_db": round(sound.level_db, 1),
            "lead_ms": sound.lead_ms,
            "tail_ms": sound.tail_ms,
            "clipped": sound.clipped,
            "odd": sound.odd,
            "container": sound.container or None,
            "encoding": sound.encoding or None,
        }
    return held
