"""UDP server on the socketserver framework: answers a message with four lines about it."""

import argparse
import socketserver
from collections import deque

known: deque[str] = deque(maxlen=1000)  # a handler lives for one datagram: this outlives it


def transform(data: bytes) -> bytes:
    message = " ".join(data.decode(errors="replace").splitlines())  # also without nc's line end
    lines = [message, message[::-1], message.upper(), str(len(message))]
    return "\n".join(lines).encode()


class TransformHandler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        data, sock = self.request  # in UDP: the bytes, and the server's one socket
        address = f"{self.client_address[0]}:{self.client_address[1]}"
        if address not in known:
            known.append(address)
            print(f"Клиент {address} подключился", flush=True)
        try:
            sent = sock.sendto(transform(data), self.client_address)
            print(f"{address}: получено {len(data)} байт, отправлено {sent} байт", flush=True)
        except OSError as error:  # for instance, the answer is too long for a datagram
            print(f"{address}: ответ не отправлен: {error}", flush=True)


class TransformServer(socketserver.UDPServer):
    max_packet_size = 65535  # the framework's own 8192 would cut larger datagrams


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=12349)
    parser.add_argument("--once", action="store_true", help="answer one datagram, then end")
    args = parser.parse_args()
    try:
        with TransformServer((args.host, args.port), TransformHandler) as server:
            host, port = server.socket.getsockname()
            print(f"Ожидание подключения клиента… {host}:{port}", flush=True)
            if args.once:
                server.handle_request()
            else:
                server.serve_forever()
    except KeyboardInterrupt:
        print("Сервер остановлен", flush=True)
    except (OSError, OverflowError) as error:
        parser.exit(2, f"Порт {args.port} занять не удалось: {error}\n")


if __name__ == "__main__":
    main()
