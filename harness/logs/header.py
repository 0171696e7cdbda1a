"""The first line of a log that this package wrote: which format, and which version of it."""

import re

from harness.errors import UnreadableError

FORMAT = "realtime-harness"
VERSION = 1

YAML_HEADER = re.compile(rf"\s*format: {FORMAT}\nversion: (\d+)\s*\Z")
YAML_LINES = f"format: {FORMAT}\nversion: {VERSION}\n"
JSON_LINE = f'{{"format":"{FORMAT}","version":{VERSION}}}\n'.encode()


def check_version(version: object, path: str) -> None:
    """Refuse a log from the future.

    Raises:
        UnreadableError: the version is newer than this package, or is no number.
    """
    if not isinstance(version, int) or version > VERSION:
        raise UnreadableError(
            f"{path}: this log has version {version} of the format, and this harness reads up to {VERSION}; "
            f"update with `pip install -U realtime-harness`, or convert the log with the harness that wrote it"
        )
