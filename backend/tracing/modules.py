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
from _frozen_importlib_external import PathFinder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


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

    def hide(self) -> None:
        """Take our modules out of `sys.modules`, and give them to who imports the same ones."""
        builtins.__import__ = self._real_import
        loaded = {
            name: module
            for name, module in sys.modules.items()
            if name not in self._before and not _is_built_in(module)
        }
        kept = {name: module for name, module in loaded.items() if not _is_ours(name)}
        for name in loaded:
            del sys.modules[name]
        _Giver(kept, self._imports).install()


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == "backend"


def _is_built_in(module: ModuleType) -> bool:
    """Whether nothing can stand before it: it is found in the interpreter itself, not in a path."""
    return getattr(_spec_of(module), "origin", None) == "built-in"


def _spec_of(module: ModuleType) -> ModuleSpec | None:
    spec: ModuleSpec | None = module.__dict__.get("__spec__")
    return spec


class _Giver:
    """Gives modules that are loaded already to whoever imports the same files."""

    def __init__(self, modules: dict[str, ModuleType], imports: dict[str, dict[str, None]]) -> None:
        self._modules = modules  # those that nobody has asked for yet
        self._imports = imports
        self._same: set[str] = set()  # of those on their way: what was looked for already
        self._find = PathFinder.find_spec

    def install(self) -> None:
        """Have the interpreter's search ask here first."""

        def find_spec(
            _cls: type, name: str, path: Sequence[str] | None = None, target: Any = None
        ) -> ModuleSpec | None:
            spec = self._find(name, path, target)
            if spec is not None and spec.loader is not None and self._is_same(name, spec):
                spec.loader = _Loader(self, spec.loader)  # type: ignore[assignment]
            return spec

        PathFinder.find_spec = classmethod(find_spec)  # type: ignore[assignment, method-assign]

    def give(self, name: str) -> ModuleType | None:
        """Return our module if all that it imports is ours, too; else None.

        From then on it is the program's: who loads it anew has it anew.
        """
        wanted = self._closure(name)
        if not all(each in self._same or self._would_be_found(each) for each in wanted):
            return None
        self._same |= wanted
        module = self._modules.pop(name)
        sys.modules[name] = module
        self._give_aliases(name)
        try:
            for each in self._imports.get(name, ()):
                if each in self._modules:
                    __import__(each)
        finally:
            del sys.modules[name]
        self._same.discard(name)
        return module

    def _closure(self, name: str) -> set[str]:
        """Return a module of ours and those that it, and they, import."""
        found: set[str] = set()
        new = {name}
        while new:
            found |= new
            imported = {each for one in new for each in self._imports.get(one, ())}
            new = {each for each in imported if each in self._modules} - found
        return found

    def _would_be_found(self, name: str) -> bool:
        module, (parent, _, _) = self._modules[name], name.rpartition(".")
        spec = _spec_of(module)
        if name in sys.modules:
            return sys.modules[name] is module
        if spec is None or spec.name != name:  # it comes with its parent
            return True
        package = self._modules.get(parent) or sys.modules.get(parent)
        path = None if package is None else package.__path__
        return self._is_same(name, self._find(name, path))

    def _is_same(self, name: str, spec: ModuleSpec | None) -> bool:
        module = self._modules.get(name)
        own = None if module is None else _spec_of(module)
        return spec is not None and own is not None and spec.origin == own.origin

    def _give_aliases(self, owner: str) -> None:
        """Give what a module put into `sys.modules` itself, such as `collections.abc`."""
        for name, module in list(self._modules.items()):
            spec = _spec_of(module)
            if name.rpartition(".")[0] == owner and (spec is None or spec.name != name):
                sys.modules[name] = self._modules.pop(name)


class _Loader:
    """Loads a module that is there already, else as the loader that was found for it."""

    def __init__(self, giver: _Giver, real: Any) -> None:
        self._giver = giver
        self._real = real
        self._given: ModuleType | None = None
        self._spec: ModuleSpec | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return the module; None: it is to be made and executed."""
        self._given = self._giver.give(spec.name)
        if self._given is None:
            spec.loader = self._real
            created: ModuleType | None = self._real.create_module(spec)
            return created
        self._spec = _spec_of(self._given)
        return self._given

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing for a module of ours but to undo what was noted in it of this loader."""
        if module is self._given:
            module.__spec__ = self._spec
        else:
            self._real.exec_module(module)
