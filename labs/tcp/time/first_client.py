import socket

HOST = "127.0.0.1"
PORT = 12353

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client_socket:
    client_socket.connect((HOST, PORT))
    print(f"Подключение к серверу {HOST}:{PORT} произошло")
    name = input("Введите имя:\n")
    client_socket.sendall(f"{name}\n".encode())
    while data := client_socket.recv(1024):
        print(data.decode().rstrip("\n"))
