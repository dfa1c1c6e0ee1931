import socket
from datetime import datetime

HOST = "127.0.0.1"
PORT = 50008

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind((HOST, PORT))
server_socket.listen(1)
print(f"Сервер слушает {HOST}:{PORT}")

while True:
    conn, address = server_socket.accept()
    while data := conn.recv(1024):
        now = datetime.now().strftime("%Y.%m.%d %H:%M:%S")
        print(f"{now} ({address[0]}:{address[1]}): {data.decode().strip()}")
    conn.close()
