"""Unix datagrams over pairs without names, also to children that share one, and one passed on."""

import os
import socket

D = socket.SOCK_DGRAM
tasks, take = socket.socketpair(socket.AF_UNIX, D)
answers, give = socket.socketpair(socket.AF_UNIX, D)
children = []
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        tasks.close()
        answers.close()
        while (task := take.recv(100)) != b"end":
            give.send(b"done " + task)
        os._exit(0)
    children.append(pid)
take.close()
give.close()
for _ in range(9):
    tasks.send(b"task")
print({answers.recv(6) for _ in range(9)})
for _ in children:
    tasks.send(b"end")
for pid in children:
    os.waitpid(pid, 0)
tasks.close()

a, b = socket.socketpair(socket.AF_UNIX, D)
carrier, far = socket.socketpair()
pid = os.fork()
if pid == 0:
    b.close()
    fds = socket.recv_fds(far, 1, 1)[1]
    with socket.socket(fileno=fds[0]) as s:
        s.send(s.recv(100)[::-1])
    os._exit(0)
a.send(b"before")
socket.send_fds(carrier, [b"x"], [b.fileno()])
b.close()
os.waitpid(pid, 0)
print(a.recv(100))
