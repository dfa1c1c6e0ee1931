"""What others start the playground with agrees with it: compose for a class, Caddy, systemd."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend import cli
from backend.settings import Settings
from tests.commands import ROOT
from tests.test_container import read_compose, read_dockerfile, read_service

CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
UNIT = ROOT / "deploy" / "socketlab.service"
VARIABLE = re.compile(r"\{\$(\w+):([^}]*)\}")


def flags_of_serve() -> set[str]:
    """Return the flags that the command knows."""
    return {flag for parameter in cli.serve.params for flag in parameter.opts}


def settings_of(environment: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings that an environment makes; what is no setting fails."""
    fields = {f"SOCKETLAB_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in environment if name.startswith("SOCKETLAB_")} <= fields
    for name, value in environment.items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value)))
    return Settings()


# Compose


def test_the_class_s_playground_is_reached_through_the_proxy_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hosted, proxy, compose = read_service("hosted"), read_service("proxy"), read_compose()
    assert "ports" not in hosted
    assert {"443:443/tcp", "80:80/tcp"} <= set(proxy["ports"])
    assert hosted["networks"] == proxy["networks"] == ["inside"]
    settings = settings_of(hosted["environment"], monkeypatch)
    subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert settings.trusted_proxy == {subnet}
    assert settings.public_url == "https://localhost"
    assert not settings.trusted_bind


def test_the_proxy_has_the_site_and_finds_the_playground() -> None:
    environment = read_service("proxy")["environment"]
    assert {name for name, _ in VARIABLE.findall(CADDYFILE)} == set(environment)
    site = environment["SOCKETLAB_SITE"]
    assert read_service("hosted")["environment"]["SOCKETLAB_PUBLIC_URL"] == f"https://{site}"
    host, _, port = environment["SOCKETLAB_UPSTREAM"].partition(":")
    assert host in read_compose()["services"]
    assert read_service("proxy")["depends_on"][host]["condition"] == "service_healthy"
    command = yaml.safe_load(read_dockerfile()[-1][-1].text)
    assert command[command.index("--port") + 1] == port


def test_what_is_remembered_is_on_a_volume_that_the_user_of_the_image_may_write() -> None:
    service = read_service("hosted")
    (mount,) = service["volumes"]
    volume, _, folder = mount.partition(":")
    assert volume in read_compose()["volumes"]
    assert service["environment"]["SOCKETLAB_DATA"] == folder
    made = next(step.text for step in read_dockerfile()[-1] if "install --directory" in step.text)
    user = next(step.text for step in read_dockerfile()[-1] if step.name == "USER")
    assert f"--owner={user} --mode=0700 {folder}" in made


def test_the_class_is_started_by_name_only() -> None:
    services = read_compose()["services"]
    assert {name for name in services if "profiles" not in services[name]} == {"playground"}


def test_a_stop_has_the_time_that_it_may_take() -> None:
    for name in ("playground", "hosted"):
        grace_s = int(read_service(name)["stop_grace_period"].removesuffix("s"))
        assert grace_s > 8 >= Settings().shutdown_s


# Caddy


def test_without_compose_the_proxy_leads_to_the_default_port() -> None:
    defaults = dict(VARIABLE.findall(CADDYFILE))
    assert defaults["SOCKETLAB_UPSTREAM"] == f"127.0.0.1:{Settings().port}"


@pytest.mark.skipif(shutil.which("caddy") is None, reason="needs Caddy (the soak installs it)")
def test_caddy_takes_the_file(tmp_path: Path) -> None:
    done = subprocess.run(
        ["caddy", "validate", "--adapter", "caddyfile", "--config", ROOT / "deploy" / "Caddyfile"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# systemd


def read_unit() -> configparser.ConfigParser:
    class Unit(configparser.ConfigParser):
        def optionxform(self, optionstr: str) -> str:
            return optionstr

    unit = Unit(strict=False, interpolation=None)
    unit.read(UNIT, encoding="utf-8")
    return unit


def test_the_unit_starts_the_command_with_flags_and_values_that_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = read_unit()["Service"]
    program, command, *words = shlex.split(service["ExecStart"])
    assert Path(program).name == "socketlab"
    assert command == "serve"
    flags = dict(zip(words[::2], words[1::2], strict=True))
    assert set(flags) <= flags_of_serve()
    lines = re.findall(r"^Environment=(\w+)=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)
    settings = settings_of(dict(lines), monkeypatch)
    given = {name[2:].replace("-", "_"): value for name, value in flags.items()}
    proxies = [given.pop("trusted_proxy")]
    checked = Settings.model_validate({**settings.model_dump(), **given, "trusted_proxy": proxies})
    assert checked.public_url == "https://localhost"
    assert checked.host == "127.0.0.1"
    assert checked.port == Settings().port
    assert checked.data == f"/var/lib/{service['StateDirectory']}"
    assert service["StateDirectoryMode"] == "0700"


def test_the_unit_gives_the_stop_its_time_and_the_labs_their_bounds() -> None:
    service = read_unit()["Service"]
    assert int(service["TimeoutStopSec"]) > 8
    assert service["KillMode"] == "mixed"
    assert {"MemoryMax", "TasksMax", "LimitNOFILE"} <= set(service)
    settings = Settings()
    needed = settings.connections_limit + settings.descriptors_reserve
    assert int(service["LimitNOFILE"]) > needed


def test_the_unit_may_do_little() -> None:
    service = read_unit()["Service"]
    for name in ("NoNewPrivileges", "DynamicUser", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    # Which addresses the machine has is asked over netlink.
    families = set(service["RestrictAddressFamilies"].split())
    assert families == {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own check")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "socketlab"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / UNIT.name
    text = UNIT.read_text("utf-8").replace("/opt/socketlab/bin/socketlab", str(program))
    copy.write_text(text, "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
