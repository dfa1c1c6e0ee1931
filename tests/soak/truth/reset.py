"""Connections that end by RST: SO_LINGER, and bytes that nobody has read."""

import socket
import struct

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
client.sendall(b"a")
print(conn.recv(1))
client.sendall(b"unread")
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
try:
    print(conn.recv(100), conn.recv(100))
except OSError as e:
    print(e)
try:
    conn.sendall(b"x")
except OSError as e:
    print(e)
conn.close()
# Close with unread data
c = socket.create_connection(server.getsockname())
k, _ = server.accept()
c.sendall(b"never read")
k.close()
try:
    print(c.recv(10))
except OSError as e:
    print(e)
c.close()
