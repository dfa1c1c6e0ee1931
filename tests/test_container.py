"""The two container files agree with the project; no Docker engine is needed to compare them."""

from __future__ import annotations

import json
import re
import shlex
import sys
import tomllib
from typing import Any, NamedTuple

import httpx
import pytest
import yaml

from backend.app import create_app
from backend.settings import Settings
from tests.commands import ROOT, run


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


def read_compose() -> dict[str, Any]:
    """Return the compose file."""
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return compose


def read_service(name: str = "playground") -> dict[str, Any]:
    """Return one of its services."""
    service: dict[str, Any] = read_compose()["services"][name]
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


def test_for_oneself_every_lab_is_published_on_loopback_and_nothing_else() -> None:
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


@pytest.mark.parametrize("name", ["playground", "hosted"])
def test_the_container_may_do_little(name: str) -> None:
    service = read_service(name)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [mount.partition(":")[0] for mount in service["tmpfs"]] == ["/tmp"]
    assert service["init"] is True
    assert {"mem_limit", "pids_limit"} < set(service)
    assert not {"privileged", "network_mode", "user"} & set(service)
    assert ("volumes" in service) == (name == "hosted")


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
