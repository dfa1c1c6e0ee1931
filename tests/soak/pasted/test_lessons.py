"""Each command of each task runs as pasted, step by step, and shows what the task says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.labs.tasks import LANGUAGES, commands_of
from tests.soak.pasted.all import RUNS
from tests.soak.pasted.lesson import lesson

pytestmark = pytest.mark.soak

CASES = [
    (lab, language)
    for lab in RUNS
    for language in LANGUAGES
    # Where both languages have the same commands, once is enough.
    if language == "en" or commands_of(lab, "en") != commands_of(lab, "ru")
]


@pytest.mark.parametrize(("lab", "language"), CASES)
def test_the_commands_of_a_task_do_what_it_says(lab: str, language: str, tmp_path: Path) -> None:
    with lesson(lab, language, tmp_path) as here:
        RUNS[lab](here)
        assert here.pasted == here.commands.keys()
