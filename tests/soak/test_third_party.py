"""Programs on libraries of others behave under `socketlab trace` as without, and are told truly.

Each is a server and a client, with a relay between them that writes down what passes. Without and
with the tracer they print the same, end the same, and send the same bytes; and the trace says what
the relay saw.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ports import HOST, unused_port
from tests.soak import told
from tests.soak.relay import Passed, Relay
from tests.soak.tools import run, tool
from tests.tracing.drawn import drawn

pytestmark = pytest.mark.soak

WITHIN_S = 90
FOLDER = Path(__file__).with_name("third_party")
PROGRAMS = sorted(path.stem.removeprefix("with_") for path in FOLDER.glob("with_*.py"))
SOCKETLAB = str(Path(sys.prefix) / "bin" / "socketlab")
# What no two runs have in common: the time, ports that the kernel gives, and who came first.
CHANGING = re.compile(
    rb"(?<=\r\nDate: )[^\r]+|(?<=passive mode )\([\d,]+\)|(?<=\r\n)1[25][05] [^\r]+(?=\r\n226)"
)

each_program = pytest.mark.parametrize("name", PROGRAMS)


@dataclass(frozen=True)
class Ran:
    """How a program ended, what it printed, and what passed through the relay."""

    status: int
    out: str
    err: str
    passed: list[Passed]

    def streams(self) -> list[tuple[str | bytes, ...]]:
        """Return what passed without what no two runs have in common, in any order."""
        return sorted(
            (each.transport, *(CHANGING.sub(b"", b"".join(way)) for way in (each.up, each.down)))
            for each in self.passed
        )


def command(name: str, *args: int, trace: Path | None = None) -> list[str]:
    program = [str(FOLDER / f"with_{name}.py"), *map(str, args)]
    python = tool("python")
    if trace is None:
        return [python, *program]
    return [SOCKETLAB, "trace", "--json", "--output", str(trace), "--python", python, *program]


def run_relayed(name: str, ports: tuple[int, int], folder: Path, trace: Path | None = None) -> Ran:
    with Relay(ports[1], (HOST, ports[0])) as relay:
        done = run(*command(name, *ports, trace=trace), within_s=WITHIN_S, cwd=folder)
    return Ran(done.returncode, done.stdout, done.stderr, relay.passed)


@each_program
def test_a_program_prints_sends_and_ends_as_without_the_tracer(name: str, tmp_path: Path) -> None:
    ports, trace = (unused_port(), unused_port()), tmp_path / "trace.jsonl"
    plain = run_relayed(name, ports, tmp_path)
    assert (plain.status, plain.err) == (0, "")
    assert plain.out.endswith("done\n")
    assert plain.passed
    traced = run_relayed(name, ports, tmp_path, trace)
    assert (traced.status, traced.out, traced.err) == (plain.status, plain.out, plain.err)
    assert traced.streams() == plain.streams()
    records, status = told.read(trace)
    assert status == plain.status
    told.hold_counts(records)
    told.hold_passed(records, traced.passed)
    connected, accepted = told.hold_ends(records)
    through = sum(each.transport == "tcp" for each in traced.passed)
    assert connected == accepted >= through


@each_program
def test_all_that_a_program_sends_to_itself_is_drawn_as_arrived(name: str, tmp_path: Path) -> None:
    port, trace = unused_port(), tmp_path / "trace.jsonl"
    done = run(*command(name, port, port, trace=trace), within_s=WITHIN_S, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    records, _ = told.read(trace)
    transfers = drawn(records)
    assert {"segment"} <= {each["what"] for each in transfers}
    assert [each for each in transfers if each["state"] == "lost"] == []
    states = {each["state"] for each in transfers if each["what"] in ("segment", "datagram")}
    assert states == {"arrived"}
