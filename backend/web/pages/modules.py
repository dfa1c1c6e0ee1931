"""The page's scripts as a graph: what imports what, read from the sources, and joined for a page.

A browser that follows imports by itself asks for one module after the other; over HTTP/1.1 and six
connections ninety modules are fifteen round trips. So a page gets the modules that it uses in one
answer, made while serving: each module stays a function of its own, in the order in which the
browser would run them (ECMA-262, 16.2.1.6), and its lines are those of the source but for comments
and indentation. There is no build, and every module can still be had by itself.

What a module asks for by import("./…") comes later, in a file of its own with what only it needs.
That file takes the rest from the first one, by its address, so that no module runs twice; what two
such files need stands in the first. Each module brings the messages that it says, in the page's
language: beside their English, which is their id, they weigh half.

What the sources have to keep, and what raises NotJoined: imports and exports stand at the start of
a line in one of the forms below, no module imports itself in a circle, none awaits at its top.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

IMPORT = re.compile(
    r'^import\s+(?:(?P<what>\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+)?"(?P<path>[^"]+)";$', re.M
)
EXPORT = re.compile(r"^export (?P<kind>(?:async )?function\*?|class|const) (?P<name>\w+)", re.M)
OTHER = re.compile(r"^(?:import\b(?!\()|export\b|await\b).*", re.M)
LATE = re.compile(r'\bimport\("(?P<path>\.[^"]+)"\)')
UNKNOWN_LATE = re.compile(
    r"\bimport(?:\.meta\b|\([\"'`]\.).*"
)  # an absolute address may be anything
# A regular expression is told from a division by the formatter, which puts spaces around that.
TEXT = (
    r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"""
    r"""|(?<=[\s(\[{=,:;!?&|])/(?![\s/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*"""
)
TEXT_OR_COMMENT = re.compile(
    rf"(?P<text>{TEXT})|/\*.*?\*/|(?:^|(?<=\s))//(?=\s)[^\n]*", re.M | re.S
)
TEXT_OR_SPACE = re.compile(rf"(?P<text>{TEXT})| *(?P<sign>[{{}}()\[\],;:=<>?&|!]+) *", re.S)
NO_END = re.compile(r"(?<=[;{,([])\n")  # of a line that says by its last sign that it goes on
TAG = re.compile(r'customElements\.define\("([a-z][\w-]*)"')

READ_KEPT = 1024  # of some 250 modules, as they are now and after changes
WORDS = "js/words/i18n.js"  # whose learn() takes the messages of a language

Sources = Mapping[str, str]  # by path below the folder of static files
Messages = Mapping[str, Any]  # text or plural forms, by the English text


class NotJoined(ValueError):
    """A module cannot be joined with others."""


def imports(path: str, source: str) -> list[str]:
    """Return the paths of the modules that a module imports, in their order."""
    return [*_imports(path, source)]


def late_imports(path: str, source: str) -> list[str]:
    """Return the paths of the modules that a module asks for by import("./…") while it runs."""
    return [_named(path, found) for found in _read(source).late]


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


def join(
    name: str, entries: Iterable[str], sources: Sources, messages: Messages | None = None
) -> dict[str, str]:
    """Return, by path, the files that do what these modules do together.

    NAME.js is the first; NAME/PATH is what comes later of the module with that path. Raises
    NotJoined.
    """
    first, late = _divide([*entries], sources)
    owns = {f"{name}.js": first} | {f"{name}/{target}": own for target, own in late.items()}
    places = {path: file for file, own in owns.items() for path in own}
    quoted = {json.dumps(each, ensure_ascii=False)[1:-1]: each for each in messages or {}}
    said = {path: _said(path, sources[path], messages or {}, quoted) for path in places}
    files = [_File(path, own, f"{name}.js", places, said) for path, own in owns.items()]
    asked = {path for file in files for path in file.needs(sources)}
    asked |= {each for path in places for each in late_imports(path, sources[path])}
    return {file.path: "".join(file.lines(sources, asked)) for file in files}


def _divide(entries: list[str], sources: Sources) -> tuple[list[str], dict[str, list[str]]]:
    """Return the modules of the first file, and those of each later one, by what asks for it."""
    first = in_order(entries, sources)
    targets: dict[str, None] = {}
    waiting = first
    while waiting:
        found = {each for path in waiting for each in late_imports(path, sources[path])}
        if unknown := sorted(found - sources.keys()):
            raise NotJoined(f"no module to load later: {', '.join(unknown)}")
        new = [each for each in sorted(found) if each not in targets]
        targets |= dict.fromkeys(new)
        waiting = in_order(new, sources)
    while True:
        later = {target: in_order([target], sources) for target in targets if target not in first}
        late = {
            target: [
                path
                for path in order
                if path not in first
                and not any(
                    path in later[each] for each in order if each in later and each != target
                )
            ]
            for target, order in later.items()
        }
        everything = [path for own in late.values() for path in own]
        shared = [path for path in dict.fromkeys(everything) if everything.count(path) > 1]
        if not shared:
            return first, late
        first = in_order([*entries, *shared], sources)


@dataclass(frozen=True)
class _File:
    """A file of joined modules.

    `first` is the path of the one with which the page begins, `places` are the files of all
    modules, `said` what each says in the page's language.
    """

    path: str
    modules: list[str]
    first: str
    places: Mapping[str, str]
    said: Mapping[str, Messages]

    def needs(self, sources: Sources) -> list[str]:
        """Return the modules of other files that these run with, sorted."""
        used = {
            each
            for path in self.modules
            for each in imports(path, sources[path])
            if self.places[each] != self.path
        }
        return sorted(used)

    def lines(self, sources: Sources, asked: set[str]) -> Iterator[str]:
        """Yield the file; it exports what other files have asked for."""
        needs = self.needs(sources)
        for file in sorted({self.places[path] for path in needs}):
            names = [self.name(path) for path in needs if self.places[path] == file]
            yield f'import {{ {", ".join(names)} }} from "{self._address(file)}";\n'
        known = {
            each
            for path, file in self.places.items()
            if file == self.first != self.path
            for each in self.said[path]
        }
        for path in self.modules:
            new = {each: text for each, text in self.said[path].items() if each not in known}
            known |= new.keys()
            if new:
                words = json.dumps(new, ensure_ascii=False, separators=(",", ":"))
                yield f"{self.name(WORDS)}.learn({words});\n"
            yield self._as_function(path, sources[path])
        if exported := [self.name(path) for path in self.modules if path in asked]:
            yield f"export {{ {', '.join(exported)} }};\n"

    def name(self, path: str) -> str:
        """Return the name under which a module stands, in all files."""
        return f"$m{[*self.places].index(path)}"

    def _address(self, path: str) -> str:
        """Return where another file is from here."""
        address = posixpath.relpath(path, posixpath.dirname(self.path))
        return address if address.startswith(".") else f"./{address}"

    def _as_function(self, path: str, source: str) -> str:
        read = _read(source)
        if read.unknown is not None:
            raise NotJoined(f"{path} cannot be joined: {read.unknown!r}")
        brought = "".join(self._bring(path, found) for found in read.imports)

        def bring_later(found: re.Match[str]) -> str:
            module = _named(path, found)
            file = self.places[module]
            if file == self.path:
                return f"Promise.resolve({self.name(module)})"
            return f'import("{self._address(file)}").then((all) => all.{self.name(module)})'

        code = LATE.sub(bring_later, read.code) if read.late else read.code
        given = f"return{{{','.join(read.exported)}}};"
        return f"const {self.name(path)}=(()=>{{\n{brought}\n{code}\n{given}\n}})();\n"

    def _bring(self, path: str, found: re.Match[str]) -> str:
        """Return what an import becomes: it takes names out of the module's own constant."""
        if found["what"] is None:
            return ""
        module = self.name(_named(path, found))
        if found["what"].startswith("*"):
            return f"const {found['what'].split()[-1]}={module};"
        holes = re.sub(r"(\w+)\s+as\s+(\w+)", r"\1:\2", found["what"])
        return f"const{''.join(holes.split())}={module};"


def _named(importer: str, found: re.Match[str]) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(importer), found["path"]))


def _said(path: str, source: str, messages: Messages, quoted: Mapping[str, str]) -> Messages:
    """Return those of the messages that a module says; `quoted` are all, as scripts say them."""
    if WORDS not in imports(path, source):
        return {}
    read = _read(source)
    return {
        each: messages[each]
        for text, each in quoted.items()
        if text in read.between_quotes or ('"' in text and f'"{text}"' in read.code)
    }


@dataclass(frozen=True, kw_only=True)
class _Read:
    """What a module is for all pages; `unknown` is what of it cannot be joined.

    To look up what stands `between_quotes` is quicker than to search for each message.
    """

    imports: tuple[re.Match[str], ...]
    late: tuple[re.Match[str], ...]
    exported: tuple[str, ...]
    code: str
    between_quotes: frozenset[str]
    unknown: str | None


@lru_cache(maxsize=READ_KEPT)
def _read(source: str) -> _Read:
    body = EXPORT.sub(r"\g<kind> \g<name>", IMPORT.sub("", source))
    code = code_of(body)
    unknown = OTHER.search(body) or UNKNOWN_LATE.search(LATE.sub("", code))
    return _Read(
        imports=tuple(IMPORT.finditer(source)),
        late=tuple(LATE.finditer(code)),
        exported=tuple(found["name"] for found in EXPORT.finditer(source)),
        code=code,
        between_quotes=frozenset(code.split('"')[1:-1]),
        unknown=unknown and unknown[0],
    )


@lru_cache(maxsize=READ_KEPT)
def _imports(path: str, source: str) -> tuple[str, ...]:
    return tuple(_named(path, found) for found in IMPORT.finditer(source))


def code_of(source: str) -> str:
    """Leave out comments, indentation and spaces around signs; texts in quotes stay as they are.

    A text in backticks may span lines, or have another one inside; a source with such keeps its
    lines or its spaces as they are.
    """
    code = TEXT_OR_COMMENT.sub(lambda found: found["text"] or "", source)
    lines = code.split("\n")
    if not any(line.count("`") % 2 for line in lines):
        code = "\n".join(line for line in map(str.strip, lines) if line)
        code = NO_END.sub("", code)
    if any(_has_open_hole(found[0]) for found in TEXT_OR_COMMENT.finditer(code)):
        return code
    return TEXT_OR_SPACE.sub(lambda found: found["text"] or found["sign"], code)


def _has_open_hole(text: str) -> bool:
    return text.startswith("`") and text.count("${") > text.count("}")
