"""The commands of a task work as they stand there: copied into a terminal, wherever that is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import OpenBench
from tests.labs.programs import WAIT_S
from tests.ports import unused_port


def test_a_command_of_the_task_reaches_the_server_that_runs(
    open_bench: OpenBench, tmp_path: Path
) -> None:
    bench = open_bench("tcp/echo")
    page = bench.page
    blocks = page.locator(".prose pre")
    expect(blocks.locator("copy-button")).to_have_count(blocks.count())
    asked = blocks.locator("code").filter(has_text="-m labs.tcp.echo.client").nth(1)
    expect(asked).to_have_text(re.compile("^cd "))
    before = asked.text_content() or ""
    bare = before.removesuffix(' "Привет, мир"')
    bench.start(port=str(unused_port()))
    expect(asked).to_have_text(f"{before} --port {bench.port}")
    # What the panel beside it gives works wherever it is pasted, too.
    chip = bench.panel.locator(".command", has_text="labs.tcp.echo.client").locator("copy-button")
    assert chip.evaluate("button => button.text") == f"{bare} --port {bench.port}"
    # The server serves one client after the other; the page's takes its place when it first sends.
    expect(bench.client().card).to_have_attribute("data-state", "idle")
    pasted = asked.locator("..").locator("copy-button").evaluate("button => button.text")
    ran = subprocess.run(
        pasted,
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Привет, мир" in ran.stdout
