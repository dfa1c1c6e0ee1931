"""chat/threads: what one client writes reaches all the others, whatever any of them does."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import threading

import pytest

from tests.labs.chat_peers import (
    HOST,
    LINE_LIMIT_BYTES,
    ChatPeer,
    joined,
    needs_nc,
)
from tests.labs.contract_peers import reset
from tests.labs.programs import WAIT_S, Program

LAB = "chat/threads"


def start_client(port: int) -> tuple[Program, str]:
    """Start the classic client; return it with its own address, as it says it."""
    client = Program.lab(LAB, "client", "--port", str(port))
    return client, client.wait_for(r"мой адрес (\S+)\n")[1]


def test_a_message_goes_to_all_others_with_the_address_of_its_sender_and_not_back() -> None:
    server, port = Program.server(LAB)
    with (
        server,
        joined(server, port) as anna,
        joined(server, port) as boris,
        joined(server, port) as vera,
    ):
        anna.send("привет\n")
        assert boris.line() == vera.line() == f"{anna.address}: привет"
        boris.send("и тебе\n")
        assert anna.line() == vera.line() == f"{boris.address}: и тебе"
        server.wait_for(re.escape(f"{anna.address}: привет\n{boris.address}: и тебе\n"))


def test_the_classic_clients_talk_to_each_other() -> None:
    server, port = Program.server(LAB)
    with server:
        anna, anna_address = start_client(port)
        with anna:
            server.wait_for(re.escape(anna_address))
            boris, boris_address = start_client(port)
            with boris:
                server.wait_for(re.escape(boris_address))
                anna.type("привет\n")
                boris.wait_for(re.escape(f"{anna_address}: привет\n"))
                boris.type("и тебе\n")
                anna.wait_for(re.escape(f"{boris_address}: и тебе\n"))
                boris.end_input()
                assert (boris.finish(), boris.errors) == (0, "")
                server.wait_for(re.escape(f"Клиент {boris_address} отключился"))
                assert anna.stop() == 0


@needs_nc
def test_nc_talks_to_the_classic_client() -> None:
    server, port = Program.server(LAB)
    with server:
        client, address = start_client(port)
        with client, Program("nc", HOST, str(port)) as nc:
            server.wait_for(r"(?s)(подключился.*){2}")
            nc.type("из nc\n")
            client.wait_for(r"127\.0\.0\.1:\d+: из nc\n")
            client.type("из клиента\n")
            nc.wait_for(re.escape(f"{address}: из клиента\n"))


def test_lines_come_whole_however_the_stream_was_cut() -> None:
    server, port = Program.server(LAB)
    with server, joined(server, port) as anna, joined(server, port) as boris:
        anna.send("раз\nдва\r\n\nтр")
        assert [boris.line() for _ in range(3)] == [
            f"{anna.address}: {text}" for text in ("раз", "два", "")
        ]
        half, other_half = "и\n".encode()[:1], "и\n".encode()[1:]
        anna.send(half)
        boris.send("я тоже здесь\n")  # what comes back proves that the half was not yet a message
        assert anna.line() == f"{boris.address}: я тоже здесь"
        anna.send(other_half)
        assert boris.line() == f"{anna.address}: три"


def test_the_last_line_may_end_with_the_stream() -> None:
    server, port = Program.server(LAB)
    with server, joined(server, port) as anna, joined(server, port) as boris:
        anna.send("прощай")
        anna.sock.shutdown(socket.SHUT_WR)
        assert boris.line() == f"{anna.address}: прощай"
        assert anna.rest() == ""
        server.wait_for(re.escape(f"Клиент {anna.address} отключился"))


def test_bytes_that_are_not_utf_8_are_passed_on_as_replacement_characters() -> None:
    server, port = Program.server(LAB)
    with server, joined(server, port) as anna, joined(server, port) as boris:
        anna.send(b"a\xffb\xd0\n")
        assert boris.line() == f"{anna.address}: a\ufffdb\ufffd"


@pytest.mark.parametrize("end", [b"\n"])
def test_a_line_of_4096_bytes_passes(end: bytes) -> None:
    server, port = Program.server(LAB)
    with server, joined(server, port) as anna, joined(server, port) as boris:
        anna.send(b"x" * LINE_LIMIT_BYTES + end)
        assert boris.line() == f"{anna.address}: " + "x" * LINE_LIMIT_BYTES


@pytest.mark.parametrize("size", [LINE_LIMIT_BYTES + 1, 800_000])
def test_a_longer_line_ends_its_sender_and_nobody_else(size: int) -> None:
    server, port = Program.server(LAB)
    with server, joined(server, port) as anna, joined(server, port) as boris:
        anna.send_too_much(b"x" * size + b"\n")
        server.wait_for(re.escape(f"Клиент {anna.address} отключился"))
        with joined(server, port) as vera:
            vera.send("а мы здесь\n")
            assert boris.line() == f"{vera.address}: а мы здесь"


def test_clients_that_reset_their_connections_disturb_nobody() -> None:
    server, port = Program.server(LAB)
    with server, joined(server, port) as anna, joined(server, port) as boris:
        for data in (b"", b"half a l", b"a line\n"):
            reset(port, data)
        server.wait_for(r"(?s)(отключился.*){3}")
        anna.send("слышно?\n")
        assert re.search(rf"{re.escape(anna.address)}: слышно\?$", read_to(boris, "слышно"))


def read_to(peer: ChatPeer, text: str) -> str:
    """Read lines up to the first that contains a text; return that."""
    while text not in (line := peer.line()):
        assert line, f"the stream ended before {text!r}"
    return line


def test_everybody_sees_the_messages_in_the_same_order() -> None:
    server, port = Program.server(LAB)
    with (
        server,
        joined(server, port) as anna,
        joined(server, port) as boris,
        joined(server, port) as vera,
        joined(server, port) as gleb,
    ):
        both = [
            threading.Thread(target=peer.send, args=("".join(f"{i}\n" for i in range(300)),))
            for peer in (anna, boris)
        ]
        for thread in both:
            thread.start()
        seen = [vera.line() for _ in range(600)]
        assert seen == [gleb.line() for _ in range(600)]
        for peer in (anna, boris):
            own = [line for line in seen if line.startswith(peer.address)]
            assert own == [f"{peer.address}: {i}" for i in range(300)]
        for thread in both:
            thread.join(WAIT_S)


def test_a_client_that_never_reads_holds_up_nobody() -> None:
    server, port = Program.server(LAB)
    with (
        server,
        joined(server, port) as anna,
        joined(server, port) as boris,
        joined(server, port, receive_buffer_bytes=4096) as deaf,
    ):
        assert deaf.address

        def talk() -> None:
            for _ in range(2000):  # 8 MB: more than the buffers of a connection hold
                anna.send("ля" * 1000 + "\n")
            anna.send("конец\n")

        talker = threading.Thread(target=talk)
        talker.start()
        assert read_to(boris, "конец") == f"{anna.address}: конец"
        talker.join(WAIT_S)
        boris.send("тишина\n")
        assert anna.line() == f"{boris.address}: тишина"


# --- the classic client -------------------------------------------------------------------------


def test_a_client_says_at_once_that_its_server_has_gone_and_ends_with_the_next_line() -> None:
    server, port = Program.server(LAB)
    client, address = start_client(port)
    with client:
        with server:
            server.wait_for(re.escape(address))
            assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        client.wait_for(r"\nСервер закрыл соединение\. Нажмите Enter\n")
        with contextlib.suppress(BrokenPipeError):  # it may have ended before it came to its input
            client.type("\n")
        assert client.finish() == 1
        assert client.errors.startswith("Нет связи с сервером ")


def test_what_was_typed_before_the_end_of_input_arrives() -> None:
    server, port = Program.server(LAB)
    with server, joined(server, port) as anna:
        client, address = start_client(port)
        with client:
            client.type("раз\nдва\n")
            client.end_input()
            assert (client.finish(), client.errors) == (0, "")
        assert [anna.line(), anna.line()] == [f"{address}: раз", f"{address}: два"]


def test_a_client_puts_a_character_together_that_comes_in_two_pieces() -> None:
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(WAIT_S)
        client, _address = start_client(listener.getsockname()[1])
        with client:
            conn, _peer = listener.accept()
            with conn:
                conn.sendall("до".encode() + "ж".encode()[:1])
                conn.sendall("ж".encode()[1:] + "дь\n".encode())
                client.wait_for("дождь\n$")
            client.wait_for("Нажмите Enter")
            client.type("\n")
            assert client.finish() == 1  # the server has gone
