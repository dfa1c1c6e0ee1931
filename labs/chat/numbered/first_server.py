import socket
import threading

clients = []


def listening_to_client(conn, number):
    while data := conn.recv(1024):
        for other in clients:
            if other is not conn:
                other.sendall(f"Клиент {number}: {data.decode()}".encode())
    clients.remove(conn)


server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind(("127.0.0.1", 12362))
server_socket.listen()
print("Сервер слушает 127.0.0.1:12362")
while True:
    conn, address = server_socket.accept()
    clients.append(conn)
    number = len(clients)
    conn.sendall(f"Вы — клиент {number}\n".encode())
    threading.Thread(target=listening_to_client, args=(conn, number), daemon=True).start()
