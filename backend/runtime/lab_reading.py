"""One lab, read from its folder: the lab, or all that is wrong in its files.

Each problem is a line of text: file, line and key where there are such, and what is allowed there.
A lab of one's own may say things in one language, and its programs have to be Python at least.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from backend.domain.checks import Check, ChecksWrong, read_checks
from backend.domain.labs import Lab, LabFile, Step, WalkthroughFile
from backend.domain.language import Words
from backend.domain.programs import PROGRAMS, ProgramName
from backend.domain.toml_lines import KeyPath
from backend.domain.toml_reading import TomlProblem, problem_at, read_toml

# What a lab's programs read, shown beside them.
EXHIBITS = ("index.html",)

# Of steps of a walkthrough that do not fit; more are told in one problem, with what to do.
MISFITS_TOLD = 3

T = TypeVar("T")


def read_lab(
    lab_id: str, folders: Mapping[str, Path], *, is_own: bool = False
) -> tuple[Lab | None, tuple[str, ...]]:
    """Return the lab of this id, or None and what is wrong; `folders` are those of all labs."""
    reading = _Reading(lab_id, folders, is_own=is_own)
    lab = reading.lab()
    return (None if reading.problems else lab), tuple(reading.problems)


class _Reading:
    """One reading of a lab, which collects problems."""

    def __init__(self, lab_id: str, folders: Mapping[str, Path], *, is_own: bool) -> None:
        self.problems: list[str] = []
        self._id = lab_id
        self._folder = folders[lab_id]
        self._folders = folders
        self._is_own = is_own

    def lab(self) -> Lab | None:
        file = self._decoded(self._folder / "lab.toml", LabFile)
        paths = self._paths(file)
        sources = {path.name: self._source(path) for path in paths.values()}
        sources |= {
            path.name: self._text(path)
            for name in EXHIBITS
            if (path := self._folder / name).exists()
        }
        task, answers = self._words("task"), None
        if any((self._folder / f"answers.{language}.md").exists() for language in ("ru", "en")):
            answers = self._words("answers")
        checks = self._checks(self._folder / "checks.toml", paths)
        walkthrough = self._walkthrough(paths, sources)
        if file is None:
            return None
        return Lab(
            id=self._id,
            title=file.title,
            about=file.summary,
            transport=file.transport,
            port=file.port,
            source=file.source,
            evolves=file.evolves,
            server=file.server,
            client=file.client,
            arguments=file.arguments,
            needs=file.needs,
            minutes=file.minutes,
            goals=file.goals,
            answers=answers,
            is_own=self._is_own,
            paths=paths,
            sources=sources,
            task=task,
            walkthrough=walkthrough,
            checks=checks,
        )

    def _paths(self, file: LabFile | None) -> dict[ProgramName, Path]:
        paths = {
            program: path
            for program in PROGRAMS
            if (path := self._folder / f"{program}.py").exists()
        }
        if file is None:
            return paths
        told = self._folder / "lab.toml"
        if file.server is not None:
            borrowed = self._folders.get(file.server, self._folder / "none") / "server.py"
            if "server" in paths:
                self._tell_key(told, ("server",), "this lab has a server.py of its own")
            elif not borrowed.is_file():
                self._tell_key(told, ("server",), f"{file.server} has no server.py")
            paths = {"server": borrowed, **paths}
        for program in sorted(file.arguments.keys() - set(paths)):
            self._tell_key(told, ("arguments", program), _no_program(program, paths))
        needed: ProgramName = "demo" if file.transport == "none" else "server"
        if needed not in paths:
            what = f"{needed}.py is missing, which transport {file.transport!r} needs"
            self._tell(self._folder, what)
        return paths

    def _walkthrough(
        self, paths: Mapping[ProgramName, Path], sources: Mapping[str, str]
    ) -> tuple[Step, ...]:
        path = self._folder / "walkthrough.toml"
        if self._is_own and not path.exists():
            return ()
        file = self._decoded(path, WalkthroughFile)
        steps: list[Step] = []
        misfits: dict[int, TomlProblem] = {}
        gone: list[ProgramName] = []
        for number, step in enumerate(file.step if file else ()):
            try:
                if step.program not in paths:
                    gone.append(step.program)
                    raise ValueError(_no_program(step.program, paths))
                steps.append(Step.at_lines_of(sources[f"{step.program}.py"], step))
            except ValueError as error:
                key = "snippet" if step.program in paths else "program"
                misfits[number] = self._at_key(path, ("step", number, key), str(error))
        for problem in self._few(path, misfits, gone):
            self._tell_at(path, problem)
        return tuple(steps)

    def _few(
        self, path: Path, misfits: Mapping[int, TomlProblem], gone: Sequence[ProgramName]
    ) -> Iterable[TomlProblem]:
        """Return each misfit; of many, as after first versions were deleted, one problem."""
        if len(misfits) <= MISFITS_TOLD:
            return misfits.values()
        told = []
        if gone:
            names = " and ".join(dict.fromkeys(f"{name}.py" for name in gone))
            told.append(f"{len(gone)} are about {names}, which this lab does not have")
        if others := [str(each.line) for each in misfits.values() if each.key.endswith("snippet")]:
            lines = f"line{'s' * (len(others) > 1)} {', '.join(others)}"
            told.append(f"the snippet does not stand in its program once ({lines})")
        what = f"{len(misfits)} steps do not fit: {'; '.join(told)}. Delete or rewrite them"
        if self._is_own:
            what += f", or delete {path.name}: a lab of one's own needs none"
        return [self._at_key(path, ("step", min(misfits)), what)]

    def _checks(self, path: Path, paths: Mapping[ProgramName, Path]) -> tuple[Check, ...]:
        if not path.exists():
            return ()
        try:
            checks = read_checks(self._text(path), one_language=self._is_own)
        except ChecksWrong as error:
            for problem in error.problems:
                self.problems.append(f"{told_name(path, self._folder)}:{problem}")
            return ()
        for number, check in enumerate(checks):
            if check.program not in paths:
                what = _no_program(check.program, paths)
                self._tell_key(path, ("check", number, "program"), what)
        return checks

    def _words(self, name: str) -> Words:
        """Return a text of both languages; of a lab of one's own, one may stand for both."""
        files = {language: self._folder / f"{name}.{language}.md" for language in ("ru", "en")}
        if self._is_own:
            there = [language for language, path in files.items() if path.exists()]
            if len(there) == 1:
                files = dict.fromkeys(files, files[there[0]])
        texts = {path: self._text(path) for path in dict.fromkeys(files.values())}
        return Words(ru=texts[files["ru"]], en=texts[files["en"]])

    def _decoded(self, path: Path, kind: type[T]) -> T | None:
        data = self._attempt(path, path.read_bytes)
        if data is None:
            return None
        value, problems = read_toml(data, kind, one_language=self._is_own)
        for problem in problems:
            self._tell_at(path, problem)
        return value

    def _source(self, path: Path) -> str:
        text = self._text(path)
        if self._is_own:
            try:
                ast.parse(text)
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                what = f"no Python: {getattr(error, 'msg', error)}"
                self._tell_at(path, TomlProblem(line, "", what))
        return text

    def _text(self, path: Path) -> str:
        text = self._attempt(path, lambda: path.read_text(encoding="utf-8"))
        if text is not None and not text.strip():
            self._tell(path, "is empty")
        return text or ""

    def _attempt(self, path: Path, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except FileNotFoundError:
            self._tell(path, "is missing")
        except (OSError, ValueError) as error:  # what is no UTF-8 is a ValueError
            self._tell(path, str(error))
        return None

    def _tell(self, path: Path, problem: str) -> None:
        self.problems.append(f"{told_name(path, self._folder)}: {problem}")

    def _tell_at(self, path: Path, problem: TomlProblem) -> None:
        self.problems.append(f"{told_name(path, self._folder)}:{problem}")

    def _tell_key(self, path: Path, key: KeyPath, what: str) -> None:
        self._tell_at(path, self._at_key(path, key, what))

    def _at_key(self, path: Path, key: KeyPath, what: str) -> TomlProblem:
        return problem_at(path.read_text(encoding="utf-8"), key, what)


def _no_program(program: str, paths: Mapping[ProgramName, Path]) -> str:
    return f"this lab has no program {program!r}; it has {', '.join(paths)}"


def told_name(path: Path, folder: Path) -> Path:
    """Return a path of a lab's folder as it is told: with the name of the folder of labs."""
    labs_dir = folder.parents[1]
    if not path.is_relative_to(labs_dir):  # a borrowed server of other labs
        return path
    return path.relative_to(labs_dir.parent)
