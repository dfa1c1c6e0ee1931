"""What starts the project elsewhere agrees with the project: Makefile, CI, container, packages.

No Docker engine is needed: the two container files are read and compared with the sources.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import yaml
from packaging.requirements import Requirement

from backend.app import create_app
from backend.settings import Settings

ROOT = Path(__file__).parents[1]
WAIT_S = 120.0

REQUIREMENT_FILES = ["requirements.txt", "requirements-build.txt", "requirements-dev.txt"]
PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?: ; [^\\]+)? \\")
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?")
COMMENT = re.compile(r" {4}#.*")


class Instruction(NamedTuple):
    """One instruction of a Dockerfile, its continued lines joined."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The parts of an instruction in its JSON form, or else as a shell splits it."""
        if self.text.startswith("["):
            words: list[str] = json.loads(self.text)
            return words
        return shlex.split(self.text)


def read_dockerfile() -> list[list[Instruction]]:
    """Return the stages of the Dockerfile, each a list of instructions."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    stages: list[list[Instruction]] = []
    for line in filter(None, lines):
        match = re.fullmatch(r"([A-Z]+) +(.+)", line)
        assert match, f"not an instruction: {line}"
        if match[1] == "FROM":
            stages.append([])
        stages[-1].append(Instruction(match[1], match[2]))
    return stages


def the_last(name: str) -> Instruction:
    """Return the instruction of this name that the finished image goes by."""
    return [found for found in read_dockerfile()[-1] if found.name == name][-1]


def read_service() -> dict[str, Any]:
    """Return the one service of the compose file."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    assert list(services) == ["playground"]
    service: dict[str, Any] = services["playground"]
    return service


def ports_of(text: str) -> set[tuple[str, int]]:
    """Read `50007-50009/tcp` as the ports that it stands for, each with its transport."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?/(tcp|udp)", text)
    assert match, f"not ports with a transport: {text}"
    return {(match[3], port) for port in range(int(match[1]), int(match[2] or match[1]) + 1)}


def ports_of_the_project() -> set[tuple[str, int]]:
    """Return the web server's port and the default port of every lab that has one."""
    ports = {("tcp", Settings().port)}
    for path in sorted((ROOT / "labs").glob("*/*/lab.toml")):
        lab = tomllib.loads(path.read_text(encoding="utf-8"))
        if "port" in lab:
            ports.add((lab["transport"], lab["port"]))
    return ports


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's folder, apart from the make that may have started us."""
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    environment |= options.pop("env", {})
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
        **options,
    )


def project_files(*folders: str) -> list[Path]:
    """Return the files that belong to the project: those in git, and those not ignored by it."""
    listed = run("git", "ls-files", "-z", "-co", "--exclude-standard", "--", *folders)
    if listed.returncode:
        pytest.skip("only a git checkout says which files belong to the project")
    paths = [Path(name) for name in listed.stdout.split("\0") if name]
    return [path for path in paths if (ROOT / path).is_file()]


# The container


def test_what_the_dockerfile_copies_exists_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = {
        source.rstrip("/")
        for stage in read_dockerfile()
        for instruction in stage
        if instruction.name == "COPY" and not instruction.text.startswith("--from=")
        for source in instruction.words[:-1]
    }
    assert {"backend", "frontend", "labs"} < copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_the_image_installs_by_hash_only() -> None:
    installs = [
        command
        for stage in read_dockerfile()
        for instruction in stage
        if instruction.name == "RUN"
        for command in instruction.text.split("&&")
        if "pip" in shlex.split(command)
    ]
    assert len(installs) == 3
    for command in installs:
        from_registry = "--require-hashes" in command
        from_here = "--no-index" in command and "--no-deps" in command
        assert from_registry or from_here, command


def test_the_image_holds_no_build_tools_and_runs_as_nobody_in_particular() -> None:
    finished = read_dockerfile()[-1]
    assert not any("pip" in step.text for step in finished if step.name == "RUN")
    assert the_last("USER").text.isdecimal()
    assert int(the_last("USER").text) > 0
    assert "PYTHONDONTWRITEBYTECODE=1" in the_last("ENV").words


def test_the_image_starts_the_command_with_flags_that_it_has() -> None:
    command = the_last("CMD").words
    assert command[:2] == ["socketlab", "serve"]
    shown = run(
        *(sys.executable, "-m", "backend.cli", "serve", "--help"),
        env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"},
    )
    assert shown.returncode == 0, shown.stderr
    flags = [word for word in command if word.startswith("--")]
    assert flags
    assert [flag for flag in flags if not re.search(rf"{flag}\b", shown.stdout)] == []


async def test_the_health_check_asks_for_a_page_that_answers() -> None:
    options, _, command = the_last("HEALTHCHECK").text.partition(" CMD ")
    check = read_service()["healthcheck"]
    assert check["test"] == ["CMD", *json.loads(command)]
    for option, key in re.findall(r"--([a-z-]+)=(\S+)", options):
        assert str(check[option.replace("-", "_")]) == key

    match = re.search(r"'(http://127\.0\.0\.1:(\d+))(/[^']*)'", command)
    assert match
    assert match[2] in the_last("CMD").words
    transport = httpx.ASGITransport(create_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url=match[1]) as client:
        assert (await client.get(match[3])).status_code == 200


def test_the_health_check_is_a_program() -> None:
    _, _, command = the_last("HEALTHCHECK").text.partition(" CMD ")
    python, flag, source = json.loads(command)
    assert (python, flag) == ("python", "-c")
    compile(source, "HEALTHCHECK", "exec")


def test_every_lab_is_published_on_loopback_and_nothing_else() -> None:
    published: set[tuple[str, int]] = set()
    for port in read_service()["ports"]:
        address, outside, inside = port.split(":")
        assert address == "127.0.0.1"
        assert outside == inside.partition("/")[0]
        assert not published & ports_of(inside)
        published |= ports_of(inside)
    exposed = set().union(*(ports_of(word) for word in the_last("EXPOSE").words))
    assert published == ports_of_the_project()
    assert exposed == published


def test_the_container_may_do_little() -> None:
    service = read_service()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"]
    assert service["init"] is True
    assert {"mem_limit", "pids_limit"} < set(service)
    assert not {"privileged", "volumes", "network_mode", "user"} & set(service)


def test_the_container_sets_what_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    environment: dict[str, str] = read_service()["environment"]
    fields = {f"SOCKETLAB_{name.upper()}" for name in Settings.model_fields}
    in_image = {word.partition("=")[0] for word in the_last("ENV").words}
    set_here = {*environment, *(name for name in in_image if name.startswith("SOCKETLAB_"))}
    assert set_here <= fields

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.labs_host == "0.0.0.0"
    assert settings.trusted_bind is True


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


# make, CI


def make(*words: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make")
    assert program
    return run(program, *words, env={"PATH": str(path)} if path else {})


def targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert phony
    return set(phony[1].split())


def test_make_knows_what_to_do() -> None:
    for target in targets():
        planned = make("-n", target, "VENV=build/none")
        assert planned.returncode == 0, planned.stderr
    assert make("-n", "run", "test", "check").returncode == 0


def test_make_alone_says_what_there_is() -> None:
    shown = make().stdout
    assert set(re.findall(r"^make ([a-z-]+)", shown, re.MULTILINE)) == targets() - {"help"}


def test_what_the_readme_says_of_make_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", code))
    assert {"run", "test"} <= named <= targets()


def test_ci_runs_the_checks_and_the_tests_and_fails_when_one_does(tmp_path: Path) -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)

    pretend(tmp_path, "make", 'echo "make $*"; [ "$1" != "$FAILS" ]')
    path = f"{tmp_path}:{os.environ['PATH']}"
    ran = {
        fails: run("bash", script, env={"PATH": path, "FAILS": fails})
        for fails in ("check", "test", "nothing")
    }
    assert {fails: done.returncode == 0 for fails, done in ran.items()} == {
        "check": False,
        "test": False,
        "nothing": True,
    }
    steps = ["make check", "make test"]
    assert [line for line in ran["nothing"].stdout.splitlines() if line in steps] == steps


# A machine that lacks something: a PATH that holds nothing but what is put there


def pretend(folder: Path, name: str, source: str) -> None:
    """Put a program into a folder."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{source}\n", encoding="utf-8")
    program.chmod(0o755)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a folder with a shell's small tools, a Python with tkinter, and nothing else."""
    for name in ("sh", "grep", "uname", "env", "true", "touch", "mkdir", "chmod", "getconf"):
        program = shutil.which(name)
        assert program
        (tmp_path / name).symlink_to(program)
    pretend(tmp_path, "python-with-tk", "exit 0")
    pretend(tmp_path, "id", "echo 1000")
    return tmp_path


def tools(
    path: Path, python: str = "python-with-tk", *words: str
) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh")
    assert shell
    return run(shell, ROOT / ".ci" / "tools", python, *words, env={"PATH": str(path)})


def put_all_tools(path: Path) -> None:
    for name in ("chromium", "Xvfb", "xdotool", "curl", "tshark"):
        pretend(path, name, "exit 0")
    pretend(path, "nc", "echo OpenBSD netcat >&2")


def test_nothing_is_installed_where_nothing_is_missing(bare: Path) -> None:
    put_all_tools(bare)
    pretend(bare, "apt-get", "echo asked; exit 1")
    done = tools(bare)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_cannot_be_installed_is_said_in_one_line(bare: Path) -> None:
    done = tools(bare)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for name in ("Chromium", "xdotool", "netcat-openbsd", "curl", "tshark"):
        assert name in done.stderr


def test_who_may_not_install_is_told_the_packages(bare: Path) -> None:
    put_all_tools(bare)
    (bare / "tshark").unlink()
    pretend(bare, "apt-get", "echo asked")
    pretend(bare, "sudo", "exit 1")
    done = tools(bare)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "The tests need what this machine lacks (tshark): "
        "install tshark as root (with apt-get), then try again.\n"
    )


@pytest.mark.parametrize("user", ["root", "sudoer"])
def test_what_is_missing_is_installed(bare: Path, user: str) -> None:
    put_all_tools(bare)
    (bare / "curl").unlink()
    pretend(bare, "nc", "echo another netcat")
    pretend(
        bare,
        "apt-get",
        'echo "apt-get $*"\n'
        'case "$*" in\n'
        "*install*)\n"
        f"    touch {bare}/curl; chmod +x {bare}/curl\n"
        f"    echo 'echo OpenBSD' > {bare}/nc ;;\n"
        "esac",
    )
    if user == "root":
        pretend(bare, "id", "echo 0")
    else:
        pretend(bare, "sudo", '[ "$1" = -n ] && shift && exec "$@"')
    done = tools(bare)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^apt-get .*\bupdate$", done.stdout, re.MULTILINE)
    assert re.search(r"^apt-get .*\binstall .*netcat-openbsd curl$", done.stdout, re.MULTILINE)


def test_an_install_that_fails_fails(bare: Path) -> None:
    put_all_tools(bare)
    (bare / "curl").unlink()
    pretend(bare, "id", "echo 0")
    pretend(bare, "apk", "exit 7")
    done = tools(bare)
    assert done.returncode == 1
    assert done.stderr.endswith("install curl (apk could not), then try again.\n")


def test_a_python_without_tkinter_is_told_apart_from_a_missing_package(bare: Path) -> None:
    put_all_tools(bare)
    pretend(bare, "python-without", "exit 1")
    pretend(bare, "id", "echo 0")
    pretend(bare, "apt-get", 'echo "apt-get $*"')
    done = tools(bare, "python-without")
    assert done.returncode == 1
    assert "python3-tk" in done.stdout
    assert "PYTHON=" in done.stderr


def test_the_soak_alone_needs_the_tests_of_the_standard_library(bare: Path) -> None:
    put_all_tools(bare)
    version = "*version_info*) echo libpython3.11-testsuite ;;"
    pretend(bare, "python-without", f'case "$2" in *test_socket*) exit 1 ;; {version} esac')
    pretend(bare, "id", "echo 0")
    pretend(bare, "apt-get", 'echo "apt-get $*"')
    assert tools(bare, "python-without").returncode == 0
    assert tools(bare, "python-with-tk", "soak").returncode == 0
    done = tools(bare, "python-without", "soak")
    assert done.returncode == 1
    assert "libpython3.11-testsuite" in done.stdout
    assert "standard-tests" in done.stderr


def test_a_machine_without_a_fit_python_is_told_so_in_one_line(bare: Path) -> None:
    pretend(bare, "python3", "exit 1")
    done = make("check", f"VENV={bare}/venv", path=bare)
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1
    assert "Python 3.11" in said[0]


def test_the_first_python_that_fits_is_taken(bare: Path) -> None:
    venv = bare / "venv"
    pretend(bare, "python3", "exit 1")
    pretend(bare, "python3.12", f'[ "$1" = -c ] || {{ echo "$*"; mkdir -p {venv}; }}')
    done = make(f"{venv}/made.stamp", f"VENV={venv}", path=bare)
    assert done.returncode == 0, done.stderr
    assert f"-m venv {venv}" in done.stdout
    assert (venv / "made.stamp").exists()


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
            "tsconfig.strict.json",
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
