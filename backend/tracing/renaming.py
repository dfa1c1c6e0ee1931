"""Whether the interpreter may have a hint for a program to rename a file beside it.

Python 3.13 and later say of a module of which a name is missing that its file may have been taken
for another one ("consider renaming …"), where it stands in the folder that they began with. In a
child of the fork server that is not the program's folder, and nothing can tell them: so there a
fresh interpreter takes over (`fork_child.py`). A file called like a module of the library may be
imported by anything; of others the hint is for those that are being imported: by the program first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from opcode import opmap
from types import CodeType

HAS_HINTS = sys.version_info >= (3, 13)
_UNIT, _ARGUMENT_BITS = 2, 8  # bytes of an instruction, bits of its argument
_IMPORT, _EXTENDED = opmap["IMPORT_NAME"], opmap["EXTENDED_ARG"]


def may_be_hinted(code: CodeType, folder: str) -> bool:
    """Whether there may be a hint for a program with that code, which stands in that folder."""
    try:
        beside = {name.partition(".")[0] for name in os.listdir(folder)}
    except OSError:
        return False
    return bool(beside & sys.stdlib_module_names or beside & {*_imported(code)})


def _imported(code: CodeType) -> Iterator[str]:
    """Yield the names of the modules that code imports, of packages the outermost."""
    raw, argument = code.co_code, 0
    for at in range(0, len(raw), _UNIT):
        argument = argument << _ARGUMENT_BITS | raw[at + 1]
        if raw[at] == _IMPORT:
            yield code.co_names[argument].partition(".")[0]
        if raw[at] != _EXTENDED:
            argument = 0
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _imported(const)
