"""Real proxies with TLS in front of a playground, set up with the lines of docs/hosting.md."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.certificate import Certificate
from tests.commands import ROOT

WITHIN_S = 20
HOSTING = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
# Ordinary people's PATH leaves out where Debian has these two; elsewhere they are called otherwise.
PATHS = f"{os.environ['PATH']}:/usr/sbin"
PROGRAMS = {"caddy": "caddy", "nginx": "nginx", "apache": "apache2"}
UPSTREAM = "127.0.0.1:8000"  # as the document names it
MODULES = Path("/usr/lib/apache2/modules")
# What Apache is made of; the document names those that are not its own default.
APACHE = (
    "mpm_event", "authz_core", "ssl", "socache_shmcb", "headers", "proxy", "proxy_http",
    "proxy_wstunnel",
)  # fmt: skip


@dataclass(frozen=True)
class Front:
    """Where a proxy listens, and what it leads to."""

    port: int
    upstream: str
    certificate: Certificate
    folder: Path


def lines_for(name: str) -> str:
    """Return the lines that the document has for a proxy."""
    found = re.search(rf"^```{name}\n(.*?)^```$", HOSTING, re.MULTILINE | re.DOTALL)
    assert found, name
    assert UPSTREAM in found[1]
    return found[1]


def is_here(name: str) -> bool:
    """Whether the program of a proxy is on this machine."""
    return shutil.which(PROGRAMS[name.partition("-")[0]], path=PATHS) is not None


@contextlib.contextmanager
def proxy(name: str, front: Front) -> Iterator[None]:
    """Run the proxy for which the document has lines of this name."""
    lines = lines_for(name).replace(UPSTREAM, front.upstream)
    config = front.folder / "proxy.conf"
    command, text = {"caddy": _caddy, "nginx": _nginx, "apache": _apache}[name.partition("-")[0]](
        lines, front, config
    )
    config.write_text(text, "utf-8")
    log = (front.folder / "proxy.log").open("w+")
    environment = {**os.environ, "PATH": PATHS}
    with log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            _wait_for(front.port, process, log.name)
            yield
        finally:
            process.terminate()
            process.wait(WITHIN_S)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: str) -> None:
    end = time.monotonic() + WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(Path(log).read_text("utf-8"))


def _caddy(lines: str, front: Front, config: Path) -> tuple[list[str], str]:
    site = f"https://localhost:{front.port} {{\n\tbind 127.0.0.1\n\ttls {_files(front)}"
    options = ("admin off", f"storage file_system {front.folder}", "auto_https disable_redirects")
    text = "{\n\t" + "\n\t".join(options) + "\n}\n" + lines.replace("lab.example {", site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(config)], text


def _nginx(lines: str, front: Front, config: Path) -> tuple[list[str], str]:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "\n".join(f"{kind}_temp_path {front.folder}/{kind};" for kind in kinds)
    text = f"""
daemon off;
pid {front.folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    {folders}
    server {{
        listen 127.0.0.1:{front.port} ssl;
        ssl_certificate {front.certificate.cert};
        ssl_certificate_key {front.certificate.key};
        {lines}
    }}
}}
"""
    return ["nginx", "-e", "stderr", "-c", str(config)], text


def _apache(lines: str, front: Front, config: Path) -> tuple[list[str], str]:
    modules = "\n".join(f"LoadModule {each}_module {MODULES}/mod_{each}.so" for each in APACHE)
    text = f"""
ServerRoot {front.folder}
PidFile {front.folder}/apache.pid
DefaultRuntimeDir {front.folder}
ServerName localhost
ErrorLog /dev/stderr
{modules}
Listen 127.0.0.1:{front.port}
SSLEngine on
SSLCertificateFile {front.certificate.cert}
SSLCertificateKeyFile {front.certificate.key}
{lines}
"""
    return ["apache2", "-D", "FOREGROUND", "-f", str(config)], text


def _files(front: Front) -> str:
    return f"{front.certificate.cert} {front.certificate.key}"
