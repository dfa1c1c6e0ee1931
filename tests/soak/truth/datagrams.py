"""Datagrams that are equal, cut, taken by recv(), and sent to nobody."""

import socket

u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0))
u.settimeout(1)
v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
v.settimeout(0.3)
for _ in range(3):
    v.sendto(b"same", u.getsockname())
v.sendto(b"other", u.getsockname())
print([u.recvfrom(3)[0] for _ in range(4)])
v.connect(u.getsockname())
v.send(b"connected")
print(u.recv(100))
u.sendto(b"back", v.getsockname())
print(v.recv(10))
try:
    print(v.recv(10))
except TimeoutError as e:
    print(e)
# nobody there
dead = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
dead.bind(("127.0.0.1", 0))
a = dead.getsockname()
dead.close()
w = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
w.connect(a)
w.send(b"lost")
try:
    w.recv(10)
except OSError as e:
    print(e)
w2 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
w2.sendto(b"lost2", a)
