"""Another program, which tells nothing, is at the other end: it resets, or leaves bytes unread."""

import socket
import struct
import subprocess
import sys

OTHER = """
import socket, struct, sys
end = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
end.recv(1)
end.sendall(b"from the other")
{}
"""
AT_ONCE = "end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))"
ENDINGS = {
    "end.close()": ("read", "close", "linger"),
    "end.recv(3); end.close()": ("read", "close"),
    AT_ONCE: ("read", "close"),
    "end.shutdown(socket.SHUT_WR); end.recv(100)": ("read", "close"),
}
server = socket.create_server(("127.0.0.1", 0))


def read(conn: socket.socket) -> None:
    try:
        conn.sendall(b"something to read")
        while conn.recv(100):
            pass
    except OSError as e:
        print(e)


for ending, ways in ENDINGS.items():
    for way in ways:
        command = [sys.executable, "-c", OTHER.format(ending), str(server.getsockname()[1])]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as other:
            conn, _ = server.accept()
            conn.sendall(b"!")
            if way == "read":
                read(conn)
            elif "recv" not in ending:
                other.wait()
            if way == "linger":
                conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            conn.close()
