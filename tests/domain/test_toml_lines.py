"""Where keys of a TOML text stand."""

from __future__ import annotations

import tomllib

from backend.domain.toml_lines import KeyPath, lines_of

TEXT = '''# a comment with [brackets] and = signs
title = { ru = "a, b = c", en = 'x}' }

"quoted key" = """
[not.a.table]
x = 1
"""
[client]
kind = "message"
presets = [
  "one",  # ] a comment
  { ru = "]", en = "}" }, { ru = "р", en = "e" },
]
a.b = 1979-05-27 07:32:00

[[check]]
id = "first"
steps = [
  { send = "x = [1]" },

  { receives = "\\"", within_s = 2.5 }
]

[[check]]
id = "second"
[[check.steps]]
send = "y"
[check.steps.deep]
z = true
'''


def keys_in(value: object, path: KeyPath = ()) -> list[KeyPath]:
    """Every key and element of what tomllib has read."""
    if isinstance(value, dict):
        below = [((*path, key), each) for key, each in value.items()]
    elif isinstance(value, list):
        below = [((*path, number), each) for number, each in enumerate(value)]
    else:
        return []
    return [key for at, each in below for key in (at, *keys_in(each, at))]


def test_every_key_has_a_line_on_which_it_stands() -> None:
    lines = lines_of(TEXT)
    rows = TEXT.split("\n")
    for path in keys_in(tomllib.loads(TEXT)):
        assert path in lines, path
        if isinstance(path[-1], str):
            assert path[-1] in rows[lines[path] - 1], path


def test_lines_are_counted_from_one() -> None:
    lines = lines_of(TEXT)
    assert lines["title",] == lines["title", "en"] == 2
    assert (lines["client", "kind"], lines["client", "presets", 1]) == (9, 12)
    assert lines["client", "presets", 2, "ru"] == 12
    assert lines["check", 0, "steps", 1, "within_s"] == 21
    assert lines["check", 1, "steps", 0, "send"] == 27
    assert lines["check", 1, "steps", 0, "deep", "z"] == 29
