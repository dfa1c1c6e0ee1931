"""What stands for things of C's that nobody may inherit from, and looks as they do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def imitate(traced: Any, real: Any) -> Any:
    """Give a class or function the names and the docstring of what it stands for; return it."""
    traced.__name__, traced.__qualname__ = real.__name__, real.__qualname__
    traced.__module__, traced.__doc__ = real.__module__, real.__doc__
    if not isinstance(traced, type):
        traced.__wrapped__ = real  # the signature is looked for there
    return traced


class StandIn(staticmethod):  # type: ignore[type-arg]
    """Stands for a function that is built in: in a class's namespace it does not become a method.

    It is shown, copied and pickled as the one that it stands for.
    """

    _real: Any

    def __init__(self, traced: Callable[..., Any], real: Any, *more: Any) -> None:
        if more:  # a class statement has it among its bases: they are in `real`
            bases = [each._real for each in real if isinstance(each, StandIn)]
            type(bases[0])(traced, real, *more)  # fails, in the words of the real one
        staticmethod.__init__(self, imitate(traced, real))  # super() looks for our frame
        self._real = real

    def __repr__(self) -> str:
        return repr(self._real)

    def __reduce__(self) -> str:
        return self.__name__  # by its name, as functions are


class StandInThing:
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


class _Class(type):
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
    return imitate(_Class(real.__name__, (), body), real)
