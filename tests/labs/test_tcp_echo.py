"""tcp/echo: every byte comes back unchanged, in order, and nothing else does."""

from __future__ import annotations

import socket
import threading

from tests.labs.programs import Program
from tests.labs.tcp_peers import (
    accept,
    address_of,
    ask,
    assert_failed_with_one_line,
    assert_served_well,
    connect,
    needs_nc,
    read_exactly,
    read_to_end,
    reset,
    stand_in_server,
)

LAB = "tcp/echo"


def test_the_client_s_hello_world_comes_back() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "--port", str(port)) as client:
        assert (client.finish(), client.errors) == (0, "")
        assert client.output.endswith("\nСообщение сервера: Hello, world\n")
        server.wait_for(r"\nПодключен клиент: 127\.0\.0\.1:\d+\nПолучено сообщение: Hello, world\n")
        assert_served_well(server)


def test_the_client_sends_its_argument() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "Привет, мир", "--port", str(port)) as client:
        assert client.finish() == 0
        assert client.output.endswith("\nСообщение сервера: Привет, мир\n")


def test_an_empty_message_is_answered_by_nothing() -> None:
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", "", "--port", str(port)) as client:
        assert client.finish() == 0
        assert client.output == "Сообщение сервера: \n"


def test_the_client_puts_a_long_answer_together_from_many_pieces() -> None:
    message = "Ж" * 50_000  # 100,000 bytes; a piece of at most 1,024
    server, port = Program.server(LAB)
    with server, Program.lab(LAB, "client", message, "--port", str(port)) as client:
        assert client.finish() == 0
        assert client.output.endswith(f"вместе 100000 из 100000\nСообщение сервера: {message}\n")
        assert client.output.count("recv:") >= 98


def test_the_client_waits_for_the_rest_when_one_recv_returns_half_a_character() -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(LAB, "client", "ж", "--port", str(port)) as client,
        accept(listener) as conn,
    ):
        assert read_exactly(conn, 2) == "ж".encode()
        conn.sendall("ж".encode()[:1])
        client.wait_for(r"recv: 1 байт, вместе 1 из 2\n")
        conn.sendall("ж".encode()[1:])
        client.wait_for(r"recv: 1 байт, вместе 2 из 2\nСообщение сервера: ж\n")
        assert client.finish() == 0


def test_the_client_says_when_the_server_closes_too_early() -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(LAB, "client", "--port", str(port)) as client,
    ):
        with accept(listener) as conn:
            read_exactly(conn, 12)
            conn.sendall(b"Hello")
        assert_failed_with_one_line(client)
        assert "5 из 12 байт" in client.errors


def test_the_client_says_when_the_server_resets_the_connection() -> None:
    with (
        stand_in_server() as (listener, port),
        Program.lab(LAB, "client", "--port", str(port)) as client,
    ):
        conn = accept(listener)
        read_exactly(conn, 12)
        reset(conn)
        assert_failed_with_one_line(client)


def test_all_256_byte_values_come_back_and_no_line_end_is_added() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        data = bytes(range(256)) * 3
        sock.sendall(data)
        assert read_exactly(sock, len(data)) == data
        sock.shutdown(socket.SHUT_WR)
        assert read_to_end(sock) == b""
        assert_served_well(server)


def test_what_is_on_its_way_at_a_half_close_still_comes_back() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        data = bytes(range(251)) * 4000  # a megabyte: more than the server has read by then

        def send() -> None:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        assert read_to_end(sock) == data
        sender.join()
        server.wait_for(rf"Клиент {address_of(sock)} отключился\n")


def test_the_server_shows_where_a_piece_ended_within_a_character() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        for byte in "ж".encode():
            sock.sendall(bytes([byte]))
            assert sock.recv(1) == bytes([byte])  # so the two can be no single piece
        server.wait_for("Получено сообщение: \ufffd\nПолучено сообщение: \ufffd\n")


def test_bytes_that_are_not_utf_8_are_shown_with_replacement_characters() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as sock:
        sock.sendall(b"a\xffb")
        assert read_exactly(sock, 3) == b"a\xffb"
        server.wait_for("Получено сообщение: a\ufffdb\n")


def test_a_second_client_is_connected_at_once_and_served_when_the_first_has_left() -> None:
    server, port = Program.server(LAB)
    with server, connect(port) as first:
        first.sendall(b"first")
        assert read_exactly(first, 5) == b"first"
        with connect(port) as second:
            second.sendall(b"second")
            first.sendall(b"again")
            assert read_exactly(first, 5) == b"again"
            assert address_of(second) not in server.output
            first.close()
            assert read_exactly(second, 6) == b"second"


def test_a_client_that_resets_disturbs_nobody() -> None:
    server, port = Program.server(LAB)
    with server:
        vanishing = connect(port)
        address = address_of(vanishing)
        vanishing.sendall(b"half")
        read_exactly(vanishing, 4)
        reset(vanishing)
        server.wait_for(rf"Клиент {address} отключился\n")
        assert ask(port, b"still here") == "still here"
        assert_served_well(server)


@needs_nc
def test_nc_gets_back_what_is_typed_and_ends_with_its_input() -> None:
    server, port = Program.server(LAB)
    with server, Program("nc", "-N", "127.0.0.1", str(port)) as nc:
        nc.type("привет\n")
        nc.wait_for("^привет\n$")
        server.wait_for("Получено сообщение: привет\n")
        nc.end_input()
        assert nc.finish() == 0


def test_a_server_stops_well_in_the_middle_of_much_traffic() -> None:
    server, port = Program.server(LAB)
    stop = threading.Event()

    def chatter() -> None:
        try:
            while not stop.is_set():
                ask(port, b"chatter " * 64)
        except OSError:  # the server has stopped
            pass

    with server:
        threads = [threading.Thread(target=chatter) for _ in range(4)]
        for thread in threads:
            thread.start()
        server.wait_for("отключился")
        status = server.stop()
        stop.set()
        for thread in threads:
            thread.join()
        assert (status, server.errors) == (0, "")
