import socket

HOST = ""
PORT = 50007

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind((HOST, PORT))
server_socket.listen(1)

conn, address = server_socket.accept()
print(f"Подключен клиент: {address[0]}:{address[1]}")
while True:
    data = conn.recv(1024)
    if not data:
        break
    print(f"Получено сообщение: {data.decode()}")
    conn.sendall(data)
conn.close()
server_socket.close()
