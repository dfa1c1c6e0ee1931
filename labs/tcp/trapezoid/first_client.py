import socket

HOST = "127.0.0.1"
PORT = 12351

client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect((HOST, PORT))
a = input("Основание A:\n")
b = input("Основание B:\n")
h = input("Высота H:\n")
client_socket.sendall(f"{a} {b} {h}\n".encode())
print(f"Площадь трапеции: {client_socket.recv(1024).decode()}")
client_socket.close()
