import socket
import threading


def listening_to_messages(sock):
    while True:
        print(sock.recv(1024).decode())


client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client_socket.connect(("127.0.0.1", 12362))
threading.Thread(target=listening_to_messages, args=(client_socket,), daemon=True).start()
while True:
    client_socket.sendall(f"{input()}\n".encode())
