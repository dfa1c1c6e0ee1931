"""The notes that the program's threads leave, and the records that are made of them.

Making a note is on the program's time: it is a bare tuple, and its parts of JSON have been made
before, each for many calls. The records, JSON lines, are made by the writer thread.
"""

from __future__ import annotations

import json
from binascii import b2a_base64
from typing import Any

compact = json.JSONEncoder(separators=(",", ":")).encode

# A call that has begun: when in ns (None if it cannot block), its name, members of its record as
# JSON, each after a comma: of the socket, the thread, the site, and more; and the call inside of
# which it was made, by a signal handler. A call is known by this very tuple.
Begun = tuple[int | None, str, str, str, str, str, Any]

# A call that has returned: when in ns, and what came of it: size, told bytes, offset, more members.
Returned = tuple[Begun, int, int | None, bytes, int, str]

# A finished record, and how few tokens may be left for it to be told.
Finished = tuple[str, float]


def instant(run: str, n: int, begun: Begun) -> str:
    """Return the one record of a call that cannot block; `run` is JSON, `n` its number."""
    return f'{_head(run, n, begun)},"t":{begun[0]}e-9{begun[5]}}}'


def entered(run: str, n: int, begun: Begun) -> str:
    """Return the record of a call's beginning."""
    return f'{_head(run, n, begun)},"t":{begun[0]}e-9,"phase":"enter"{begun[5]}}}'


def returned(run: str, n: int, note: Returned, *, is_whole: bool) -> str:
    """Return the record of a call's return; of a whole call after that of its beginning."""
    begun, at, size, data, offset, rest = note
    head = _head(run, n, begun)
    if size is not None:
        payload = b2a_base64(data, newline=False).decode("ascii")
        rest = f',"bytes":{size},"data":"{payload}","offset":{offset}{rest}'
    line = f'{head},"t":{at}e-9,"phase":"return"{rest}}}'
    if is_whole:
        return f'{head},"t":{begun[0]}e-9,"phase":"enter"{begun[5]}}}\n{line}'
    return line


def _head(run: str, n: int, begun: Begun) -> str:
    _, call, of_socket, of_thread, of_site, _, _ = begun
    return f'{{"type":"call","run":{run},"n":{n},"call":"{call}"{of_socket}{of_thread}{of_site}'
