"""A file made of a socket outlives it."""

import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
f = conn.makefile("rwb")
conn.close()
client.sendall(b"line one\nline two\n")
print(f.readline())
f.write(b"answer\n")
f.flush()
print(client.recv(100))
print(f.readline())
f.close()
print(client.recv(100))
client.close()
