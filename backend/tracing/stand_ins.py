"""What stands for things of C's that nobody may inherit from, and looks as they do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import Any


def imitate(traced: Any, real: Any) -> Any:
    """Give a class or function the names and the docstring of what it stands for; return it."""
    traced.__name__, traced.__qualname__ = real.__name__, real.__qualname__
    traced.__module__, traced.__doc__ = real.__module__, real.__doc__
    if not isinstance(traced, type):
        traced.__wrapped__ = real  # the signature is looked for there
    return traced


class OfC(type):
    """The class of classes that stand for those of C's, which have two names.

    In its errors the interpreter uses the one with a module in it ("'_thread.lock' object …").
    """

    @property
    def __name__(cls) -> str:  # type: ignore[override]
        return _full_name(cls).rpartition(".")[2]


_FULL_NAME: Any = type.__dict__["__name__"]
_full_name: Callable[[type], str] = _FULL_NAME.__get__


def imitate_type(traced: Any, real: type) -> Any:
    """Give a class both names of one of C's; return it."""
    module, name = real.__module__, real.__name__
    _FULL_NAME.__set__(traced, name if module == "builtins" else f"{module}.{name}")
    traced.__module__, traced.__qualname__ = module, real.__qualname__
    if isinstance(real.__doc__, str):  # else each of its things has its own
        traced.__doc__ = real.__doc__
    return traced


def install() -> None:
    """Give the classes of this module the names of what they stand for."""
    for kind in (OfC, _Class):
        imitate_type(kind, type)
    imitate_type(StandIn, BuiltinFunctionType)
    imitate_type(_StandInFunction, FunctionType)


class StandIn(staticmethod):  # type: ignore[type-arg]
    """Stands for a function that is built in: in a class's namespace it does not become a method.

    It is shown, copied and pickled as the one that it stands for.
    """

    _real: Any

    def __new__(cls, _traced: Any = None, real: Any = None, *_more: Any) -> StandIn:
        """Make one of the kind that it stands for: `threading.RLock` is no function of C's."""
        kind = _StandInFunction if isinstance(real, FunctionType) else cls
        return staticmethod.__new__(kind)

    def __init__(self, traced: Callable[..., Any], real: Any, *more: Any) -> None:
        if more:  # a class statement has it among its bases: they are in `real`
            bases = [each._real for each in real if isinstance(each, StandIn)]
            type(bases[0])(traced, real, *more)  # fails, in the words of the real one
        staticmethod.__init__(self, imitate(traced, real))  # super() looks for our frame
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce__(self) -> str:
        return self.__name__  # by its name, as functions are

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._real)


class _StandInFunction(StandIn):
    """Stands for a function of Python's."""


class StandInThing(metaclass=OfC):
    """Stands before a thing, `_real`, which does the work; what is not traced is asked of that."""

    __slots__ = ("_real",)
    _real: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._real.__reduce_ex__(protocol)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._real)


class _Class(OfC):
    """The class of a class that makes such things."""

    _real: Any

    def __instancecheck__(cls, thing: object) -> bool:
        return isinstance(thing, cls._real)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls._real, name)

    @property
    def __signature__(cls) -> Any:
        """Answer `inspect.signature`, which is loaded when it asks. Raises what it does."""
        inspect = sys.modules.get("inspect")
        return None if inspect is None else inspect.signature(cls._real)


def stand_in_class(real: Any, make: Callable[..., Any], **more: Any) -> Any:
    """Return what stands for a class of C's: called, it does what `make` does."""
    body = {
        "_real": real,
        "__new__": lambda _cls, *args, **kwargs: make(*args, **kwargs),
        # Fails, in the words of the real one.
        "__init_subclass__": lambda _cls, **_more: type("", (real,), {}),
        **more,
    }
    return imitate_type(_Class(real.__name__, (), body), real)
