"""The task of a lab has the same commands in both languages: only what is said differs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.server import Playground
from tests.soak.journeys.task import Task

pytestmark = pytest.mark.soak

SAID = re.compile(r"\"[^\"$]*\"|'[^']*\\n[^']*'")


@pytest.mark.parametrize("lab", ["udp/hello", "tcp/echo", "chat/threads"])
def test_the_commands_are_the_same(page: Page, course: Playground, lab: str) -> None:
    commands = []
    for language in ("en", "ru"):
        page.goto(f"{course.url}/r/local/labs/{lab}?lang={language}")
        task = Task(page)
        commands.append([SAID.sub("", task.copy(number)) for number in range(task.count())])
    assert commands[0] == commands[1]
