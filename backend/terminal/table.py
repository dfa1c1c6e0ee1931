"""The calls of a traced program as a table, a row as each happens."""

from __future__ import annotations

import errno
import json
import os
from base64 import b64decode
from typing import Any, NoReturn, TextIO

from rich.console import Console
from rich.text import Text

PREVIEW_CHARACTERS = 48
NO_FIN = {
    "unread": "RST: bytes left unread",
    "linger": "RST: SO_LINGER of 0 s",
    "over": "the connection was over",
}


class Table:
    """Rows in colour: time, thread, line, call, ends, what came of it."""

    hears_output = False

    def __init__(self, file: TextIO) -> None:
        self._console = _Console(file=file, highlight=False, soft_wrap=True)
        self._began: float | None = None
        self._entered: dict[int, float] = {}
        self._has_head = False

    def take(self, lines: list[bytes]) -> None:
        """Show events; a call that returns is one row, one that waits long is two."""
        self._show_head()
        for line in lines:
            self._show(json.loads(line))

    def end(self, exit_status: int) -> None:
        """Say how the program ended."""
        self._show_head()
        self._console.print(Text(f"exit status {exit_status}", style="bold"))

    def _show_head(self) -> None:
        if not self._has_head:
            self._has_head = True
            self._row("bold", "time", "thread", "line", "call", "local → peer", "result")

    def _show(self, event: dict[str, Any]) -> None:
        at = event["t"]
        if self._began is None:
            self._began = at
        kind = event["type"]
        place = f"{event['file']}:{event['line']}" if "file" in event else ""
        began = f"{at - self._began:.6f}"
        if kind == "dropped":
            self._row(
                "yellow", began, "", "", "…", "", f"{event['count']} events were not recorded"
            )
        elif kind == "blind":
            spot = f"{event['what']}: not shown from here on"
            self._row("yellow", began, event["thread"], place, "…", "", spot)
        elif kind == "call":
            style = "red" if "error" in event else ""
            if event.get("phase") == "enter":
                self._entered[event["n"]] = at
                style = "dim"
            peer = f"→ {event['peer']}" if "peer" in event else ""
            ends = f"{event.get('local', '')} {peer}".strip()
            self._row(
                style, began, event["thread"], place, event["call"], ends, self._result(event)
            )
        else:
            what = event["name"] if kind == "sync" else "thread"
            more = event.get("other") or ("" if "value" not in event else str(event["value"]))
            if "call" in event:  # it failed, or waits
                more = f"{event['call']}({event.get('arguments', '')})"
                more += f"  {event['error']}" if "error" in event else ""
            self._row(
                "magenta", began, event["thread"], place, what, "", f"{event['event']} {more}"
            )

    def _result(self, event: dict[str, Any]) -> str:
        if event.get("phase") == "enter":
            return "…"
        parts = []
        if "error" in event:
            parts.append(event["error"])
        if "plain" in event:
            parts.append(f"TLS, {event['plain']} B plain")
        if "bytes" in event:
            text = b64decode(event["data"]).decode("utf-8", "replace")
            preview = "".join(c if c.isprintable() else "·" for c in text[:PREVIEW_CHARACTERS])
            parts.append(f"{event['bytes']} B  {preview}")
        parts += [
            f"{name} {event[name]}"
            for name in ("accepted", "backlog", "how", "option", "value", "held")
            if event.get(name) is not None
        ]
        if event.get("full"):
            parts.append("buffer full")
        if "unseen" in event:
            parts.append(f"{event['unseen']} B before it that we did not see")
        if event.get("elsewhere"):
            parts.append("goes on in a child")
        if event.get("no_fin"):
            parts.append(NO_FIN[event["no_fin"]])
        entered = self._entered.pop(event["n"], None)
        if entered is not None and event["t"] - entered >= 0.001:
            parts.append(f"after {event['t'] - entered:.3f} s")
        return "  ".join(parts)

    def _row(self, style: str, *cells: str) -> None:
        widths = (11, 14, 20, 12, 34, 0)
        text = " ".join(
            cell.ljust(width) for cell, width in zip(cells, widths, strict=True)
        ).rstrip()
        self._console.print(Text(text, style=style))


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        # Rich would end this process, and with it the program that we trace.
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
