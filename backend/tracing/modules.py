"""Keeps the modules that the tracer needs apart from those that the program imports.

A program may have files of its own called like modules of the library: `json.py`, `queue.py`,
`socket.py`. Without us it finds those first, since its folder stands first in `sys.path`; so no
module that we have loaded may stand in `sys.modules` when it begins. Ours are taken out, and given
back one by one where the program imports just the same: the interpreter's own search
(`PathFinder`) has to come to the file that ours was made of, and so for all that it imports
itself. Where it comes to another file, the program's own or a library's that imports one, that is
run as without us; of such a `socket` or `threading` nothing is told.

Imports only what each interpreter has loaded before any program begins.
"""

from __future__ import annotations

import builtins
import sys

from backend.tracing.giving import Giver, spec_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from types import ModuleType
    from typing import Any

    from backend.tracing.giving import Watch


class Apart:
    """Notes what imports what, from its making on; then `hide` takes it out of `sys.modules`.

    `before` are the names of what the interpreter itself had loaded.
    """

    def __init__(self, before: Collection[str]) -> None:
        self._before = before
        self._real_import = builtins.__import__
        # By importing module, in their order; this one does it in C.
        self._imports: dict[str, dict[str, None]] = {"array": {"collections.abc": None}}
        builtins.__import__ = self._note_import  # type: ignore[assignment]

    def _note_import(
        self,
        name: str,
        namespace: Any = None,
        local: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> ModuleType:
        result = self._real_import(name, namespace, local, fromlist, level)
        if namespace is None:
            return result
        if level:
            package = namespace["__package__"].rsplit(".", level - 1)[0]
            name = f"{package}.{name}" if name else package
        names = self._imports.setdefault(namespace["__name__"], {})
        names.update(dict.fromkeys((name, *(f"{name}.{each}" for each in fromlist or ()))))
        return result

    def unnoted(self, work: Callable[[], object]) -> None:
        """Do something of which nothing is noted, and nothing stays loaded."""
        noting, before = builtins.__import__, set(sys.modules)
        builtins.__import__ = self._real_import
        try:
            work()
        finally:
            builtins.__import__ = noting
            for name in set(sys.modules) - before:
                del sys.modules[name]

    def hide(self, watched: Mapping[str, Watch]) -> None:
        """Take our modules out of `sys.modules`, and give them to who imports the same ones.

        What is `watched`, by the name of a module, is called with its file when that is imported;
        what it returns, if anything, with the module, once that is executed.
        """
        builtins.__import__ = self._real_import
        loaded = {
            name: module
            for name, module in sys.modules.items()
            if name not in self._before and not _is_built_in(module)
        }
        kept = {name: module for name, module in loaded.items() if not _is_ours(name)}
        for name in loaded:
            del sys.modules[name]
        Giver(kept, self._imports).install(watched)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == "backend"


def _is_built_in(module: ModuleType) -> bool:
    """Whether nothing can stand before it: it is found in the interpreter itself, not in a path."""
    return getattr(spec_of(module), "origin", None) == "built-in"
