import socket

HOST = "127.0.0.1"
PORT = 12351

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind((HOST, PORT))
server_socket.listen()
print(f"Сервер слушает {HOST}:{PORT}")

while True:
    conn, address = server_socket.accept()
    print(f"Клиент {address[0]}:{address[1]} подключился")
    while data := conn.recv(1024):
        a, b, h = data.decode().replace(",", ".").split()
        area = (float(a) + float(b)) / 2 * float(h)
        conn.sendall(f"{area:.12g}\n".encode())
    conn.close()
