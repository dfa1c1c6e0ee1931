import socket

HOST = "127.0.0.1"
PORT = 50008

client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect((HOST, PORT))
while True:
    text = input("Сообщение:\n")
    if text == "end":
        break
    client_socket.sendall(f"{text}\n".encode())
client_socket.close()
