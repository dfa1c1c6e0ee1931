"""The page's pure modules, as their own tests in JavaScript see them: `*.test.js` beside this file.

Each file is a run of Node's test runner: `.venv/bin/node --test 'tests/page/**/*.test.js'`.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.page.conftest import FOLDER, NODE

SCRIPTS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.test.js"))
WAIT_S = 180.0  # that a hang ends, also where ten others have the processor; never a measure


def run(script: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests of a script; what they say, failures at the end, is in its output."""
    command = [str(NODE), "--test", "--test-isolation=none", "--test-reporter=spec", str(script)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=WAIT_S, check=False
    )


def counted(done: subprocess.CompletedProcess[str], what: str) -> int:
    """Return how many tests passed, failed, were skipped…"""
    found = re.search(rf"^ℹ {what} (\d+)$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return int(found[1])


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_tests_of_a_script_pass(script: str) -> None:
    done = run(FOLDER / script)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"
    assert counted(done, "pass") == counted(done, "tests") > 0
    assert done.stderr == ""


def test_a_test_that_fails_is_told(tmp_path: Path) -> None:
    script = tmp_path / "a.test.mjs"
    script.write_text(
        'import assert from "node:assert/strict";\n'
        'import { test } from "node:test";\n'
        'test("one is two", () => assert.equal(1, 2));\n'
        'test("one is one", () => assert.equal(1, 1));\n',
        encoding="utf-8",
    )
    done = run(script)
    assert done.returncode == 1
    assert (counted(done, "tests"), counted(done, "pass")) == (2, 1)
    assert "one is two" in done.stdout
