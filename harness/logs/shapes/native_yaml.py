"""The native format: a YAML stream of documents `timestamp / sender / message / content`, whole or flattened.

The timestamp, the sender and the message of each document are on lines of their own; the event is under
`content`. Each document is judged by itself: where the lines under `content` are not indented, the indentation
was lost, and the event is rebuilt against its schema (`flat`).
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import IO

from harness.logs import problems
from harness.logs.entries import SIDES, Parsed, entry
from harness.logs.flat import recover
from harness.logs.header import YAML_HEADER, check_version
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.scalars import empty_string
from harness.logs.schema_tree import UNKNOWN, Node, Trees
from harness.logs.source import Decoder, Raw, breaks, document_blocks, without_holes
from harness.logs.stamps import Clock
from harness.logs.yaml_block import Block, Outside, unescaped
from harness.logs.yaml_forms import Forms
from harness.logs.yaml_odd import parse
from harness.model import JSON, Entry, Place, Problem, Repair

NAME = "yaml"

HEAD = re.compile(
    r"^timestamp:[ \t]*(.*)\n(?:sender:[ \t]*(.*)\n)?(?:message:[ \t]*(.*)\n)?content:[ \t]*(.*)(?:\n|\Z)",
    re.MULTILINE,
)
KEYS = re.compile(rb"^(?:timestamp|sender|message|content):", re.MULTILINE)
TYPE = re.compile(r"^(?:- )?([ \t]*)(?:type|'type'|\"type\"): *['\"]?([\w.-]+)['\"]?[ \t]*$", re.MULTILINE)
INLINE_TYPE = re.compile(r"""["']?\btype["']?: *["']?([\w.-]+)""")
AGAIN = "content:\n"
TABS = re.compile(r"^ *\t[ \t]*", re.MULTILINE)
SEPARATOR = re.compile(r"^---[ \t]*(?:#.*)?(?:\n|\Z)", re.MULTILINE)
QUOTES = ("'", '"')
HEAD_NODE = Node(types=frozenset({"string"}), described=True)


def sniff(head: bytes) -> float:
    """Say how much the beginning of a log looks like this shape."""
    if head.startswith((b"format: realtime-harness\n", b"---\nformat: realtime-harness\n")):
        return 1.0
    found = {match[0] for match in KEYS.finditer(head)}
    return 0.95 if b"timestamp:" in found and len(found) >= 3 else 0.0


def read(stream: IO[bytes], path: str, knowledge: Knowledge, limits: Limits) -> Iterator[Entry | Problem]:
    """Return the entries of a native YAML stream; the prose before the first document is not one."""
    reader = _Reader(path, knowledge, limits)
    return chain.from_iterable(reader.block(block) for block in document_blocks(stream, path, limits))


class _Reader:
    def __init__(self, path: str, knowledge: Knowledge, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._trees = Trees(knowledge)
        self._clock = Clock()
        self._decoder = Decoder(path)
        self._forms = Forms(3, ("content",), empty_is_odd=True)
        self._started = False
        self._has_null = False
        """Whether the writer of the log has a word for null: then `''` is a string where one is allowed."""
        self._exact = False
        """Whether this package wrote the log: then every scalar says itself what it is."""

    def block(self, block: Raw | Problem) -> Iterator[Entry | Problem]:
        """Yield the entries of some whole documents."""
        if isinstance(block, Problem):
            yield block
            return
        data, line = block.data, block.line
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\0" in data:
            data, holes = without_holes(data, Place(self._path, line, 1))
            yield from holes
        self._has_null = self._has_null or b": null\n" in data
        path, new, clock, read = self._path, tuple.__new__, self._clock, self._forms.read
        seconds, end, scale = clock.seconds, clock.end, clock.scale
        # The hot path: see `native_jsonl` for what is done to keep it short.
        for document in data.removesuffix(b"\n").removesuffix(b"\n---").split(b"\n---\n"):
            try:
                values, content, count = read(document.decode())
                stamp, sender, label = values[:3]
                try:
                    at_ns = seconds[stamp[:20] + stamp[end:]] + int(stamp[20:end]) * scale
                except KeyError:
                    clock.learn(stamp)
                    end, scale = clock.end, clock.scale
                    at_ns = seconds[stamp[:20] + stamp[end:]] + int(stamp[20:end]) * scale
                if label[0] not in QUOTES:
                    place = new(Place, (path, line, 1))
                    yield new(Entry, (place, at_ns, SIDES[sender], label, content, (), stamp))
                    line += count + 1
                    continue
            except (Outside, KeyError, ValueError):
                pass
            yield from self._documents(document, line)
            line += breaks(document) + 2
            read, end, scale = self._forms.read, clock.end, clock.scale

    def _documents(self, data: bytes, line: int) -> Iterator[Entry | Problem]:
        """Yield the entries of a document that is unlike those before; odd separators may hold several together."""
        text, repairs, told = self._decoder.text(data, line)
        yield from told
        for part, part_line in _parts(text, line):
            behind = part_line + part.count("\n")
            mine = tuple(repair for repair in repairs if part_line <= repair.place.line <= behind)
            yield from self._document(part, part_line, mine)

    def _document(self, text: str, line: int, repairs: tuple[Repair, ...]) -> Iterator[Entry | Problem]:
        head = HEAD.search(text)
        if head is None:
            yield from self._without_head(text, line, repairs)
            return
        before = text[: head.start()]
        if before.strip() and self._started:
            yield self._not_understood(before, line)
        self._started = True
        place = Place(self._path, line + before.count("\n"), 1)
        stamp, sender, label, inline = (_scalar(group) for group in head.groups(""))
        body = text[head.end() :].rstrip("\n ")
        body_line = place.line + text.count("\n", head.start(), head.end())
        while body.startswith(AGAIN):
            yield problems.DUPLICATE_KEY.at(
                place._replace(line=body_line), "`content:` stands on the line above already"
            )
            body, body_line, text = body.removeprefix(AGAIN), body_line + 1, ""
        if body.strip() and inline and inline[0] != "#":
            whole = self._inline(f"{head[4]}\n{body}", place._replace(line=body_line - 1))
            if isinstance(whole, Parsed):
                yield from entry(place, stamp, sender, label, whole.content, (*repairs, *whole.repairs))
                return
            yield whole
        if TABS.match(body):
            # YAML has no tabs in its indentation; whoever turned them into tabs had one level in mind.
            body, text = TABS.sub(_spaces, body), ""
            repairs = (*repairs, Repair(place._replace(line=body_line), "tabs-expanded", "\\t", "two spaces", 1.0))
        found = self._content(
            text if not before.strip() else "", body or inline, body_line if body else body_line - 1, bool(body)
        )
        yield from found.problems
        yield from entry(place, stamp, sender, label, found.content, (*repairs, *found.repairs), self._exact)
        self._clock.learn(stamp)

    def _inline(self, text: str, place: Place) -> Parsed | Problem:
        """Read an event that begins behind `content:` and goes on below it; a problem when it is none."""
        kind = next((match[1] for match in INLINE_TYPE.finditer(text)), "")
        found = parse(text, place, self._limits, self._trees.merged(kind))
        if isinstance(found.content, dict) and not found.problems:
            return found
        shown = text.partition("\n")[0][:60]
        return problems.BROKEN.at(
            place, f"`{shown}` behind `content:` is no event; the lines below were read without it"
        )

    def _content(self, text: str, body: str, line: int, below: bool) -> Parsed:
        """Read the event of a document: by a form where it has one, else by the parser its lines need.

        `text` is the whole document, empty when it cannot have a form; `below`: the event begins on a line of its own.
        """
        if not body:
            return Parsed(None, (), ())
        base, kind = self._type(body)
        exact = self._exact or not ("''" in body or '""' in body)
        empty = None if exact else _EmptyStrings(self._path, line, self._has_null)
        if below and base == "":
            return self._recovered(body, line, kind, empty)
        node = UNKNOWN if self._exact else self._trees.merged(kind)
        try:
            if text:
                return Parsed(self._forms.learn(text, Node(properties={"content": node})), (), ())
        except Outside:
            pass
        try:
            content = Block(body, empty.stands_for if empty else None).root(node)
        except Outside:
            return self._general(body, line, kind, empty)
        return Parsed(content, tuple(empty.repairs) if empty else (), ())

    def _recovered(self, body: str, line: int, kind: str, empty: "_EmptyStrings | None") -> Parsed:
        place = Place(self._path, line, 1)
        if empty is not None:
            # The recovery counts lines from the beginning of the file.
            empty.line = 0
        found = recover(body, place, self._trees.each(kind), empty.stands_for if empty else None, self._exact)
        return found._replace(repairs=(*found.repairs, *(empty.repairs if empty else ())))

    def _general(self, body: str, line: int, kind: str, empty: "_EmptyStrings | None") -> Parsed:
        node = UNKNOWN if self._exact else self._trees.merged(kind)
        if empty is not None:
            # The quick reader has noted some before it gave up.
            empty.repairs.clear()
        parsed = parse(body, Place(self._path, line, 1), self._limits, node, empty.stands_for if empty else None)
        broken = next((one for one in parsed.problems if one.code == problems.BROKEN.code), None)
        if broken is not None and self._trees.each(kind):
            return self._rescued(body, line, kind, broken)
        return parsed._replace(repairs=tuple(empty.repairs) if empty else ())

    def _rescued(self, body: str, line: int, kind: str, broken: Problem) -> Parsed:
        """Read an event whose YAML is broken as if its indentation were lost, by its schema."""
        flat = "\n".join(one.strip(" \t") for one in body.split("\n"))
        found = self._recovered(
            flat, line, kind, None if self._exact else _EmptyStrings(self._path, line, self._has_null)
        )
        if found.problems:
            return found
        said = f"{broken.message}; the event was read line by line, as its schema knows it"
        return found._replace(problems=(problems.NOT_UNDERSTOOD.at(broken.place, said, broken.hint),))

    def _type(self, body: str) -> tuple[str, str]:
        """Return the indentation of the event, and its type as far as a glance can tell."""
        first = body.lstrip("\n")
        base = first[: len(first) - len(first.lstrip(" \t"))]
        names = [match[2] for match in TYPE.finditer(body) if match[1] == base and not match[0].startswith("- ")]
        for name in names:
            if "." in name or self._trees.each(name):
                return base, name
        return base, names[0] if names else ""

    def _without_head(self, text: str, line: int, repairs: tuple[Repair, ...]) -> Iterator[Entry | Problem]:
        """Read a document that does not begin as the others do: our header, prose, or keys in another order."""
        if not text.strip():
            return
        header = YAML_HEADER.match(text)
        if header is not None:
            check_version(int(header[1]), self._path)
            self._exact = True
            self._forms = Forms(3, ("content",))
        elif KEYS.search(text.encode(errors="replace")) is None:
            if self._started:
                yield self._not_understood(text, line)
        else:
            self._started = True
            yield from self._in_another_order(text, line, repairs)

    def _in_another_order(self, text: str, line: int, repairs: tuple[Repair, ...]) -> Iterator[Entry | Problem]:
        place = Place(self._path, line, 1)
        kind = next((match[2] for match in TYPE.finditer(text) if match[1]), "")
        properties = {"timestamp": HEAD_NODE, "sender": HEAD_NODE, "message": HEAD_NODE}
        root = Node(properties={**properties, "content": self._trees.merged(kind)})
        document, _, found = parse(text, place, self._limits, root)
        yield from found
        if isinstance(document, dict):
            stamp, sender, label = (str(document.get(key) or "") for key in ("timestamp", "sender", "message"))
            yield from entry(place, stamp, sender, label, document.get("content"), repairs)
        elif not found:
            yield self._not_understood(text, line)

    def _not_understood(self, text: str, line: int) -> Problem:
        lines = text.split("\n")
        first = next(number for number, shown in enumerate(lines) if shown.strip())
        shown = lines[first].strip()[:60]
        return problems.NOT_UNDERSTOOD.at(Place(self._path, line + first, 1), f"`{shown}` begins no entry of the log")


class _EmptyStrings:
    """What `''` stands for in a log whose writer had no null, with a repair for each that is null."""

    def __init__(self, path: str, line: int, has_null: bool) -> None:
        self.path = path
        self.line = line
        self._has_null = has_null
        self.repairs: list[Repair] = []

    def stands_for(self, node: Node, key: str, mapping: dict[str, JSON], index: int) -> JSON:
        found = empty_string(node, key, str(mapping.get("type", "")))
        if not found.is_null or (self._has_null and found.confidence < 1.0):
            return ""
        place = Place(self.path, self.line + index, 1)
        self.repairs.append(Repair(place, "empty-string-is-null", f"{key}: ''", f"{key}: null", found.confidence))
        return None


def _spaces(tabs: re.Match[str]) -> str:
    return tabs[0].replace("\t", "  ")


def _parts(document: str, line: int) -> Iterator[tuple[str, int]]:
    """Yield the entries that odd separators (`--- # take two`), or none at all, still hold together."""
    cuts = [(match.start(), match.end()) for match in SEPARATOR.finditer(document)]
    heads = [match.start() for match in HEAD.finditer(document)]
    cuts += [(head, head) for head in heads[1:] if not any(stop == head for _, stop in cuts)]
    start = 0
    for begin, stop in sorted(cuts):
        yield document[start:begin], line
        line += document.count("\n", start, stop)
        start = stop
    yield document[start:], line


def _scalar(text: str) -> str:
    """Return a value of the head, without the quotes a writer may have put around it."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return unescaped(text[1:-1], text[0])
    return text
