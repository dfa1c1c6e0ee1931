"""All ways to end a connection; the other end looks at it, closes unseen, or was the first."""

import socket
import struct

server = socket.create_server(("127.0.0.1", 0))
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: close() drops what is there, and resets


def linger(end: socket.socket) -> None:
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    end.close()


def close_unread(end: socket.socket) -> None:
    end.close()  # six bytes have come by now


def shut(end: socket.socket) -> None:
    end.shutdown(socket.SHUT_WR)


def shut_both(end: socket.socket) -> None:
    end.shutdown(socket.SHUT_RDWR)


def shut_and_close(end: socket.socket) -> None:
    end.shutdown(socket.SHUT_WR)
    end.close()


def look(end: socket.socket) -> None:
    try:
        while end.recv(100):
            pass
    except OSError as e:
        print(e)
    end.close()


def answer_twice(end: socket.socket) -> None:
    try:
        end.sendall(b"1")
        end.sendall(b"2")
    except OSError as e:
        print(e)
    end.close()


for ending in (socket.socket.close, linger, close_unread, shut, shut_both, shut_and_close):
    for other in (look, socket.socket.close, linger, answer_twice):
        client = socket.create_connection(server.getsockname())
        conn, _ = server.accept()
        if ending is close_unread:
            client.sendall(b"unread")
        ending(conn)
        other(client)
        conn.close()
