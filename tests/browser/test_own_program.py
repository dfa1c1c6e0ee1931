"""A program of one's own, told by `socketlab trace --room`: the page shows what it prints."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import OpenBench
from tests.labs.programs import Program
from tests.server import Playground

SOURCE = """
import socket, sys
with socket.socket(type=socket.SOCK_DGRAM) as sock:
    sock.bind(("127.0.0.1", 0))
    print("Слушаю", sock.getsockname()[0], flush=True)
    print("Осторожно", file=sys.stderr, flush=True)
    sys.stdin.readline()
    print("Готово", flush=True)
"""


def test_what_a_traced_program_prints_stands_in_the_console(
    open_bench: OpenBench, course: Playground, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(SOURCE, encoding="utf-8")
    bench = open_bench("udp/hello")
    trace = ("-m", "backend.cli", "trace", "--room", f"{course.url}/r/local")
    with Program(sys.executable, *trace, str(tmp_path / "mine.py")) as program:
        program.wait_for("Слушаю")
        tab = bench.console.get_by_role("tab", name="mine.py", exact=True)
        expect(tab).to_have_attribute("aria-selected", "true")
        bench.expect_printed("Слушаю 127.0.0.1")
        bench.expect_printed("Осторожно")
        colours = [
            bench.lines.get_by_text(said).evaluate("line => getComputedStyle(line).color")
            for said in ("Слушаю", "Осторожно")
        ]
        assert colours[0] != colours[1]  # what goes to stderr is told apart
        program.type("\n")
        assert program.finish() == 0
        bench.expect_printed("Готово")
    expect(tab).to_have_count(1)  # it has ended, and what it said stays
    expect(tab).to_have_attribute("aria-selected", "true")
