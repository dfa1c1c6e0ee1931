import socket

SERVER = ("127.0.0.1", 12348)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    name = input("Введите имя:\n")
    sock.sendto(name.encode(), SERVER)

    data, server = sock.recvfrom(1024)
    print(f"Подключение к серверу {server[0]}:{server[1]} произошло")
    while True:
        print(data.decode())
        data, server = sock.recvfrom(1024)
