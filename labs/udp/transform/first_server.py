import socket

HOST = "127.0.0.1"
PORT = 12346

server_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server_socket.bind((HOST, PORT))
print(f"Ожидание подключения клиента… {HOST}:{PORT}")

known = []
while True:
    data, address = server_socket.recvfrom(1024)
    if address not in known:
        known.append(address)
        print(f"Клиент {address[0]}:{address[1]} подключился")
    message = data.decode()
    answer = f"{message}\n{message[::-1]}\n{message.upper()}\n{len(message)}"
    server_socket.sendto(answer.encode(), address)
