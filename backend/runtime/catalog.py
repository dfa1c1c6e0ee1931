"""The catalogue: every lab under a folder, read and checked once, at start.

What is wrong in a lab's files is told with file and key, all of it at once, before anything runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from backend.domain.checks import Check, ChecksWrong, read_checks
from backend.domain.errors import Defect, UnknownLab
from backend.domain.labs import (
    GROUPS,
    Lab,
    LabFile,
    Step,
    WalkthroughFile,
    learning_order,
)
from backend.domain.language import Words
from backend.domain.programs import PROGRAMS, ProgramName

# What a lab's programs read, shown beside them.
EXHIBITS = ("index.html",)

T = TypeVar("T")


class Catalog:
    """The labs, by id and in the order in which they are learnt."""

    def __init__(self, labs: dict[str, Lab]) -> None:
        self._by_id = {lab_id: labs[lab_id] for lab_id in learning_order(labs)}
        self.labs = tuple(self._by_id.values())

    @classmethod
    def read(cls, labs_dir: Path) -> Catalog:
        """Read every folder labs_dir/GROUP/NAME that holds a lab.toml.

        Raises Defect with all that is wrong, one line each.
        """
        return _Reading(labs_dir.resolve()).catalog()

    def get(self, lab_id: str) -> Lab:
        """Return the lab of this id; raise UnknownLab when there is none."""
        try:
            return self._by_id[lab_id]
        except KeyError:
            raise UnknownLab(lab_id) from None


class _Reading:
    """One reading of the labs, which collects problems."""

    def __init__(self, labs_dir: Path) -> None:
        self._labs_dir = labs_dir
        self._problems: list[str] = []

    def catalog(self) -> Catalog:
        folders = self._folders()
        if not folders and not self._problems:
            raise Defect(f"{self._labs_dir}: no labs here, expected GROUP/NAME/lab.toml")
        read = {lab_id: self._lab(lab_id, folder) for lab_id, folder in folders.items()}
        labs = {lab_id: lab for lab_id, lab in read.items() if lab is not None}
        for lab in labs.values():
            for key, named in (("evolves", [lab.evolves]), ("needs", lab.needs)):
                for other in named:
                    if other is not None and (other not in folders or other == lab.id):
                        self._tell(folders[lab.id] / "lab.toml", f"{key}: no lab {other!r}")
        if self._problems:
            raise Defect("The labs cannot be read:\n" + "\n".join(self._problems))
        return Catalog(labs)

    def _folders(self) -> dict[str, Path]:
        """Return the labs' folders by their ids, which are text: UTF-8, whatever our locale is."""
        paths = [
            path for group in GROUPS for path in sorted((self._labs_dir / group).glob("*/lab.toml"))
        ]
        names = [self._attempt(path, partial(_name_of, path.parent)) for path in paths]
        return {
            f"{path.parents[1].name}/{name}": path.parent
            for path, name in zip(paths, names, strict=True)
            if name is not None
        }

    def _lab(self, lab_id: str, folder: Path) -> Lab | None:
        told = len(self._problems)
        file = self._decoded(folder / "lab.toml", LabFile)
        if file is None:
            return None
        paths = self._paths(folder, file)
        sources = {path.name: self._text(path) for path in paths.values()}
        sources |= {
            path.name: self._text(path) for name in EXHIBITS if (path := folder / name).exists()
        }
        lab = Lab(
            id=lab_id,
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
            answers=self._answers(folder),
            checks=self._checks(folder / "checks.toml", paths),
            paths=paths,
            sources=sources,
            task=Words(ru=self._text(folder / "task.ru.md"), en=self._text(folder / "task.en.md")),
            walkthrough=self._walkthrough(folder / "walkthrough.toml", paths, sources),
        )
        return lab if len(self._problems) == told else None

    def _paths(self, folder: Path, file: LabFile) -> dict[ProgramName, Path]:
        paths = {
            program: path for program in PROGRAMS if (path := folder / f"{program}.py").exists()
        }
        if file.server is not None:
            borrowed = self._labs_dir / file.server / "server.py"
            if "server" in paths:
                self._tell(folder / "lab.toml", "server: this lab has a server.py of its own")
            elif not borrowed.is_file():
                self._tell(folder / "lab.toml", f"server: {file.server} has no server.py")
            paths = {"server": borrowed, **paths}
        for program in sorted(file.arguments.keys() - set(paths)):
            self._tell(folder / "lab.toml", f"arguments: this lab has no program {program!r}")
        needed = "demo" if file.transport == "none" else "server"
        if needed not in paths:
            self._tell(folder, f"{needed}.py is missing, which transport {file.transport!r} needs")
        return paths

    def _answers(self, folder: Path) -> Words | None:
        """Return the answers in both languages, or None where there is no file of either."""
        files = {language: folder / f"answers.{language}.md" for language in ("ru", "en")}
        if not any(path.exists() for path in files.values()):
            return None
        return Words(ru=self._text(files["ru"]), en=self._text(files["en"]))

    def _checks(self, path: Path, paths: dict[ProgramName, Path]) -> tuple[Check, ...]:
        if not path.exists():
            return ()
        try:
            checks = read_checks(self._text(path))
        except ChecksWrong as error:
            for problem in error.problems:
                self._tell(path, problem)
            return ()
        for check in checks:
            if check.program not in paths:
                self._tell(path, f"check {check.id}: this lab has no program {check.program!r}")
        return checks

    def _walkthrough(
        self, path: Path, paths: dict[ProgramName, Path], sources: dict[str, str]
    ) -> tuple[Step, ...]:
        file = self._decoded(path, WalkthroughFile)
        steps = []
        for number, step in enumerate(file.step if file else (), 1):
            if step.program not in paths:
                self._tell(path, f"step {number}: this lab has no program {step.program!r}")
                continue
            try:
                steps.append(Step.at_lines_of(sources[f"{step.program}.py"], step))
            except ValueError as error:
                self._tell(path, f"step {number}: {error}")
        return tuple(steps)

    def _decoded(self, path: Path, kind: type[T]) -> T | None:
        return self._attempt(path, lambda: msgspec.toml.decode(path.read_bytes(), type=kind))

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
        except (OSError, ValueError) as error:  # msgspec's and tomllib's errors are ValueErrors
            self._tell(path, str(error))
        return None

    def _tell(self, path: Path, problem: str) -> None:
        self._problems.append(f"{path.relative_to(self._labs_dir.parent)}: {problem}")


def _name_of(folder: Path) -> str:
    return os.fsencode(folder.name).decode()
