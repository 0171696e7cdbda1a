"""What objects look like when programs print them and people copy them: the patterns of the tolerant parser."""

import re
from typing import Final

from harness.model import JSON

SPACE: Final = re.compile(
    r"(?:[ \t\r\n\u00a0\u200b\ufeff]+|//[^\n]*|/\*(?:[^*]|\*(?!/)){0,2000}+\*/|\\(?=[\[\]{}_*]))*"
)
"""What stands between tokens: blanks, comments of JavaScript, and the backslash Markdown puts before brackets."""

WORD: Final = re.compile(r"[A-Za-z_$][\w$]*")
NUMBER: Final = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)n?(?![\w.])")
CONSTANTS: Final[dict[str, JSON]] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    **dict.fromkeys(("null", "None", "undefined", "nil", "NULL", "Null"), None),
    "NaN": "NaN",
    "nan": "nan",
    "Infinity": "Infinity",
    "inf": "inf",
}

QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "”": "”", "„": "“", "‘": "’", "’": "’", "«": "»"}
"""What opens a string, and what closes it. An editor may have turned the opening quote as well."""
PLAIN_QUOTES: Final = "\"'`"
CLOSERS: Final = {"”": '[”“"]', "“": '[“”"]', "’": "[’‘']", "»": "»", '"': '["”]', "'": "['’]", "`": "`"}

STRING_END: Final = re.compile(r"\s*(?:\\?[,:}\])+]|[ ]\w+=|=>|$|//|/\*|\*\*|__)", re.MULTILINE)
"""What follows the quote that really ends a string."""

ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|U([0-9A-Fa-f]{8})|(\r?\n)|(.))", re.DOTALL
)
SIMPLE_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "0": "\0"}
SURROGATES: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")

ELIDED: Final = re.compile(
    r"""\[(?:Object|Array|Function|AsyncFunction|Circular|Getter|Setter|class|Symbol)[^\]\n]{0,200}\]   # Node
    |\{\s*(?:…|\.\.\.)\s*\}|\[\s*(?:…|\.\.\.)\s*\]|\((?:…|\.\.\.)\)                                # a collapsed console
    |(?:Array|Object|Map|Set|Buffer|Uint8Array|ArrayBuffer)\(\d+\)(?!\s*[\[{])
    |<[A-Za-z][^<>\n]{0,2000}>                                                                     # <Buffer 00 …>
    |(?:…|\.\.\.)(?:\s*\d+\s+more\s+\w+)?""",
    re.VERBOSE,
)
"""What stands in the place of a value that was not printed."""

ENUM: Final = re.compile(r"""<[A-Za-z_][\w.]*:\s*(["']?)([^'"<>\n]*)\1>""")
"""How Python prints a member of an enumeration: `<Kind.DONE: 'response.done'>`."""
KEYED: Final = re.compile(r"""\s*(?:AnyHashable\()?(["'])(?:(?!\1)[^\\\n]|\\.){0,200}\1\)?\s*(?::|=>)""")
"""The first key of a dictionary of Swift or PHP, which stands in the brackets of a list."""
HASHABLE: Final = "AnyHashable("

PREFIX: Final = re.compile(
    r"""<ref\s*\*\d+>\s*
    |(?:Map|Set|Array|Object)?\(\d+\)\s*(?=[\[{])
    |[A-Z][\w.$]*\s+(?=[\[{])
    |array\s*(?=\()
    |%[\w.]*(?=\{)""",
    re.VERBOSE,
)
"""What stands before a collection: in Node, browsers and Rust its class, its size, its mark; in PHP, in Elixir."""

STRUCTURAL: Final = re.compile(
    r"""[ \t]*(?:[}\])]+[,;]?[ \t]*$
    |["'“‘]?[\w$.-]+["'”’]?[ \t]*:[ \t]*\S?
    |[{\[][ \t]*$
    |\{[ \t]*["'][\w.]+["'][ \t]*:)""",
    re.VERBOSE | re.MULTILINE,
)
"""A line that goes on with an object, rather than with a string left open on the line before."""

BASE64: Final = re.compile(r"[A-Za-z0-9+/=]{16,}\Z")
BOLD: Final = re.compile(r"\*\*([\w.-]+)\*\*\Z|__([\w.-]+)__\Z")
"""A name that was made bold to show where to look."""
STARS: Final = re.compile(r"\*\*|__(?=[\"'])")
