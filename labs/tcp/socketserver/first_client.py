import socket

HOST = "127.0.0.1"
PORT = 12354

client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect((HOST, PORT))
print(f"Подключение к серверу {HOST}:{PORT} произошло")
message = input("Введите сообщение:\n")
client_socket.sendall(f"{message}\n".encode())
print(client_socket.recv(1024).decode())
client_socket.close()
