import socket
import threading
import time

clients = {}
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 12347))
print("Ожидание подключения клиента… 127.0.0.1:12347")


def send_times():
    while True:
        for address, name in clients.items():
            sock.sendto(f"{name}, {time.strftime('%H:%M:%S')}".encode(), address)
        time.sleep(3)


threading.Thread(target=send_times).start()
while True:
    data, address = sock.recvfrom(1024)
    clients[address] = data.decode()
    print(f"Клиент {clients[address]} {address[0]}:{address[1]} подключился")
