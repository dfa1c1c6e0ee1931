"""What can be seen on this machine: addresses, who listens, firewalls, the labs' ports.

Whether a firewall lets others in cannot be seen from inside, where nothing goes through it: so its
presence is a hint, and no more.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
from collections.abc import Iterable
from pathlib import Path

from backend.domain.addresses import host_as_text, is_ipv6, is_loopback, reachable
from backend.domain.findings import Finding, finding
from backend.runtime.doctor.through import ask_echo
from backend.runtime.interfaces import own_addresses
from backend.settings import Settings

CONNECT_S = 2.0
ASK_S = 3.0

# Where firewalls say whether they are on, to everybody who may read.
UFW = Path("/etc/ufw/ufw.conf")
COMMANDS = {
    "ufw": "ufw allow {port}/tcp",
    "firewalld": "firewall-cmd --add-port={port}/tcp",
    "nft": "nft insert rule inet filter input tcp dport {port} accept",
}


def look_at_machine(settings: Settings) -> tuple[list[Finding], str | None]:
    """Return what was found, and which instance of ours answers here, if one does.

    Where it listens is tried, not read from the settings: whoever asks may be another process.
    """
    local = host_as_text(reachable(settings.host))
    scheme, instance = _instance_at(local, settings.port)
    if instance is None:
        found = [finding("not_running", address=f"{settings.scheme}://{local}:{settings.port}")]
    else:
        found = _addresses(settings, scheme, instance)
    return [*found, *_labs(settings)], instance


def _instance_at(host: str, port: int) -> tuple[str, str | None]:
    """Return how the server there speaks, and which instance it is."""
    for scheme in ("http", "https"):
        with contextlib.suppress(OSError, ValueError):
            base = f"{scheme}://{host}:{port}"
            return scheme, ask_echo(base, timeout_s=ASK_S, is_own=True).instance
    return "http", None


def _addresses(settings: Settings, scheme: str, instance: str) -> list[Finding]:
    """Return which addresses of this machine lead to the server."""
    own = own_addresses()
    heard = [host_as_text(each) for each in own if _connects(each, settings.port)]
    if not own:
        return [finding("no_address")]
    if not heard:
        is_behind = settings.public_url is not None
        return [] if is_behind else [finding("loopback_only", host=reachable(settings.host))]
    urls = " ".join(f"{scheme}://{each}:{settings.port}" for each in heard)
    found = [finding("addresses", addresses=urls)]
    for each in heard:
        where = f"{each}:{settings.port}"
        if _instance_at(each, settings.port)[1] == instance:
            found.append(finding("heard", address=where))
        elif settings.public_url is None:
            found.append(finding("not_heard", address=where))
    return [*found, _firewall(settings)]


def _connects(address: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, port), CONNECT_S):
        return True
    return False


def _firewall(settings: Settings) -> Finding:
    for name, is_on in (("ufw", _ufw_is_on), ("firewalld", _firewalld_is_on), ("nft", _nft_is_on)):
        if is_on():
            command = COMMANDS[name].format(port=settings.port)
            return finding("firewall_seen", name=name, command=command)
    return finding("firewall_unseen")


def _ufw_is_on() -> bool:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return bool(
            re.search(r"^ENABLED=yes", UFW.read_text("utf-8"), re.MULTILINE | re.IGNORECASE)
        )
    return False


def _firewalld_is_on() -> bool:
    return _said("firewall-cmd", "--state").strip() == "running"


def _nft_is_on() -> bool:
    """Whether rules drop what comes in; only root is shown them."""
    rules = _said("nft", "list", "ruleset")
    return bool(re.search(r"hook input[^}]*?(?:policy drop|\b(?:drop|reject)\b)", rules, re.DOTALL))


def _said(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=ASK_S, check=False, errors="replace"
        )
        return done.stdout
    return ""


def _labs(settings: Settings) -> Iterable[Finding]:
    if is_loopback(settings.labs_host):
        yield finding("labs_here")
        return
    ports = settings.labs_port_range
    if ports is None:
        yield finding("labs_any_port", host=settings.labs_host)
        return
    first, last = ports
    taken = sum(not _is_free(settings.labs_host, port) for port in range(first, last + 1))
    yield finding("labs_open", host=settings.labs_host, ports=f"{first}-{last}")
    if taken:
        yield finding("labs_ports_taken", taken=taken, of=last - first + 1, ports=f"{first}-{last}")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if is_ipv6(host) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
        except OSError:
            return False
    return True
