"""The catalogue: the labs that come with Socket Lab, and those of folders of one's own.

The first are read once, at start, and have to be right: what is wrong is told with file, line and
key, all of it at once, before anything runs. The others may be wrong, and change: they are read
anew as soon as somebody looks and a file has changed; one that is broken holds up no other.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.domain.broken_labs import BrokenLab
from backend.domain.errors import Defect, UnknownLab
from backend.domain.labs import GROUPS, Lab, learning_order
from backend.domain.programs import PROGRAMS
from backend.domain.toml_lines import KeyPath
from backend.domain.toml_reading import problem_at
from backend.runtime.lab_reading import read_lab, told_name

OWN_ID = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")  # also a part of addresses

_Seen = list[tuple[str, int, int]]


@dataclass(frozen=True)
class _Shelf:
    """All labs as they were read at one time, in the order in which they are learnt."""

    labs: Mapping[str, Lab]
    broken: tuple[BrokenLab, ...] = ()


class Catalog:
    """The labs, by id and in the order in which they are learnt. Any thread may look."""

    def __init__(self, folders: dict[str, Path], labs: dict[str, Lab], own: Sequence[Path]) -> None:
        self._folders = folders
        self._built_in = labs
        self._own = tuple(own)
        self._seen: _Seen = []
        self._reading = threading.Lock()
        self._shelf = _Shelf({lab_id: labs[lab_id] for lab_id in learning_order(labs)})

    @classmethod
    def read(cls, labs_dir: Path, own: Iterable[Path] = ()) -> Catalog:
        """Read every folder labs_dir/GROUP/NAME that holds a lab.toml, and those of one's own.

        Raises Defect with all that is wrong in labs_dir, one line each, and for a folder of one's
        own that is not there.
        """
        folders, problems = _built_in_folders(labs_dir.resolve())
        if not folders and not problems:
            raise Defect(f"{labs_dir}: no labs here, expected GROUP/NAME/lab.toml")
        labs = {}
        for lab_id in folders:
            lab, told = read_lab(lab_id, folders)
            problems += told
            if lab is not None:
                labs[lab_id] = lab
        for lab in labs.values():
            problems += _wrong_references(lab, folders, folders)
        if problems:
            raise Defect("The labs cannot be read:\n" + "\n".join(problems))
        catalog = cls(folders, labs, [_require_folder(folder) for folder in own])
        catalog.refresh()
        return catalog

    @classmethod
    def read_one(cls, lab_id: str, labs_dir: Path, own: Iterable[Path] = ()) -> Lab:
        """Read this lab alone: for who needs its programs, and need not know of the others.

        Raises UnknownLab, and Defect with all that is wrong in it, one line each, and for a folder
        of one's own that is not there.
        """
        folders, _ = _built_in_folders(labs_dir.resolve())
        is_own = lab_id not in folders
        for folder in _own_folders([_require_folder(folder) for folder in own]):
            folders.setdefault(f"{folder.parent.name}/{folder.name}", folder)
        if lab_id not in folders:
            raise UnknownLab(lab_id)
        if is_own and not OWN_ID.fullmatch(lab_id):
            raise Defect(_wrong_name(folders[lab_id]))
        lab, told = read_lab(lab_id, folders, is_own=is_own)
        problems = [*told, *(_wrong_references(lab, folders, folders) if lab else ())]
        if lab is None or problems:
            raise Defect("\n".join(problems))
        return lab

    @property
    def labs(self) -> tuple[Lab, ...]:
        """All labs that can be used."""
        return tuple(self._shelf.labs.values())

    @property
    def broken(self) -> tuple[BrokenLab, ...]:
        """The labs of one's own that cannot be used as they are."""
        return self._shelf.broken

    def get(self, lab_id: str) -> Lab:
        """Return the lab of this id; raise UnknownLab when there is none."""
        try:
            return self._shelf.labs[lab_id]
        except KeyError:
            raise UnknownLab(lab_id) from None

    def refresh(self) -> None:
        """Read the labs of one's own anew, if one of their files has changed. Blocks meanwhile."""
        if not self._own:
            return
        with self._reading:
            seen = _seen(self._own)  # before reading: what changes meanwhile is seen next time
            if seen != self._seen:
                self._shelf = self._read_own()
                self._seen = seen

    def _read_own(self) -> _Shelf:
        folders = dict(self._folders)
        broken: dict[str, list[str]] = {}
        own: dict[str, Path] = {}
        for folder in _own_folders(self._own):
            lab_id = f"{folder.parent.name}/{folder.name}"
            if not OWN_ID.fullmatch(lab_id):
                broken.setdefault(lab_id, []).append(_wrong_name(folder))
            elif lab_id in folders:
                what = f"there is a lab {lab_id} already, in {folders[lab_id].parents[1]}"
                broken.setdefault(lab_id, []).append(f"{told_name(folder, folder)}: {what}")
            else:
                folders[lab_id] = own[lab_id] = folder
        labs = dict(self._built_in)
        for lab_id in own:
            lab, problems = read_lab(lab_id, folders, is_own=True)
            if lab is None:
                broken.setdefault(lab_id, []).extend(problems)
            else:
                labs[lab_id] = lab
        _part_from_broken(labs, broken, own, folders)
        return _Shelf(
            {lab_id: labs[lab_id] for lab_id in learning_order(labs)},
            tuple(BrokenLab(id=each, problems=tuple(broken[each])) for each in sorted(broken)),
        )


def _part_from_broken(
    labs: dict[str, Lab],
    broken: dict[str, list[str]],
    own: Mapping[str, Path],
    folders: Mapping[str, Path],
) -> None:
    """Move to the broken ones each lab that needs what is not there, until none does."""
    while True:
        wrong = {
            lab_id: problems
            for lab_id in own
            if lab_id in labs and (problems := _wrong_references(labs[lab_id], folders, labs))
        }
        if not wrong:
            return
        for lab_id, problems in wrong.items():
            del labs[lab_id]
            broken.setdefault(lab_id, []).extend(problems)


def _wrong_references(
    lab: Lab, folders: Mapping[str, Path], usable: Mapping[str, object]
) -> list[str]:
    """Return what is wrong with the labs that a lab names."""
    named: list[tuple[KeyPath, str | None]] = [(("evolves",), lab.evolves)]
    named += [(("server",), lab.server)]
    named += [(("needs", number), other) for number, other in enumerate(lab.needs)]
    file = folders[lab.id] / "lab.toml"
    problems = []
    for key, other in named:
        if other is None or (other in usable and other != lab.id):
            continue
        is_broken = other in folders and other != lab.id
        what = f"the lab {other!r} is broken" if is_broken else f"no lab {other!r}"
        told = problem_at(file.read_text(encoding="utf-8"), key, what)
        problems.append(f"{told_name(file, folders[lab.id])}:{told}")
    return problems


def _built_in_folders(labs_dir: Path) -> tuple[dict[str, Path], list[str]]:
    """Return the labs' folders by their ids, which are text: UTF-8, whatever our locale is."""
    folders: dict[str, Path] = {}
    problems: list[str] = []
    for path in (
        path for group in GROUPS for path in sorted((labs_dir / group).glob("*/lab.toml"))
    ):
        try:
            name = os.fsencode(path.parent.name).decode()
        except UnicodeDecodeError as error:
            problems.append(f"{path.relative_to(labs_dir.parent)}: {error}")
        else:
            folders[f"{path.parents[1].name}/{name}"] = path.parent
    return folders, problems


def _own_folders(labs_dirs: Iterable[Path]) -> list[Path]:
    """Return each GROUP/NAME that holds a lab.toml, or a program of a lab that lacks one."""
    telling = ("lab.toml", *(f"{program}.py" for program in PROGRAMS))
    return [
        folder
        for labs_dir in labs_dirs
        for folder in sorted(labs_dir.glob("*/*"))
        if any((folder / name).is_file() for name in telling)
    ]


def _wrong_name(folder: Path) -> str:
    return f"{told_name(folder, folder)}: the names of groups and labs have a-z, 0-9 and _ only"


def _require_folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise Defect(f"{folder}: there is no such folder of labs")
    return folder.resolve()


def _seen(labs_dirs: Iterable[Path]) -> _Seen:
    """Return what tells whether a file of a lab has changed."""
    seen = []
    for path in (path for labs_dir in labs_dirs for path in labs_dir.glob("*/*/*")):
        try:
            stat = path.stat()
        except OSError:
            continue  # it went meanwhile
        seen.append((str(path), stat.st_mtime_ns, stat.st_size))
    return sorted(seen)
