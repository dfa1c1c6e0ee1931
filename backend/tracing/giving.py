"""Gives modules that are loaded already to whoever imports the same files: see modules.py.

What one import brings with it is given at once where nothing could have come before it: the library
stands in `sys.path` where it stood when ours were loaded, and the folders before it, the program's
own above all, hold nothing of any such name. Else the interpreter's own search is asked for each.

Imports only what each interpreter has loaded before any program begins.
"""

from __future__ import annotations

import builtins
import os
import sys
from _frozen_importlib import _ModuleLockManager  # type: ignore[attr-defined]  # as it imports
from _frozen_importlib_external import FileFinder, PathFinder

_audit = sys.audit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    # Told of a module's file; what it returns, if anything, is given the module once executed.
    Watch = Callable[[str | None], Callable[[ModuleType], None] | None]


def spec_of(module: ModuleType) -> ModuleSpec | None:
    """Return the spec of a module, without asking code of its own."""
    spec: ModuleSpec | None = module.__dict__.get("__spec__")
    return spec


class Giver:
    """Gives modules that are loaded already to whoever imports the same files."""

    def __init__(self, modules: dict[str, ModuleType], imports: dict[str, dict[str, None]]) -> None:
        self._modules = modules  # those that nobody has asked for yet
        self._imports = imports
        self._aliases: dict[str, list[str]] = {}
        for name, module in modules.items():
            if _is_alias(name, module):
                self._aliases.setdefault(name.rpartition(".")[0], []).append(name)
        self._search = _Search(modules)
        self._same: set[str] = set()  # of those on their way: what was looked for already
        self._find = PathFinder.find_spec

    def install(self, watched: Mapping[str, Watch]) -> None:
        """Have the interpreter's search ask here first."""

        def find_spec(
            _cls: type, name: str, path: Sequence[str] | None = None, target: Any = None
        ) -> ModuleSpec | None:
            spec = self._find(name, path, target)
            if name in watched and spec is not None:
                then = watched[name](spec.origin)
                if then is not None:
                    spec.loader = _ThenLoader(spec.loader, then)  # type: ignore[assignment]
            if spec is not None and spec.loader is not None and self._is_same(name, spec):
                spec.loader = _Loader(self, spec.loader)  # type: ignore[assignment]
            return spec

        PathFinder.find_spec = classmethod(find_spec)  # type: ignore[assignment, method-assign]

    def give(self, name: str) -> ModuleType | None:
        """Return our module if all that it imports is ours, too; else None.

        From then on it is the program's: who loads it anew has it anew.
        """
        wanted = self._closure(name)
        if not self._same and "." not in name and self._search.finds(wanted):
            return self._give_at_once(name)
        if not all(each in self._same or self._would_be_found(each) for each in wanted):
            return None
        self._same |= wanted
        module = self._begin(name)
        try:
            for each in self._imports.get(name, ()):
                if each in self._modules:
                    __import__(each)
        finally:
            del sys.modules[name]
        self._same.discard(name)
        return module

    def _begin(self, name: str) -> ModuleType:
        """Give a module, and what it put into `sys.modules` itself, such as `collections.abc`."""
        module = sys.modules[name] = self._modules.pop(name)
        for alias in self._aliases.get(name, ()):
            if alias in self._modules:
                sys.modules[alias] = self._modules.pop(alias)
        return module

    def _give_at_once(self, name: str) -> ModuleType:
        """Give a module, and before it is complete what it imports, as an import would."""
        module = self._begin(name)
        for each in self._imports.get(name, ()):
            self._import_at_once(each)
        del sys.modules[name]  # complete, it comes last
        return module

    def _import_at_once(self, name: str) -> None:
        parent = name.rpartition(".")[0]
        if parent:
            self._import_at_once(parent)
        if name not in self._modules:
            return
        with _ModuleLockManager(name):
            if name not in self._modules:  # another thread was quicker
                return
            _audit("import", name, None, sys.path, sys.meta_path, sys.path_hooks)
            if parent:
                for folder in sys.modules[parent].__path__:
                    PathFinder._path_importer_cache(folder)  # type: ignore[attr-defined]
            sys.modules[name] = self._give_at_once(name)

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
        spec = spec_of(module)
        if name in sys.modules:
            return sys.modules[name] is module
        if spec is None or spec.name != name:  # it comes with its parent
            return True
        package = self._modules.get(parent) or sys.modules.get(parent)
        path = None if package is None else package.__path__
        return self._is_same(name, self._find(name, path))

    def _is_same(self, name: str, spec: ModuleSpec | None) -> bool:
        module = self._modules.get(name)
        own = None if module is None else spec_of(module)
        return spec is not None and own is not None and spec.origin == own.origin


def _is_alias(name: str, module: ModuleType) -> bool:
    """Whether another module, its parent, has put it into `sys.modules`."""
    spec = spec_of(module)
    return spec is None or spec.name != name


class _Search:
    """How the interpreter searches, as it was when ours were loaded."""

    def __init__(self, modules: dict[str, ModuleType]) -> None:
        self._import = builtins.__import__
        self._meta_path, self._hooks = [*sys.meta_path], [*sys.path_hooks]
        library = os.path.dirname(os.__file__)
        self._library = [
            folder
            for folder in sys.path
            if folder.startswith(library) and not folder.endswith("-packages")
        ]
        # Where it looks for each in `sys.path`, first: None for one that comes with its parent.
        self._heads: dict[str, str | None] = {}
        for name, module in modules.items():
            head, _, below = name.partition(".")
            origin = getattr(spec_of(module), "origin", None) or ""
            if _is_alias(name, module):
                self._heads[name] = None
            elif origin.startswith(library + os.sep):
                self._heads[name] = None if below and head in modules else head

    def finds(self, names: Iterable[str]) -> bool:
        """Whether it is sure to find ours. It has just searched all of `sys.path` for one."""
        names_before = self._names_before_library()
        if names_before is None:
            return False
        heads, modules = self._heads, sys.modules
        return not [
            name
            for name in names
            if name not in heads or name in modules or heads[name] in names_before
        ]

    def _names_before_library(self) -> set[str] | None:
        """Return the names in all folders before the library; None: it searches in another way."""
        library, path = self._library, sys.path
        if (
            not library
            or library[0] not in path
            or builtins.__import__ is not self._import
            or sys.meta_path != self._meta_path
            or sys.path_hooks != self._hooks
        ):
            return None
        at = path.index(library[0])
        if path[at : at + len(library)] != library:
            return None
        names: set[str] = set()
        for folder in path[:at]:
            finder = sys.path_importer_cache.get(folder, self)
            if type(finder) is FileFinder:
                found = finder._path_cache  # type: ignore[attr-defined]
                names.update([name.partition(".")[0] for name in found])
            elif finder is not None:
                return None
        return names


class _Loader:
    """Loads a module that is there already, else as the loader that was found for it."""

    def __init__(self, giver: Giver, real: Any) -> None:
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
        self._spec = spec_of(self._given)
        return self._given

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing for a module of ours but to undo what was noted in it of this loader."""
        if module is self._given:
            module.__spec__ = self._spec
        else:
            self._real.exec_module(module)


class _ThenLoader:
    """Loads a module as the loader that was found for it, and then does something with it."""

    def __init__(self, real: Any, then: Callable[[ModuleType], None]) -> None:
        self._real = real
        self._then = then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return the module, None if it is to be made."""
        created: ModuleType | None = self._real.create_module(spec)
        return created

    def exec_module(self, module: ModuleType) -> None:
        """Execute it; nothing of this loader is seen meanwhile, or later."""
        module.__spec__.loader = module.__loader__ = self._real  # type: ignore[union-attr]
        self._real.exec_module(module)
        self._then(module)
