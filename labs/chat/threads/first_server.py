import socket
import threading

clients = []


def listening_to_client(conn, address):
    while data := conn.recv(1024):
        for other in clients:
            if other is not conn:
                other.sendall(f"{address[0]}:{address[1]}: {data.decode()}".encode())


server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind(("127.0.0.1", 12361))
server_socket.listen()
print("Сервер слушает 127.0.0.1:12361")
while True:
    conn, address = server_socket.accept()
    clients.append(conn)
    threading.Thread(target=listening_to_client, args=(conn, address), daemon=True).start()
