"""What each other Python of this machine runs is as it is without us, and told; all in the soak."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.launching import Chosen
from tests.tracing.odd_programs import PROGRAMS
from tests.tracing.pythons import OTHERS
from tests.tracing.runs import traced, untraced
from tests.tracing.test_debuggers import written
from tests.tracing.test_forks import FORK, WARNED

# Of each kind that has differed with one of them.
KINDS = {
    "forks": PROGRAMS["forks"][0],
    "forks and uses sockets": PROGRAMS["forks and uses sockets"][0],
    "forks beside a thread": FORK + dedent(WARNED["beside a thread"]),
    "is what it is": PROGRAMS["what it is"][0],
    # With 3.10 frames of ours show.
    "is debugged": "import sys\nif sys.version_info < (3, 11):\n    sys.exit()\n"
    + written("a step into what fails"),
    "pickles a lock": """
        import inspect, pickle, threading
        for show in (inspect.signature, pickle.dumps):
            try:
                print(show(threading.Lock))
            except Exception as error:
                print(type(error), error)
    """,
}
TALK = """
import os, socket, sys, tempfile
with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
    listener.bind(os.path.join(folder, "echo"))
    listener.listen()
    left = socket.socket(socket.AF_UNIX)
    left.connect(listener.getsockname())
    right, _ = listener.accept()
    left.sendall(b"hello")
    print(right.recv(10), sys.version_info[:2])
"""


@pytest.fixture(params=OTHERS or [Path(sys.executable)], ids=str)
def python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have programs run by another Python; only the plain form of the launcher can start that."""
    python: Path = request.param
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(Chosen, "form", "spawn")
    return python


@pytest.mark.usefixtures("python")
def test_programs_of_each_kind_that_differed_behave_as_untraced(tmp_path: Path) -> None:
    for name, text in KINDS.items():
        program = tmp_path / "program.py"
        program.write_text(dedent(text))
        expected, told = untraced(program), traced(program)[0]
        assert expected.status == 0, expected.err
        assert (told.status, told.out) == (0, expected.out), name
        assert ("multi-threaded" in told.err) is ("multi-threaded" in expected.err), name
        assert told.err.count("\n") == expected.err.count("\n"), name


def test_what_passes_is_told(python: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(TALK)
    outcome, records = traced(tmp_path / "program.py")
    assert outcome.out == untraced(tmp_path / "program.py").out, python
    moved = [(r["call"], r["bytes"], r["line"]) for r in records if "bytes" in r]
    assert moved == [("sendall", 5, 9), ("recv", 5, 10)]
