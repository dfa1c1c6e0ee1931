"""`make` and CI do what they say, also on a machine that lacks something."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.commands import ROOT, run

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


def test_what_runs_side_by_side_is_shown_in_order_and_fails_when_one_does(tmp_path: Path) -> None:
    together = ROOT / ".ci" / "together"
    waits = f"while [ ! -e {tmp_path}/made ]; do sleep 0.01; done; echo first"
    fails = f"echo second; touch {tmp_path}/made; exit 3"
    done = run("sh", together, waits, fails)
    assert (done.returncode, done.stdout) == (1, f"{waits}\nfirst\n{fails}\nsecond\n")
    done = run("sh", together, "echo out; echo error >&2", "true")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "echo out; echo error >&2\nout\nerror\ntrue\n"


PIP = "-m pip --quiet --disable-pip-version-check install --no-compile"


@pytest.mark.parametrize(
    ("cannot", "asked", "is_done"),
    [
        ("nothing", ["-m uv --version", "-m uv pip install"], True),
        ("uv --version", ["-m uv --version", f"{PIP} --require", "-m uv pip install"], True),
        ("uv", ["-m uv --version", f"{PIP} --require", "-m uv pip install", f"{PIP} what"], True),
        ("", ["-m uv --version", f"{PIP} --require", "-m uv pip install", f"{PIP} what"], False),
    ],
)
def test_packages_are_installed_by_uv_or_if_it_cannot_by_pip(
    cannot: str, asked: list[str], *, is_done: bool, tmp_path: Path
) -> None:
    pretend(
        tmp_path,
        "python",
        f"""echo "$*" >> {tmp_path}/asked
        case "$*" in *"{cannot}"*) echo why >&2; exit 1; esac""",
    )
    done = run("sh", ROOT / ".ci" / "install", tmp_path / "python", "what")
    assert (done.returncode == 0) is is_done
    assert done.stderr == ("" if is_done else "why\n")
    lines = (tmp_path / "asked").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(asked)
    assert all(line.startswith(start) for line, start in zip(lines, asked, strict=True)), lines


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
    for name in ("chromium-headless-shell", "Xvfb", "xdotool", "curl", "tshark", "openssl"):
        pretend(path, name, "exit 0")
    pretend(path, "nc", "echo OpenBSD netcat >&2")


# Debian's other Chromium does for who may not install the shell.
@pytest.mark.parametrize("chromium", ["chromium-headless-shell", "chromium"])
def test_nothing_is_installed_where_nothing_is_missing(bare: Path, chromium: str) -> None:
    put_all_tools(bare)
    (bare / "chromium-headless-shell").rename(bare / chromium)
    pretend(bare, "apt-get", "echo asked; exit 1")
    done = tools(bare)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_where_only_the_shell_cannot_be_had_any_chromium_will_do(bare: Path) -> None:
    put_all_tools(bare)
    (bare / "chromium-headless-shell").rename(bare / "chromium")
    pretend(bare, "id", "echo 0")
    pretend(bare, "apt-get", "echo not there >&2; exit 100")
    done = tools(bare)
    assert (done.returncode, done.stdout) == (0, "Installing Chromium\n")
    (bare / "chromium").unlink()
    assert tools(bare).returncode == 1


def test_what_cannot_be_installed_is_said_in_one_line(bare: Path) -> None:
    done = tools(bare)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    for name in ("Chromium", "xdotool", "netcat-openbsd", "curl", "tshark", "openssl"):
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


def put_all_tools_of_the_soak(path: Path) -> None:
    put_all_tools(path)
    asking, proxies = ("wget", "ab", "h2load"), ("caddy", "nginx", "apache2")
    for name in (*asking, *proxies, "firefox", "ss", "ip", "ps", "strace"):
        pretend(path, name, "exit 0")


# Programs, each with what the line calls it and the package in which it is.
@pytest.mark.parametrize(
    ("tool", "name", "package"),
    [
        ("wget", "wget", "wget"),  # these ask over HTTP
        ("ab", "ab", "apache2-utils"),
        ("h2load", "h2load", "nghttp2-client"),
        ("caddy", "caddy", "caddy"),  # these stand before a playground
        ("nginx", "nginx", "nginx"),
        ("apache2", "apache2", "apache2-bin"),
        ("firefox", "Firefox", "firefox(-esr)?"),
        ("ss", "iproute2", "iproute2"),  # these the tasks name
        ("ps", "procps", "procps"),
        ("strace", "strace", "strace"),
    ],
)
def test_the_soak_alone_needs_some_programs(bare: Path, tool: str, name: str, package: str) -> None:
    put_all_tools_of_the_soak(bare)
    (bare / tool).unlink()
    pretend(bare, "apt-get", "exit 1")
    pretend(bare, "sudo", "exit 1")
    assert tools(bare).returncode == 0
    done = tools(bare, "python-with-tk", "soak")
    assert done.returncode == 1
    assert re.search(rf"lacks \({name}\): install {package} as root", done.stderr)


def test_the_soak_alone_needs_the_tests_of_the_standard_library(bare: Path) -> None:
    put_all_tools_of_the_soak(bare)
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
