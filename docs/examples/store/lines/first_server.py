import socket

values = {}
server = socket.create_server(("127.0.0.1", 12372))
connection, peer = server.accept()
while True:
    data = connection.recv(1024)
    word, key, *value = data.decode().split()
    if word == "set":
        values[key] = value[0]
        connection.sendall(b"ok\n")
    elif word == "get":
        connection.sendall(values[key].encode() + b"\n")
