"""The `socketlab` command.

Only `serve` imports the web, and each command only what it needs: `socketlab client` is to begin
about as soon as the client itself, and `trace`, which asks for no setting, waits for no pydantic.
It is made of click for this: what makes flags of annotations takes a third of a second to begin.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from backend import flags
from backend.domain.errors import SocketLabError, UnknownLab
from backend.domain.labs import Lab

if TYPE_CHECKING:
    from backend.runtime.catalog import Catalog
    from backend.settings import Settings

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
OWN_PROGRAM = {"allow_extra_args": True, "allow_interspersed_args": False}


@click.group()
def main() -> None:
    """Socket Lab: a playground for raw-socket lab work."""


@main.command()
@flags.host
@flags.port
@flags.host_key
@flags.host_key_file
@flags.public_url
@flags.trusted_proxy
@flags.tls_cert
@flags.tls_key
@flags.data
@flags.labs
@flags.labs_host
@flags.labs_ports
@flags.log_format
@flags.open_page
def serve(*, open_page: bool, **given: Any) -> None:
    """Serve the playground; Ctrl+C ends it and every program that it started."""
    settings = _settings(given)
    from backend import serving

    try:
        serving.serve(settings, open_page=open_page)
    except SocketLabError as error:
        _give_up(error.message)
    except ValueError as error:
        _give_up(str(error))


@main.command()
@flags.labs
def labs(labs: tuple[Path, ...]) -> None:
    """List the labs."""
    from backend.terminal.labs import show_labs

    catalog = _catalog(labs)
    show_labs(catalog.labs)
    for lab in catalog.broken:
        print(*lab.problems, sep="\n", file=sys.stderr)


@main.command(context_settings=PASS_ON)
@click.argument("lab")
@flags.first
@flags.labs
@click.pass_context
def server(context: click.Context, lab: str, *, first: bool, labs: tuple[Path, ...]) -> None:
    """Run a lab's server (or its demo); the rest of the line goes to the program."""
    found = _lab(lab, labs)
    program = "demo" if "demo" in found.programs else "server"
    _become(found, f"first_{program}" if first else program, context.args)


@main.command(context_settings=PASS_ON)
@click.argument("lab")
@flags.first
@flags.labs
@click.pass_context
def client(context: click.Context, lab: str, *, first: bool, labs: tuple[Path, ...]) -> None:
    """Run a lab's client; the rest of the line goes to the program."""
    _become(_lab(lab, labs), "first_client" if first else "client", context.args)


@main.command(context_settings=OWN_PROGRAM)
@click.argument(
    "program",
    help="A Python program of your own: a file, a folder or zip file with a __main__.py; "
    "its arguments come after it.",
)
@click.option("-m", "is_module", is_flag=True, help="PROGRAM names a module.")
@click.option("--python", help="The Python to run it with; else what `python3` means here.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, no table.")
@click.option("--output", type=flags.PATH, help="Write there, not to standard error.")
@click.option("--room", help="Show calls and output in this playground: http://…/r/local")
@click.pass_context
def trace(
    context: click.Context,
    program: str,
    *,
    is_module: bool,
    python: str | None,
    as_json: bool,
    output: Path | None,
    room: str | None,
) -> None:
    """Run your own program and show each socket call that it makes."""
    from backend.terminal.own_program import find_program
    from backend.terminal.trace import run_traced

    try:
        order = find_program(program, context.args, is_module=is_module, python=python)
        exit_status = run_traced(order, as_json=as_json, output=output, room=room)
    except SocketLabError as error:
        _give_up(error.message)
    except OSError as error:
        _give_up(str(error))
    raise SystemExit(exit_status if exit_status >= 0 else 128 - exit_status)


@main.command()
@click.option("--public-url", "--url", metavar="URL", help="Address at which people come.")
@flags.port
@flags.labs_host
@flags.labs_ports
def doctor(**given: Any) -> None:
    """Look for what keeps people of other computers out; give it the flags that `serve` has."""
    from backend.runtime.doctor import examine
    from backend.runtime.doctor.words import read_finding_words
    from backend.terminal.doctor import show_findings

    settings = _settings(given)
    try:
        is_well = show_findings(examine(settings), read_finding_words())
    except SocketLabError as error:
        _give_up(error.message)
    raise SystemExit(0 if is_well else 1)


@main.command()
@click.argument("file", type=flags.PATH, help="The new file; nothing is overwritten.")
@flags.data
def backup(file: Path, data: str | None) -> None:
    """Copy what the playground remembers into a file, also while it runs."""
    from backend.runtime.store.backup import back_up
    from backend.runtime.store.opening import database_of

    try:
        size_bytes = back_up(database_of(_settings({"data": data})), file)
    except SocketLabError as error:
        _give_up(error.message)
    print(f"{file}: {size_bytes} bytes, whole")


@main.group("lab")
def own_lab() -> None:
    """Labs of one's own: docs/own-labs.md."""


@own_lab.command("new")
@click.argument("name", metavar="GROUP/NAME", help="What it is to be called.")
@click.option("--from", "like", default="udp/hello", help="The lab to begin with.")
@click.option(
    "--labs", "folder", type=flags.PATH, default=".", help="The folder of labs that gets it."
)
def new_lab(name: str, *, like: str, folder: Path) -> None:
    """Make a lab of your own from one that there is."""
    from backend.terminal.own_labs import make_lab

    catalog = _catalog()
    try:
        taken = [lab.id for lab in catalog.labs]
        made = make_lab(name, like=catalog.get(like), taken=taken, labs_dir=folder)
    except SocketLabError as error:
        _give_up(error.message)
    print(f"{made}: made from {like}. Edit its files; each shows at the next reload of the page.")
    print("It works without first_*.py, answers.*, checks.toml and walkthrough.toml, too.")
    print(f"socketlab lab check {folder}")
    print(f"socketlab serve --labs {folder}")


@own_lab.command("check")
@click.argument(
    "folders",
    type=flags.PATH,
    nargs=-1,
    required=True,
    metavar="FOLDER…",
    help="Of labs, or a lab.",
)
def check_labs(folders: tuple[Path, ...]) -> None:
    """Say all that is wrong in labs of your own: file, line, key, what is allowed."""
    from backend.terminal.own_labs import problems_of

    right, wrong = problems_of(_settings({}).labs_dir, folders)
    for problem in wrong:
        print(problem)
    for lab_id in right:
        print(f"{lab_id}: right")
    raise SystemExit(1 if wrong else 0)


def _become(lab: Lab, program: str, args: list[str]) -> None:
    """Turn this process into the program: its signals, terminal and exit status are ours."""
    try:
        path = lab.program_path(program)
    except SocketLabError as error:
        _give_up(error.message)
    os.execv(sys.executable, [sys.executable, str(path), *args])


def _lab(lab_id: str, labs: tuple[Path, ...]) -> Lab:
    from backend.runtime.catalog import Catalog

    settings = _settings({"labs": labs})
    try:
        return Catalog.read_one(lab_id, settings.labs_dir, settings.labs)
    except UnknownLab as error:
        _give_up(f"{error.message} `socketlab labs` lists them.")
    except SocketLabError as error:
        _give_up(error.message)


def _catalog(labs: tuple[Path, ...] = ()) -> Catalog:
    from backend.runtime.catalog import Catalog

    try:
        settings = _settings({"labs": labs})
        return Catalog.read(settings.labs_dir, settings.labs)
    except SocketLabError as error:
        _give_up(error.message)


def _settings(given: dict[str, Any]) -> Settings:
    """Return the settings with these flags; one that was not given is None or empty."""
    from pydantic import ValidationError

    from backend.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value not in (None, ())})
    except ValidationError as error:
        problems = (
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        _give_up("Settings: " + "; ".join(problems))
    except ValueError as error:  # what is neither JSON in a variable nor TOML in the file
        _give_up(f"Settings: {error}")


def _give_up(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    main()
