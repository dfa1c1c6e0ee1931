"""One sending, two receivers, one of them the sender, one with a small buffer."""

import socket

G = "239.1.2.3"
r = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
r.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
r.bind((G, 0))
port = r.getsockname()[1]
r.setsockopt(
    socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(G) + socket.inet_aton("127.0.0.1")
)
r.settimeout(1)
r2 = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
r2.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
r2.bind(("", port))
r2.setsockopt(
    socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(G) + socket.inet_aton("127.0.0.1")
)
r2.settimeout(1)

r2.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
r2.sendto(b"to all", (G, port))
print(r.recvfrom(100), r2.recvfrom(100))
r2.sendto(b"cut me please", (G, port))
print(r.recv(3), r2.recv(100))
