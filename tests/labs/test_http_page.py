"""http/page: one page over HTTP, read from its file at each request, and never another file."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.labs.programs import ROOT, WAIT_S, Program
from tests.labs.tcp_peers import (
    HOST,
    assert_served_well,
    connect,
    needs_curl,
    needs_nc,
    read_to_end,
    reset,
)

LAB = "http/page"
FOLDER = ROOT / "labs" / "http" / "page"
PAGE = (FOLDER / "index.html").read_bytes()
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def exchange(port: int, request: bytes) -> tuple[str, dict[str, str], bytes]:
    """Send raw bytes, keep our side open, return status line, fields and body."""
    with connect(port) as sock:
        sock.sendall(request)
        head, _, body = read_to_end(sock).partition(b"\r\n\r\n")
    status, *fields = head.decode("ascii").split("\r\n")
    return status, dict(field.split(": ", 1) for field in fields), body


def status_of(port: int, request: bytes) -> str:
    return exchange(port, request)[0]


def test_the_page_comes_with_all_that_http_needs() -> None:
    server, port = Program.server(LAB)
    with server:
        status, fields, body = exchange(port, GET)
        assert status == "HTTP/1.1 200 OK"
        assert fields["Content-Type"] == "text/html; charset=utf-8"
        assert fields["Content-Length"] == str(len(PAGE))
        assert fields["Connection"] == "close"
        assert body == PAGE
        assert re.match(rf"^Сервер слушает http://127\.0\.0\.1:{port}/\n", server.output)
        server.wait_for(r"127\.0\.0\.1:\d+: 'GET /' -> 200 OK\n")
        assert_served_well(server)


@pytest.mark.parametrize("target", ["/", "/index.html", "/?", "/?a=b/../c", "/index.html?x=1?y"])
def test_the_page_has_two_paths_and_the_query_does_not_matter(target: str) -> None:
    server, port = Program.server(LAB)
    with server:
        connection = http.client.HTTPConnection(HOST, port, timeout=WAIT_S)
        connection.request("GET", target)
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, PAGE)
        connection.close()


def test_head_gives_the_same_head_and_no_body() -> None:
    server, port = Program.server(LAB)
    with server:
        for path in (b"/", b"/nothing-here"):
            of_get = exchange(port, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            of_head = exchange(port, b"HEAD " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            assert of_head[:2] == of_get[:2]
            assert (of_head[2], len(of_get[2]) > 0) == (b"", True)


@pytest.mark.parametrize(
    "target",
    [
        "/nothing-here",
        "/server.py",
        "/../../../../etc/passwd",
        "/index.html/../server.py",
        "/%2e%2e/page/index.html",
        "//index.html",
        "/index.htm",
        "/INDEX.HTML",
        "index.html",
        "http://localhost/server.py",
        "/index.html%00",
        "/index.html#part",
    ],
)
def test_any_other_path_is_404_and_opens_no_file(target: str) -> None:
    server, port = Program.server(LAB)
    with server:
        request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        status, fields, body = exchange(port, request.encode())
        assert status == "HTTP/1.1 404 Not Found"
        assert int(fields["Content-Length"]) == len(body) < 100


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "M-SEARCH"])
def test_another_method_is_405_and_says_which_are_allowed(method: str) -> None:
    server, port = Program.server(LAB)
    with server:
        request = f"{method} / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        status, fields, _body = exchange(port, request.encode())
        assert status == "HTTP/1.1 405 Method Not Allowed"
        assert fields["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "request_head",
    [
        b"hello\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / \r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTQ/1.1\r\n\r\n",
        b"GET / two HTTP/1.1\r\n\r\n",
        b"\x1b[2J\r\n\r\n",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\n\n",
    ],
)
def test_a_request_that_is_not_http_is_400(request_head: bytes) -> None:
    server, port = Program.server(LAB)
    with server:
        assert status_of(port, request_head) == "HTTP/1.1 400 Bad Request"
        server.wait_for("400 Bad Request")
        assert "\x1b" not in server.output  # what a client sends cannot steer the terminal
        assert_served_well(server)


def test_the_head_may_come_byte_by_byte_and_with_bare_line_feeds() -> None:
    server, port = Program.server(LAB)
    with server:
        for request in (GET, b"GET / HTTP/1.0\n\n"):
            with connect(port) as sock:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for byte in request:
                    sock.sendall(bytes([byte]))
                assert read_to_end(sock).startswith(b"HTTP/1.1 200 OK\r\n")


def test_the_page_is_read_anew_at_each_request(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "page")
    page = tmp_path / "page" / "index.html"
    path = str(tmp_path / "page" / "server.py")
    with Program(sys.executable, path, "--port", "0") as server:
        port = int(server.wait_for(r"127\.0\.0\.1:(\d+)")[1])
        assert exchange(port, GET)[2] == PAGE
        page.write_text("<p>Привет</p>", encoding="utf-8")
        _status, fields, body = exchange(port, GET)
        assert body.decode() == "<p>Привет</p>"
        assert fields["Content-Length"] == "19"  # bytes, not characters
        page.unlink()
        with connect(port) as sock:
            sock.sendall(GET)
            sock.shutdown(socket.SHUT_WR)
            assert read_to_end(sock) == b""
        server.wait_for("No such file")
        page.write_text("again", encoding="utf-8")
        assert exchange(port, GET)[2] == b"again"
        assert_served_well(server)


def test_a_slow_client_disturbs_nobody_and_a_silent_one_is_hung_up_on(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "page")
    program = tmp_path / "page" / "server.py"
    text = program.read_text(encoding="utf-8")
    assert text.count("SILENCE_S = 20\n") == 1
    program.write_text(text.replace("SILENCE_S = 20\n", "SILENCE_S = 2\n"), encoding="utf-8")
    with Program(sys.executable, str(program), "--port", "0") as server:
        port = int(server.wait_for(r"127\.0\.0\.1:(\d+)")[1])
        with connect(port) as slow, connect(port) as silent:
            start = time.monotonic()
            stop = threading.Event()

            def trickle() -> None:
                try:
                    while not stop.wait(0.1):
                        slow.sendall(b"G")
                except OSError:  # the server has hung up
                    pass

            trickler = threading.Thread(target=trickle)
            trickler.start()
            assert status_of(port, GET) == "HTTP/1.1 200 OK"
            assert read_to_end(silent) == b""
            server.wait_for("timed out")
            assert time.monotonic() - start > 1.8
            stop.set()
            trickler.join()
        assert_served_well(server)


def test_clients_that_vanish_disturb_nobody() -> None:
    server, port = Program.server(LAB)
    with server:
        for data in (b"", b"GET / HT", GET):
            sock = connect(port)
            sock.sendall(data)
            reset(sock)
        assert status_of(port, GET) == "HTTP/1.1 200 OK"
        assert_served_well(server)


@needs_curl
def test_curl_understands_every_answer(tmp_path: Path) -> None:
    server, port = Program.server(LAB)
    with server:
        url = f"http://127.0.0.1:{port}"
        body = tmp_path / "body"
        for arguments, status in (
            ([f"{url}/"], "200"),
            (["--http1.0", f"{url}/index.html"], "200"),
            (["--head", f"{url}/"], "200"),
            ([f"{url}/страница"], "404"),
            (["--path-as-is", f"{url}/../server.py"], "404"),
            (["--data", "x" * 5000, f"{url}/"], "405"),
            (["--request", "OPTIONS", "--request-target", "*", f"{url}/"], "405"),
        ):
            command = ["curl", "-sS", "--max-time", "20", "-o", str(body), "-w", "%{http_code}"]
            result = subprocess.run(
                [*command, "--noproxy", "*", *arguments],
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
            assert (result.returncode, result.stdout, result.stderr) == (0, status, ""), arguments
            if arguments == [f"{url}/"]:
                assert body.read_bytes() == PAGE


@needs_nc
def test_a_request_can_be_typed_into_nc() -> None:
    server, port = Program.server(LAB)
    with server, Program("nc", "-N", "127.0.0.1", str(port)) as nc:
        nc.type("GET / HTTP/1.1\n\n")
        nc.wait_for(r"^HTTP/1\.1 200 OK\r\n(?s:.*)</html>")
        nc.end_input()
        assert nc.finish() == 0


def test_the_page_stands_alone_and_tells_the_truth_about_the_answer() -> None:
    text = PAGE.decode("utf-8")
    assert '<html lang="ru">' in text
    assert not re.search(r"<script|<link|<img|<iframe|\bsrc=|url\(|@import|\bon\w+=|href=", text)
    shown = text.split("HTTP/1.1 200 OK\n")[1].split("<i>пустая строка</i>")[0]
    names = [line.split(":")[0] for line in shown.strip().split("\n")]
    server, port = Program.server(LAB)
    with server:
        assert names == list(exchange(port, GET)[1])
