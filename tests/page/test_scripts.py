"""The page's pure modules, as their own tests in JavaScript see them: `*.test.js` beside this file.

Scripts that leave alone what they would share are run by one Node, which reads the page's modules
once for all of them: to begin takes longer than what most have to do. By hand, each on its own:
`.venv/bin/node --test 'tests/page/**/*.test.js'`.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.page.conftest import FOLDER, NODE

WAIT_S = 180.0  # that a hang ends, also where ten others have the processor; never a measure
TOGETHER = 10  # scripts that one Node runs

FROM_RUNNER = re.compile(r'^import \{(.*?)\} from "node:test";$', re.MULTILINE | re.DOTALL)
FOR_ALL = re.compile(r"\bglobalThis\b")


def leaves_others_alone(source: str) -> bool:
    """Whether a script has no hooks, which are those of all scripts of a Node, nor globals."""
    names = {name.strip() for found in FROM_RUNNER.findall(source) for name in found.split(",")}
    return bool(names) and names <= {"describe", "test", ""} and not FOR_ALL.search(source)


def grouped() -> list[list[str]]:
    """Return all scripts, by the Node that runs them."""
    names = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.test.js"))
    shared = [
        name for name in names if leaves_others_alone((FOLDER / name).read_text(encoding="utf-8"))
    ]
    groups = [shared[first : first + TOGETHER] for first in range(0, len(shared), TOGETHER)]
    return [*groups, *([name] for name in names if name not in shared)]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a run: what it says to people, what each test came to, by script."""

    code: int
    said: str
    complained: str
    told: dict[str, list[bool]]

    def failed(self) -> list[str]:
        """Return the scripts of which not all tests passed; who has none has not passed either."""
        return [script for script, passed in self.told.items() if not passed or not all(passed)]


def run(folder: Path, scripts: list[str], notes: Path) -> Done:
    """Run the tests of scripts in one Node, which notes in a file what each came to."""
    command = [
        *(str(NODE), "--test", "--test-isolation=none"),
        *("--test-reporter=spec", "--test-reporter-destination=stdout"),
        *(f"--test-reporter={FOLDER / 'reporter.js'}", f"--test-reporter-destination={notes}"),
        *scripts,
    ]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", timeout=WAIT_S, check=False
    )
    told: dict[str, list[bool]] = {script: [] for script in scripts}
    for line in notes.read_text(encoding="utf-8").splitlines():
        each = json.loads(line)
        script = Path(each["file"]).relative_to(folder).as_posix()
        # A script without tests is told as one that passed, by its own name.
        if each["isTest"] and not (each["passed"] and each["name"].endswith(script)):
            told[script].append(each["passed"])
    return Done(code=done.returncode, said=done.stdout, complained=done.stderr, told=told)


@pytest.mark.parametrize("scripts", grouped(), ids=lambda scripts: scripts[0])
def test_the_tests_of_scripts_pass(scripts: list[str], tmp_path: Path) -> None:
    done = run(FOLDER, scripts, tmp_path / "told")
    assert done.failed() == [], f"\n{done.said}{done.complained}"
    assert (done.code, done.complained) == (0, ""), done.said


FAILS = """
import assert from "node:assert/strict";
import { test } from "node:test";
test("one is two", () => assert.equal(1, 2));
test("one is one", () => assert.equal(1, 1));
"""
PASSES = 'import { test } from "node:test";\ntest("nothing to do", () => {});\n'
SKIPS = 'import { test } from "node:test";\ntest.skip("nothing to do", () => {});\n'


def test_a_script_that_fails_is_named_among_others(tmp_path: Path) -> None:
    scripts = {
        "fails.test.mjs": FAILS,
        "passes.test.mjs": PASSES,
        "skips.test.mjs": SKIPS,
        "cannot.test.mjs": 'import "./missing.mjs";\n' + PASSES,
        "empty.test.mjs": "export {};\n",
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = run(tmp_path, list(scripts), tmp_path / "told")
    assert done.code == 1
    assert done.failed() == [name for name in scripts if name != "passes.test.mjs"]
    assert done.told["fails.test.mjs"] == [False, True]
    assert "one is two" in done.said


@pytest.mark.parametrize(
    ("source", "together"),
    [
        (PASSES, True),
        ('import { describe, test } from "node:test";\n', True),
        ('import { beforeEach, test } from "node:test";\n', False),
        ('import {\n  mock,\n  test,\n} from "node:test";\n', False),
        (PASSES + "globalThis.fetch = () => {};\n", False),
        ('import runner from "node:test";\n', False),
    ],
)
def test_what_would_reach_other_scripts_is_run_alone(source: str, together: bool) -> None:
    assert leaves_others_alone(source) is together
