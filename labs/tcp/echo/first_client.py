import socket

HOST = "127.0.0.1"
PORT = 50007

client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect((HOST, PORT))
client_socket.sendall(b"Hello, world")
data = client_socket.recv(1024)
client_socket.close()
print(f"Сообщение сервера: {data.decode()}")
