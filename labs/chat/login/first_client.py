import socket

client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect(("127.0.0.1", 50009))
login = input("Логин:\n")
client_socket.sendall(f"{login}\n".encode())
while True:
    text = input("Сообщение:\n")
    if text == "end":
        break
    client_socket.sendall(f"{login}: {text}\n".encode())
client_socket.close()
