"""The tasks of the labs, taken apart: their commands, and what they say under "Notice".

A command has a place: `3.2` is the second one of step 3, `notice.7.1` the first one of the seventh
claim, `next.1` the first one of what comes next. A block of code holds a command in each line; in
the text, what stands in code font and begins like one is a command, too.
"""

from __future__ import annotations

import re

from tests.labs.contract import LABS

LANGUAGES = ("en", "ru")
PARTS = ("do", "notice", "questions", "next")  # the sections of a task, in their order

PROGRAMS = r"(?:python3?|nc|curl|printf|echo|ss|ps|ip) "
CODE = re.compile(r"```\n(?P<block>.*?)```|`(?P<inline>[^`\n]+)`", re.DOTALL)
STEP = re.compile(r"^(?:\d+\.|-) ", re.MULTILINE)
# What is said differs between the languages: words in quotes, and a name as an argument.
SAID = re.compile(r"\"[^\"$(]*\"|(?<=printf )'[^']*'|(?<=echo )'[^']*'|(?<=client )\w+$")


def parts_of(lab: str, language: str) -> dict[str, str]:
    """Return the sections of a task, without their headings."""
    text = (LABS / lab / f"task.{language}.md").read_text(encoding="utf-8")
    sections = re.split(r"^## .*\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(PARTS, sections, strict=True))


def commands_of(lab: str, language: str) -> dict[str, str]:
    """Return all commands of a task by their places."""
    found: dict[str, str] = {}
    for part, text in parts_of(lab, language).items():
        for number, item in enumerate(STEP.split(text)):
            prefix = [] if part == "do" else [part]
            prefix += [] if part == "next" else [str(number)]
            for count, command in enumerate(commands_in(item), start=1):
                found[".".join([*prefix, str(count)])] = command
    return found


def commands_in(text: str) -> list[str]:
    """Return the commands of a piece of text."""
    found = []
    for match in CODE.finditer(text):
        if match["block"] is not None:
            found += [line.strip() for line in match["block"].splitlines() if line.strip()]
        elif re.match(PROGRAMS, match["inline"]):
            found.append(match["inline"])
    return found


def without_words(command: str) -> str:
    """Return a command without what is said in it, which each language has its own of."""
    return SAID.sub("…", command)


def claims_of(lab: str, language: str) -> list[str]:
    """Return what a task says under "Notice", the first claim first."""
    items = re.split(r"^- ", parts_of(lab, language)["notice"], flags=re.MULTILINE)[1:]
    return [" ".join(item.split()) for item in items]
