"""The classic client of the UDP clocks, `udp/time` and `udp/time_with`."""

from __future__ import annotations

import importlib
import socket
import threading

import pytest

from tests.labs.programs import Program
from tests.labs.udp_peers import (
    HOST,
    NOBODY_PORT,
    port_of,
    start_on,
    udp_socket,
)
from tests.labs.udp_time_peers import CLOCK, FAST
from tests.ports import unused_port

pytestmark = pytest.mark.parametrize("lab", ["udp/time", "udp/time_with"])


def test_client_asks_for_a_name_shows_the_time_and_ends_on_end(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server, Program.lab(lab, "client", "--port", str(port)) as client:
        client.wait_for("Введите имя:\n")
        client.type("Анна\n")
        client.wait_for(rf"\nПодключение к серверу 127\.0\.0\.1:{port} произошло\n")
        client.wait_for(rf"произошло(?:\nАнна, {CLOCK}){{3}}\n")
        server.wait_for(r"\nКлиент Анна 127\.0\.0\.1:\d+ подключился\n")
        client.type("end\n")
        assert client.finish() == 0
        server.wait_for(r"\nКлиент Анна 127\.0\.0\.1:\d+ отключился\n")


def test_client_takes_the_name_as_its_argument(lab: str) -> None:
    server, port = Program.server(lab, *FAST)
    with server, Program.lab(lab, "client", "Анна", "--port", str(port)) as client:
        client.wait_for(rf"\nАнна, {CLOCK}\n")


def test_client_comes_back_by_itself_when_the_server_was_restarted(lab: str) -> None:
    server, port = Program.server(lab, *FAST, port=unused_port(socket.SOCK_DGRAM))
    command = ("Анна", "--port", str(port), "--repeat", "0.3")
    with Program.lab(lab, "client", *command) as client:
        with server:
            client.wait_for(rf"\nАнна, {CLOCK}\n")
            assert server.stop() == 0
        with start_on(lab, port, *FAST) as restarted:
            restarted.wait_for(r"\nКлиент Анна 127\.0\.0\.1:\d+ подключился\n")
            shown = client.output.count("Анна, ")
            client.wait_for(rf"(?:Анна, {CLOCK}\n[^А]*){{{shown + 1}}}")


def test_client_repeats_its_name_and_withdraws_it(lab: str) -> None:
    with udp_socket() as played:
        command = ("Анна", "--port", str(port_of(played)), "--repeat", "0.1")
        with Program.lab(lab, "client", *command) as client:
            data, address = played.recvfrom(100)
            assert data.decode() == "Анна"
            played.sendto(b"first", address)
            assert played.recvfrom(100) == ("Анна".encode(), address)
            client.type("no end\n end \n")
            assert client.finish() == 0
            while (data := played.recvfrom(100)[0]) != b"end":
                assert data.decode() == "Анна"


def test_client_withdraws_its_name_when_it_is_stopped(lab: str) -> None:
    with udp_socket() as played:
        command = ("Анна", "--port", str(port_of(played)))
        with Program.lab(lab, "client", *command) as client:
            played.sendto(b"first", played.recvfrom(100)[1])
            client.wait_for("\nfirst\n")
            assert client.stop() == 0
            assert client.output.endswith("\nКлиент остановлен\n")
            assert client.errors == ""
            assert played.recvfrom(100)[0] == b"end"


def test_client_stops_while_it_waits_for_the_first_answer(lab: str) -> None:
    with udp_socket() as silent:
        command = ("Анна", "--port", str(port_of(silent)))
        with Program.lab(lab, "client", *command) as client:
            silent.recvfrom(100)
            assert client.stop() == 0
            assert (client.output, client.errors) == ("Клиент остановлен\n", "")
            assert silent.recvfrom(100)[0] == b"end"


def test_client_ends_in_good_order_when_its_input_ends(lab: str) -> None:
    with udp_socket() as played:
        command = ("Анна", "--port", str(port_of(played)))
        with Program.lab(lab, "client", *command) as client:
            client.end_input()
            played.sendto(b"first", played.recvfrom(100)[1])
            assert client.finish() == 0
            assert client.errors == ""
            assert played.recvfrom(100)[0] == b"end"
    with Program.lab(lab, "client", "--port", str(NOBODY_PORT)) as client:
        client.end_input()
        assert client.finish() == 0
        assert client.output == "Введите имя:\nКлиент остановлен\n"


def test_client_without_server_says_so_after_3_s(lab: str) -> None:
    with Program.lab(lab, "client", "Анна", "--port", str(NOBODY_PORT)) as client:
        assert client.finish() == 1
        assert client.output == ""
        assert client.errors == f"Нет ответа от 127.0.0.1:{NOBODY_PORT}: timed out\n"


@pytest.mark.parametrize(
    "args",
    [("--host", "no-such-host.invalid"), ("--port", "70000")],
    ids=["unknown host", "no port"],
)
def test_client_that_cannot_send_says_so(lab: str, args: tuple[str, ...]) -> None:
    with Program.lab(lab, "client", "Анна", *args) as client:
        assert client.finish() == 1
        assert client.errors.startswith("Нет ответа от ")
        assert client.errors.count("\n") == 1


@pytest.mark.parametrize("work", ["repeat_name", "show_times"])
def test_a_thread_says_nothing_of_a_socket_that_the_main_thread_has_closed(
    lab: str, work: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = importlib.import_module(f"labs.{lab.replace('/', '.')}.client")
    monkeypatch.setattr(client, "done", threading.Event())
    sock = udp_socket()
    sock.close()  # the main thread does so in the instant between two calls of this one
    more = (b"Anna", (HOST, NOBODY_PORT), 0.001) if work == "repeat_name" else ()
    threading.Timer(0.1, client.done.set).start()
    getattr(client, work)(sock, *more)
    assert capsys.readouterr() == ("", "")
