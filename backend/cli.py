"""The `socketlab` command.

Only `serve` imports the web, and each command only what it needs: `socketlab client` is to begin
about as soon as the client itself, and `trace`, which asks for no setting, waits for no pydantic.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from backend import flags
from backend.domain.errors import SocketLabError
from backend.domain.labs import Lab

if TYPE_CHECKING:
    from backend.runtime.catalog import Catalog
    from backend.settings import Settings

app = typer.Typer(
    help="Socket Lab: a playground for raw-socket lab work.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

own_lab = typer.Typer(help="Labs of one's own: docs/own-labs.md.", no_args_is_help=True)
app.add_typer(own_lab, name="lab")

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main() -> None:
    """Run the command."""
    app()


@app.command()
def serve(
    *,
    host: flags.Host = None,
    port: flags.Port = None,
    host_key: flags.HostKey = None,
    host_key_file: flags.HostKeyFile = None,
    public_url: flags.PublicUrl = None,
    trusted_proxy: flags.TrustedProxy = None,
    tls_cert: flags.TlsCert = None,
    tls_key: flags.TlsKey = None,
    data: flags.Data = None,
    labs: flags.Labs = None,
    labs_host: flags.LabsHost = None,
    labs_ports: flags.LabsPorts = None,
    log_format: flags.LogFormat = None,
    open_page: flags.OpenPage = False,
) -> None:
    """Serve the playground; Ctrl+C ends it and every program that it started."""
    settings = _settings(
        {
            "host": host,
            "port": port,
            "host_key": host_key,
            "host_key_file": host_key_file,
            "public_url": public_url,
            "trusted_proxy": trusted_proxy,
            "tls_cert": tls_cert,
            "tls_key": tls_key,
            "data": data,
            "labs": labs,
            "labs_host": labs_host,
            "labs_ports": labs_ports,
            "log_format": log_format,
        }
    )
    from backend import serving

    try:
        serving.serve(settings, open_page=open_page)
    except SocketLabError as error:
        _give_up(error.message)
    except ValueError as error:
        _give_up(str(error))


@app.command()
def labs(labs: flags.Labs = None) -> None:
    """List the labs."""
    from backend.terminal.labs import show_labs

    catalog = _catalog(labs)
    show_labs(catalog.labs)
    for lab in catalog.broken:
        print(*lab.problems, sep="\n", file=sys.stderr)


@app.command(context_settings=PASS_ON)
def server(
    context: typer.Context, lab: str, first: flags.First = False, labs: flags.Labs = None
) -> None:
    """Run a lab's server (or its demo); the rest of the line goes to the program."""
    found = _lab(lab, labs)
    program = "demo" if "demo" in found.programs else "server"
    _become(found, f"first_{program}" if first else program, context.args)


@app.command(context_settings=PASS_ON)
def client(
    context: typer.Context, lab: str, first: flags.First = False, labs: flags.Labs = None
) -> None:
    """Run a lab's client; the rest of the line goes to the program."""
    _become(_lab(lab, labs), "first_client" if first else "client", context.args)


@app.command(context_settings={"allow_extra_args": True, "allow_interspersed_args": False})
def trace(
    context: typer.Context,
    program: Annotated[
        str,
        typer.Argument(
            help="A Python program of your own: a file, a folder or zip file with a __main__.py; "
            "its arguments come after it."
        ),
    ],
    *,
    is_module: Annotated[bool, typer.Option("-m", help="PROGRAM names a module.")] = False,
    python: Annotated[
        str | None, typer.Option(help="The Python to run it with; else what `python3` means here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, no table.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write there, not to standard error.")] = None,
    room: Annotated[
        str | None, typer.Option(help="Show calls and output in this playground: http://…/r/local")
    ] = None,
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


@app.command()
def doctor(
    *,
    url: flags.PublicUrl = None,
    port: flags.Port = None,
    labs_host: flags.LabsHost = None,
    labs_ports: flags.LabsPorts = None,
) -> None:
    """Look for what keeps people of other computers out; give it the flags that `serve` has."""
    from backend.runtime.doctor import examine
    from backend.runtime.doctor.words import read_finding_words
    from backend.terminal.doctor import show_findings

    settings = _settings(
        {"public_url": url, "port": port, "labs_host": labs_host, "labs_ports": labs_ports}
    )
    try:
        is_well = show_findings(examine(settings), read_finding_words())
    except SocketLabError as error:
        _give_up(error.message)
    raise SystemExit(0 if is_well else 1)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The new file; nothing is overwritten.")],
    data: Annotated[str | None, typer.Option(help="The data folder.")] = None,
) -> None:
    """Copy what the playground remembers into a file, also while it runs."""
    from backend.runtime.store.backup import back_up
    from backend.runtime.store.opening import database_of

    try:
        size_bytes = back_up(database_of(_settings({} if data is None else {"data": data})), file)
    except SocketLabError as error:
        _give_up(error.message)
    print(f"{file}: {size_bytes} bytes, whole")


@own_lab.command("new")
def new_lab(
    name: Annotated[str, typer.Argument(metavar="GROUP/NAME", help="What it is to be called.")],
    like: Annotated[str, typer.Option("--from", help="The lab to begin with.")] = "udp/hello",
    folder: Annotated[
        Path, typer.Option("--labs", help="The folder of labs that gets it.")
    ] = Path(),
) -> None:
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
def check_labs(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER…", help="Of labs, or a lab.")],
) -> None:
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


def _lab(lab_id: str, labs: list[Path] | None) -> Lab:
    catalog = _catalog(labs)
    try:
        return catalog.get(lab_id)
    except SocketLabError as error:
        broken = [
            problem for each in catalog.broken if each.id == lab_id for problem in each.problems
        ]
        _give_up("\n".join(broken) or f"{error.message} `socketlab labs` lists them.")


def _catalog(labs: list[Path] | None = None) -> Catalog:
    from backend.runtime.catalog import Catalog

    try:
        settings = _settings({"labs": labs})
        return Catalog.read(settings.labs_dir, settings.labs)
    except SocketLabError as error:
        _give_up(error.message)


def _settings(given: dict[str, Any]) -> Settings:
    """Return the settings with these flags; one that was not given is None."""
    from pydantic import ValidationError

    from backend.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
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
