"""What the server tells its operator, on standard error: a line each, plain or JSON.

No secret and no byte of a person stands there. There is no access log (addresses name rooms), and
of an error only its kind and the places that it passed are told: what errors say of themselves
repeats what somebody sent.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import extract_tb
from typing import Any, Literal

LogFormat = Literal["plain", "json"]

PLACES_SHOWN = 30  # of one error, the last ones
CAUSES_SHOWN = 8  # of one error: what led to it, and the parts of a group
# What libraries say is cut to its first line, below which they show values.
FIRST_LINE_ONLY = ("asyncio",)


def log_to_operator(log_format: LogFormat) -> None:
    """Let all that is logged, ours and the libraries', go to standard error in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else PlainLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


class PlainLines(logging.Formatter):
    """Lines for people: when, how bad, what; below it the places of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as it is written."""
        first = f"{_time(record)} {record.levelname} {_message(record)}"
        return "\n".join([first, *(f"  {line}" for line in _error(record))])


class JsonLines(logging.Formatter):
    """An object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as it is written."""
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if error := list(_error(record)):
            line["error"] = error
        return json.dumps(line, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    """Return what is said, in one line without control characters."""
    said = record.getMessage()
    if record.name in FIRST_LINE_ONLY:
        said = said.partition("\n")[0]
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in said)


def _error(record: logging.LogRecord) -> Iterator[str]:
    """Yield an error's kind and places, after those of what led to it."""
    error = record.exc_info[1] if record.exc_info else None
    for each in _with_causes(error)[:CAUSES_SHOWN]:
        for place in extract_tb(each.__traceback__)[-PLACES_SHOWN:]:
            yield f"{place.filename}:{place.lineno} in {place.name}"
        yield _kind(each)


def _with_causes(error: BaseException | None) -> list[BaseException]:
    """Return an error with all that led to it, the first first."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or each in found:
            continue
        found.append(each)
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        waiting.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))
    return found[::-1]


def _kind(error: BaseException) -> str:
    kind = type(error)
    name = (
        kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    )
    return f"{name} ({error.strerror})" if isinstance(error, OSError) and error.strerror else name
