"""requests, a session of kept connections and a pool of threads, at a server of http.server."""

import http.server
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

port, way = map(int, sys.argv[1:])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/old":
            self.send_response(302)
            self.send_header("Location", "/new")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/cut":  # says more than it sends
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
            return
        body = self.path.encode() * 2000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, *args: object) -> None:
        pass


def talk(here: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        response = session.get(f"{here}/old")
        print(response.status_code, response.url[-4:], len(response.content), len(response.history))
        response = session.post(f"{here}/echo", json={"text": "привет" * 10_000})
        print(response.status_code, len(response.content))
        for piece in session.get(f"{here}/streamed", stream=True).iter_content(5000):
            print(len(piece), end=" ")
        print()
        try:
            session.get(f"{here}/cut")
        except requests.exceptions.ChunkedEncodingError as error:
            print("cut:", error)
    with ThreadPoolExecutor(4) as pool:  # a connection for each
        names = [f"{here}/{number}" for number in range(12)]
        print([len(each.content) for each in pool.map(requests.get, names)])


with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    talk(f"http://127.0.0.1:{way}")
    server.shutdown()
    thread.join()
print("done")
