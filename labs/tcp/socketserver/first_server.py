import socketserver


class TransformHandler(socketserver.BaseRequestHandler):
    def handle(self):
        print(f"Клиент {self.client_address[0]}:{self.client_address[1]} подключился")
        message = self.request.recv(1024).decode().rstrip("\r\n")
        letters = [char for char in message.casefold() if char.isalnum()]
        palindrome = "да" if letters and letters == letters[::-1] else "нет"
        words = f"слов: {len(message.split())}, палиндром: {palindrome}"
        for line in (message, message[::-1], message.upper(), len(message), words):
            self.request.sendall(f"{line}\n".encode())


server = socketserver.ThreadingTCPServer(("127.0.0.1", 12354), TransformHandler)
print("Ожидание подключения клиента… 127.0.0.1:12354")
server.serve_forever()
server.server_close()
