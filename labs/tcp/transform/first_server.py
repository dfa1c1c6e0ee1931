import socket

HOST = "127.0.0.1"
PORT = 12352

server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind((HOST, PORT))
server_socket.listen()
print(f"Ожидание подключения клиента… {HOST}:{PORT}")

while True:
    conn, address = server_socket.accept()
    print(f"Клиент {address[0]}:{address[1]} подключился")
    message = conn.recv(1024).decode().rstrip("\r\n")
    letters = [char for char in message.casefold() if char.isalnum()]
    palindrome = "да" if letters and letters == letters[::-1] else "нет"
    words = f"слов: {len(message.split())}, палиндром: {palindrome}"
    lines = [message, message[::-1], message.upper(), str(len(message)), words]
    for line in lines:
        conn.sendall(f"{line}\n".encode())
    conn.close()
