import socket
import threading
from datetime import datetime


def serve_client(conn):
    login = conn.recv(1024).decode().strip()
    print(f"подключился {login}")
    while data := conn.recv(1024):
        now = datetime.now().strftime("%Y.%m.%d %H:%M:%S")
        print(f"{now} {data.decode().strip()}")
    conn.close()


server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind(("127.0.0.1", 50009))
server_socket.listen()
print("Сервер слушает 127.0.0.1:50009")
while True:
    conn, address = server_socket.accept()
    threading.Thread(target=serve_client, args=(conn,)).start()
