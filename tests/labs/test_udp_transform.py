"""udp/transform and udp/socketserver: four lines about a message, by hand and on a framework."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from tests.labs.programs import ROOT, Program
from tests.labs.udp_peers import (
    HOST,
    LARGEST,
    NOBODY_PORT,
    ask,
    ask_with_nc,
    needs_nc,
    port_of,
    send_without_return_address,
    start_on,
    udp_socket,
)
from tests.ports import unused_port

pytestmark = pytest.mark.parametrize("lab", ["udp/transform", "udp/socketserver"])

ANSWER = "Привет\nтевирП\nПРИВЕТ\n6"


def test_server_says_where_it_listens(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        server.wait_for(rf"\AОжидание подключения клиента… 127\.0\.0\.1:{port}\n\Z")


def test_client_asks_for_a_message_and_shows_the_answer(lab: str) -> None:
    server, port = Program.server(lab)
    with server, Program.lab(lab, "client", "--port", str(port)) as client:
        client.wait_for("Введите сообщение:\n")
        client.type("Привет\n")
        assert client.finish() == 0
        connected = f"Подключение к серверу 127.0.0.1:{port} произошло"
        assert client.output == f"Введите сообщение:\n{connected}\n{ANSWER}\n"
        server.wait_for(r"\nКлиент 127\.0\.0\.1:\d+ подключился\n")
        server.wait_for(r"\n127\.0\.0\.1:\d+: получено 12 байт, отправлено 40 байт\n")


def test_client_takes_the_message_as_its_argument(lab: str) -> None:
    server, port = Program.server(lab)
    with server, Program.lab(lab, "client", "Привет", "--port", str(port)) as client:
        assert client.finish() == 0
        assert client.output.endswith(f" произошло\n{ANSWER}\n")


def test_programs_run_as_files_from_anywhere(lab: str, tmp_path: Path) -> None:
    folder = ROOT / "labs" / lab
    with Program(sys.executable, str(folder / "server.py"), "--port", "0", cwd=tmp_path) as server:
        port = server.wait_for(r"127\.0\.0\.1:(\d+)")[1]
        command = (sys.executable, str(folder / "client.py"), "Привет", "--port", port)
        with Program(*command, cwd=tmp_path) as client:
            assert client.finish() == 0


@needs_nc
def test_nc_gets_four_lines_without_its_line_end(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        assert ask_with_nc(port, "Привет\n", lines=4) == ANSWER


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (b"", "\n\n\n0"),
        (b"Was it a cat", "Was it a cat\ntac a ti saW\nWAS IT A CAT\n12"),
        ("straße".encode(), "straße\neßarts\nSTRASSE\n6"),
        (b" two  spaces ", " two  spaces \n secaps  owt \n TWO  SPACES \n13"),
        (b"one\r\n", "one\neno\nONE\n3"),
        (b"one\ntwo", "one two\nowt eno\nONE TWO\n7"),
        (b"\xff", "\ufffd\n\ufffd\n\ufffd\n1"),
        ("ж".encode()[:1], "\ufffd\n\ufffd\n\ufffd\n1"),
    ],
    ids=[
        "empty",
        "plain",
        "longer",
        "spaces",
        "line end",
        "two lines",
        "no UTF-8",
        "half a letter",
    ],
)
def test_answer_is_one_datagram_of_four_lines(lab: str, message: bytes, answer: str) -> None:
    server, port = Program.server(lab)
    with server:
        assert ask(port, message).decode() == answer


def test_empty_input_is_sent_as_an_empty_datagram(lab: str) -> None:
    server, port = Program.server(lab)
    with server, Program.lab(lab, "client", "--port", str(port)) as client:
        client.type("\n")
        assert client.finish() == 0
        assert client.output.endswith(" произошло\n\n\n\n0\n")


def test_each_address_is_announced_once(lab: str) -> None:
    server, port = Program.server(lab)
    with server, udp_socket() as first, udp_socket() as second:
        for sock in (first, second, first, second):
            sock.sendto(b"again", (HOST, port))
            sock.recvfrom(100)
        server.wait_for(r"(?:(?:Клиент|127).*\n){6}")
        for sock in (first, second):
            announced = f"Клиент 127.0.0.1:{port_of(sock)} подключился\n"
            assert server.output.count(announced) == 1


def test_two_clients_at_once_each_get_their_own_answer(lab: str) -> None:
    server, port = Program.server(lab)
    with server, udp_socket() as first, udp_socket() as second:
        first.sendto(b"one", (HOST, port))
        second.sendto(b"two", (HOST, port))
        assert second.recvfrom(100) == (b"two\nowt\nTWO\n3", (HOST, port))
        assert first.recvfrom(100) == (b"one\neno\nONE\n3", (HOST, port))


def test_answer_larger_than_a_datagram_is_reported_and_the_server_goes_on(lab: str) -> None:
    server, port = Program.server(lab)
    with server, udp_socket() as sock:
        sock.sendto(b"x" * LARGEST, (HOST, port))
        server.wait_for(rf"127\.0\.0\.1:{port_of(sock)}: ответ не отправлен: .*Message too long\n")
        assert ask(port, b"here").startswith(b"here\n")


def test_message_of_20000_bytes_is_not_cut(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        answer = ask(port, b"x" * 20_000)
        assert answer == b"\n".join([b"x" * 20_000, b"x" * 20_000, b"X" * 20_000, b"20000"])


def test_client_that_left_before_its_answer_disturbs_nobody(lab: str) -> None:
    server, port = Program.server(lab)
    with server, udp_socket() as here:  # before them: it gets no port that one of them had
        for _ in range(5):
            with udp_socket() as sock:
                sock.sendto(b"gone", (HOST, port))
        here.sendto(b"here", (HOST, port))
        assert here.recv(65535).startswith(b"here\n")


def test_datagram_that_nobody_can_answer_is_reported_and_the_server_goes_on(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        send_without_return_address(port, b"from nowhere")
        server.wait_for(r"\n127\.0\.0\.1:0: ответ не отправлен: ")
        assert ask(port, b"here").startswith(b"here\n")


def test_client_without_server_says_so_after_3_s(lab: str) -> None:
    with Program.lab(lab, "client", "hello", "--port", str(NOBODY_PORT)) as client:
        assert client.finish() == 1
        assert client.output == ""
        assert client.errors.startswith(f"Нет ответа от 127.0.0.1:{NOBODY_PORT}: timed")
        assert client.errors.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [("--host", "no-such-host.invalid"), ("--port", "70000")],
    ids=["unknown host", "no port"],
)
def test_client_that_cannot_send_says_so(lab: str, args: tuple[str, ...]) -> None:
    with Program.lab(lab, "client", "hello", *args) as client:
        assert client.finish() == 1
        assert client.errors.startswith("Нет ответа от ")
        assert client.errors.count("\n") == 1


def test_client_ends_in_good_order_when_its_input_ends(lab: str) -> None:
    with Program.lab(lab, "client", "--port", str(NOBODY_PORT)) as client:
        client.end_input()
        assert client.finish() == 0
        assert client.output == "Введите сообщение:\nКлиент остановлен\n"
        assert client.errors == ""


def test_client_stops_while_it_asks(lab: str) -> None:
    with Program.lab(lab, "client", "--port", str(NOBODY_PORT)) as client:
        client.wait_for("Введите сообщение:\n")
        assert client.stop() == 0
        assert client.output == "Введите сообщение:\nКлиент остановлен\n"
        assert client.errors == ""


def test_client_stops_while_it_waits_for_the_answer(lab: str) -> None:
    with udp_socket() as silent:
        port = port_of(silent)
        with Program.lab(lab, "client", "hello", "--port", str(port)) as client:
            silent.recvfrom(100)
            assert client.stop() == 0
            assert (client.output, client.errors) == ("Клиент остановлен\n", "")


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_typed_bytes_that_are_no_text_never_end_in_a_traceback(lab: str, locale: str) -> None:
    server, port = Program.server(lab)
    command = [
        "sh",
        "-c",
        rf"printf 'caf\351\n' | {sys.executable} labs/{lab}/client.py --port {port}",
    ]
    with server, Program(*command, env={"LC_ALL": locale, "PYTHONUTF8": "0"}) as client:
        assert client.finish() in (0, 1)
        assert "Traceback" not in client.errors
        assert client.errors.count("\n") <= 1


def test_server_restarts_on_the_same_port_at_once(lab: str) -> None:
    server, port = Program.server(lab, port=unused_port(socket.SOCK_DGRAM))
    with server:
        ask(port, b"before")
        assert server.stop() == 0
    with start_on(lab, port):
        assert ask(port, b"after").startswith(b"after\n")


def test_second_server_on_a_busy_port_ends_and_the_first_goes_on(lab: str) -> None:
    server, port = Program.server(lab)
    with server:
        with Program.lab(lab, "server", "--port", str(port)) as second:
            assert second.finish() == 2
            assert second.errors.startswith(f"Порт {port} занять не удалось: ")
        assert ask(port, b"first").startswith(b"first\n")
