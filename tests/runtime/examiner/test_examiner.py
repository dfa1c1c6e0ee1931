"""The examiner, with programs made for the test: each step holds, and says what came where not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from textwrap import dedent

import pytest

from backend.domain.checks import Verdict, read_checks
from backend.domain.events import Transport
from backend.domain.programs import ProgramRole
from backend.domain.steps import KINDS
from backend.runtime.examiner import Examiner, Subject
from backend.settings import Settings
from tests.launching import launcher

TCP_SERVER = """
    import socket, sys
    port = int(sys.argv[sys.argv.index("--port") + 1])
    listener = socket.create_server(("127.0.0.1", port))
    print("ready", flush=True)
    try:
        while True:
            conn, address = listener.accept()
            with conn:
                try:
                    while data := conn.recv(65536):
                        print("got", len(data), flush=True)
                        conn.sendall(data)
                except ConnectionResetError:
                    print("broken off", flush=True)
    except KeyboardInterrupt:
        listener.close()
        sys.exit(3)
"""
UDP_SERVER = """
    import socket, sys
    port = int(sys.argv[sys.argv.index("--port") + 1])
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", port))
    while True:
        data, address = sock.recvfrom(65535)
        for _ in range(2 if data == b"twice" else 0 if data == b"never" else 1):
            sock.sendto(data, address)
"""
CLIENT = """
    import socket, sys
    port = int(sys.argv[sys.argv.index("--port") + 1])
    name = input("name? ")
    try:
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(name.encode() + b"\\n")
            print("answer:", sock.recv(100).decode(), flush=True)
    except ConnectionRefusedError as error:
        sys.exit(f"nobody there: {error}")
    print("end of input:", repr(sys.stdin.read()))
"""
DEMO = """
    import sys, time
    print("working", flush=True)
    time.sleep(0.2)
    print("done", file=sys.stderr)
"""
PROGRAMS: dict[str, tuple[ProgramRole, Transport | None, str]] = {
    "tcp": ("server", "tcp", TCP_SERVER),
    "udp": ("server", "udp", UDP_SERVER),
    "client": ("client", "tcp", CLIENT),
    "demo": ("demo", None, DEMO),
}

Examine = Callable[..., Awaitable[Verdict]]

# Steps without their braces, one after the other.
KEPT: list[tuple[str, list[str]]] = [
    ("tcp", ["connect = true", 'send = "hello"', 'receives = "hello"']),
    ("tcp", ['send_bytes = "00 ff"', "receives_same = true", "receives_nothing_s = 0.1"]),
    ("tcp", ["send_size = 500000", "half_close = true", "receives_same = true", "eof = true"]),
    ("tcp", ['send = "a\\nb\\nc\\n"', 'receives_lines = ["a", "b"]', 'receives_pattern = "[cd]"']),
    ("tcp", ['send = "a\\nb\\n"', 'receives_count = 2, within_s = 2, each = "[ab]"']),
    ("tcp", ['send_pieces = ["a", "b"], pause_s = 0.2', 'prints = "got 1"', 'prints = "got 1"']),
    ("tcp", ['send = "x"', "receives_same = true", "reset = true", 'prints = "broken off"']),
    ("tcp", ["vanish = true", 'prints = "rea"', "prints_nothing_s = 0.2"]),
    (
        "tcp",
        [
            'client = "a", connect = true',
            'client = "b", send = "x"',
            'client = "b", receives_nothing_s = 0.2',
            'client = "a", close = true',
            'client = "b", receives_same = true',
        ],
    ),
    ("tcp", ['prints_pattern = "r.ady"', "interrupt = true", "exits = 3", "error_lines = 0"]),
    ("tcp", ['send = "x"', 'receives = "x"', "start_again = true", 'client = "b", send = "y"']),
    ("tcp", ["interrupt = true", "exits = 3", 'trace = "closed_sockets"']),
    ("tcp", ['calls = "listen"', "wait_s = 0.1", 'trace = "idle", for_s = 0.2']),
    ("udp", ['send = "hello"', 'receives = "hello"', "send_size = 0", 'receives = ""']),
    ("udp", ['send = "a\\nb"', 'receives_lines = ["a", "b"]', "receives_nothing_s = 0.1"]),
    ("udp", ['send = "twice"', 'receives_count = 2, within_s = 2, each = "twice"']),
    ("udp", ["send_size = 65507", "receives_same = true"]),
    ("udp", ['send = "a\\nb"', "receives_all_pattern = 'a\\sb'"]),
    ("tcp", ['send = "a\\nb"', "half_close = true", "receives_all_pattern = 'a\\sb'"]),
    (
        "client",
        [
            'types = "Ann"',
            "accept = true",
            'receives = "Ann\\n"',
            'send = "hi"',
            'prints = "answer: hi"',
            "end_input = true",
            "prints = \"end of input: ''\"",
            "exits = 0",
        ],
    ),
    ("demo", ['prints = "working"', "exits = 0", 'prints = "done", stream = "stderr"']),
]
# Beside them: which step, what was sent, expected, came.
Found = tuple[int, str, str, str]
BROKEN: list[tuple[str, list[str], Found]] = [
    ("tcp", ['send = "hello"', 'receives = "hallo"'], (2, "hello", "hallo", "hello")),
    ("udp", ['send = "never"', 'receives = "x", within_s = 0.2'], (2, "never", "x", "nothing")),
    (
        "udp",
        ['send = "twice"', "receives_same = true", "receives_nothing_s = 0.5"],
        (3, "twice", "nothing for 0.5 s", "twice"),
    ),
    ("udp", ["send_size = 70000"], (1, "", "the datagram can be sent", "Message too long")),
    (
        "udp",
        ['send = "x"', "receives_count = 2, within_s = 0.3"],
        (2, "x", "2 messages within 0.3 s", "1 of them"),
    ),
    ("udp", ['send = "x"', 'receives_pattern = "y+"'], (2, "x", "the pattern y+", "x")),
    (
        "tcp",
        ['send = "x"', "half_close = true", 'receives = "xx"'],
        (3, "x", "xx", "x, then the end of the stream"),
    ),
    ("tcp", ['send = "x"', "eof = true, within_s = 0.3"], (2, "x", "the end of the stream", "x")),
    ("tcp", ['prints = "set", within_s = 0.2'], (1, "", "'set' on stdout", "ready")),
    (
        "tcp",
        [
            'send = "x"',
            'prints = "got"',
            "prints_nothing_s = 0.2",
            'send_pieces = ["y", "z"], pause_s = 0.3',
            "prints_nothing_s = 0.2",
        ],
        (5, "yz", "nothing for 0.2 s", "got 1\ngot 1"),
    ),
    (
        "tcp",
        ['send = "a\\nb\\n"', 'receives_pattern = "c"'],
        (2, "a\nb", "the pattern c", "a\nb\n"),
    ),
    (
        "tcp",
        ['send = "ab"', "half_close = true", 'receives_all_pattern = "a"'],
        (3, "ab", "the pattern a, then the end of the stream", "ab, then the end of the stream"),
    ),
    (
        "tcp",
        ['send = "ab"', 'receives_all_pattern = "ab", within_s = 0.2'],
        (2, "ab", "the pattern ab, then the end of the stream", "ab"),
    ),
    # It does not wait for one that has ended.
    (
        "demo",
        ['prints = "more", within_s = 60'],
        (1, "", "'more' on stdout", "status 0; stderr: done"),
    ),
    ("tcp", ["prints_nothing_s = 0.2"], (1, "", "nothing for 0.2 s", "ready")),
    ("tcp", ['send = "ЖЖ"', 'receives = "x"'], (2, "ЖЖ", "x", "ЖЖ")),
    ("tcp", ["interrupt = true", "exits = 0"], (2, "", "it ends with status 0", "status 3")),
    ("tcp", ["exits = 0, within_s = 0.2"], (1, "", "it ends with status 0", "it runs on")),
    (
        "tcp",
        ["start_busy = 2"],
        (1, "", "status 2 and 1 lines on stderr", "Address already in use"),
    ),
    ("tcp", ['calls = "sendto", within_s = 0.2'], (1, "", "a call of sendto", "none")),
    ("client", ['types = "Bob"', 'receives = "Ann\\n"'], (2, "", "Ann\n", "Bob")),
    (
        "client",
        ["accept = true, within_s = 0.2"],
        (1, "", "the client comes within 0.2 s", "nobody"),
    ),
    ("demo", ["exits = 0", "error_lines = 0"], (2, "", "0 lines on stderr", "done")),
]


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    """What examines one of PROGRAMS with a check of these steps."""

    async def verdict(name: str, steps: list[str], more: str = "", source: str = "") -> Verdict:
        role, transport, text = PROGRAMS[name]
        path = tmp_path / f"{role}.py"
        path.write_text(dedent(source or text))
        words = '{ ru = "х", en = "x" }'
        (check,) = read_checks(
            f'[[check]]\nid = "c"\ntitle = {words}\nhint = {words}\nprogram = "{role}"\n{more}\n'
            f"steps = [{', '.join(f'{{ {step} }}' for step in steps)}]"
        )
        subject = Subject(lab="tcp/test", program=role, path=path, transport=transport)
        examiner = Examiner(settings=Settings(data="none"), launcher=launcher())
        (found,) = await examiner.examine(subject, [check])
        return found

    return verdict


@pytest.mark.parametrize(("program", "steps"), KEPT)
async def test_what_a_program_keeps_is_kept(
    program: str, steps: list[str], examine: Examine
) -> None:
    assert await examine(program, steps) == Verdict(check="c", is_kept=True)


@pytest.mark.parametrize(("program", "steps", "found"), BROKEN)
async def test_what_is_broken_says_what_was_sent_expected_and_came(
    program: str, steps: list[str], found: Found, examine: Examine
) -> None:
    number, sent, expected, came = found
    verdict = await examine(program, steps)
    assert (verdict.is_kept, verdict.step, verdict.expected) == (False, number, expected)
    assert verdict.sent.startswith(sent)
    assert came in verdict.came
    assert verdict.hint is not None


async def test_nobody_listens_where_a_client_goes_without_a_server(examine: Examine) -> None:
    steps = ['types = "Ann"', "exits = 1", "error_lines = 1"]
    assert (await examine("client", steps, "without_server = true")).is_kept
    assert not (await examine("client", steps)).is_kept


async def test_a_program_gets_the_arguments_of_its_check(examine: Examine) -> None:
    source = "import sys\nprint(sys.argv[1:], flush=True)\n"
    steps = ["prints = \"['--speed', '2']\""]
    assert (await examine("demo", steps, 'args = ["--speed", "2"]', source)).is_kept


@pytest.mark.parametrize("source", ["raise SystemExit(1)", "import time; time.sleep(60)"])
async def test_a_server_that_does_not_listen_breaks_a_check_before_its_first_step(
    source: str, examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCKETLAB_START_TIMEOUT_S", "0.5")
    verdict = await examine("tcp", ["connect = true"], source=source)
    assert (verdict.is_kept, verdict.step) == (False, None)
    assert verdict.expected == "the program starts"


async def test_after_ctrl_c_a_program_has_the_time_that_its_check_gives(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCKETLAB_STOP_INT_S", "0.05")  # what a run has that is stopped
    ends_with_a_client = """
        import socket, sys
        with socket.create_server(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1]))) as us:
            try:
                us.accept()
            except KeyboardInterrupt:
                print("interrupted", flush=True)
                us.accept()
    """
    steps = ["interrupt = true", 'prints = "interrupted"', "wait_s = 0.3"]
    last = ["connect = true", "exits = 0", "error_lines = 0"]
    assert (await examine("tcp", steps + last, source=ends_with_a_client)).is_kept


def test_every_word_is_tried() -> None:
    all_steps = [steps for _, steps in KEPT] + [steps for _, steps, _ in BROKEN]
    tried = {step.split(" = ")[0] for steps in all_steps for step in steps}
    tried |= {word for steps in all_steps for step in steps for word in step.split()}
    assert [word for word in KINDS if word not in tried] == []
