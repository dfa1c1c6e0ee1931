"""Nothing waits: connect, recv, and send until the kernel takes no more."""

import errno
import select
import socket

server = socket.create_server(("127.0.0.1", 0))
c = socket.socket()
c.setblocking(False)
print(errno.errorcode.get(c.connect_ex(server.getsockname()), "ok"))
select.select([], [c], [], 1)
print(c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
k, _ = server.accept()
k.setblocking(False)
try:
    k.recv(10)
except BlockingIOError as e:
    print(e)
c.send(b"hi")
select.select([k], [], [], 1)
print(k.recv(10))
n = 0
try:
    while True:
        n += c.send(b"y" * 100000)
except BlockingIOError as e:
    print(e)
got = 0
while got < n:
    got += len(k.recv(1 << 20))
print(got == n)
c.close()
select.select([k], [], [], 1)
print(k.recv(10))
k.close()
