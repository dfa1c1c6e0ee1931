"""What the page's own model draws of a program's records."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.page.conftest import FOLDER, NODE
from tests.tracing.runs import Record

SCRIPT = """
import { readFileSync } from "node:fs";
import { picture } from "./model/drawn.js";
const records = JSON.parse(readFileSync(0, "utf8"));
const events = records.map((record, i) => ({ seq: i + 1, ...record }));
process.stdout.write(JSON.stringify(picture(events, { advance: events.at(-1).t + 5 })));
"""


def drawn(records: list[Record]) -> list[dict[str, Any]]:
    """Return the transfers that the page draws, some time after the last record."""
    done = subprocess.run(
        [str(NODE), "--input-type=module", "--eval", SCRIPT],
        input=json.dumps(records),
        capture_output=True,
        encoding="utf-8",
        cwd=FOLDER,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    transfers: list[dict[str, Any]] = json.loads(done.stdout)["transfers"]
    return transfers


def arrows(records: list[Record], what: str) -> list[tuple[str, str]]:
    """Return text and state of the transfers of a kind."""
    return [(each["data"], each["state"]) for each in drawn(records) if each["what"] == what]
