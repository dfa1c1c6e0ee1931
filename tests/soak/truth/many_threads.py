"""Three threads send by two objects of one socket."""

import socket
import threading

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
d = client.dup()


def w(s: socket.socket, c: bytes) -> None:
    for _ in range(50):
        s.sendall(c * 37)


ts = [
    threading.Thread(target=w, args=(s, c)) for s, c in ((client, b"a"), (d, b"b"), (client, b"c"))
]
for t in ts:
    t.start()
n = 0
while n < 50 * 37 * 3:
    n += len(conn.recv(1000))
for t in ts:
    t.join()
client.close()
d.close()
print(n, conn.recv(1))
conn.close()
