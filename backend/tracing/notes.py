"""The notes that the program's threads leave, and the records that are made of them.

Making a note is on the program's time: it is a bare tuple, and its parts of JSON have been made
before, each for many calls. The records, JSON lines, are made by the writer thread.
"""

from __future__ import annotations

import contextlib
import json
import re
from binascii import b2a_base64
from collections import deque
from collections.abc import Container
from typing import Any, Final, NamedTuple

# A quote within a text is written with a backslash: what stands before a member is no text.
_LOCAL = re.compile(r',"local":"(?:[^"\\]|\\.)*"(?:,"local_file":"[^"]*")?')
_PEER = re.compile(r',"peer(?:":"(?:[^"\\]|\\.)*"|_inode":\d+)')

compact = json.JSONEncoder(separators=(",", ":")).encode

# A call, as noted when it begins: it is known by this very tuple. A NamedTuple would take 0.3 µs
# more to make, and each call makes two; so its members have their names by index:
START_NS: Final = 0  # when, by the monotonic clock; None if the call cannot block
NAME: Final = 1  # such as `recv`
SOCKET: Final = 2  # members of its record, as JSON, each after a comma: of the socket,
THREAD: Final = 3  # of the thread,
SITE: Final = 4  # of the line in the source,
MORE: Final = 5  # and those that only this call has
OUTER: Final = 6  # the call inside of which a signal handler made this one, or None
# A wait in the library (waits.py) has the same form, with no name and no socket.
Call = tuple[int | None, str, str, str, str, str, Any]

# What came of a call that has returned: the call; when it returned, in ns; how many bytes it moved
# (None: it moves none), the first of them, as many as are told, and their offset in the stream
# (less than 0: it is not known); and more members of its record, as JSON.
Return = tuple[Call, int, int | None, bytes, int, str]


class Record(NamedTuple):
    """A finished record, one JSON object, and how few tokens may be left for it to be told."""

    line: str
    least_tokens: float


class Entry(NamedTuple):
    """A call of which the beginning is told: its number; and itself, so that its id stays its."""

    number: int
    call: Call


def drop_all(notes: deque[Return | Record], told: Container[int]) -> tuple[int, int]:
    """Take out all notes; return how many records they are, and how many bytes.

    `told` are ids of calls that are told as entered. Their returns stay, or their threads would
    seem to wait for ever.
    """
    records = size = 0
    kept: list[Return | Record] = []
    with contextlib.suppress(IndexError):
        while True:
            note = notes.popleft()
            if isinstance(note, Record):
                records += 1
            elif id(note[0]) in told:
                kept.append(note)
            else:
                records += 1 if note[0][START_NS] is None else 2
                size += note[2] or 0
    notes.extend(kept)
    return records, size


def dropped_record(run: str, t: float, count: int, size: int) -> str:
    """Return the record of records that are not told, and of the bytes that their calls moved."""
    fields = f'"t":{t!r},"run":{run},"what":"calls","count":{count},"bytes":{size}'
    return f'{{"type":"dropped",{fields}}}'


def instant_record(run: str, n: int, call: Call) -> str:
    """Return the one record of a call that cannot block; `run` is JSON, `n` its number."""
    more = call[MORE]
    return f'{_head(run, n, call, more)},"t":{call[START_NS]}e-9{more}}}'


def entry_record(run: str, n: int, call: Call) -> str:
    """Return the record of a call's beginning."""
    more = call[MORE]
    if not call[NAME]:
        return _wait_record(run, call, f'"t":{call[START_NS]}e-9,"event":"waits"{more}')
    return f'{_head(run, n, call, more)},"t":{call[START_NS]}e-9,"phase":"enter"{more}}}'


def return_record(run: str, n: int, note: Return, *, is_whole: bool) -> str:
    """Return the record of a call's return; of a whole call after that of its beginning."""
    call, at, size, data, offset, rest = note
    if size is not None:
        payload = b2a_base64(data, newline=False).decode("ascii")
        place = "" if offset < 0 else f',"offset":{offset}'
        rest = f',"bytes":{size},"data":"{payload}"{place}{rest}'
    if call[NAME]:
        line = f'{_head(run, n, call, rest)},"t":{at}e-9,"phase":"return"{rest}}}'
    else:
        line = _wait_record(run, call, f'"t":{at}e-9,"event":"waited"{call[MORE]}{rest}')
    return f"{entry_record(run, n, call)}\n{line}" if is_whole else line


def _wait_record(run: str, call: Call, members: str) -> str:
    return f'{{"type":"thread","run":{run},{members}{call[THREAD]}{call[SITE]}}}'


def _head(run: str, n: int, call: Call, rest: str) -> str:
    """Return what each record of a call begins with; of two ends, those that `rest` tells count."""
    ends = call[SOCKET]
    if ',"peer":' in rest:
        ends = _PEER.sub("", ends)
    if ',"local":' in rest:
        ends = _LOCAL.sub("", ends)
    members = ends + call[THREAD] + call[SITE]
    return f'{{"type":"call","run":{run},"n":{n},"call":"{call[NAME]}"{members}'
