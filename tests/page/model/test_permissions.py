"""The page reads the table of who may do what as the server does."""

from __future__ import annotations

import itertools
import json
import subprocess
from typing import Any, get_args

from backend.domain.people import Policy
from backend.domain.permissions import Action, Standing, may
from backend.web.pages.page_data import PERMISSIONS
from tests.page.conftest import NODE
from tests.page.test_scripts import WAIT_S

MODULE = "frontend/static/js/model/permissions.js"
SCRIPT = f"""
import {{ may }} from "./{MODULE}";
const {{ table, cases }} = JSON.parse(process.argv[1]);
console.log(JSON.stringify(cases.map(([action, where]) => may(table, action, where))));
"""


def cases() -> list[tuple[Action, dict[str, Any]]]:
    """Return every question that can be asked of the table."""
    places = itertools.product(
        get_args(Action), get_args(Policy), get_args(Standing), (False, True), (False, True)
    )
    return [
        (action, {"policy": policy, "standing": standing, "isMuted": muted, "isShown": shown})
        for action, policy, standing, muted, shown in places
    ]


def test_the_page_and_the_server_answer_alike() -> None:
    asked = cases()
    given = json.dumps({"table": PERMISSIONS, "cases": asked})
    command = [str(NODE), "--input-type=module", "--eval", SCRIPT, given]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=WAIT_S, check=True
    )
    expected = [
        may(
            action,
            policy=where["policy"],
            standing=where["standing"],
            is_muted=where["isMuted"],
            is_shown=where["isShown"],
        )
        for action, where in asked
    ]
    assert json.loads(done.stdout) == expected
    assert {True, False} == set(expected)
