"""How tests are run: what they start gets signals as from a terminal, what is missing is said."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from backend.settings import Settings
from tests.essentials import missing_for
from tests.labs.programs import ROOT, WAIT_S
from tests.sweeps import in_the_soak

alone_and_not = pytest.mark.parametrize(
    "workers", [("-n", "1"), *in_the_soak(())], ids=["xdist", "alone"]
)
STOPS = "tests/labs/test_udp_hello.py::test_client_stops_while_it_waits"


def run_pytest(
    *words: str, before: str = "", cwd: Path = ROOT, **environment: str
) -> tuple[int, str]:
    """Run pytest from a shell that has done something before; return its status and output."""
    ours = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    command = shlex.join([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words])
    done = subprocess.run(
        ["sh", "-c", f"{before}\nexec {command}"],
        cwd=cwd,
        env={**ours, **environment},
        capture_output=True,
        text=True,
        timeout=2 * WAIT_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@alone_and_not
def test_programs_are_interrupted_also_where_the_run_itself_ignores_that(
    workers: tuple[str, ...],
) -> None:
    status, said = run_pytest(*workers, STOPS, before="trap '' HUP INT QUIT TERM")
    assert (status, "1 passed" in said) == (0, True), said


def test_settings_are_the_defaults_here_and_in_what_is_started() -> None:
    assert (Settings().port, Settings().runs_per_room) == (8000, 40)
    script = "from backend.settings import Settings as S; print(S().port, S().runs_per_room)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split() == [b"8000", b"40"]


@alone_and_not
def test_the_settings_of_whoever_runs_the_tests_stay_out_of_them(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    (tmp_path / "socketlab.toml").write_text("runs_per_room = 7\n")
    test = f"{ROOT}/tests/test_harness.py::{DEFAULTS}"
    status, said = run_pytest(*workers, test, cwd=tmp_path, SOCKETLAB_PORT="9")
    assert (status, "1 passed" in said) == (0, True), said


DEFAULTS = test_settings_are_the_defaults_here_and_in_what_is_started.__name__


def test_what_the_tests_of_the_soak_ask_for_is_there_and_goes_before_it_is_in_the_way() -> None:
    status, said = run_pytest("-n", "0", "-m", "soak", "--setup-plan", "tests/soak")
    assert status == 0, sorted(set(re.findall(r"fixture .* not found", said))) or said
    is_open, others = False, list[str]()
    for line in said.splitlines():
        word = line.split(maxsplit=3)
        if word[2:3] == ["playwright_here"]:  # a loop of its own, beside which asyncio has none
            is_open = word[0] == "SETUP"
        elif is_open and "::" in line and "playwright_here" not in line:
            others.append(word[0])
    assert said.count("SETUP    P playwright_here") == said.count("TEARDOWN P playwright_here") > 1
    assert others == []


SERVES = """
import asyncio
from tests.server import serving
with serving() as playground:
    asyncio.run(playground.start("udp/echo"))
    print(playground.process.pid, flush=True)
    input()
"""


def test_a_playground_ends_with_the_tests_that_served_it_also_when_these_are_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVES],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as tests:
        assert tests.stdout is not None
        playground = psutil.Process(int(tests.stdout.readline()))
        programs = playground.children(recursive=True)
        assert programs
        tests.kill()
    _, alive = psutil.wait_procs([playground, *programs], timeout=WAIT_S)
    assert alive == []


def test_a_run_of_the_page_without_a_browser_ends_at_once_with_the_reason() -> None:
    status, said = run_pytest("tests/browser", CHROMIUM="/none")
    assert status == 4
    assert "no Chromium" in said
    assert " passed" not in said


def test_a_browser_is_missed_where_it_is_needed_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/none")
    tests = Path(__file__).parent
    for path in (ROOT, tests, tests / "browser", tests / "browser" / "test_frame.py"):
        assert missing_for([tests / "domain", path]), path
    assert missing_for([]) == missing_for([tests / "domain", tests / "test_cli.py"]) == []
