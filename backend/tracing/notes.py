"""The notes that the program's thread makes of a socket call, and the records made of them.

Making a note is on the program's time: it is a bare tuple, and its parts of JSON have been made
before, each for many calls. The records, JSON lines, are made by the writer thread.
"""

from __future__ import annotations

import json
from binascii import b2a_base64

compact = json.JSONEncoder(separators=(",", ":")).encode

# A call that has begun: its number, when (None if it cannot block), its name, and members of its
# record as JSON, each after a comma: of the socket, the thread, the site, and more.
Begun = tuple[int, float | None, str, str, str, str, str]

# A call that has returned: whether its beginning is still untold, when it returned, and what came
# of it: size, told bytes, offset, more members.
Returned = tuple[Begun, bool, float, int | None, bytes, int, str]


def instant(run: str, begun: Begun) -> str:
    """Return the one record of a call that cannot block; `run` is JSON, here and below."""
    n, at, _, _, _, _, more = begun
    return f'{_head(run, begun)},"t":{at:.9f},"n":{n}{more}}}'


def entered(run: str, begun: Begun) -> str:
    """Return the record of a call's beginning."""
    n, at, _, _, _, _, more = begun
    return f'{_head(run, begun)},"t":{at:.9f},"n":{n},"phase":"enter"{more}}}'


def returned(run: str, note: Returned) -> str:
    """Return the record of a call's return, after that of its beginning if that is untold."""
    begun, is_whole, at, size, data, offset, rest = note
    if size is not None:
        payload = b2a_base64(data, newline=False).decode()
        rest = f',"bytes":{size},"data":"{payload}","offset":{offset}{rest}'
    line = f'{_head(run, begun)},"t":{at:.9f},"n":{begun[0]},"phase":"return"{rest}}}'
    return f"{entered(run, begun)}\n{line}" if is_whole else line


def _head(run: str, begun: Begun) -> str:
    _, _, call, of_socket, of_thread, of_site, _ = begun
    return f'{{"type":"call","run":{run},"call":"{call}"{of_socket}{of_thread}{of_site}'
