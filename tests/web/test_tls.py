"""HTTPS that the server speaks itself: pages, WebSockets, the bridge, the end, bad files."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from backend.settings import Settings
from backend.web.tls import read_tls
from tests.certificate import Certificate, make_certificate
from tests.labs.programs import WAIT_S
from tests.server import Playground, serving
from tests.test_cli import socketlab


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def playground(certificate: Certificate) -> Iterator[Playground]:
    with serving(tls_cert=certificate.cert, tls_key=certificate.key) as playground:
        playground.tls = {"ssl": certificate.trust}
        yield playground


async def test_pages_and_what_they_load_come_over_tls(
    playground: Playground, certificate: Certificate
) -> None:
    async with httpx.AsyncClient(verify=certificate.trust, trust_env=False) as client:
        page = await client.get(f"{playground.url}/r/local")
        assert page.status_code == 200
        origin = {"origin": playground.url}
        answer = await client.get(f"{playground.url}/api/rooms/local", headers=origin)
        assert answer.status_code == 200


async def test_a_client_s_bytes_go_to_the_lab_and_back(playground: Playground) -> None:
    run = await playground.start("tcp/echo")
    async with playground.open_client(run) as peer:
        await peer.send(b"x" * 100_000)
        got = b""
        while len(got) < 100_000:
            got += await peer.data()
        assert got == b"x" * 100_000
    await playground.stop(run)


async def test_last_words_arrive_although_more_was_coming(
    playground: Playground, certificate: Certificate
) -> None:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", playground.port, ssl=certificate.trust, limit=2**20
    )
    writer.write(b"GET /" + b"a" * 2_000_000)  # the answer comes long before the end
    answer = await asyncio.wait_for(reader.read(), WAIT_S)
    assert answer.startswith(b"HTTP/1.1 414 ")
    writer.close()


async def read_to_end(websocket: ClientConnection) -> None:
    while True:
        await websocket.recv()


async def test_a_message_over_the_limit_is_closed_with_1009(playground: Playground) -> None:
    run = await playground.start("tcp/echo")
    async with playground.open_client(run) as peer:
        await peer.websocket.send(b"x" * 200_000)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(read_to_end(peer.websocket), WAIT_S)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    await playground.stop(run)


async def test_who_speaks_no_tls_or_says_nothing_leaves_no_word_in_the_log(
    playground: Playground,
) -> None:
    for words in (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01", b""):
        with socket.create_connection(("127.0.0.1", playground.port), WAIT_S) as sock:
            sock.sendall(words)
            if words:
                sock.shutdown(socket.SHUT_WR)
                assert b"HTTP" not in sock.recv(1000)
    assert playground.program.errors == ""


def test_a_handshake_that_is_not_finished_is_ended(certificate: Certificate) -> None:
    cert, key = certificate.cert, certificate.key
    with serving(tls_cert=cert, tls_key=key, tls_handshake_s=0.5) as playground:
        for words in (b"", b"\x16\x03\x01"):  # nothing at all; the beginning of a record
            with socket.create_connection(("127.0.0.1", playground.port), WAIT_S / 2) as sock:
                sock.sendall(words)
                assert sock.recv(1000) == b""  # long before asyncio's own bound, a minute
        with httpx.Client(verify=certificate.trust, trust_env=False) as client:
            assert client.get(f"{playground.url}/r/local").status_code == 200
        assert playground.program.errors == ""


def test_old_versions_of_tls_are_refused(playground: Playground, certificate: Certificate) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificate.cert)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", playground.port), WAIT_S) as sock,
        context.wrap_socket(sock, server_hostname="localhost") as secured,
    ):
        assert secured.version() == "TLSv1.2"
    given = Settings(tls_cert=certificate.cert, tls_key=certificate.key)
    served = read_tls(given)
    assert served is not None
    assert served.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_without_a_certificate_there_is_no_tls() -> None:
    assert read_tls(Settings()) is None


@pytest.mark.parametrize(
    ("cert", "key", "words"),
    [
        ("nowhere.crt", "server.key", "nowhere.crt cannot be read: No such file"),
        ("server.crt", "nowhere.key", "nowhere.key cannot be read: No such file"),
        ("server.crt", "other.key", "the key belongs to another certificate"),
        ("nonsense.pem", "server.key", "no certificate with its key"),
        ("server.crt", "nonsense.pem", "no certificate with its key"),
        ("server.crt", "secret.key", "asks for a pass phrase"),
    ],
)
def test_bad_files_are_told_in_one_line(tmp_path: Path, cert: str, key: str, words: str) -> None:
    good = make_certificate(tmp_path)
    make_certificate(tmp_path, "other")
    (tmp_path / "nonsense.pem").write_text("nonsense")
    encrypted = (
        "openssl", "pkey", "-in", str(good.key), "-aes128", "-passout", "pass:secret",
        "-out", str(tmp_path / "secret.key"),
    )  # fmt: skip
    subprocess.run(encrypted, check=True, capture_output=True)
    settings = Settings(tls_cert=tmp_path / cert, tls_key=tmp_path / key)
    with pytest.raises(ValueError, match=words):
        read_tls(settings)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--tls-cert", "a.crt"), "give both, or none"),
        (("--tls-cert", "a.crt", "--tls-key", "a.key"), "TLS: a.crt cannot be read: No such file"),
        (("--trusted-proxy", "proxy.example"), "trusted_proxy"),
        (("--public-url", "lab.example"), "public_url"),
    ],
)
def test_the_command_says_what_is_wrong_and_does_not_begin(
    args: tuple[str, ...], words: str
) -> None:
    done = socketlab("serve", "--port", "0", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
