import socket


def main():
    host = "127.0.0.1"
    port = 12345
    message = "Hello, server"

    client_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client_socket.sendto(message.encode(), (host, port))

    data, _address = client_socket.recvfrom(1024)
    print(f"Response from server: {data.decode()}")

    client_socket.close()


if __name__ == "__main__":
    main()
