"""MSG_PEEK takes nothing; MSG_WAITALL waits for all; an empty datagram is one."""

import socket

server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
conn, _ = server.accept()
client.sendall(b"HELLO world")
print(conn.recv(5, socket.MSG_PEEK), conn.recv(20, socket.MSG_PEEK), conn.recv(5), conn.recv(20))
client.sendall(b"more")
print(conn.recv(4, socket.MSG_WAITALL))
client.close()
print(conn.recv(5, socket.MSG_PEEK), conn.recv(5))
conn.close()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0))
v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
v.sendto(b"datagram", u.getsockname())
print(u.recvfrom(4, socket.MSG_PEEK), u.recvfrom(100))
v.sendto(b"", u.getsockname())
print(u.recvfrom(100))
