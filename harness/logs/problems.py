"""Every problem a reader can report: one table, which the rule catalogue turns into manual pages."""

from dataclasses import dataclass
from typing import Literal

from harness.model import Place, Problem


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One way in which a log can be damaged."""

    code: str
    name: str
    """The defect in kebab-case."""
    severity: Literal["error", "warning", "note"]
    """`error`: something of the log is lost. `warning`: all was read, but not as it stands. `note`: a hint."""
    what: str
    why: str
    do: str

    def at(self, place: Place, message: str, hint: str = "") -> Problem:
        """Return the problem found at `place`; the hint is the general advice unless a better one is given."""
        return Problem(self.code, place, message, hint or self.do)


NOT_TEXT = ProblemKind(
    "LOG101",
    "text-is-not-utf-8",
    "error",
    "Bytes that are neither UTF-8 nor Windows-1252.",
    "Characters are lost; texts and names in the event may be wrong.",
    "save the log as UTF-8",
)
BINARY = ProblemKind(
    "LOG102",
    "binary-data",
    "error",
    "The file, or a part of it, is binary: it holds bytes that no text has.",
    "Nothing can be read from it.",
    "give the text log; audio and captures of packets are not logs",
)
EMPTY = ProblemKind(
    "LOG103",
    "log-is-empty",
    "error",
    "There is nothing in the file.",
    "A check of nothing must not read as a pass.",
    "look whether the recorder ran, and whether it was flushed before the file was copied",
)
BROKEN = ProblemKind(
    "LOG104",
    "entry-is-broken",
    "error",
    "An entry whose syntax cannot be read, nor repaired.",
    "The event is missing from the session, so rules on order and references may complain about its neighbours.",
    "mend the entry at this line, or take it out",
)
DUPLICATE_KEY = ProblemKind(
    "LOG105",
    "key-appears-twice",
    "error",
    "One mapping has the same key twice.",
    "Most parsers keep the last value and say nothing; lost indentation looks just like this.",
    "keep the right one; if the indentation is lost throughout, take it out everywhere and it is rebuilt",
)
ALIAS_OR_TAG = ProblemKind(
    "LOG106",
    "alias-or-tag-refused",
    "error",
    "YAML aliases, anchors and tags are refused.",
    "A few aliases can grow to gigabytes, and tags can build objects; no recorder of events writes either.",
    "write the value out in full",
)
TOO_LONG = ProblemKind(
    "LOG107",
    "entry-is-too-long",
    "error",
    "An entry is longer than the limit; it was skipped.",
    "Memory must not grow with one damaged line. No event of the protocol is longer than 20 MiB.",
    "raise the limit (`--max-entry`), or elide the audio when recording",
)
BAD_STAMP = ProblemKind(
    "LOG108",
    "stamp-is-no-time",
    "warning",
    "The stamp of an entry is not a time.",
    "Rules on timing leave this entry out.",
    "write stamps as ISO 8601 with a zone, such as 2024-10-17T11:45:04.9643482+02:00",
)
NO_TYPE = ProblemKind(
    "LOG109",
    "event-without-type",
    "error",
    "An event of the protocol has no `type`, or one that is no text.",
    "The type says what an event is; without it the entry cannot be judged.",
    "look whether the recorder dropped a field; if this is no event, take it out of `content`",
)
NOT_UNDERSTOOD = ProblemKind(
    "LOG110",
    "lines-not-understood",
    "warning",
    "Lines among the entries that belong to none of them.",
    "They may be prose, or an event that was damaged beyond recognition.",
    "look at the lines; take prose out, or put it before the first entry",
)
CUT_OFF = ProblemKind(
    "LOG111",
    "object-is-cut-off",
    "warning",
    "An object begins and does not end: the log was cut while copying.",
    "What is there was read; fields after the cut are missing.",
    "paste the whole object",
)
TOO_DEEP = ProblemKind(
    "LOG112",
    "event-is-too-deep",
    "error",
    "An entry is nested deeper than the limit; it was skipped.",
    "Real events have less than 12 levels; a hundred is damage, or an attack on the reader.",
    "take the entry out; no event of the protocol has twelve levels",
)
BAD_SENDER = ProblemKind(
    "LOG113",
    "sender-is-unknown",
    "warning",
    "The sender of an entry is none of client, server and system.",
    "Without a side, rules on who may send what turn themselves off.",
    "write `client`, `server` or `system`",
)
PAYLOAD_LOST = ProblemKind(
    "LOG114",
    "payload-not-text",
    "warning",
    "A frame whose payload the recorder did not keep as text.",
    "The event cannot be read; its neighbours are judged without it.",
    "record text frames whole",
)

LOGGED_TWICE = ProblemKind(
    "LOG115",
    "event-logged-twice",
    "warning",
    "The same event stands in the log twice, as when a program and its library both print it.",
    "Read twice, it would look as if the server had repeated itself; it was read once.",
    "take one of the two printers away",
)
ENCODING_GUESSED = ProblemKind(
    "LOG116",
    "encoding-was-guessed",
    "warning",
    "The log is not UTF-8, and does not say what it is; it was read as what it looks like. Told once for each log.",
    "In another encoding the same bytes are other letters: texts and names in the events may be wrong.",
    "save the log as UTF-8",
)

ANOTHER_SESSION = ProblemKind(
    "LOG117",
    "ids-of-another-session",
    "note",
    "The ids of the events leap by hours, and no session begins there. Derived: ids hold the second at which they were "
    "made, as measured with some services; nothing promises it.",
    "Two sessions in one file look like one whose server breaks every order.",
    "look whether two logs were joined; `harness convert --split` separates sessions that begin in the log",
)
CLOCK_IS_OFF = ProblemKind(
    "LOG118",
    "stamps-disagree-with-ids",
    "note",
    "The stamps of the log and the seconds in its ids differ. Derived: ids hold the second at which they were made, as "
    "measured with some services; nothing promises it.",
    "The clock that wrote the stamps is off, or they are of another time zone: gaps are right, times of day are not.",
    "set the clock, or write stamps with their zone",
)

PROBLEMS: tuple[ProblemKind, ...] = tuple(
    sorted((kind for kind in list(globals().values()) if isinstance(kind, ProblemKind)), key=lambda k: k.code)
)
"""The table, by code."""

LOSSES = frozenset(kind.code for kind in PROBLEMS if kind.severity == "error")
"""The problems by which something of a log is lost: what was not read can be said of nothing."""
