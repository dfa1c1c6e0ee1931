"""Unix datagrams: by name and without one, equal, cut, empty, refused, waited for, never read."""

import os
import socket
import tempfile
import threading

D = socket.SOCK_DGRAM
folder = tempfile.mkdtemp()
path = os.path.join(folder, "server")


def unix(name: str | None = None) -> socket.socket:
    s = socket.socket(socket.AF_UNIX, D)
    s.settimeout(20)
    if name:
        s.bind(name)
    return s


u = unix(path)
hidden = unix(f"\0truth-{os.getpid()}")
named = unix(os.path.join(folder, "named"))
for s in (unix(), named, hidden, unix()):
    s.sendto(b"same", path)
print([u.recvfrom(3)[1] is None for _ in range(4)])
c = unix()
c.connect(path)
c.send(b"")
c.sendto(b"elsewhere", hidden.getsockname())
c.sendmsg([b"in ", b"parts"])
print(u.recv(9), u.recvmsg(5)[0], hidden.recv(100))
u.sendto(b"back", named.getsockname())
print(named.recv(100, socket.MSG_PEEK), named.recv(100))
for data, to in ((b"1", path + "-not"), (b"2", folder), (b"x" * 9_000_000, path)):
    try:
        c.sendto(data, to)
    except OSError as e:
        print(e)

# as many as its queue takes, and one more, from each of two
n = 0
c.setblocking(False)
try:
    while True:
        c.send(b"%d" % n)
        n += 1
except BlockingIOError as e:
    print(e)
c.settimeout(20)
threads = [threading.Thread(target=s.sendto, args=(b"late", path)) for s in (c, named)]
for t in threads:
    t.start()
threads[0].join(0.2)
print(sum(len(u.recvfrom(100)[0]) > 0 for _ in range(n + 2)) - n)
for t in threads:
    t.join()

os.unlink(path)
again = unix(path)
c.send(b"to the old one")
named.sendto(b"to the new one", path)
print(again.recv(100), u.recv(100))
c.send(b"never read")
u.close()
try:
    c.send(b"refused")
except OSError as e:
    print(e)
