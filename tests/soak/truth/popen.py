"""Another program has the connection as its standard input and output."""

import socket
import subprocess

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
p = subprocess.Popen(["tr", "a-z", "A-Z"], stdin=conn.fileno(), stdout=conn.fileno())
conn.close()
client.sendall(b"shout\n")
client.shutdown(socket.SHUT_WR)
while data := client.recv(100):
    print(data)
client.close()
p.wait()
