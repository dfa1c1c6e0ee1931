"""sendall fails after a part of its bytes has left."""

import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
client.settimeout(0.3)
try:
    client.sendall(b"x" * 20_000_000)
except TimeoutError as e:
    print(e)
client.close()
n = 0
try:
    while d := conn.recv(65536):
        n += len(d)
except OSError as e:
    print(e)
print(n > 100000)
conn.close()
