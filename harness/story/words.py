"""How a story quotes what was said, and names where it stands."""

from harness.measure.recording import DONE, event
from harness.model import JSON, Place
from harness.turns.nodes import Node

LONGEST = 48
"""Characters of a quotation; a turn has two of them on its line."""


def quoted(text: str, longest: int = LONGEST) -> str:
    """Return a text in quotes, in one line and cut."""
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= longest else flat[: longest - 1].rstrip() + '…'}”"


def at(place: Place | None) -> str:
    """Return where something stands, such as `line 214`."""
    return f"line {place.line}" if place is not None else "no line"


def seconds(ms: float) -> str:
    """Return a length of time as a person says it."""
    return f"{ms:.0f} ms" if ms < 1_000 else f"{ms / 1_000:.1f} s"


def count(number: int, noun: str) -> str:
    """Return a number of things, such as `2 turns`."""
    return f"{number} {noun}{'s' * (number != 1)}"


def dollars(amount: float) -> str:
    """Return an amount of money with as many digits as say something."""
    return f"${amount:.4f}" if amount else "$0"


def shown(value: JSON, longest: int = 72) -> str:
    """Return a setting's value in a few words."""
    if value is None:
        return "off"
    if isinstance(value, dict):
        kind = value.get("type") or value.get("model")
        rest = {key: one for key, one in value.items() if key not in ("type", "model") or one != kind}
        told = ", ".join(f"{key} {shown(one)}" for key, one in rest.items() if one is not None)
        return " · ".join(filter(None, (str(kind or ""), told))) or "none"
    if isinstance(value, list):
        return ", ".join(map(_name, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else f"{value:g}"
    return quoted(text, longest) if " " in text.strip() else text.strip() or "empty"


def _name(value: JSON) -> str:
    """Return what a member of a list is called, such as a tool."""
    if not isinstance(value, dict):
        return str(value)
    return str(value.get("name") or value.get("server_label") or value.get("type") or "unnamed")


def said(node: Node) -> str:
    """Return what is said in a node, its parts one after the other; empty where the log does not tell."""
    texts = []
    for inner in node.walk():
        found = (inner.value(name) for name in ("transcript", "text"))
        text = next((one for one in found if isinstance(one, str) and one.strip()), "")
        texts += [text.strip()] if text else []
    return " ".join(texts)


def reason(response: Node) -> str:
    """Return why a response ended as it did, empty where nothing is told."""
    done = event(response, DONE)
    holder = done.body.get("response") if done is not None else None
    details = holder.get("status_details") if isinstance(holder, dict) else None
    if not isinstance(details, dict):
        return ""
    error = details.get("error")
    if isinstance(error, dict):
        code = error.get("code") or error.get("type") or ""
        return ": ".join(str(one) for one in (code, error.get("message")) if one)
    return str(details.get("reason") or error or "")
