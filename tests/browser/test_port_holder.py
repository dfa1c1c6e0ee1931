"""A port that another program has: the page names that program, and says how to bring it in."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import OpenBench
from tests.browser.looks import let_draw
from tests.browser.test_narrow import IS_FREE
from tests.ports import unused_port

SERVER = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))):
    print("listens", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def holding(port: int, program: Path, folder: Path) -> Iterator[None]:
    """Have a program that listens on a port, and works in a folder."""
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(SERVER)
    command = [sys.executable, str(program), str(port)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdin=pipe, stdout=pipe) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        with contextlib.closing(other.stdin):
            assert other.stdout.readline() == b"listens\n"
            yield


def test_a_program_of_another_playground_is_called_what_it_is(
    open_bench: OpenBench, page_errors: list[str], tmp_path: Path
) -> None:
    port = unused_port()
    folder = tmp_path / "socketlab-1" / "run-1"  # as a playground's programs have
    folder.mkdir(parents=True)
    with holding(port, tmp_path / "labs" / "tcp" / "time" / "server.py", folder):
        bench = open_bench("tcp/echo")
        bench.press_start(port=str(port))
        holder = bench.panel.locator("port-holder")
        said = f"Порт {port} занимает программа другого Socket Lab (tcp/time server.py)."
        expect(holder).to_contain_text(said)
        expect(holder.locator(".command")).to_be_hidden()
    assert "409" in page_errors.pop()


def test_the_page_names_who_has_the_port_and_says_how_to_bring_it_in(
    open_bench: OpenBench, page_errors: list[str], tmp_path: Path
) -> None:
    port = unused_port()
    with holding(port, tmp_path / "mine.py", tmp_path):
        bench = open_bench("tcp/echo")
        bench.press_start(port=str(port))
        holder = bench.panel.locator("port-holder")
        expect(holder).to_contain_text(f"Порт {port} занимает python mine.py.")
        expect(holder.locator("code")).to_have_text(
            re.compile(rf"^(\S*/)?socketlab trace --room {bench.url} mine.py$")
        )
        for width in (1280, 1010):  # where its words need more room
            bench.page.set_viewport_size({"width": width, "height": 800})
            expect(bench.failure).to_be_in_viewport(ratio=0.99)
            button = bench.panel.get_by_role("button", name="Запустить", exact=True)
            expect(button).to_be_in_viewport(ratio=1)  # to press again
            assert bench.panel.locator("#run-port").evaluate(IS_FREE)
        bench.page.set_viewport_size({"width": 360, "height": 800})
        bench.page.locator("bench-tabs [role=tab][aria-controls=do]").click()
        let_draw(bench.page)
        widths = "(line) => [line.querySelector('code').clientWidth, line.clientWidth]"
        code, line = holder.locator(".command").evaluate(widths)
        assert code > 0.75 * line  # the word of the button leaves it the room
        holder.get_by_role("button", name="Запустить на свободном порту").click()
        expect(bench.state).to_have_attribute("data-state", "listening")
        assert int(bench.address.rpartition(":")[2]) != port
    assert "409" in page_errors.pop()
