"""The `socketlab` command.

Only `serve` imports the web, and each command only what it needs: `socketlab client` is to begin
about as soon as the client itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError

from backend.domain.addresses import host_as_text, reachable
from backend.domain.errors import SocketLabError
from backend.domain.labs import Lab
from backend.domain.launch import StartOrder
from backend.runtime.catalog import Catalog
from backend.runtime.credentials import new_token
from backend.settings import Settings

app = typer.Typer(
    help="Socket Lab: a playground for raw-socket lab work.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main() -> None:
    """Run the command."""
    app()


@app.command()
def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes any free one.")] = None,
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Address that a proxy gives to people.")
    ] = None,
    data: Annotated[
        str | None, typer.Option(metavar="FOLDER", help="Where to remember; none: nowhere.")
    ] = None,
    labs_host: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Address that the labs listen on.")
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="A proxy, whose word on the caller is believed."),
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificate (PEM): speak HTTPS.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its private key.")] = None,
    log_format: Annotated[
        str | None, typer.Option(metavar="FORM", help="Of the log: plain or json.")
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page.")] = False,
) -> None:
    """Serve the playground; Ctrl+C ends it and every program that it started."""
    given = {
        "host": host,
        "port": port,
        "public_url": public_url,
        "data": data,
        "labs_host": labs_host,
        "trusted_proxy": trusted_proxy,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "log_format": log_format,
    }
    settings = _settings({name: value for name, value in given.items() if value is not None})
    if settings.is_hosted:
        settings = _with_host_key(settings)
    _serve(settings, open_page=open_page)


@app.command()
def labs() -> None:
    """List the labs."""
    from backend.terminal.labs import show_labs

    show_labs(_catalog().labs)


@app.command(context_settings=PASS_ON)
def server(context: typer.Context, lab: str) -> None:
    """Run a lab's server (or its demo); the rest of the line goes to the program."""
    found = _lab(lab)
    _become(found, "demo" if "demo" in found.programs else "server", context.args)


@app.command(context_settings=PASS_ON)
def client(context: typer.Context, lab: str) -> None:
    """Run a lab's client; the rest of the line goes to the program."""
    _become(_lab(lab), "client", context.args)


@app.command(context_settings={**PASS_ON, "allow_interspersed_args": False})
def trace(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(metavar="PROGRAM", help="A Python program of your own.")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, no table.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write there, not to standard error.")] = None,
    room: Annotated[
        str | None, typer.Option(help="Show the calls in this playground: http://…/r/local")
    ] = None,
) -> None:
    """Run your own program and show each socket call that it makes."""
    from backend.runtime.processes.spawn import SpawnLauncher
    from backend.terminal.json_lines import JsonLines
    from backend.terminal.room import join_room
    from backend.terminal.table import Table
    from backend.terminal.trace import Sink, trace_program

    if not path.is_file():
        _give_up(f"There is no program {path}.")
    order = StartOrder(lab="", program=path.name, path=path, args=tuple(context.args))
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(output.open("w")) if output else sys.stderr
            sinks: list[Sink] = []
            if room is not None:
                sinks.append(stack.enter_context(join_room(room, order)))
            if as_json:
                sinks.append(JsonLines(file))
            elif room is None or output:
                sinks.append(Table(file))
            exit_status = trace_program(order, sinks, SpawnLauncher(here=True))
        except OSError as error:
            _give_up(str(error))
    raise SystemExit(exit_status if exit_status >= 0 else 128 - exit_status)


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


def _with_host_key(settings: Settings) -> Settings:
    """Return settings that have a host key: the one given, that of a file, or one made now."""
    if settings.host_key is not None:
        return settings
    if settings.host_key_file is not None:
        try:
            key = settings.host_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            _give_up(f"The host key cannot be read: {error}")
        if not key:
            _give_up(f"There is no host key in {settings.host_key_file}.")
    else:
        key = new_token()
        print(f"The host key, shown once: {key}", flush=True)
    return settings.with_values(host_key=key)


def _serve(settings: Settings, *, open_page: bool) -> None:
    from backend.app import create_app
    from backend.web.logs import log_to_operator
    from backend.web.server import listen, serve_until_stopped
    from backend.web.tls import read_tls

    log_to_operator(settings.log_format)
    try:
        tls = read_tls(settings)
    except ValueError as error:
        _give_up(f"TLS: {error}.")
    try:
        sock = listen(settings.host, settings.port)
    except OSError as error:
        where = f"{settings.host} port {settings.port}"
        _give_up(f"Cannot listen on {where}: {error}. Try --port 0.")
    settings = settings.with_port(sock.getsockname()[1])
    try:
        application = create_app(settings)
    except (SocketLabError, ValueError) as error:
        _give_up(str(error))
    url = f"{settings.scheme}://{host_as_text(reachable(settings.host))}:{settings.port}"
    print(f"Socket Lab is on {url} (Ctrl+C ends it)", flush=True)
    if open_page:
        import webbrowser

        webbrowser.open(url)
    serve_until_stopped(application, settings, sock, tls)
    print("Socket Lab has ended")


def _become(lab: Lab, program: str, args: list[str]) -> None:
    """Turn this process into the program: its signals, terminal and exit status are ours."""
    try:
        path = lab.program_path(program)
    except SocketLabError as error:
        _give_up(error.message)
    os.execv(sys.executable, [sys.executable, str(path), *args])


def _lab(lab_id: str) -> Lab:
    try:
        return _catalog().get(lab_id)
    except SocketLabError as error:
        _give_up(f"{error.message} `socketlab labs` lists them.")


def _catalog() -> Catalog:
    try:
        return Catalog.read(_settings({}).labs_dir)
    except SocketLabError as error:
        _give_up(error.message)


def _settings(given: dict[str, Any]) -> Settings:
    try:
        return Settings(**given)
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
