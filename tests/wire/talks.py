"""What is said to each lab, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """What is said to a lab: by its classic client, and by the other two."""

    typed: str  # into the classic client
    prints: str  # the classic client, in the end
    says: bytes  # a bare socket, and a browser's
    answer: str = ""  # what they get
    shows: str = ""  # what the server prints about them, where they get nothing
    ends: str = ""  # typed when the classic client is to leave
    bye: bytes = b""  # sent when the others leave
    args: tuple[str, ...] = ()  # of the client
    server_args: tuple[str, ...] = ()
    cuts: tuple[int, ...] = ()  # where the bare socket cuts what it sends


TOPOT = "топот"

TRANSFORMED = "(?s)топот.*ТОПОТ.*5"

TWICE = "(?s)Пётр, .*Пётр, "

TIME = r"Анна, \d\d:\d\d:\d\d"

OFTEN = ("--interval", "0.2")

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

LOGIN = "Анна\nАнна: два\nАнна: три\n"

ASK: dict[str, Talk] = {
    "udp/hello": Talk("", "server: Hello, client", b"Hello, server", "^Hello, client$"),
    "udp/transform": Talk("топот\n", "ТОПОТ", TOPOT.encode(), TRANSFORMED),
    "udp/socketserver": Talk("топот\n", "ТОПОТ", TOPOT.encode(), TRANSFORMED),
    "udp/time": Talk(
        *("Пётр\n", TWICE, "Анна".encode(), TIME), ends="end\n", bye=b"end", server_args=OFTEN
    ),
    "udp/time_with": Talk(
        *("Пётр\n", TWICE, "Анна".encode(), TIME), ends="end\n", bye=b"end", server_args=OFTEN
    ),
    "tcp/echo": Talk("", "эхо", b"0123456789" * 600, "^(0123456789){600}$", args=("эхо",)),
    "tcp/trapezoid": Talk(
        *("3\n5\n4\n", "Площадь трапеции: 16", b"3 5 4\n", r"^16(\.0)?\n$"), cuts=(1, 4)
    ),
    "tcp/transform": Talk("топот\n", "ТОПОТ", f"{TOPOT}\n".encode(), TRANSFORMED, cuts=(3,)),
    "tcp/socketserver": Talk("топот\n", "ТОПОТ", f"{TOPOT}\n".encode(), TRANSFORMED, cuts=(3,)),
    "tcp/time": Talk(
        *("Пётр\n", TWICE, "Анна\n".encode(), TIME), ends="end\n", bye=b"end\n", server_args=OFTEN
    ),
    "http/page": Talk("", "", GET, r"(?s)^HTTP/1\.1 200 OK.*</html>", cuts=(5, 20)),
    "chat/log": Talk(
        *("один\n", "Отправлено байт", "два\nтри\n".encode()), shows=r"\): три\n", ends="end\n"
    ),
    "chat/login": Talk(
        *("Пётр\nпривет\n", "Сообщение:", LOGIN.encode()), shows="Анна: три\n", ends="end\n"
    ),
}
