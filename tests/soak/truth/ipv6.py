"""One server for both families, and datagrams over a socket of both."""

import socket

s = socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True)
port = s.getsockname()[1]
for h in ("127.0.0.1", "::1"):
    c = socket.create_connection((h, port))
    k, a = s.accept()
    c.sendall(b"hi " + h.encode())
    print(k.recv(100), a[0])
    c.close()
    print(k.recv(1))
    k.close()
u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
u.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
u.bind(("::", 0))
p = u.getsockname()[1]
v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
v.sendto(b"four", ("127.0.0.1", p))
d, a = u.recvfrom(10)
print(d)
u.sendto(b"back", a)
print(v.recv(10))
