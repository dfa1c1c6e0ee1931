import socketserver


class TransformHandler(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        print(f"Клиент {self.client_address[0]}:{self.client_address[1]} подключился")
        message = data.decode()
        answer = f"{message}\n{message[::-1]}\n{message.upper()}\n{len(message)}"
        sock.sendto(answer.encode(), self.client_address)


server = socketserver.UDPServer(("127.0.0.1", 12349), TransformHandler)
print("Ожидание подключения клиента… 127.0.0.1:12349")
server.serve_forever()
server.server_close()
