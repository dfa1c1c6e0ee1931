"""What is installed agrees with the project: requirement files and the package itself."""

from __future__ import annotations

import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.commands import ROOT, run

REQUIREMENT_FILES = [
    *("requirements.txt", "requirements-build.txt", "requirements-dev.txt"),
    "requirements-uv.txt",
]

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\")

HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?")

COMMENT = re.compile(r" {4}#.*")


def project_files(*folders: str) -> list[Path]:
    """Return the files that belong to the project: those in git, and those not ignored by it."""
    listed = run("git", "ls-files", "-z", "-co", "--exclude-standard", "--", *folders)
    if listed.returncode:
        pytest.skip("only a git checkout says which files belong to the project")
    paths = [Path(name) for name in listed.stdout.split("\0") if name]
    return [path for path in paths if (ROOT / path).is_file()]


# Requirement files


def pins(name: str) -> dict[str, str]:
    """Return the version of each pinned distribution."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {match["name"]: match["version"] for line in lines if (match := PIN.fullmatch(line))}


@pytest.mark.parametrize("name", REQUIREMENT_FILES)
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    hashes = 0
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    for line in [*lines, "end==0 \\"]:
        if PIN.fullmatch(line):
            assert hashes or line == lines[0], f"no hash before {line}"
            hashes = 0
        elif HASH.fullmatch(line):
            hashes += 1
        else:
            assert COMMENT.fullmatch(line), f"neither a pin, nor a hash, nor a comment: {line}"
            assert not re.search(r"://|index|@", line)


def test_the_requirement_files_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = [*project["dependency-groups"]["build"], *project["build-system"]["requires"]]
    runs = project["project"]["dependencies"]
    asked = {
        "requirements.txt": runs,
        "requirements-build.txt": build,
        "requirements-dev.txt": [
            *runs,
            *build,
            *(name for name in project["dependency-groups"]["dev"] if isinstance(name, str)),
        ],
    }
    asked["requirements-uv.txt"] = project["dependency-groups"]["uv"]
    assert {"include-group": "build"} in project["dependency-groups"]["dev"]
    for name, wanted in asked.items():
        pinned = pins(name)
        for requirement in map(Requirement, wanted):
            assert requirement.name in pinned, f"{name} lacks {requirement}: make lock"
            version = pinned[requirement.name]
            assert version in requirement.specifier, f"{requirement}, but {version} in {name}"


def test_the_requirement_files_agree() -> None:
    everything = pins("requirements-dev.txt").items()
    assert pins("requirements.txt").items() <= everything
    assert pins("requirements-build.txt").items() <= everything


def test_the_compiler_of_the_types_is_pinned_and_hashed_without_a_host() -> None:
    folder = ROOT / "frontend"
    asked = json.loads((folder / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert lock.pop("")["devDependencies"] == asked, "make lock"
    assert {name: lock[f"node_modules/{name}"]["version"] for name in asked} == asked
    for name, package in lock.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, f"{name}: frontend/.npmrc keeps hosts out of the lock"


# The package


def test_the_wheel_holds_everything_that_the_playground_needs(tmp_path: Path) -> None:
    needed = {str(path) for path in project_files("backend", "frontend", "labs")}
    for_checks = {
        f"frontend/{name}"
        for name in (
            ".npmrc",
            "biome.jsonc",
            "package.json",
            "package-lock.json",
            "tsconfig.json",
        )
    }
    assert for_checks < needed
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        (entry_points,) = (name for name in held if name.endswith("/entry_points.txt"))
        assert "socketlab = backend.cli:main" in archive.read(entry_points).decode()
    assert needed - held == for_checks
    assert not [name for name in held if "node_modules" in name]
    for pattern in (
        *(r"labs/.+/lab\.toml", r"labs/.+/task\.ru\.md", r"labs/.+/task\.en\.md"),
        *(r"labs/.+/walkthrough\.toml", r"frontend/templates/.+\.html", r"frontend/static/.+\.js"),
        *(r"frontend/static/.+\.css", r"frontend/locales/.+"),
    ):
        assert any(re.fullmatch(pattern, name) for name in held), f"nothing like {pattern}"
    assert not [name for name in held if name.startswith("tests/") or "__pycache__" in name]


def test_no_file_names_a_package_host_or_a_place_on_somebodys_machine() -> None:
    machine_path = re.compile(
        rb"(?<![\w.~-])/(?:work|root|Users/\w+|home/\w+)/"
        rb"|\b(?:pypi|npmjs|pythonhosted|debian|crates)\.(?:org|com|io)\b"
    )
    named = [
        f"{path}: {match[0].decode()}"
        for path in project_files(".")
        if (match := machine_path.search((ROOT / path).read_bytes()))
    ]
    assert named == []
