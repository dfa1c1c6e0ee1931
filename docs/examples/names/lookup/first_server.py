import socket

ADDRESSES = {"router.lab": "192.0.2.1", "printer.lab": "192.0.2.7"}

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12371))
while True:
    data, client = sock.recvfrom(512)
    name = data.decode()
    sock.sendto(ADDRESSES[name].encode(), client)
