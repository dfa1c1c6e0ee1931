import socket
import threading
import time


def serve_client(conn, address):
    with conn:
        name = conn.recv(1024).decode().strip()
        print(f"Клиент {name} {address[0]}:{address[1]} подключился")
        while True:
            conn.sendall(f"{name}, {time.strftime('%H:%M:%S')}\n".encode())
            time.sleep(3)


with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server_socket:
    server_socket.bind(("127.0.0.1", 12353))
    server_socket.listen()
    print("Ожидание подключения клиента… 127.0.0.1:12353")
    while True:
        conn, address = server_socket.accept()
        threading.Thread(target=serve_client, args=(conn, address)).start()
