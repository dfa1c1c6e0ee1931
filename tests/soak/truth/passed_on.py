"""A connection is sent to a child over a unix socket."""

import os
import socket

server = socket.create_server(("127.0.0.1", 0))
a, b = socket.socketpair()
pid = os.fork()
if pid == 0:
    a.close()
    server.close()
    msg, fds, _, _ = socket.recv_fds(b, 10, 1)
    s = socket.socket(fileno=fds[0])
    s.sendall(b"from the child: " + s.recv(100))
    s.close()
    os._exit(0)
b.close()
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
socket.send_fds(a, [b"x"], [conn.fileno()])
conn.close()
client.sendall(b"hello")
print(client.recv(100), client.recv(100))
client.close()
os.waitpid(pid, 0)
