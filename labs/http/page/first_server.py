import socket
from pathlib import Path

PAGE = Path(__file__).with_name("index.html")

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind(("127.0.0.1", 8080))
server_socket.listen()
print("Сервер слушает http://127.0.0.1:8080/")

while True:
    conn, address = server_socket.accept()
    request = conn.recv(8192).decode()
    print(f"{address[0]}:{address[1]}: {request.splitlines()[0]}")
    body = PAGE.read_bytes()
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    conn.sendall(head.encode() + body)
    conn.close()
