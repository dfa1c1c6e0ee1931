import socket

HOST = "127.0.0.1"
PORT = 12349

client_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
message = input("Введите сообщение:\n")
client_socket.sendto(message.encode(), (HOST, PORT))

data, server = client_socket.recvfrom(1024)
print(f"Подключение к серверу {server[0]}:{server[1]} произошло")
print(data.decode())
client_socket.close()
