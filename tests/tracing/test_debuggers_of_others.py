"""What `coverage` measures is asked of its tracer in Python, without what ours do."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from backend.tracing import debuggers
from backend.tracing.sites import Sites


class InC:
    """Stands for the tracer in C, which nobody can ask to leave anything out."""


InC.__name__ = "CTracer"


def core_of(tracer: type, told: list[str]) -> Any:
    """Return what stands for the module `coverage.core`, once it has been imported."""

    class InPython:
        def _trace(self, frame: types.FrameType, event: str, _arg: Any) -> Any:
            told.append(f"{frame.f_code.co_name} {event}")
            return self._trace

    class Core:
        def __init__(self) -> None:
            self.tracer_class, self.file_disposition_class = tracer, None
            self.supports_plugins = self.packed_arcs = True

    module: Any = types.ModuleType("coverage.core")
    module.Core, module.PyTracer, module.FileDisposition = Core, InPython, object
    follow = debuggers.watched(Sites())["coverage.core"](types.__file__)
    assert follow is not None
    follow(module)
    return module


def test_what_asks_the_tracer_in_c_is_given_the_one_in_python() -> None:
    module = core_of(InC, [])
    core = module.Core()
    assert core.tracer_class is module.PyTracer
    assert core.file_disposition_class is module.FileDisposition
    assert (core.supports_plugins, core.packed_arcs) == (False, False)


def test_another_tracer_stays() -> None:
    core = core_of(dict, []).Core()
    assert core.tracer_class is dict
    assert (core.supports_plugins, core.packed_arcs) == (True, True)


def test_a_module_of_the_program_s_own_is_left_alone(tmp_path: Any) -> None:
    own = tmp_path / "core.py"
    assert debuggers.watched(Sites())["coverage.core"](str(own)) is None


def test_a_newer_one_that_is_made_otherwise_is_left_as_it_is() -> None:
    follow = debuggers.watched(Sites())["coverage.core"](types.__file__)
    assert follow is not None
    follow(types.ModuleType("coverage.core"))


@pytest.mark.parametrize("is_ours", [True, False])
def test_its_tracer_is_told_of_the_program_s_calls_only(
    is_ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    tracer = core_of(InC, told).PyTracer()
    here = sys._getframe()
    monkeypatch.setattr(debuggers, "is_ours", lambda _: is_ours)
    assert (tracer._trace(here, "call", None) is None) == is_ours
    assert told == ([] if is_ours else [f"{here.f_code.co_name} call"])
    found = ValueError("of ours")
    assert tracer._trace(here, "exception", (ValueError, found, None)) is None
    assert tracer._trace(here, "return", None) is None  # it leaves ours, not the program's
    assert len(told) == (not is_ours)
