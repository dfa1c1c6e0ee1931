"""The page's scripts as a graph: what imports what, read from the sources, and joined for a page.

A browser that follows imports by itself asks for one module after the other; over HTTP/1.1 and six
connections ninety modules are fifteen round trips. So a page gets the modules that it uses in one
answer, made while serving: each module stays a function of its own, in the order in which the
browser would run them (ECMA-262, 16.2.1.6), and its lines are those of the source but for comments
and indentation. There is no build, and every module can still be had by itself.

What the sources have to keep, and what raises NotJoined: imports and exports stand at the start of
a line in one of the forms below, no module imports itself in a circle, none awaits at its top.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

IMPORT = re.compile(
    r'^import\s+(?:(?P<what>\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+)?"(?P<path>[^"]+)";$', re.M
)
EXPORT = re.compile(r"^export (?P<kind>(?:async )?function\*?|class|const) (?P<name>\w+)", re.M)
OTHER = re.compile(r"^(?:import|export|await)\b.*", re.M)
LAZY = re.compile(r"\bimport(?:\.meta\b|\().*")
TEXT_OR_COMMENT = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|(?<!:)//[^\n]*)|/\*.*?\*/""",
    re.S,
)
TRAILING = re.compile(r"\s+//[^\"'`/]*$")  # with a quote after it, it may be text
TAG = re.compile(r'customElements\.define\("([a-z][\w-]*)"')

Sources = Mapping[str, str]  # by path below the folder of static files


class NotJoined(ValueError):
    """A module cannot be joined with others."""


def imports(path: str, source: str) -> list[str]:
    """Return the paths of the modules that a module imports, in their order."""
    folder = posixpath.dirname(path)
    return [
        posixpath.normpath(posixpath.join(folder, found["path"]))
        for found in IMPORT.finditer(source)
    ]


def in_order(entries: Iterable[str], sources: Sources) -> list[str]:
    """Return the modules that these use, themselves included, each after those that it imports.

    Raises NotJoined for a circle, KeyError for a module that is not there.
    """
    order: list[str] = []
    path_to_here: list[str] = []

    def visit(path: str) -> None:
        if path in path_to_here:
            raise NotJoined(f"modules in a circle: {' → '.join([*path_to_here, path])}")
        if path in order:
            return
        path_to_here.append(path)
        for each in imports(path, sources[path]):
            visit(each)
        order.append(path_to_here.pop())

    for entry in entries:
        visit(entry)
    return order


def tags(paths: Iterable[str], sources: Sources) -> set[str]:
    """Return the names of the custom elements that modules define."""
    return {tag for path in paths for tag in TAG.findall(sources[path])}


def joined(entries: Iterable[str], sources: Sources) -> str:
    """Return one module that does what these do together. Raises NotJoined."""
    order = in_order(entries, sources)
    names = {path: f"$m{number}" for number, path in enumerate(order)}
    parts = [_as_function(path, sources[path], names) for path in order]
    return '"use strict";\n' + "".join(parts)


def _as_function(path: str, source: str, names: Mapping[str, str]) -> str:
    folder = posixpath.dirname(path)

    def bring(found: re.Match[str]) -> str:
        if found["what"] is None:
            return ""
        module = names[posixpath.normpath(posixpath.join(folder, found["path"]))]
        if found["what"].startswith("*"):
            return f"const {found['what'].split()[-1]} = {module};"
        holes = re.sub(r"(\w+)\s+as\s+(\w+)", r"\1: \2", found["what"])
        return f"const {' '.join(holes.split())} = {module};"

    exported = [found["name"] for found in EXPORT.finditer(source)]
    body = EXPORT.sub(r"\g<kind> \g<name>", IMPORT.sub(bring, source))
    code = _without_comments(body)
    if unknown := OTHER.search(body) or LAZY.search(code):
        raise NotJoined(f"{path} cannot be joined: {unknown[0]!r}")
    return (
        f"// {path}\nconst {names[path]} = (() => {{\n{code}\n"
        f"return {{ {', '.join(exported)} }};\n}})();\n"
    )


def _without_comments(source: str) -> str:
    """Leave out comments and indentation; texts in quotes stay as they are.

    A text in backticks may span lines; a source that has one keeps its lines as they are.
    """
    code = TEXT_OR_COMMENT.sub(lambda found: found["text"] or "", source)
    lines = code.split("\n")
    if any(line.count("`") % 2 for line in lines):
        return code
    kept = [
        TRAILING.sub("", line)
        for line in map(str.strip, lines)
        if line and not line.startswith("//")
    ]
    return "\n".join(kept)
