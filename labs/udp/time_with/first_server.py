import socket
import threading
import time

clients = {}
lock = threading.Lock()


def send_times(sock):
    while True:
        with lock:
            for address, name in clients.items():
                sock.sendto(f"{name}, {time.strftime('%H:%M:%S')}".encode(), address)
        time.sleep(3)


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("127.0.0.1", 12348))
    print("Ожидание подключения клиента… 127.0.0.1:12348")
    threading.Thread(target=send_times, args=(sock,)).start()
    while True:
        data, address = sock.recvfrom(1024)
        with lock:
            clients[address] = data.decode()
        print(f"Клиент {clients[address]} {address[0]}:{address[1]} подключился")
