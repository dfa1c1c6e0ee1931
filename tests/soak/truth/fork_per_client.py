"""Children answer and end by os._exit; the parent only closes its copies."""

import os
import socket

server = socket.create_server(("127.0.0.1", 0))
for i in range(2):
    client = socket.create_connection(server.getsockname())
    conn, _ = server.accept()
    pid = os.fork()
    if pid == 0:
        server.close()
        client.close()
        conn.sendall(b"hello %d\n" % i)
        os._exit(0)
    conn.close()
    print(client.recv(100), client.recv(100))
    client.close()
    os.waitpid(pid, 0)
