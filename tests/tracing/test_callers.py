"""Who makes a call is told: the thread, the program's own line; the library's own calls are not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from tests.tracing.runs import traced, untraced
from tests.tracing.told_calls import calls, data, returns


def line_of(text: str, snippet: str) -> int:
    return 1 + next(n for n, line in enumerate(dedent(text).splitlines()) if snippet in line)


def test_each_thread_is_told_by_its_own_number_though_the_system_uses_idents_again(
    tmp_path: Path,
) -> None:
    text = """
    import socket, threading
    left, right = socket.socketpair()
    idents = set()
    def work():
        idents.add(threading.get_ident())
        left.send(b"x")
    for number in range(20):
        thread = threading.Thread(target=work, name=f"worker {number}")
        thread.start()
        thread.join()
    assert len(idents) < 20
    """
    records = calls(tmp_path, text)
    told = [(r["thread"], r["tid"]) for r in returns(records, "send")]
    assert [name for name, _ in told] == [f"worker {number}" for number in range(20)]
    assert len({tid for _, tid in told}) == 20


def test_a_thread_that_takes_another_name_is_told_by_it(tmp_path: Path) -> None:
    text = """
    import socket, threading
    left, right = socket.socketpair()
    def work(name):
        threading.current_thread().name = name
        left.send(b"x")
    for name in ("one", "two"):
        work(name)
    """
    told = returns(calls(tmp_path, text), "send")
    assert [r["thread"] for r in told] == ["one", "two"]
    assert len({r["tid"] for r in told}) == 1


def test_a_call_of_the_standard_library_is_told_at_the_labs_own_line(tmp_path: Path) -> None:
    text = """
    import socket, socketserver, threading
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.sendall(self.request.recv(10))
    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request, name="server")
        thread.start()
        with socket.create_connection(server.server_address) as client:
            client.sendall(b"hello")
            client.recv(10)
        thread.join()
    """
    records = calls(tmp_path, text)
    (bind,) = returns(records, "bind")
    assert (bind["file"], bind["line"]) == ("program.py", line_of(text, "TCPServer("))
    (receive, _) = returns(records, "recv")
    assert (receive["line"], receive["thread"]) == (line_of(text, "request.recv"), "server")
    (connect,) = returns(records, "connect")
    assert connect["line"] == line_of(text, "create_connection")


def test_http_server_follows_by_itself(tmp_path: Path) -> None:
    text = """
    import http.client, http.server, threading
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()
        def log_message(self, *_):
            pass
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        connection = http.client.HTTPConnection(*server.server_address)
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()
        thread.join()
    """
    records = calls(tmp_path, text)
    sent = b"".join(data(r) for r in returns(records, "sendall"))
    assert b"GET / HTTP/1.1\r\n" in sent
    assert b"HTTP/1.0 204" in sent + b"".join(data(r) for r in returns(records, "send"))


def test_the_librarys_own_pipes_are_silent(tmp_path: Path) -> None:
    text = """
    import asyncio
    async def main():
        await asyncio.sleep(0)
    asyncio.run(main())
    """
    assert calls(tmp_path, text) == []


def test_the_class_looks_like_the_real_one(tmp_path: Path) -> None:
    text = """
    import inspect, pickle, socket
    sock = socket.socket()
    print(socket.socket.__name__, socket.socket.__module__, socket.socket.__qualname__)
    print(type(sock) is socket.socket, isinstance(sock, socket.SocketType))
    print(repr(sock).replace(str(sock.fileno()), "FD"))
    print(socket.socket.recv.__name__, bool(socket.socket.recv.__doc__))
    try:
        sock.colour = 1
    except AttributeError as error:
        print(error)
    for wrong in (lambda: sock.recv(), lambda: sock.send("text"), lambda: sock.bind(1)):
        try:
            wrong()
        except Exception as error:
            print(type(error))
    """
    program = tmp_path / "program.py"
    program.write_text(dedent(text))
    outcome, _ = traced(program)
    assert outcome == untraced(program)
