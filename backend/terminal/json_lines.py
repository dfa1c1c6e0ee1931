"""The calls of a traced program as JSON, an event a line."""

from __future__ import annotations

import json
from typing import TextIO


class JsonLines:
    """Events as they are, a line each."""

    hears_output = False

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def take(self, lines: list[bytes]) -> None:
        """Write events."""
        self._file.write(b"".join(line + b"\n" for line in lines).decode())
        self._file.flush()

    def end(self, exit_status: int) -> None:
        """Write how the program ended."""
        self._file.write(json.dumps({"type": "exit", "exit_status": exit_status}) + "\n")
        self._file.flush()
