import socket


def main():
    host = "127.0.0.1"
    port = 12345

    server_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server_socket.bind((host, port))
    print(f"Server is listening on {host} port {port}")

    while True:
        data, address = server_socket.recvfrom(1024)
        print(f"Message from client: {data.decode()}")
        response = "Hello, client"
        server_socket.sendto(response.encode(), address)


if __name__ == "__main__":
    main()
