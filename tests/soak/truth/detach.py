"""A connection goes on as a number: os.read, os.write, os.close."""

import os
import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
fd = conn.detach()
client.sendall(b"0123456789")
print(os.read(fd, 100))
os.write(fd, b"by number\n")
print(client.recv(100))
os.close(fd)
print(client.recv(100))
client.close()
