"""Node, in which the page's pure modules are tested: no browser, no page."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

FOLDER = Path(__file__).parent
NODE = Path(sys.executable).with_name("node")


class Modules:
    """Runs functions of the page's modules: values in, values out."""

    def __init__(self, told: IO[str], said: IO[str]) -> None:
        self._told = told
        self._said = said

    def run(self, name: str, body: str, **values: Any) -> Any:
        """Run the JavaScript `body` with module `js/{name}.js` as `m` and the values as `v`.

        `await load("model/text")` gives it another one. Raises AssertionError for what it throws.
        """
        self._told.write(json.dumps({"module": name, "body": body, "values": values}) + "\n")
        self._told.flush()
        answer = json.loads(self._said.readline())
        assert "error" not in answer, answer["error"]
        return answer["value"]


@pytest.fixture(scope="package")
def modules() -> Iterator[Modules]:
    """Return the page's modules in one Node for all tests, which keep nothing in it."""
    command = [NODE, FOLDER / "bodies.js"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as node:
        assert node.stdin
        assert node.stdout
        yield Modules(node.stdin, node.stdout)
        node.stdin.close()
        assert node.wait(timeout=10) == 0
