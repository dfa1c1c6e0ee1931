"""Labs of one's own in a terminal: one is made from another, and checked before anybody sees it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from backend.domain.errors import InvalidRequest, SocketLabError
from backend.domain.labs import Lab
from backend.runtime.catalog import OWN_ID, Catalog

_TITLE = re.compile(r"(?m)^title = .*$")
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "__init__.py")


def make_lab(lab_id: str, *, like: Lab, taken: Iterable[str], labs_dir: Path) -> Path:
    """Copy a lab as GROUP/NAME into a folder of labs; return where it is.

    Raises InvalidRequest for a name that no lab may have or that is taken, and where the folder is
    there already.
    """
    if not OWN_ID.fullmatch(lab_id):
        raise InvalidRequest(f"A lab is called GROUP/NAME, of a-z, 0-9 and _; got {lab_id!r}.")
    if lab_id in taken:
        raise InvalidRequest(f"There is a lab {lab_id} already: take another name.")
    folder = labs_dir / lab_id
    if folder.exists():
        raise InvalidRequest(f"{folder} is there already; nothing was changed.")
    try:
        shutil.copytree(_folder_of(like), folder, ignore=_NOT_COPIED)
        _rename(folder, lab_id, like.id)
    except OSError as error:
        raise InvalidRequest(f"{folder} could not be made: {error}") from None
    return folder


def problems_of(labs_dir: Path, folders: Iterable[Path]) -> tuple[list[str], list[str]]:
    """Return the ids of the labs that are right in these folders, and all that is wrong in others.

    A folder holds labs, GROUP/NAME, or is a lab itself; `labs_dir` has those of the course.
    """
    right: list[str] = []
    wrong: list[str] = []
    for folder in folders:
        is_lab = (folder / "lab.toml").is_file()
        holder = folder.resolve().parents[1] if is_lab else folder
        if holder.resolve() == labs_dir.resolve():
            own, wanted = [], None
        else:
            own, wanted = [holder], f"{folder.resolve().parent.name}/{folder.resolve().name}"
        try:
            catalog = Catalog.read(labs_dir, own)
        except SocketLabError as error:
            wrong += error.message.splitlines()
            continue
        good = [lab.id for lab in catalog.labs if lab.is_own == bool(own)]
        right += [lab_id for lab_id in good if not is_lab or lab_id == wanted]
        broken = [lab for lab in catalog.broken if not is_lab or lab.id == wanted]
        wrong += [problem for lab in broken for problem in lab.problems]
        if not good and not catalog.broken:
            wrong.append(f"{folder}: no labs here, expected GROUP/NAME/lab.toml")
    return right, wrong


def _folder_of(lab: Lab) -> Path:
    """Return the folder of a lab, also of one that borrows its server."""
    group, _, name = lab.id.partition("/")
    own = (path.parent for path in lab.paths.values() if path.parent.name == name)
    return next(folder for folder in own if folder.parent.name == group)


def _rename(folder: Path, lab_id: str, old_id: str) -> None:
    """Let a copy say its own name: in its title, and in the commands of its texts."""
    name = lab_id.partition("/")[2].replace("_", " ").capitalize()
    file = folder / "lab.toml"
    title = f'title = {{ ru = "{name}", en = "{name}" }}'
    file.write_text(_TITLE.sub(title, file.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    module = re.compile(rf"-m labs\.{re.escape(old_id.replace('/', '.'))}\.(\w+)")
    for text in folder.glob("*.md"):
        words = module.sub(rf"{lab_id}/\1.py", text.read_text(encoding="utf-8"))
        text.write_text(words.replace(f"labs/{old_id}/", f"{lab_id}/"), encoding="utf-8")
