"""Bytes go by os.writev and are taken by os.readv, between those of the socket's own calls."""

import os
import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
conn.sendall(b"A")
os.writev(conn.fileno(), [b"one", b"two"])
conn.sendall(b"B")
print(client.recv(1))
buf = bytearray(6)
os.readv(client.fileno(), [buf])
print(buf, client.recv(10))
f = os.fdopen(os.dup(conn.fileno()), "wb")
f.write(b"by file\n")
f.close()
print(client.recv(100))
conn.close()
print(client.recv(10))
client.close()
