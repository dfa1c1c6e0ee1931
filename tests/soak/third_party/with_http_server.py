"""http.server in threads, of the standard library; urllib and http.client ask it."""

import http.client
import http.server
import sys
import threading
import urllib.error
import urllib.request

port, way = map(int, sys.argv[1:])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/none":
            self.send_error(404)
        else:
            self.answer(200, self.path.encode() * 1000)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201, body.upper())

    def log_message(self, *args: object) -> None:
        print("log:", *args)


with http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    here = f"127.0.0.1:{way}"
    with urllib.request.urlopen(f"http://{here}/a") as response:
        print(response.status, len(response.read()))
    try:
        urllib.request.urlopen(f"http://{here}/none")
    except urllib.error.HTTPError as error:
        print(error.code, len(error.read()))
        error.close()
    connection = http.client.HTTPConnection(here)  # one connection, four requests
    for number in range(4):
        connection.request("POST", "/p", b"text %d " % number * 10_000)
        response = connection.getresponse()
        print(response.status, response.read()[:20])
    connection.close()
    server.shutdown()
    thread.join()
print("done")
