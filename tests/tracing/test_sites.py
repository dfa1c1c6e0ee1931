"""Where a call comes from: the innermost line of the program's own code, by a name people know."""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from types import FrameType
from typing import Any

import pytest

from backend.tracing import sites as module
from backend.tracing.sites import NOWHERE, SITES_LIMIT, Sites
from tests.tracing.runs import traced

Framed = Callable[[], FrameType]


def calling(filename: str, inner: Framed = lambda: sys._getframe(1)) -> Framed:
    """Return a function in a file of this name that calls another one on its line 3."""
    names: dict[str, Any] = {"inner": inner}
    exec(compile("\n\ndef run(): return inner()\n", filename, "exec"), names)
    run: Framed = names["run"]
    return run


def sites_of(program: str) -> Sites:
    made = Sites()
    made.open(program)
    return made


@pytest.fixture
def sites(tmp_path: Path) -> Sites:
    return sites_of(str(tmp_path / "lab" / "server.py"))


def test_the_programs_file_is_shown_by_its_name(sites: Sites, tmp_path: Path) -> None:
    assert sites.of(calling(str(tmp_path / "lab" / "server.py"))())[:2] == ("server.py", 3)


def test_a_module_beside_it_is_its_own_too(sites: Sites, tmp_path: Path) -> None:
    inner = os.path.join("parts", "lines.py")
    assert sites.own_name(str(tmp_path / "lab" / inner)) == inner


def test_a_file_elsewhere_is_shown_by_its_whole_path(sites: Sites, tmp_path: Path) -> None:
    elsewhere = str(tmp_path / "other" / "shared.py")
    assert sites.own_name(elsewhere) == elsewhere


@pytest.mark.parametrize(
    "path",
    [
        os.path.join(sysconfig.get_path("stdlib"), "socketserver.py"),
        os.path.join(sysconfig.get_path("purelib"), "something", "net.py"),
        module.__file__,
        "<frozen importlib._bootstrap>",
        "<string>",
    ],
)
def test_what_is_not_the_programs_own_has_no_name(sites: Sites, path: str) -> None:
    assert sites.own_name(path) is None


def test_a_library_call_is_at_the_line_that_asked_for_it(sites: Sites, tmp_path: Path) -> None:
    library = os.path.join(sysconfig.get_path("stdlib"), "socketserver.py")
    inside = calling(str(tmp_path / "lab" / "server.py"), calling(library))()
    assert inside.f_code.co_filename == library
    assert sites.of(inside)[:2] == ("server.py", 3)
    assert not sites.is_own(inside)
    assert sites.is_own(calling(str(tmp_path / "lab" / "server.py"))())


def test_code_that_is_made_again_and_again_is_at_its_own_line_each_time(
    sites: Sites, tmp_path: Path
) -> None:
    """The ids of code objects come again, when nobody keeps them."""
    filename = str(tmp_path / "lab" / "server.py")
    for number in range(2 * SITES_LIMIT):
        line = 1 + number % 7
        names: dict[str, Any] = {"here": lambda: sys._getframe(1)}
        exec(compile("\n" * (line - 1) + "frame = here()", filename, "exec"), names)
        assert sites.of(names.pop("frame"))[:2] == ("server.py", line)
    assert len(sites._sites) <= SITES_LIMIT


def test_without_a_line_of_its_own_it_is_nowhere(sites: Sites) -> None:
    assert sites.of(None) == NOWHERE
    assert not sites.is_own(None)


def test_a_link_and_the_file_are_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "server.py").touch()
    (tmp_path / "link.py").symlink_to(tmp_path / "real" / "server.py")
    sites = sites_of(str(tmp_path / "link.py"))
    assert sites.own_name(str(tmp_path / "link.py")) == "server.py"
    assert sites.own_name(str(tmp_path / "real" / "server.py")) == "server.py"


def test_an_environment_beside_the_program_is_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = os.path.realpath(tmp_path / ".venv" / "lib" / "site-packages") + os.sep
    monkeypatch.setattr(module, "_OTHERS", (installed,))
    sites = sites_of(str(tmp_path / "server.py"))
    assert sites.own_name(installed + "net.py") is None
    assert sites.own_name(str(tmp_path / "net.py")) == "net.py"


def test_a_program_that_is_installed_is_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = os.path.realpath(tmp_path / "site-packages") + os.sep
    monkeypatch.setattr(module, "_OTHERS", (installed,))
    sites = sites_of(installed + "labs/server.py")
    assert sites.own_name(installed + "labs/server.py") == "server.py"


def test_threads_have_numbers_that_are_never_used_again(sites: Sites) -> None:
    here = threading.get_ident()
    me = sites.thread(here)
    assert me.name == threading.current_thread().name
    assert sites.thread(here) is me
    sites.name_thread(1, "worker")
    first = sites.thread(1)
    assert first.name == "worker"
    sites.forget_thread(1)
    second = sites.thread(1)
    assert len({me.number, first.number, second.number}) == 3
    assert second.name == f"thread {second.number}"


def test_a_thread_is_looked_up_at_once_until_it_is_renamed(sites: Sites) -> None:
    here = threading.get_ident()
    me = sites.thread(here)
    assert sites.threads[here] is me
    sites.forget_name(here)
    assert here not in sites.threads
    assert sites.thread(here) is me
    sites.name_thread(1, "one that threading does not know")
    sites.thread(1)
    assert 1 not in sites.threads


def test_a_call_from_code_made_by_exec_is_at_the_line_that_ran_it(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        dedent("""
        import socket
        exec("\\n\\n\\nsock = socket.socket()")
    """)
    )
    _, records = traced(program)
    assert (records[0]["file"], records[0]["line"]) == ("program.py", 3)
