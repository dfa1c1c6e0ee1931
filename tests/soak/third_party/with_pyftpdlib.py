"""pyftpdlib: its server in a thread, ftplib as its client: lists, uploads, downloads, errors."""

import ftplib
import hashlib
import io
import logging
import sys
import tempfile
import threading

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

port, way = map(int, sys.argv[1:])
CONTENT = bytes(range(256)) * 2_000
logging.basicConfig(level=logging.CRITICAL)


class Handler(FTPHandler):
    banner = "ready"
    use_sendfile = True
    is_gone = threading.Event()

    def on_disconnect(self) -> None:
        self.is_gone.set()


def talk(ftp: ftplib.FTP) -> None:
    print(ftp.getwelcome())
    print(ftp.login("ada", "secret"))
    print(ftp.storbinary("STOR one.bin", io.BytesIO(CONTENT)))
    print(ftp.nlst(), ftp.voidcmd("TYPE I"), ftp.size("one.bin"))
    pieces: list[bytes] = []
    print(ftp.retrbinary("RETR one.bin", pieces.append))
    print(hashlib.sha256(b"".join(pieces)).hexdigest(), b"".join(pieces) == CONTENT)
    lines: list[str] = []
    print(ftp.storlines("STOR two.txt", io.BytesIO(b"first\nsecond\n")))
    print(ftp.retrlines("RETR two.txt", lines.append), lines)
    try:
        ftp.retrbinary("RETR three.bin", pieces.append)
    except ftplib.error_perm as error:
        print("refused:", error)
    print(ftp.delete("one.bin"))
    print(ftp.quit())


with tempfile.TemporaryDirectory() as directory:
    authorizer = DummyAuthorizer()
    authorizer.add_user("ada", "secret", directory, perm="elradfmw")
    Handler.authorizer = authorizer
    server = FTPServer(("127.0.0.1", port), Handler)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.serve_forever(timeout=0.05, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    with ftplib.FTP() as client:
        client.connect("127.0.0.1", way, timeout=20)
        talk(client)
    print(Handler.is_gone.wait(20))
    stop.set()
    thread.join()
print("done")
