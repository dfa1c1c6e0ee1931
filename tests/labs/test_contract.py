"""The contract of LABS.md for all twenty labs: what each folder holds and how each program behaves.

What a single lab promises beyond it stands in that lab's own test.
"""

from __future__ import annotations

import ast
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.labs.contract_peers import (
    HOST,
    QUICK,
    TCP_PEERS,
    UDP_PEERS,
    ask_by_datagram,
    connect,
    read_to_end,
    reset,
    served,
)
from tests.labs.programs import ROOT, WAIT_S, Program
from tests.ports import unused_port

LABS = ROOT / "labs"

PORTS = {
    "udp/hello": 12345,
    "udp/transform": 12346,
    "udp/time": 12347,
    "udp/time_with": 12348,
    "udp/socketserver": 12349,
    "tcp/echo": 50007,
    "tcp/trapezoid": 12351,
    "tcp/transform": 12352,
    "tcp/time": 12353,
    "tcp/socketserver": 12354,
    "http/page": 8080,
    "chat/threads": 12361,
    "chat/numbered": 12362,
    "chat/log": 50008,
    "chat/login": 50009,
    "chat/window": 50009,
    "threads/semaphore": None,
    "threads/event": None,
    "threads/condition": None,
    "threads/lowlevel": None,
}

EVOLVES = {
    "udp/time_with": "udp/time",
    "udp/socketserver": "udp/transform",
    "tcp/transform": "udp/transform",
    "tcp/time": "udp/time_with",
    "tcp/socketserver": "tcp/transform",
    "chat/numbered": "chat/threads",
    "chat/log": "tcp/echo",
    "chat/login": "chat/log",
    "chat/window": "chat/login",
    "threads/condition": "threads/event",
}

# A folder with a program but no lab.toml is found, too: it fails below as an incomplete lab.
FOUND = sorted(
    {path.parent.relative_to(LABS).as_posix() for path in LABS.glob("*/*/lab.toml")}
    | {path.parent.relative_to(LABS).as_posix() for path in LABS.glob("*/*/[!_]*.py")}
)


def programs_of(lab: str) -> list[str]:
    """The programs that a lab must have, the one to start first standing first."""
    if lab.startswith("threads/"):
        return ["demo"]
    if lab == "http/page":
        return ["server"]
    if lab == "chat/window":
        return ["client"]
    return ["server", "client"]


PROGRAMS = [(lab, program) for lab in FOUND for program in programs_of(lab)]
SERVERS = [lab for lab, program in PROGRAMS if program == "server"]
TCP_SERVERS = [lab for lab in SERVERS if not lab.startswith("udp/")]
UDP_SERVERS = [lab for lab in SERVERS if lab.startswith("udp/")]
# "TCP text labs": all TCP servers but the web server, whose requests are not lines of text.
TEXT_SERVERS = [lab for lab in TCP_SERVERS if lab != "http/page"]
# chat/window opens a window and needs a display: its own test starts it on a virtual screen.
CLIENTS = [lab for lab, program in PROGRAMS if program == "client" and lab != "chat/window"]

each_lab = pytest.mark.parametrize("lab", FOUND)
each_program = pytest.mark.parametrize(
    ("lab", "program"), PROGRAMS, ids=[f"{lab}/{program}" for lab, program in PROGRAMS]
)
each_server = pytest.mark.parametrize("lab", SERVERS)
each_client = pytest.mark.parametrize("lab", CLIENTS)


def read(lab: str, name: str) -> str:
    return (LABS / lab / name).read_text(encoding="utf-8")


def source(lab: str, program: str) -> str:
    return read(lab, f"{program}.py")


def metadata(lab: str) -> dict[str, Any]:
    return tomllib.loads(read(lab, "lab.toml"))


def walkthrough(lab: str) -> list[dict[str, Any]]:
    steps = tomllib.loads(read(lab, "walkthrough.toml"))["step"]
    assert isinstance(steps, list)
    return steps


# --- the folder ---------------------------------------------------------------------------------


def test_the_labs_are_exactly_the_twenty_of_labs_md() -> None:
    assert set(FOUND) == set(PORTS)


@each_lab
def test_the_folder_has_all_its_files_and_no_other_program(lab: str) -> None:
    folder = LABS / lab
    for name in ("lab.toml", "task.ru.md", "task.en.md", "walkthrough.toml", "__init__.py"):
        assert (folder / name).is_file(), f"{name} is missing"
    assert read(lab, "__init__.py") == ""
    programs = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert programs == set(programs_of(lab))
    if lab == "http/page":
        assert (folder / "index.html").is_file()


# --- lab.toml -----------------------------------------------------------------------------------

CLIENT_KEYS: dict[str, dict[str, type]] = {
    "message": {"line_ending": str, "presets": list, "one_way": bool, "one_shot": bool},
    "watch": {"register": str, "leave": str, "repeat_s": int, "line_ending": str},
    "form": {"template": str, "line_ending": str, "fields": list, "error_prefix": str},
    "chat": {
        "line_ending": str,
        "login_line": str,
        "template": str,
        "one_way": bool,
        "form": bool,
    },
    "browser": {"presets": list},
    "none": {},
}
CLIENT_NEEDS = {
    "message": {"presets"},
    "watch": {"register", "leave", "repeat_s"},
    "form": {"template", "fields"},
    "chat": {"line_ending"},
    "browser": {"presets"},
    "none": set(),
}


def is_bilingual(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"ru", "en"}
        and all(isinstance(text, str) and text.strip() for text in value.values())
    )


@each_lab
def test_lab_toml_follows_the_schema(lab: str) -> None:
    data = metadata(lab)
    known = {"title", "summary", "transport", "port", "source", "evolves", "server", "client"}
    assert set(data) <= known, f"unknown keys {set(data) - known}"
    assert is_bilingual(data["title"])
    assert not any(re.search(r"\b(UDP|TCP)\b", text) for text in data["title"].values())
    assert is_bilingual(data["summary"])
    for text in data["summary"].values():
        assert len(text) <= 90, f"{len(text)} characters, at most 90: {text}"
        assert "\n" not in text
    assert isinstance(data["source"], str)
    assert re.match(r"S\d ", data["source"])
    group = lab.partition("/")[0]
    assert data["transport"] == {"udp": "udp", "threads": "none"}.get(group, "tcp")


@each_lab
def test_lab_toml_names_the_port_and_the_relatives_of_labs_md(lab: str) -> None:
    data = metadata(lab)
    assert data.get("port") == PORTS[lab]
    assert data.get("evolves") == EVOLVES.get(lab)
    assert data.get("server") == ("chat/login" if lab == "chat/window" else None)
    for relative in (data.get("evolves"), data.get("server")):
        assert relative is None or (LABS / relative / "lab.toml").is_file()


@each_lab
def test_lab_toml_says_what_the_page_s_client_needs(lab: str) -> None:
    client = metadata(lab)["client"]
    kind = client.pop("kind")
    assert set(client) <= set(CLIENT_KEYS[kind]), f"unknown: {set(client) - set(CLIENT_KEYS[kind])}"
    assert set(client) >= CLIENT_NEEDS[kind], f"missing: {CLIENT_NEEDS[kind] - set(client)}"
    for key, value in client.items():
        assert type(value) is CLIENT_KEYS[kind][key], f"{key} = {value!r}"
    assert client.get("line_ending", "") in {"", "\n"}
    assert all(isinstance(preset, str) for preset in client.get("presets", []))
    if kind == "form":
        for field in client["fields"]:
            assert set(field) == {"name", "label", "value"}
            assert isinstance(field["value"], str)
            assert is_bilingual(field["label"])
        names = {field["name"] for field in client["fields"]}
        assert set(re.findall(r"\{(\w+)\}", client["template"])) == names
    assert (kind == "none") == lab.startswith("threads/")
    assert (kind == "browser") == (lab == "http/page")


# --- task and walkthrough -----------------------------------------------------------------------


def without_code(markdown: str) -> str:
    """Markdown without its fenced blocks and inline code."""
    text = re.sub(r"^ *```.*?^ *```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]+`", "", text)


@each_lab
def test_both_tasks_are_plain_markdown_of_the_same_shape(lab: str) -> None:
    headings = {}
    for language in ("ru", "en"):
        text = read(lab, f"task.{language}.md")
        assert 30 <= len(text.splitlines()) <= 60, f"{language}: {len(text.splitlines())} lines"
        prose = without_code(text)
        assert not re.search(r"^# |!\[|<[a-z/]|^\|", prose, flags=re.MULTILINE)
        headings[language] = len(re.findall(r"^## \S", prose, flags=re.MULTILINE))
    assert headings["ru"] == headings["en"] >= 3


@each_lab
def test_every_command_of_the_tasks_names_what_exists(lab: str) -> None:
    for language in ("ru", "en"):
        text = read(lab, f"task.{language}.md")
        modules = re.findall(r"python3? -m (labs[\w.]*\w)", text)
        assert modules, f"{language}: no command that starts the lab"
        paths = [module.replace(".", "/") + ".py" for module in modules]
        paths += re.findall(r"python3? (labs/\S+\.py)", text)
        for path in paths:
            assert (ROOT / path).is_file(), f"{language}: {path}"
        own_ports = {str(PORTS[lab]), *re.findall(r"--port (\d+)", text)}
        for port in re.findall(r"\bnc (?:-\S+ )*(?:127\.0\.0\.1|localhost) (\d+)", text):
            assert port in own_ports, f"{language}: nc to {port}, but the lab has {own_ports}"


@each_lab
def test_each_walkthrough_step_has_a_snippet_that_occurs_once_and_both_languages(lab: str) -> None:
    for step in tomllib.loads((LABS / lab / "walkthrough.toml").read_text(encoding="utf-8"))[
        "step"
    ]:
        assert set(step) == {"program", "snippet", "title", "text"}
        assert step["program"] in programs_of(lab)
        snippet = step["snippet"]
        assert snippet.strip("\n") == snippet != ""
        count = source(lab, step["program"]).count(snippet)
        assert count == 1, f"{step['program']}: {count} times {snippet!r}"
        assert is_bilingual(step["title"])
        assert is_bilingual(step["text"])


@each_lab
def test_the_walkthrough_follows_the_reading_order_and_covers_every_program(lab: str) -> None:
    steps = walkthrough(lab)
    by_program: dict[str, list[int]] = {}
    for step in steps:
        position = source(lab, step["program"]).find(step["snippet"])
        by_program.setdefault(step["program"], []).append(position)
    assert list(by_program) == programs_of(lab)  # server first, none left out
    assert [step["program"] for step in steps] == [
        program for program, positions in by_program.items() for _ in positions
    ]
    for program, positions in by_program.items():
        assert positions == sorted(set(positions)), f"{program}: not in reading order"
    assert len(steps) >= 6
    if lab == "udp/hello":
        assert len(by_program["server"]) >= 10
        assert len(by_program["client"]) >= 9


# --- the source ---------------------------------------------------------------------------------


@each_program
def test_a_program_has_25_to_90_lines_and_a_purpose_in_the_first(lab: str, program: str) -> None:
    text = source(lab, program)
    assert 25 <= text.count("\n") <= 90
    assert "TODO" not in text
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert text.startswith('"""')


@each_program
def test_a_program_imports_only_the_standard_library(lab: str, program: str) -> None:
    for node in ast.walk(ast.parse(source(lab, program))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            modules = [node.module or ""]
        else:
            continue
        for module in modules:
            assert module.partition(".")[0] in sys.stdlib_module_names, module


@each_program
def test_a_program_ends_with_main_and_its_status(lab: str, program: str) -> None:
    tree = ast.parse(source(lab, program))
    assert ast.unparse(tree.body[-1]) == "if __name__ == '__main__':\n    sys.exit(main())"
    main = tree.body[-2]
    assert isinstance(main, ast.FunctionDef)
    assert main.name == "main"
    assert main.returns is not None
    assert ast.unparse(main.returns) == "int"


@pytest.mark.parametrize("lab", [lab for lab in FOUND if PORTS.get(lab)])
def test_the_default_port_of_each_program_is_that_of_lab_toml(lab: str) -> None:
    for program in programs_of(lab):
        namespace: dict[str, object] = {}
        defaults = []
        for node in ast.walk(ast.parse(source(lab, program))):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                    namespace[name] = value
                case ast.Call(args=[ast.Constant(value="--port"), *_], keywords=keywords):
                    defaults += [word.value for word in keywords if word.arg == "default"]
        (default,) = defaults
        value = default.value if isinstance(default, ast.Constant) else ast.unparse(default)
        assert namespace.get(str(value), value) == PORTS[lab], program


# --- starting -----------------------------------------------------------------------------------


@each_program
def test_help_works_for_the_module_and_for_the_file_from_anywhere(
    lab: str, program: str, tmp_path: Path
) -> None:
    path = str(LABS / lab / f"{program}.py")
    with (
        Program.lab(lab, program, "--help") as as_module,
        Program(sys.executable, path, "--help", cwd=tmp_path) as as_file,
    ):
        for run in (as_module, as_file):
            assert (run.finish(), run.errors) == (0, "")
            assert run.output.startswith("usage:")


def kind_of(lab: str) -> socket.SocketKind:
    return socket.SOCK_DGRAM if lab.startswith("udp/") else socket.SOCK_STREAM


def is_taken(lab: str, host: str, port: int) -> bool:
    """Whether the kernel has given this address to somebody."""
    with socket.socket(socket.AF_INET, kind_of(lab)) as sock:
        try:
            sock.bind((host, port))
        except OSError:
            return True
    return False


@each_server
def test_the_first_line_of_a_server_holds_its_real_address_and_is_seen_at_once(lab: str) -> None:
    # Without PYTHONUNBUFFERED, which the harness sets, only flush=True gets it through a pipe.
    with Program.lab(lab, "server", "--port", "0", env={"PYTHONUNBUFFERED": ""}) as server:
        match = server.wait_for(r"^.*\b127\.0\.0\.1(?::| port )(\d+)\b.*\n")
        assert int(match[1]) != 0
        assert is_taken(lab, HOST, int(match[1]))


@each_server
def test_a_server_listens_on_the_host_that_it_is_given(lab: str) -> None:
    with Program.lab(lab, "server", "--host", "127.0.0.2", "--port", "0") as server:
        match = server.wait_for(r"^.*\b127\.0\.0\.2(?::| port )(\d+)\b.*\n")
        assert is_taken(lab, "127.0.0.2", int(match[1]))


def assert_refused(program: Program) -> None:
    """The program must end with status 2 after one line that is its own or argparse's."""
    status = program.finish()
    assert "Traceback" not in program.errors
    *usage, error = program.errors.splitlines()
    assert error.strip()
    if usage:
        assert usage[0].startswith("usage:")
        assert re.match(r"\w+\.py: error: ", error)
    assert (status, program.output) == (2, "")


@pytest.mark.parametrize("port", ["70000", "-1", "http", ""])
@each_server
def test_a_port_that_does_not_exist_is_refused_with_status_2(lab: str, port: str) -> None:
    with Program.lab(lab, "server", f"--port={port}") as server:
        assert_refused(server)


@each_server
def test_an_address_of_another_machine_is_refused_with_status_2(lab: str) -> None:
    with Program.lab(lab, "server", "--host", "192.0.2.1", "--port", "0") as server:
        assert_refused(server)


@contextmanager
def held_port(lab: str, *, listening: bool) -> Iterator[tuple[int, socket.socket]]:
    """A port of the lab's transport that the test has for itself."""
    with socket.socket(socket.AF_INET, kind_of(lab)) as sock:
        sock.bind((HOST, 0))
        if listening and sock.type == socket.SOCK_STREAM:
            sock.listen()
        yield sock.getsockname()[1], sock


@each_server
def test_a_busy_port_is_one_clear_line_and_status_2(lab: str) -> None:
    with (
        held_port(lab, listening=True) as (port, _sock),
        Program.lab(lab, "server", "--port", str(port)) as server,
    ):
        status = server.finish()
        assert (status, server.output) == (2, "")
        assert "Traceback" not in server.errors
        (line,) = server.errors.splitlines()
        assert str(port) in line


# --- stopping -----------------------------------------------------------------------------------


def stop(program: Program, number: signal.Signals = signal.SIGINT) -> int:
    """Signal a program at once, whatever it does; return its status.

    A signal that comes in the instant before a blocking call waits with the call (`Program.stop`):
    on a busy machine in about one of a thousand programs that use threads. Then it is sent again.
    """
    try:
        program.send_signal(number)
        return program.finish(within_s=15)
    except subprocess.TimeoutExpired:
        return program.stop(number)


def assert_stops_well(server: Program) -> None:
    assert (stop(server), server.errors) == (0, "")
    assert "Traceback" not in server.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@each_server
def test_a_signal_right_after_the_first_line_ends_a_server_with_one_short_line(
    lab: str, number: signal.Signals
) -> None:
    with Program.lab(lab, "server", "--port", "0") as server:
        server.wait_for("\n")
        status = stop(server, number)
        assert (status, server.errors) == (0, "")
        _listens, *last = server.output.splitlines()
        assert len(last) == 1, last
        assert 0 < len(last[0]) <= 60


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@each_client
def test_a_signal_ends_a_client_whose_server_is_silent(lab: str, number: signal.Signals) -> None:
    with (
        held_port(lab, listening=True) as (port, sock),
        Program.lab(lab, "client", "--port", str(port)) as client,
    ):
        client.type("3\n4\n5\n")
        sock.settimeout(WAIT_S)
        if sock.type == socket.SOCK_DGRAM:
            sock.recv(65536)
            status = stop(client, number)
        else:
            conn, _address = sock.accept()
            with conn:
                status = stop(client, number)
        assert (status, client.errors) == (0, "")


def in_time_wait(port: int) -> bool:
    """Whether a closed connection of this local port still waits in the kernel (RFC 9293, 3.6)."""
    entry = re.compile(rf"^ *\d+: 0100007F:{port:04X} \S+ 06 ", re.MULTILINE)
    return bool(entry.search(Path("/proc/net/tcp").read_text(encoding="ascii")))


@pytest.mark.parametrize("lab", TCP_SERVERS)
def test_a_tcp_server_restarts_at_once_on_the_port_of_a_connection_that_it_closed_first(
    lab: str,
) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()), port=unused_port())
    with server, served(lab, server, port) as connections:
        assert_stops_well(server)
        for sock in connections:
            read_to_end(sock)  # the server's FIN is here; close() sends ours
    deadline = time.monotonic() + WAIT_S
    while not in_time_wait(port):
        assert time.monotonic() < deadline, "no connection in TIME_WAIT: nothing would be proved"
    with Program.lab(lab, "server", "--port", str(port), *QUICK.get(lab, ())) as again:
        again.wait_for(rf"^.*127\.0\.0\.1:{port}\b.*\n")
        with served(lab, again, port):
            pass
        assert_stops_well(again)


# --- nobody there -------------------------------------------------------------------------------


def assert_says_that_nobody_answers(client: Program) -> None:
    start = time.monotonic()
    status = client.finish()
    assert time.monotonic() - start < 10
    assert "Traceback" not in client.errors
    assert status == 1, (client.output, client.errors)
    (line,) = client.errors.splitlines()
    assert len(line) > 10


@each_client
def test_a_client_says_in_one_line_that_its_server_is_not_there(lab: str) -> None:
    closed_port = unused_port(kind_of(lab))
    # A port that is bound but does not listen refuses TCP at once, and never answers UDP.
    with (
        held_port(lab, listening=False) as (silent_port, _sock),
        Program.lab(lab, "client", "--port", str(silent_port)) as of_silent_port,
        Program.lab(lab, "client", "--port", str(closed_port)) as of_closed_port,
    ):
        for client in (of_silent_port, of_closed_port):
            with suppress(BrokenPipeError):  # it may know before it asks for input
                client.type("3\n4\n5\n")
        for client in (of_silent_port, of_closed_port):
            assert_says_that_nobody_answers(client)


# --- bad peers ----------------------------------------------------------------------------------


def test_the_contract_knows_how_to_talk_to_every_server() -> None:
    assert set(SERVERS) <= set(TCP_PEERS) | set(UDP_PEERS)


@pytest.mark.parametrize("lab", TEXT_SERVERS)
def test_bytes_that_are_not_utf_8_never_end_a_server(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        with connect(port) as sock:
            sock.sendall(b"\xff\xfe\xc3\n\xd0\n")
            sock.shutdown(socket.SHUT_WR)
            if lab != "chat/log":  # which answers nothing; the others may close at once or later
                sock.settimeout(0.2)
                with suppress(OSError):
                    read_to_end(sock)
        with served(lab, server, port):
            pass
        assert_stops_well(server)


@pytest.mark.parametrize("lab", [lab for lab in TEXT_SERVERS if lab != "tcp/echo"])
def test_a_line_over_the_limit_ends_that_connection_with_a_word_about_it(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        with connect(port) as sock:
            sock.sendall(b"x" * 5000 + b"\n")
            assert "Ошибка" in read_to_end(sock).decode()
        with served(lab, server, port):
            pass
        assert_stops_well(server)


@pytest.mark.parametrize("lab", TCP_SERVERS)
def test_clients_that_reset_their_connections_disturb_nobody(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        for data in (b"", b"half a l", b"a line\n", b"3 5 4\n" * 100):
            reset(port, data)
        with served(lab, server, port):
            for data in (b"", b"half a l", b"a line\n") if lab != "chat/log" else ():
                reset(port, data)
        with served(lab, server, port):
            pass
        assert_stops_well(server)


@pytest.mark.parametrize("lab", UDP_SERVERS)
def test_no_datagram_ends_a_udp_server(lab: str) -> None:
    server, port = Program.server(lab, *QUICK.get(lab, ()))
    with server:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for data in (b"\xff\xfe\xc3", b"", b"x" * 65507, b"\xff" * 65507):
                sock.sendto(data, (HOST, port))
        ask_by_datagram(lab, port)
        assert_stops_well(server)
