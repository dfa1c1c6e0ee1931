"""What stands for things of C's that nobody may inherit from, and looks as they do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, Any


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
    for kind in (OfC, _OfThings, _Class):
        imitate_type(kind, type)
    imitate_type(StandIn, BuiltinFunctionType)
    imitate_type(_StandInFunction, FunctionType)


_DICT: Any = staticmethod.__dict__["__dict__"]
_dict_of: Callable[[Any], dict[str, Any]] = _DICT.__get__


class StandIn(staticmethod):  # type: ignore[type-arg]
    """Stands for a function that is built in: in a class's namespace it does not become a method.

    It is shown, copied and pickled as the one that it stands for.
    """

    __slots__ = ("_real",)
    if TYPE_CHECKING:
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
        _dict_of(self).pop("__annotations__", None)
        object.__setattr__(self, "_real", real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            real = _REAL.__get__(self)
        except AttributeError:  # it is being made
            object.__setattr__(self, name, value)
        else:
            setattr(real, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._real, name)

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return self._real.__dict__

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce__(self) -> str:
        return self.__name__  # by its name, as functions are

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self._real)


_REAL: Any = StandIn._real


class _StandInFunction(StandIn):
    """Stands for a function of Python's."""

    __slots__ = ()


# What classes of things stand for, and what makes one where the program calls that.
_stands_for: dict[type, tuple[type, Callable[..., Any]]] = {}
make_thing: Callable[..., Any] = type.__call__


def stand_for(traced: Any, real: type, make: Callable[..., Any]) -> None:
    """Let a class of things stand for one of C's, which `make` does when it is called."""
    imitate_type(traced, real)
    for name, own in vars(traced).items():
        theirs: Any = getattr(real, name, None)
        if isinstance(own, FunctionType) and hasattr(theirs, "__qualname__"):
            own.__qualname__, own.__doc__ = theirs.__qualname__, theirs.__doc__
    _stands_for[traced] = real, make


class _OfThings(OfC):
    """The class of classes of things: called or inherited from, they are what they stand for."""

    def __new__(mcs, name: str, bases: tuple[type, ...], *more: Any, **kwargs: Any) -> Any:
        """Make one of ours; or what a program makes, of the real one or with its words."""
        if _stands_for.keys().isdisjoint(bases):
            return type.__new__(mcs, name, bases, *more, **kwargs)
        reals = tuple(_stands_for[each][0] if each in _stands_for else each for each in bases)
        return type(name, reals, *more, **kwargs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make what the class makes that it stands for."""
        return _stands_for[cls][1](*args, **kwargs)


class StandInThing(metaclass=_OfThings):
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

    if TYPE_CHECKING:
        _real: Any

    def __setattr__(cls, name: str, value: Any) -> None:
        setattr(cls._real, name, value)  # fails, in the words of the real one

    def __delattr__(cls, name: str) -> None:
        delattr(cls._real, name)

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
        "__module__": real.__module__,
        "__qualname__": real.__qualname__,
        **({"__doc__": real.__doc__} if isinstance(real.__doc__, str) else {}),
        "__new__": lambda _cls, *args, **kwargs: make(*args, **kwargs),
        # Fails, in the words of the real one.
        "__init_subclass__": lambda _cls, **_more: type("", (real,), {}),
        **more,
    }
    made = _Class(real.__name__, (), body)
    _FULL_NAME.__set__(made, f"{real.__module__}.{real.__name__}")
    return made
