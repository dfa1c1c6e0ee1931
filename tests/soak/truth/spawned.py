"""A child that begins as another program gets the connection."""

import multiprocessing
import socket


def work(conn: socket.socket) -> None:
    conn.sendall(b"spawned: " + conn.recv(100))
    conn.close()


if __name__ == "__main__":
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    conn, _ = server.accept()
    p = multiprocessing.get_context("spawn").Process(target=work, args=(conn,))
    p.start()
    conn.close()
    client.sendall(b"hi")
    print(client.recv(100), client.recv(100))
    p.join()
