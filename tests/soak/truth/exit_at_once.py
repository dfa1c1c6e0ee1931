"""The last call before os._exit, with bytes that nobody has read."""

import os
import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
conn.sendall(b"last words")
print(client.recv(3), flush=True)
os._exit(0)
