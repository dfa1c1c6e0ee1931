"""Lab folders written for a test: whole and right, until the test changes something."""

import re
import shutil
from pathlib import Path

SERVER = '''"""UDP server: answers."""

import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("127.0.0.1", 0))
    data, peer = sock.recvfrom(65535)
    sock.sendto(b"<b>&amp;</b>", peer)
'''
CLIENT = '"""UDP client."""\n\nimport socket\n'
LAB = """
title = { ru = "Привет", en = "Hello" }
summary = { ru = "Одна датаграмма.", en = "One datagram." }
transport = "udp"
port = 12345
source = "S0 work1"

[client]
kind = "message"
"""
WALKTHROUGH = '''
[[step]]
program = "server"
snippet = """
    sock.bind(("127.0.0.1", 0))
    data, peer = sock.recvfrom(65535)
"""
title = { ru = "Порт и ожидание", en = "A port, and waiting" }
text = { ru = "`recvfrom()` ждёт <датаграмму>.", en = "`recvfrom()` waits for a <datagram>." }

[[step]]
program = "client"
snippet = "import socket"
title = { ru = "Модуль", en = "A module" }
text = { ru = "Сокеты ядра.", en = "The kernel's sockets." }
'''
TASK = "## Try\n\n<script>alert(1)</script> [link](javascript:alert(1)) ![i](http://x/y.png) `nc`\n"


def write_lab(
    labs_dir: Path,
    lab_id: str = "udp/hello",
    *,
    lab: str = LAB,
    walkthrough: str = WALKTHROUGH,
    **programs: str,
) -> Path:
    """Write a lab; `server="text"` and the like replace its programs. Returns its folder."""
    folder = labs_dir / lab_id
    folder.mkdir(parents=True)
    (folder / "lab.toml").write_text(lab)
    (folder / "walkthrough.toml").write_text(walkthrough)
    for language in ("ru", "en"):
        (folder / f"task.{language}.md").write_text(TASK)
    for program, text in (programs or {"server": SERVER, "client": CLIENT}).items():
        (folder / f"{program}.py").write_text(text)
    return folder


def copy_lab(folder: Path, labs_dir: Path, *, port: int | None = None) -> None:
    """Copy the folder of a lab, GROUP/NAME, into another place, where it needs no other lab.

    Its default port is another one, if one is given.
    """
    copy = shutil.copytree(folder, labs_dir / folder.parent.name / folder.name)
    lab = copy / "lab.toml"
    text = re.sub(r"(?m)^(needs|evolves) = .*\n", "", lab.read_text())
    lab.write_text(text if port is None else re.sub(r"(?m)^port = \d+$", f"port = {port}", text))
